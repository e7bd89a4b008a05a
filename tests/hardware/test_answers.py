"""Answers of the system that cannot be: a reason in their place, and never an end."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.fit.machines import SMALL
from tests.hardware.standin import StandIn, gone
from tests.recordings import fuzz
from tui.cli.doctor_output import report_lines
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model
from tui.fit.pools import pools
from tui.fit.sizing import Sized
from tui.fit.verdict import Verdict
from tui.hardware import sampler
from tui.hardware.answers import SenselessAnswerError, SwapMemory, checked_answer
from tui.hardware.detect import detect_machine
from tui.hardware.memory.available_memory import host_memory
from tui.hardware.recording.recorder import RecordingError
from tui.hardware.report import machine_report
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.services.sentences import sentence

MEMORY = {"total": 8 << 30, "available": 3 << 30, "free": 1 << 30}
SWAP = {"total": 2 << 30, "used": 1 << 30}


@pytest.mark.parametrize(
    "answer",
    [None, 7, [], "x", {}, {"total": 1}, SWAP | {"used": {}}, SWAP | {"used": -1}, SWAP | {"total": 1 << 60}],
)
def test_impossible_answer_gives_a_reason(answer: Any) -> None:
    interfaces = StandIn(answers={"swap_memory": answer})

    with pytest.raises(SenselessAnswerError) as raised:
        checked_answer(interfaces, "swap_memory", SwapMemory)

    assert sentence(raised.value.reason) == "the system's answer makes no sense"


def test_missing_answer_stays_missing() -> None:
    with pytest.raises(OSError, match="No such device"):
        checked_answer(StandIn(answers={"swap_memory": gone()}), "swap_memory", SwapMemory)


@pytest.mark.parametrize("swap", [[], SWAP | {"total": {}}, gone()])
def test_impossible_swap_leaves_the_memory_known(swap: Any) -> None:
    memory = host_memory(StandIn(answers={"virtual_memory": MEMORY, "swap_memory": swap}))

    assert memory.available_bytes == 3 << 30
    assert memory.swap_used_bytes is None
    assert memory.swap_reason is not None


@pytest.mark.parametrize("answer", [{"total": []}, MEMORY | {"total": 0}, gone()])
def test_machine_without_a_memory_size_is_shown_and_judges_nothing(answer: Any) -> None:
    machine = detect_machine(interfaces=StandIn(answers={"virtual_memory": answer, "usable_cpus": {"a": 1}}))

    report = machine_report(machine)
    assert report["ram_bytes"] is None
    assert "makes no sense" in report["ram_bytes_reason"]
    assert any(line.startswith("Memory ") and "makes no sense" in line for line in report_lines(machine))
    assert machine.cpu.physical_cores == 1
    model = catalogue_model(load_catalogue().entries[0])
    fit = fit_model(model, Sized(SMALL), pools(machine, None), LoadSettings())
    assert fit.verdict is Verdict.UNKNOWN
    assert sentence(fit.reason) == "how much memory there is cannot be read"


@pytest.mark.parametrize("source", fuzz.recording_folders(), ids=lambda folder: folder.name)
def test_recordings_with_random_changes_are_shown(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampler, "_FIRST_SECONDS", 0.0)
    shown_count = 0
    for number in range(12):
        fuzz.write_changed(source, tmp_path, random.Random(f"{source.name} {number}"))
        try:
            fuzz.show(tmp_path)
            shown_count += 1
        except RecordingError:
            # That it is damaged is a fair answer too.
            continue
    assert shown_count > 4
