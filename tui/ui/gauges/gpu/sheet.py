"""GPU sheet: every GPU in full, or the reason for no GPU."""

from tui.engine.footprint import Footprint
from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.ui.gauges.figures import power_limit, size_of
from tui.ui.gauges.gpu.facts import CardParts, gpu_description, gpu_reading_of, parts_on_card
from tui.ui.gauges.gpu.gauge import absent_lines, gpu_load_line, gpu_memory_line
from tui.ui.gauges.history import PercentHistory
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.sheet import history_lines, sentence_lines
from tui.ui.gauges.stacked_bar import parts_legend
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.pieces import Line, cut, filled


def gpu_sheet(
    reading: Reading | None,
    machine: Machine | None,
    histories: dict[int, PercentHistory],
    mark: MemoryMark | None,
    width: int,
    rows: int,
    loaded: Footprint | None = None,
) -> list[Line]:
    """Return each GPU with its load, its memory, and a graph of its load in `rows` rows."""
    if machine is None:
        return []
    if not machine.gpus:
        return absent_lines(machine, [], width, 9)
    lines: list[Line] = []
    for gpu in machine.gpus:
        if lines:
            lines.append([])
        parts = parts_on_card(gpu, machine.gpus, gpu_reading_of(reading, gpu.index), loaded)
        lines += _gpu_lines(
            gpu, reading, histories.get(gpu.index, PercentHistory()), mark, width, rows, parts
        )
    return lines


def _gpu_lines(
    gpu: Gpu,
    reading: Reading | None,
    history: PercentHistory,
    mark: MemoryMark | None,
    width: int,
    rows: int,
    parts: CardParts,
) -> list[Line]:
    gpu_reading = gpu_reading_of(reading, gpu.index)
    lines = [*sentence_lines([gpu_description(gpu)], width), gpu_load_line(gpu_reading, [], width)]
    if not gpu.shares_memory:
        lines.append(gpu_memory_line(gpu, gpu_reading, mark, width, parts))
        if any(parts):
            lines.append(parts_legend(parts, width))
    elif gpu_reading is not None and gpu_reading.memory_used_bytes.value is not None:
        template = (
            _("buffers of the GPU {size}, some of it set aside")
            if gpu.set_aside_bytes
            else _("buffers of the GPU {size}, part of the memory in use")
        )
        size = size_of(gpu_reading.memory_used_bytes.value)
        lines.append(cut(filled(template, "unit", size=size), width))
    power = power_limit(gpu_reading.power_watts, gpu_reading.power_limit_watts) if gpu_reading else []
    if power:
        lines.append(cut(power, width))
    if gpu_reading is not None and gpu_reading.load_percent.value is not None:
        lines += history_lines(history, width, rows, LOAD)
    return lines
