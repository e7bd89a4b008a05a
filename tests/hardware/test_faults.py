"""Interfaces that hang, fail, answer nonsense or vanish, over the recordings.

Their figures have a reason within two ticks, all others go on, and the values are there again with them.
"""

import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.reasons import sentence_of
from tests.recordings.stepped import FOLDER
from tui.hardware.detect import detect_machine
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.reading import Metric, Reading
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of

MODES = ("hangs", "fails", "nonsense", "vanishes", "closed")
_FAULTS = {
    "fails": OSError(errno.EIO, "Input/output error"),
    "vanishes": FileNotFoundError(errno.ENOENT, "No such file or directory"),
    "closed": PermissionError(errno.EACCES, "Permission denied"),
}
_PATIENCE = 30.0
"""Seconds of this test's machine that an answer which comes at all may take."""


class Case(msgspec.Struct, frozen=True):
    """An interface of a recorded machine, and a figure that comes through it."""

    machine: str
    interface: str
    """What the questions to it begin with: `read /proc/stat`."""
    figure: str
    missing: str = ""
    """Questions that are never answered, so that another interface is asked."""
    seldom: bool = False
    """Asked every other tick only."""
    modes: tuple[str, ...] = MODES


CASES = (
    Case("pc-24gb", "read /proc/stat", "cpu_percent"),
    Case("container", "read /sys/fs/cgroup/cpu.stat", "cpu_percent"),
    Case("pc-24gb", "ask virtual_memory", "memory"),
    Case("container", "read /sys/fs/cgroup/memory.", "memory"),
    Case("pc-24gb", "read /proc/pressure", "pressure_percent"),
    Case("pc-24gb", "read /proc/vmstat", "swap_in_bytes_per_second"),
    Case("pc-24gb", "read /sys/class/hwmon", "cpu_temperature_celsius"),
    Case("pc-24gb", "read /sys/devices/system/cpu/cpufreq", "cpu_frequency_mhz"),
    Case("pc-24gb", "read /sys/class/powercap", "cpu_power_watts"),
    Case("hp-i5-1035g1", "read /sys/class/power_supply", "battery_watts", seldom=True),
    Case("hp-i5-1035g1", "read /sys/class/drm", "gpus.frequency_mhz"),
    Case("ryzen-8700g", "read /sys/class/drm", "gpus.load_percent"),
    Case("ryzen-8700g", "read /sys/class/drm", "gpus.memory_used_bytes"),
    Case("intel-arc", "read /sys/class/drm", "gpus.temperature_celsius"),
    # While it hangs the size is the one that was detected, and the rest of the card is unknown.
    Case("intel-arc", "ask intel_memory_regions", "gpus.temperature_celsius", modes=("hangs",)),
    Case("intel-arc", "ask intel_memory_regions", "gpus.memory_total_bytes", modes=MODES[1:]),
    Case("pc-12gb", "ask nvml", "gpus.load_percent"),
    Case("wsl", "ask nvml", "gpus.memory_used_bytes"),
    Case("pc-16gb", "ask core_times", "cpu_percent"),
    Case("pc-16gb", "ask windows_gpu_counters", "gpus.memory_used_bytes", missing="ask nvml", seldom=True),
    Case("m1-8gb", "run ioreg", "gpus.load_percent"),
    Case("m1-8gb", "run vm_stat", "swap_in_bytes_per_second", seldom=True),
    Case("m1-8gb", "ask pressure_level", "pressure_level"),
    Case("m1-8gb", "ask battery_draw", "battery_watts", seldom=True),
    Case("m3-max-64gb", "ask core_times", "cpu_percent"),
)


