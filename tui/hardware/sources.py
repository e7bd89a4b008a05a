"""The sources that a reading is put together from, each replaceable by a stand-in."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from tui.hardware.apple import apple_reading, read_accelerator, read_pressure_level
from tui.hardware.battery import BatteryMeter
from tui.hardware.cgroup import find_folders
from tui.hardware.cpu import usable_cpus
from tui.hardware.drm import read_drm
from tui.hardware.fdinfo import ClientMeter
from tui.hardware.frequency import FrequencyMeter
from tui.hardware.intel_gpu import IntelSensors
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.load import LimitedMeter
from tui.hardware.machine import Gpu, Machine
from tui.hardware.memory import read_memory, read_pressure
from tui.hardware.nvidia import NvidiaReader
from tui.hardware.nvml import NvmlOver
from tui.hardware.power import PowerMeter
from tui.hardware.process import ProcessMeter
from tui.hardware.reading import GpuReading, MemoryReading, Metric, ProcessReading, known
from tui.hardware.slow import Slow
from tui.hardware.swap import SwapMeter
from tui.hardware.temperature import Thermometer
from tui.hardware.windows_gpu import parse_luid, read_windows

T = TypeVar("T")


_SELDOM_SECONDS = 2.0
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
    battery: Callable[[], Metric[float]]
    swap_in: Callable[[], Metric[float]]
    gpus: tuple[GpuSource, ...]
    follow: Callable[[int], Callable[[], ProcessReading]]
    """A meter for the process of the given number."""
    gpu_load_of: Callable[[int], Callable[[], Metric[float]]]
    """A meter for the GPU load of one process; used where the whole GPU's load is not to be had."""


def sources_of(machine: Machine, interfaces: Interfaces | None = None) -> Sources:
    """The sources of a machine, this one when `interfaces` is None. Each starts counting now.

    The processes that are followed are always of this machine: the dashboard's own, and its engine's.
    """
    interfaces = interfaces or LocalInterfaces()
    folders = find_folders("memory", interfaces)
    own = ProcessMeter(os.getpid())
    return Sources(
        cpu=LimitedMeter(usable_cpus(interfaces), interfaces).read,
        memory=lambda: read_memory(folders, interfaces),
        pressure=lambda: read_pressure(interfaces),
        pressure_level=lambda: read_pressure_level(interfaces),
        own_cpu=OwnLoad().read,
        own_resident=lambda: own.read().resident_bytes,
        cpu_temperature=Thermometer(interfaces).read,
        # Kernels before 5.18 may sleep 10 ms a core over this question.
        cpu_frequency=_patient(FrequencyMeter(interfaces).read, interfaces),
        cpu_power=PowerMeter(interfaces).read,
        battery=_patient(BatteryMeter(interfaces).read, interfaces, _SELDOM_SECONDS),
        swap_in=_swap_in(interfaces),
        gpus=_gpu_sources(machine, interfaces),
        follow=lambda pid: ProcessMeter(pid).read,
        gpu_load_of=lambda pid: ClientMeter(pid).read,
    )


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


def _swap_in(interfaces: Interfaces) -> Callable[[], Metric[float]]:
    read = SwapMeter(interfaces).read
    # On a Mac it takes starting a program.
    return _patient(read, interfaces, _SELDOM_SECONDS) if interfaces.platform == "macos" else read


def _gpu_sources(machine: Machine, interfaces: Interfaces) -> tuple[GpuSource, ...]:
    """One source per interface, so that a driver that hangs holds up its own cards only."""
    sources: list[GpuSource] = []
    counted = tuple(gpu for gpu in machine.gpus if parse_luid(gpu.device) is not None)
    if counted:
        read = _patient(lambda: read_windows(interfaces, counted), interfaces, _SELDOM_SECONDS)
        sources.append(GpuSource(counted, read))
    others = tuple(gpu for gpu in machine.gpus if gpu not in counted)
    nvidia = tuple(gpu for gpu in others if gpu.vendor == "nvidia")
    if nvidia:
        reader = NvidiaReader(nvidia, lambda: NvmlOver(interfaces), interfaces)
        sources.append(GpuSource(nvidia, _patient(reader.read, interfaces)))
    apple = tuple(gpu for gpu in machine.gpus if gpu.vendor == "apple")
    if apple and interfaces.platform == "macos":
        sources.append(GpuSource(apple, _patient(lambda: _read_apple(apple, interfaces), interfaces)))
    sources.extend(_drm_source(gpu, interfaces) for gpu in others if gpu.vendor in ("amd", "intel"))
    return tuple(sources)


def _drm_source(gpu: Gpu, interfaces: Interfaces) -> GpuSource:
    if gpu.vendor == "intel":
        sensors = IntelSensors(interfaces, gpu)
        complete = _patient(lambda: (sensors.complete(read_drm(gpu, interfaces)),), interfaces)
        return GpuSource((gpu,), complete)
    return GpuSource((gpu,), _patient(lambda: (read_drm(gpu, interfaces),), interfaces))


def _patient(read: Callable[[], T], interfaces: Interfaces, every: float = 1.0) -> Callable[[], T]:
    """A driver may hang; a recording never does, and is to be read at its own pace."""
    return Slow(read, every=every).get if isinstance(interfaces, LocalInterfaces) else read


def _read_apple(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReading, ...]:
    accelerator = read_accelerator(interfaces)
    return tuple(apple_reading(gpu, accelerator) for gpu in gpus)
