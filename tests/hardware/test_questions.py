"""Questions to this system: plain answers, or an error of the system."""

import json
import os
import sys

import pytest

from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.questions import QUESTIONS

PLAIN = (
    "virtual_memory",
    "swap_memory",
    "core_times",
    "usable_cpus",
    "core_count",
    "system_name",
    "page_size",
)


@pytest.mark.parametrize("name", PLAIN)
def test_an_answer_is_the_same_after_a_trip_through_json(name: str) -> None:
    answer = LocalInterfaces().ask(name)
    assert json.loads(json.dumps(answer)) == answer
    assert answer


def test_this_process_has_accounts_and_one_that_has_ended_has_not() -> None:
    accounts = QUESTIONS["process_accounts"](os.getpid())
    assert accounts["resident"] > 0
    assert accounts["started"] > 0
    with pytest.raises(ProcessLookupError):
        QUESTIONS["process_accounts"](2**22 + 11)


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac has a level")
def test_only_a_mac_has_a_pressure_level() -> None:
    assert QUESTIONS["pressure_level"]() is None


@pytest.mark.skipif(sys.platform == "win32", reason="asks what only Windows has")
@pytest.mark.parametrize("name", ["windows_gpu_adapters", "windows_gpu_counters"])
def test_questions_of_windows_are_errors_elsewhere(name: str) -> None:
    with pytest.raises(OSError, match="implemented"):
        QUESTIONS[name]()