class Faulty(LocalInterfaces):
    """A recording of which one interface fails in a way, while `mode` says so."""

    def __init__(self, case: Case) -> None:
        super().__init__(Path("/nowhere"))
        self.clock_seconds = 0.0
        self.mode = ""
        self.release = threading.Event()
        self._case = case
        self._replay = Replay(FOLDER / case.machine, clock=lambda: self.clock_seconds)

    @property
    def platform(self) -> Any:
        return self._replay.platform

    @property
    def environ(self) -> Any:
        return self._replay.environ

    def clock(self) -> float:
        return self.clock_seconds

    def read(self, path: str) -> bytes:
        return self._answer(f"read {path}", lambda: self._replay.read(path), b"\xff\x00 nonsense \xfe")

    def names(self, path: str) -> tuple[str, ...]:
        return self._replay.names(path)

    def target(self, path: str) -> str:
        return self._replay.target(path)

    def run(self, command: tuple[str, ...]) -> bytes:
        question = f"run {' '.join(command)}"
        return self._answer(question, lambda: self._replay.run(command), b"\xff\x00 nonsense")

    def ask(self, name: str, /, *arguments: Any) -> Any:
        question = f"ask {name} {' '.join(map(str, arguments))}"
        return self._answer(question, lambda: self._replay.ask(name, *arguments), "nonsense")

    def _answer(self, question: str, answer: Callable[[], Any], nonsense: Any) -> Any:
        if self._case.missing and question.startswith(self._case.missing):
            raise _FAULTS["vanishes"]
        if (
            self.mode
            and question.startswith(self._case.interface)
            and not question.endswith("runtime_status")
        ):
            if self.mode == "hangs":
                self.release.wait(_PATIENCE)
            elif self.mode == "nonsense":
                return nonsense
            else:
                raise _FAULTS[self.mode]
        return answer()


class Watch:
    """Ticks of a second over a faulty recording."""

    def __init__(self, case: Case) -> None:
        self.system = Faulty(case)
        self._figure = case.figure
        machine = detect_machine(interfaces=self.system)
        # Answers that come are waited for however busy this machine is; one that hangs is not.
        self._patience: Any = SimpleNamespace(
            wait=_PATIENCE, first_wait=_PATIENCE, most=0.9, clock=self.system.clock
        )
        sources = sources_of(machine, self.system, self._patience)
        self._sampler = MachineSampler(machine, lambda _reading: None, sources=sources)

    def tick(self) -> Reading:
        """The next look."""
        self.system.clock_seconds += 1
        return self._sampler.take()

    def break_down(self, mode: str) -> None:
        """From now on the interface fails in this way."""
        self._patience.wait = self._patience.first_wait = 0.02 if mode == "hangs" else _PATIENCE
        self.system.mode = mode

    def come_back(self) -> None:
        """The interface is there again, and what hung is answered."""
        self.system.mode = ""
        self.system.release.set()

    def settled(self, done: Callable[[Reading], bool]) -> Reading:
        """A reading of this tick for which something is so, or the last one when it never is."""
        end = time.monotonic() + 2
        reading = self._sampler.take()
        while not done(reading) and time.monotonic() < end:
            time.sleep(0.005)
            reading = self._sampler.take()
        return reading

    def figure(self, reading: Reading) -> Metric[Any]:
        """The case's own."""
        name = self._figure
        if name.startswith("gpus."):
            return getattr(reading.gpus[0], name.removeprefix("gpus."))
        return getattr(reading, name)

    def others(self, reading: Reading) -> set[str]:
        """The figures that are known and do not come through the interface."""
        own = {self._figure.partition(".")[0]}
        if "cpu_power_watts" in own:
            own.add("cpu_power_limit_watts")
        return {name for name in reading.__struct_fields__ if name not in own and _is_known(reading, name)}


def _is_known(reading: Reading, name: str) -> bool:
    value = getattr(reading, name)
    if name == "gpus":
        return any(gpu.load_percent.value is not None for gpu in reading.gpus)
    return isinstance(value, Metric) and value.value is not None


@pytest.mark.parametrize(
    ("case", "mode"),
    [
        pytest.param(case, mode, id=f"{case.machine}: {case.interface} {mode}")
        for case in CASES
        for mode in case.modes
    ],
)
def test_fault_gives_a_reason_within_two_ticks_and_the_value_afterwards(case: Case, mode: str) -> None:
    watch = Watch(case)
    for _tick in range(3):
        first_tick = watch.tick()
    assert watch.figure(first_tick).value is not None
    # WHEN the interface breaks down
    watch.break_down(mode)
    pace = 2 if case.seldom else 1
    for _tick in range(2 * pace):
        after = watch.tick()
    # THEN its figure is unknown with a reason, within two of its own ticks
    figure = watch.figure(after)
    assert figure.value is None
    assert figure.reason
    assert "Traceback" not in sentence_of(figure.reason)
    # AND whatever comes another way is there as before
    other_figures = watch.others(first_tick)
    assert other_figures
    after = watch.settled(lambda reading: watch.others(reading) >= other_figures)
    assert watch.others(after) >= other_figures
    # WHEN the interface is back THEN so is the figure; a rate takes two looks
    watch.come_back()
    for _tick in range(2 * pace + 1):
        watch.tick()
        again = watch.settled(lambda reading: watch.figure(reading).value is not None)
        if watch.figure(again).value is not None:
            break
    assert watch.figure(again).value is not None
