"""The sources that a reading is put together from, each replaceable by a stand-in."""

import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from tui.hardware.battery import BatteryMeter
from tui.hardware.gpus import makers
from tui.hardware.gpus.fdinfo import ProcessGpuMeter
from tui.hardware.gpus.maker import OFTEN_SECONDS, GpuReader
from tui.hardware.gpus.windows_gpu import windows_readers
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.machine import Gpu, Machine
from tui.hardware.memory.available_memory import read_memory, read_pressure, read_pressure_level
from tui.hardware.memory.cgroup import find_folders
from tui.hardware.memory.swap import SwapMeter
from tui.hardware.patient_source import Patience, PatientSource, started_when_asked
from tui.hardware.process import ProcessMeter
from tui.hardware.processor.cpu import usable_cpus
from tui.hardware.processor.cpu_load import CpuLoadMeter
from tui.hardware.processor.frequency import FrequencyMeter
from tui.hardware.processor.power import PowerMeter
from tui.hardware.processor.temperature import Thermometer
from tui.hardware.reading import GpuReading, MemoryReading, Metric, ProcessReading, known
from tui.sentences import ReasonedError, reason

T = TypeVar("T")


_SELDOM_SECONDS = 1.9
"""Between two questions that cost some ten milliseconds: a program started, a battery's controller asked."""


class GpuSource(msgspec.Struct, frozen=True):
    """The GPUs that one interface reads together."""

    gpus: tuple[Gpu, ...]
    read: Callable[[], tuple[GpuReading, ...]]


class Sources(msgspec.Struct, frozen=True):
    """A source for each part of a reading. Any may raise; the sampler turns that into a reason."""

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
    """Return the sources of a machine, this one when `interfaces` is None. Each starts counting now.

    A driver or a file of this machine may hang, so each source is asked on a thread of its own, with
    `patience`; a recording never does, and is read at its own pace, unless `patience` is given for it.
    The processes that are followed are always of this machine: the dashboard's own, and its engine's.
    """
    if interfaces is None:
        interfaces, patience = LocalInterfaces(), patience or Patience()
    schedule = _Schedule(interfaces, patience)
    own = ProcessMeter(os.getpid())
    power = schedule.shared(lambda: PowerMeter(interfaces))
    return Sources(
        cpu=schedule.at_each_sample(lambda: CpuLoadMeter(usable_cpus(interfaces), interfaces).read),
        memory=schedule.at_each_sample(lambda: _memory(machine, interfaces)),
        pressure=schedule.at_each_sample(lambda: lambda: read_pressure(interfaces)),
        pressure_level=schedule.at_each_sample(lambda: lambda: read_pressure_level(interfaces)),
        own_cpu=OwnLoad().read,
        own_resident=lambda: own.read().resident_bytes,
        cpu_temperature=schedule.at_each_sample(lambda: Thermometer(interfaces).read),
        # Kernels before 5.18 may sleep 10 ms a core over this question.
        cpu_frequency=schedule.at_most_every(lambda: FrequencyMeter(interfaces).read),
        cpu_power=schedule.at_each_sample(lambda: power().read),
        cpu_power_limit=schedule.at_most_every(lambda: power().read_limit),
        battery=schedule.at_most_every(lambda: BatteryMeter(interfaces).read, _SELDOM_SECONDS),
        swap_in=schedule.at_most_every(
            lambda: SwapMeter(interfaces).read,
            # On a Mac it takes starting a program.
            _SELDOM_SECONDS if interfaces.platform == "macos" else 0.0,
        ),
        gpus=_gpu_sources(machine, interfaces, schedule),
        follow=lambda pid: ProcessMeter(pid).read,
        gpu_load_of=lambda pid: ProcessGpuMeter(pid).read,
    )


class _Schedule:
    """Pace at which sources are asked: on threads of their own, or directly where there is no patience."""

    def __init__(self, interfaces: Interfaces, patience: Patience | None) -> None:
        self._interfaces = interfaces
        self._patience = patience

    def at_each_sample(self, make: Callable[[], Callable[[], T]]) -> Callable[[], T]:
        """Return a source that is asked anew at every sample."""
        return self.at_most_every(make, 0.0)

    def at_most_every(
        self, make: Callable[[], Callable[[], T]], seconds: float = OFTEN_SECONDS
    ) -> Callable[[], T]:
        """Return a source that is asked at most once in `seconds`; its first sample is taken soon."""
        if self._patience is None:
            return make()
        source = PatientSource(started_when_asked(make), interval_seconds=seconds, patience=self._patience)
        source.ask()
        return source.get

    def shared(self, make: Callable[[], T]) -> Callable[[], T]:
        """Return a getter of one object for several sources, made by the first that asks."""
        lock = threading.Lock()
        objects: list[T] = []

        def get() -> T:
            with lock:
                if not objects:
                    objects.append(make())
                return objects[0]

        return get


class OwnLoad:
    """The dashboard's own load, all its threads together."""

    def __init__(self) -> None:
        self._last = (time.monotonic(), time.process_time())
        self._percent: float | None = None

    def read(self) -> Metric[float]:
        """Return percent of one core since the last sample, or since it was made."""
        sample = (time.monotonic(), time.process_time())
        elapsed = sample[0] - self._last[0]
        if self._percent is None or elapsed >= 0.05:
            self._percent = 100 * (sample[1] - self._last[1]) / elapsed if elapsed > 0 else 0.0
            self._last = sample
        return known(self._percent, "process times")


def _memory(machine: Machine, interfaces: Interfaces) -> Callable[[], MemoryReading]:
    folders = find_folders("memory", interfaces)

    def read() -> MemoryReading:
        memory = read_memory(folders, interfaces)
        if machine.memory_limit_source != "RAM" and memory.total_bytes > machine.memory_limit_bytes:
            # The host's memory in place of a container's would seem plenty.
            raise ReasonedError(reason("hardware.container_limit_unreadable"))
        return memory

    return read


def _gpu_sources(machine: Machine, interfaces: Interfaces, schedule: _Schedule) -> tuple[GpuSource, ...]:
    """Return one source for each reader, so that a driver that hangs holds up its own cards only."""
    readers = [*windows_readers(machine.gpus, interfaces)]
    counted = {gpu.index for reader in readers for gpu in reader.gpus}
    for maker in makers.MAKERS:
        own = tuple(gpu for gpu in machine.gpus if gpu.vendor == maker.vendor and gpu.index not in counted)
        if own and interfaces.platform in maker.platforms:
            readers += maker.readers(own, interfaces)
    return tuple(_gpu_source(reader, schedule) for reader in readers)


def _gpu_source(reader: GpuReader, schedule: _Schedule) -> GpuSource:
    return GpuSource(reader.gpus, schedule.at_most_every(reader.start, reader.interval_seconds))
