"""The sources that a reading is put together from, each replaceable by a stand-in."""

import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from tui.hardware.battery import BatteryMeter
from tui.hardware.gpus.apple import apple_reading, read_accelerator, read_pressure_level
from tui.hardware.gpus.drm import read_drm
from tui.hardware.gpus.fdinfo import ClientMeter
from tui.hardware.gpus.intel_gpu import IntelSensors
from tui.hardware.gpus.nvidia import NvidiaReader
from tui.hardware.gpus.nvml import NvmlOver
from tui.hardware.gpus.windows_gpu import parse_luid, read_windows
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.machine import Gpu, Machine
from tui.hardware.memory.available import read_memory, read_pressure
from tui.hardware.memory.cgroup import find_folders
from tui.hardware.memory.swap import SwapMeter
from tui.hardware.patient_source import Patience, Slow, lazily
from tui.hardware.process import ProcessMeter
from tui.hardware.processor.cpu import usable_cpus
from tui.hardware.processor.frequency import FrequencyMeter
from tui.hardware.processor.load import LimitedMeter
from tui.hardware.processor.power import PowerMeter
from tui.hardware.processor.temperature import Thermometer
from tui.hardware.reading import GpuReading, MemoryReading, Metric, ProcessReading, known
from tui.sentences import ReasonedError, reason

T = TypeVar("T")


_OFTEN_SECONDS = 0.9
"""Less than a tick, so that one that comes a little early does not get the answer before."""
_SELDOM_SECONDS = 1.9
"""Between two questions that cost some ten milliseconds: a program started, a battery's controller asked,
Windows's counters collected."""


class GpuSource(msgspec.Struct, frozen=True):
    """The GPUs that one interface reads together."""

    gpus: tuple[Gpu, ...]
    read: Callable[[], tuple[GpuReading, ...]]


class Sources(msgspec.Struct, frozen=True):
    """Where each part of a reading comes from. Any may raise; the sampler turns that into a reason."""

    cpu: Callable[[], tuple[Metric[float], tuple[float, ...]]]
    memory: Callable[[], MemoryReading]
    pressure: Callable[[], Metric[float]]
    pressure_level: Callable[[], Metric[str]]
    own_cpu: Callable[[], Metric[float]]
    own_resident: Callable[[], Metric[int]]
    cpu_temperature: Callable[[], Metric[float]]
    cpu_frequency: Callable[[], Metric[float]]
    cpu_power: Callable[[], Metric[float]]
    cpu_power_limit: Callable[[], Metric[float]]
    battery: Callable[[], Metric[float]]
    swap_in: Callable[[], Metric[float]]
    gpus: tuple[GpuSource, ...]
    follow: Callable[[int], Callable[[], ProcessReading]]
    """A meter for the process of the given number."""
    gpu_load_of: Callable[[int], Callable[[], Metric[float]]]
    """A meter for the GPU load of one process; used where the whole GPU's load is not to be had."""


def sources_of(
    machine: Machine, interfaces: Interfaces | None = None, patience: Patience | None = None
) -> Sources:
    """The sources of a machine, this one when `interfaces` is None. Each starts counting now.

    A driver or a file of this machine may hang, so each source is asked on a thread of its own, with
    `patience`; a recording never does, and is read at its own pace, unless `patience` is given for it.
    The processes that are followed are always of this machine: the dashboard's own, and its engine's.
    """
    if interfaces is None:
        interfaces, patience = LocalInterfaces(), patience or Patience()
    asked = _Asked(interfaces, patience)
    own = ProcessMeter(os.getpid())
    power = asked.once(lambda: PowerMeter(interfaces))
    return Sources(
        cpu=asked.each_time(lambda: LimitedMeter(usable_cpus(interfaces), interfaces).read),
        memory=asked.each_time(lambda: _memory(machine, interfaces)),
        pressure=asked.each_time(lambda: lambda: read_pressure(interfaces)),
        pressure_level=asked.each_time(lambda: lambda: read_pressure_level(interfaces)),
        own_cpu=OwnLoad().read,
        own_resident=lambda: own.read().resident_bytes,
        cpu_temperature=asked.each_time(lambda: Thermometer(interfaces).read),
        # Kernels before 5.18 may sleep 10 ms a core over this question.
        cpu_frequency=asked.at_times(lambda: FrequencyMeter(interfaces).read),
        cpu_power=asked.each_time(lambda: power().read),
        cpu_power_limit=asked.at_times(lambda: power().read_limit),
        battery=asked.at_times(lambda: BatteryMeter(interfaces).read, _SELDOM_SECONDS),
        swap_in=asked.at_times(
            lambda: SwapMeter(interfaces).read,
            # On a Mac it takes starting a program.
            _SELDOM_SECONDS if interfaces.platform == "macos" else 0.0,
        ),
        gpus=_gpu_sources(machine, interfaces, asked),
        follow=lambda pid: ProcessMeter(pid).read,
        gpu_load_of=lambda pid: ClientMeter(pid).read,
    )


