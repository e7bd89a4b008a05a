"""NVML behind its question: plain values go in and come out, and handles are kept by their words."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from tui.hardware.gpus import nvml_library
from tui.hardware.gpus.nvml_library import nvml


class FailedCall(Exception):
    """An error of the binding."""

    def __init__(self, value: int) -> None:
        super().__init__("GPU is lost")
        self.value = value


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the binding was asked, which is a stand-in."""
    call_list: list[Any] = []

    def handle(address: bytes) -> str:
        call_list.append(address)
        return f"handle {len(call_list)}"

    def name(device: str) -> bytes:
        if device == "handle 2":
            raise FailedCall(15)
        return b"NVIDIA GeForce RTX 4070"

    binding = SimpleNamespace(
        NVMLError=FailedCall,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetHandleByPciBusId=handle,
        nvmlDeviceGetName=name,
        nvmlDeviceGetMemoryInfo=lambda _device: SimpleNamespace(total=8.0, used=3.0, free=5.0),
        nvmlDeviceGetUtilizationRates=lambda _device: SimpleNamespace(gpu=37, memory=2),
        nvmlDeviceGetPciInfo=lambda _device: SimpleNamespace(busId=b"00000000:01:00.0"),
    )
    monkeypatch.setitem(sys.modules, "pynvml", binding)
    monkeypatch.setattr(nvml_library, "_HANDLES", {})
    return call_list


CARD = "bus 0000:01:00.0"


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("nvmlDeviceGetName", "NVIDIA GeForce RTX 4070"),
        ("nvmlDeviceGetMemoryInfo", {"total": 8, "used": 3}),
        ("nvmlDeviceGetUtilizationRates", 37),
        ("nvmlDeviceGetPciInfo", "00000000:01:00.0"),
    ],
)
def test_answers_are_plain_values(function: str, value: Any) -> None:
    assert nvml(function, CARD) == {"value": value}


def test_a_handle_is_opened_once_until_the_library_is_closed(calls: list[Any]) -> None:
    assert nvml("nvmlDeviceGetHandleByPciBusId", CARD) == {"value": CARD}
    nvml("nvmlDeviceGetUtilizationRates", CARD)
    assert calls == [b"0000:01:00.0"]
    nvml("nvmlShutdown")
    nvml("nvmlDeviceGetUtilizationRates", CARD)
    assert len(calls) == 2


def test_error_is_returned_and_handles_are_dropped(calls: list[Any]) -> None:
    nvml("nvmlDeviceGetHandleByPciBusId", CARD)
    nvml("nvmlDeviceGetHandleByPciBusId", "bus 0000:02:00.0")
    assert nvml("nvmlDeviceGetName", "bus 0000:02:00.0") == {"error": 15, "text": "GPU is lost"}
    nvml("nvmlDeviceGetUtilizationRates", CARD)
    assert calls == [b"0000:01:00.0", b"0000:02:00.0", b"0000:01:00.0"]
