"""The sources that a reading is put together from, each replaceable by a stand-in."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

from tui.hardware.apple import apple_reading, read_accelerator, read_pressure_level
from tui.hardware.cgroup import find_folders
from tui.hardware.cpu import usable_cpus
from tui.hardware.drm import read_drm
from tui.hardware.fdinfo import ClientMeter
from tui.hardware.load import CpuMeter
from tui.hardware.machine import Gpu, Machine
from tui.hardware.memory import read_memory, read_pressure
from tui.hardware.nvidia import NvidiaReader
from tui.hardware.process import ProcessMeter
from tui.hardware.reading import GpuReading, MemoryReading, Metric, ProcessReading, known
from tui.hardware.slow import Slow


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
    gpus: tuple[GpuSource, ...]
    follow: Callable[[int], Callable[[], ProcessReading]]
    """A meter for the process of the given number."""
    gpu_load_of: Callable[[int], Callable[[], Metric[float]]]
    """A meter for the GPU load of one process; used where the whole GPU's load is not to be had."""


def local_sources(machine: Machine, root: Path = Path("/")) -> Sources:
    """The sources of this machine. Each starts counting now."""
    folders = find_folders("memory", root)
    own = ProcessMeter(os.getpid(), root)
    return Sources(
        cpu=CpuMeter(usable_cpus(), root).read,
        memory=lambda: read_memory(folders),
        pressure=lambda: read_pressure(root),
        pressure_level=read_pressure_level,
        own_cpu=OwnLoad().read,
        own_resident=lambda: own.read().resident_bytes,
        gpus=_gpu_sources(machine, root),
        follow=lambda pid: ProcessMeter(pid, root).read,
        gpu_load_of=lambda pid: ClientMeter(pid, root).read,
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


def _gpu_sources(machine: Machine, root: Path) -> tuple[GpuSource, ...]:
    """One source per interface, so that a driver that hangs holds up its own cards only."""
    sources: list[GpuSource] = []
    nvidia = tuple(gpu for gpu in machine.gpus if gpu.vendor == "nvidia")
    if nvidia:
        sources.append(GpuSource(nvidia, Slow(NvidiaReader(nvidia, root=root).read).get))
    apple = tuple(gpu for gpu in machine.gpus if gpu.vendor == "apple")
    if apple and psutil.MACOS:
        sources.append(GpuSource(apple, Slow(lambda: _read_apple(apple)).get))
    sources.extend(_drm_source(gpu, root) for gpu in machine.gpus if gpu.vendor in ("amd", "intel"))
    return tuple(sources)


def _drm_source(gpu: Gpu, root: Path) -> GpuSource:
    return GpuSource((gpu,), Slow(lambda: (read_drm(gpu, root),)).get)


def _read_apple(gpus: tuple[Gpu, ...]) -> tuple[GpuReading, ...]:
    accelerator = read_accelerator()
    return tuple(apple_reading(gpu, accelerator) for gpu in gpus)
