"""A laptop's card that nobody uses is let go of, so that it can fall asleep."""

from types import SimpleNamespace
from typing import Any

from tests.hardware.standin import StandIn
from tests.hardware.test_nvidia import TOTAL, FakeNvml
from tui.hardware.gpus.nvidia import NvidiaReader
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, known
from tui.units import GIB, MIB

ADDRESS = "0000:00:00.0"
PLACE = f"/sys/bus/pci/devices/{ADDRESS}"
GPU = Gpu(0, "RTX 4070", "nvidia", False, known(TOTAL, "NVML"), known("550", "NVML"), device=ADDRESS)


class Laptop:
    """One card; `load` and `used` are what NVML says of it."""

    def __init__(self, control: str = "auto") -> None:
        self.system = StandIn(
            {
                f"{PLACE}/class": "0x030000\n",
                f"{PLACE}/vendor": "0x10de\n",
                f"{PLACE}/device": "0x2786\n",
                f"{PLACE}/power/runtime_status": "active\n",
                f"{PLACE}/power/control": f"{control}\n",
            }
        )
        self.load, self.used = 0, 3 * MIB
        self.nvml = FakeNvml(
            nvmlDeviceGetUtilizationRates=lambda: SimpleNamespace(gpu=self.load),
            nvmlDeviceGetMemoryInfo=lambda: SimpleNamespace(total=TOTAL, used=self.used),
        )
        self._reader = NvidiaReader((GPU,), lambda: self.nvml, self.system)

    def ticks(self, count: int) -> GpuReading:
        found: Any = None
        for _tick in range(count):
            self.system.now += 1
            (found,) = self._reader.read()
        return found

    @property
    def questions(self) -> int:
        return len(self.nvml.calls)


def test_a_card_that_nobody_uses_is_let_go_of_and_falls_asleep() -> None:
    laptop = Laptop()
    laptop.ticks(5)
    assert laptop.nvml.calls[-1] == "nvmlShutdown"
    # WHEN it rests THEN nothing is asked, and the last reading stands
    before = laptop.questions
    assert laptop.ticks(10).load_percent.value == 0
    assert laptop.questions == before
    # WHEN it has fallen asleep THEN that is said, and NVML stays closed
    laptop.system.files[f"{PLACE}/power/runtime_status"] = "suspended\n"
    assert laptop.ticks(30).load_percent.reason == ASLEEP
    assert laptop.questions == before
    # WHEN a program wakes it THEN it is read at once
    laptop.system.files[f"{PLACE}/power/runtime_status"] = "active\n"
    laptop.load, laptop.used = 40, GIB
    assert laptop.ticks(1).load_percent.value == 40


def test_one_that_stays_awake_is_looked_at_once_in_a_while() -> None:
    laptop = Laptop()
    laptop.ticks(5)
    laptop.load = 30
    assert laptop.ticks(15).load_percent.value == 30
    # AND as long as something is on it, at every tick
    before = laptop.questions
    laptop.ticks(5)
    assert laptop.questions >= before + 5
    assert "nvmlShutdown" not in laptop.nvml.calls[before:]


def test_a_model_that_waits_on_the_card_keeps_it_in_sight() -> None:
    laptop = Laptop()
    laptop.used = 5 * GIB
    laptop.ticks(20)
    assert "nvmlShutdown" not in laptop.nvml.calls


def test_a_card_that_may_not_sleep_is_read_on() -> None:
    laptop = Laptop("on")
    laptop.ticks(20)
    assert "nvmlShutdown" not in laptop.nvml.calls
