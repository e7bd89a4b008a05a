"""GPUs that sleep are left asleep: nothing that would wake them is read or asked, over whole recordings."""

import re
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.recordings.stepped import FOLDER
from tui.hardware.detect import detect_machine
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of

STATUS = "power/runtime_status"
HARMLESS = {"class", "vendor", "device", "revision", "runtime_status", "name", "product_name"}
"""Files that the kernel answers from what it has noted, without asking the device."""
NOTED = re.compile(r"mem_info_(vram|gtt)_total")
DEVICE = re.compile(r"/sys/(bus/pci/devices/[^/]+|class/drm/card\d+|devices/pci[^/]+)/")


class Sleeping(Replay):
    """A recording in which the display devices at some addresses sleep.

    `touched` lists what would wake them, `nvml` all that NVML was asked.
    """

    def __init__(self, name: str, *addresses: str) -> None:
        super().__init__(FOLDER / name, clock=lambda: 0.0)
        self._addresses = addresses
        self.touched: list[str] = []
        self.nvml: list[str] = []

    def read(self, path: str) -> bytes:
        place = path
        if path.startswith("/sys/class/drm/") and (match := DEVICE.match(path)):
            # A card's files are those of its device.
            place = f"{super().target(f'{match[0]}device')}/{path[len(match[0]) :]}"
        if DEVICE.match(place) and any(address in place for address in self._addresses):
            if path.endswith(STATUS):
                return b"suspended\n"
            file = PurePosixPath(path).name
            if file not in HARMLESS and not NOTED.fullmatch(file):
                self.touched.append(path)
        return super().read(path)

    def ask(self, name: str, /, *arguments: Any) -> Any:
        if name == "intel_memory_regions":
            self.touched.append(name)
        if name == "nvml":
            question = " ".join(map(str, arguments))
            self.nvml.append(question)
            by_number = "index" in question
            if by_number or any(address in question for address in self._addresses):
                self.touched.append(question)
        return super().ask(name, *arguments)


def watch(recording: Sleeping, looks: int = 4) -> tuple[Any, list[Any]]:
    """The machine and some readings of it."""
    machine = detect_machine(interfaces=recording)
    sampler = MachineSampler(machine, lambda _reading: None, sources=sources_of(machine, recording))
    readings: list[Any] = []
    for _look in range(looks):
        readings.append(sampler.take())
        recording.forward()
    return machine, readings


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("hp-i5-1035g1", "0000:00:02.0"),
        ("ryzen-8700g", "0000:0c:00.0"),
        ("intel-arc", "0000:03:00.0"),
        ("pc-12gb", "0000:01:00.0"),
    ],
)
def test_sleeping_gpu_is_named_and_not_woken(name: str, address: str) -> None:
    recording = Sleeping(name, address)
    machine, readings = watch(recording)
    # NVML is not even opened, which wakes a lone card with some drivers.
    assert recording.touched == recording.nvml == []
    assert len(machine.gpus) == 1
    assert not re.fullmatch(r"\w+ GPU [0-9a-f]{4}", machine.gpus[0].name)
    for reading in readings:
        assert reading.gpus[0].load_percent.reason == ASLEEP
        assert reading.gpus[0].frequency_mhz.reason == ASLEEP


def test_sleeping_card_beside_an_awake_one_is_not_woken() -> None:
    recording = Sleeping("two-cards", "0000:21:00.0")
    machine, readings = watch(recording)
    assert recording.touched == []
    assert [reading.gpus[0].load_percent.value for reading in readings] == [88, 88, 90, 97]
    assert {reading.gpus[1].load_percent.reason for reading in readings} == {ASLEEP}
    # Its memory is known from its twin.
    assert machine.gpus[1].memory_bytes == machine.gpus[0].memory_bytes


def test_this_test_detects_an_access() -> None:
    recording = Sleeping("ryzen-8700g", "0000:0c:00.0")
    recording.read("/sys/class/drm/card1/device/gpu_busy_percent")
    assert recording.touched == ["/sys/class/drm/card1/device/gpu_busy_percent"]