class _Asked:
    """How sources are asked: on threads of their own, or directly where there is no patience."""

    def __init__(self, interfaces: Interfaces, patience: Patience | None) -> None:
        self._interfaces = interfaces
        self._patience = patience

    def each_time(self, make: Callable[[], Callable[[], T]]) -> Callable[[], T]:
        """Asked anew at every look."""
        return self.at_times(make, 0.0)

    def at_times(self, make: Callable[[], Callable[[], T]], every: float = _OFTEN_SECONDS) -> Callable[[], T]:
        """Asked at most once in `every` seconds. What `make` makes takes its first look soon."""
        if self._patience is None:
            return make()
        slow = Slow(lazily(make), every=every, patience=self._patience)
        slow.ask()
        return slow.get

    def once(self, make: Callable[[], T]) -> Callable[[], T]:
        """The same thing for several sources, made by the first that asks."""
        lock = threading.Lock()
        made: list[T] = []

        def get() -> T:
            with lock:
                if not made:
                    made.append(make())
                return made[0]

        return get


class OwnLoad:
    """The dashboard's own load, all its threads together."""

    def __init__(self) -> None:
        self._before = (time.monotonic(), time.process_time())
        self._percent: float | None = None

    def read(self) -> Metric[float]:
        """Percent of one core since the last look, or since it was made."""
        now = (time.monotonic(), time.process_time())
        elapsed = now[0] - self._before[0]
        if self._percent is None or elapsed >= 0.05:
            self._percent = 100 * (now[1] - self._before[1]) / elapsed if elapsed > 0 else 0.0
            self._before = now
        return known(self._percent, "process times")


def _memory(machine: Machine, interfaces: Interfaces) -> Callable[[], MemoryReading]:
    folders = find_folders("memory", interfaces)

    def read() -> MemoryReading:
        found = read_memory(folders, interfaces)
        if machine.memory_limit_source != "RAM" and found.total_bytes > machine.memory_limit_bytes:
            # The host's memory in place of a container's would look like plenty.
            raise ReasonedError(reason("hardware.container_limit_unreadable"))
        return found

    return read


def _gpu_sources(machine: Machine, interfaces: Interfaces, asked: _Asked) -> tuple[GpuSource, ...]:
    """One source per interface, so that a driver that hangs holds up its own cards only."""
    sources: list[GpuSource] = []
    counted = tuple(gpu for gpu in machine.gpus if parse_luid(gpu.device) is not None)
    if counted:
        read = asked.at_times(lambda: lambda: read_windows(interfaces, counted), _SELDOM_SECONDS)
        sources.append(GpuSource(counted, read))
    others = tuple(gpu for gpu in machine.gpus if gpu not in counted)
    nvidia = tuple(gpu for gpu in others if gpu.vendor == "nvidia")
    if nvidia:
        make = NvidiaReader(nvidia, lambda: NvmlOver(interfaces), interfaces)
        sources.append(GpuSource(nvidia, asked.at_times(lambda: make.read)))
    apple = tuple(gpu for gpu in machine.gpus if gpu.vendor == "apple")
    if apple and interfaces.platform == "macos":
        sources.append(GpuSource(apple, asked.at_times(lambda: lambda: _read_apple(apple, interfaces))))
    sources.extend(_drm_source(gpu, interfaces, asked) for gpu in others if gpu.vendor in ("amd", "intel"))
    return tuple(sources)


def _drm_source(gpu: Gpu, interfaces: Interfaces, asked: _Asked) -> GpuSource:
    if gpu.vendor == "amd":
        return GpuSource((gpu,), asked.at_times(lambda: lambda: (read_drm(gpu, interfaces),)))

    def intel() -> Callable[[], tuple[GpuReading, ...]]:
        sensors = IntelSensors(interfaces, gpu)
        return lambda: (sensors.complete(read_drm(gpu, interfaces)),)

    return GpuSource((gpu,), asked.at_times(intel))


def _read_apple(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReading, ...]:
    accelerator = read_accelerator(interfaces)
    return tuple(apple_reading(gpu, accelerator) for gpu in gpus)
