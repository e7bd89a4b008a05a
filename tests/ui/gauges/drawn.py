"""Gauges drawn as strings."""

import msgspec

from tests.ui.host import machine, reading
from tui.engine.footprint import DevicePart, Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import GpuReading, Reading
from tui.ui.gauges.gpu.gauge import gpu_lines
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.lines import memory_lines
from tui.ui.kit.pieces import plain
from tui.units import GIB


def gpu(
    shown_machine: Machine | None,
    gpus: tuple[GpuReading, ...] = (),
    width: int = 36,
    height: int = 3,
    mark: MemoryMark | None = None,
) -> list[str]:
    """The GPU gauge as strings."""
    return [plain(line) for line in gpu_lines(reading(gpus=gpus), shown_machine, {}, mark, width, height)]


def mem(
    current: Reading | None,
    width: int = 36,
    height: int = 3,
    mark: MemoryMark | None = None,
    shown_machine: Machine | None = None,
) -> list[str]:
    """The memory gauge as strings."""
    return [plain(line) for line in memory_lines(current, shown_machine or machine(), mark, width, height)]


LOADED = Footprint(GIB, GIB // 2, GIB // 8, GIB // 8, "engine")


ON_CARDS = msgspec.structs.replace(
    LOADED,
    device_bytes=3 * GIB,
    devices=(DevicePart("CUDA0", GIB, GIB // 2, 0), DevicePart("CUDA1", GIB, GIB // 4, GIB // 4)),
)
