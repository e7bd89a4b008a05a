"""Errors of NVML as reasons, and its functions asked through the interfaces."""

from typing import Any

import pytest

from tests.hardware.standin import StandIn
from tests.reasons import sentence_of
from tui.hardware.gpus.nvml import (
    NO_LIBRARY,
    NOT_REPORTED,
    NvmlFailure,
    NvmlOverInterfaces,
    checked,
    query,
    reason_of,
    text_of,
)
from tui.sentences import Reason, reason


def _failure(text: str) -> Reason:
    return reason("hardware.nvidia_failed", error=reason("system.failed", error=text))


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (NvmlFailure(3, "Not Supported"), NOT_REPORTED),
        (NvmlFailure(15, "GPU is lost"), reason("hardware.nvidia_gpu_lost")),
        (NvmlFailure(999, "Unknown Error"), _failure("Unknown Error")),
        (ImportError("no pynvml"), NO_LIBRARY),
        (FileNotFoundError(2, "No such file"), NO_LIBRARY),
        (RuntimeError(), _failure("RuntimeError")),
    ],
)
def test_error_is_described_by_its_code(error: Exception, why: Any) -> None:
    assert reason_of(error) == why


@pytest.mark.parametrize("value", [True, None, "9", 2**32 - 1, -1])
def test_an_impossible_figure_is_unknown_with_the_reason(value: Any) -> None:
    metric = query(lambda: checked(value, 0, 100))
    assert metric.value is None
    assert "impossible figure" in sentence_of(metric.reason)


def test_a_possible_figure_is_a_number() -> None:
    assert query(lambda: checked(37, 0, 100)).value == 37.0


def test_texts_of_old_bindings_are_bytes() -> None:
    assert text_of(b"RTX\x1b[31m 4070\n") == text_of("RTX 4070") == "RTX 4070"


def test_handles_are_strings_and_answers_are_unpacked() -> None:
    machine = StandIn(answers={"nvml": {"value": {"total": 8, "used": 3}}})
    nvml = NvmlOverInterfaces(machine)
    assert nvml.nvmlDeviceGetMemoryInfo("bus 0000:01:00.0").used == 3
    assert machine.questions == [("nvml", "nvmlDeviceGetMemoryInfo", "bus 0000:01:00.0")]


def test_an_answer_that_is_an_error_is_raised() -> None:
    with pytest.raises(NvmlFailure, match="Timeout") as raised:
        NvmlOverInterfaces(StandIn(answers={"nvml": {"error": 10, "text": "Timeout"}})).nvmlInit()
    assert raised.value.value == 10
