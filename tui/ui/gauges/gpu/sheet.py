"""Every GPU in full, or why there is none."""

from tui.engine.footprint import Footprint
from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.ui.gauges.figures import labelled_size, power_limit
from tui.ui.gauges.gpu.facts import Parts, gpu_fact, parts_on, reading_of
from tui.ui.gauges.gpu.gauge import absent_lines, gpu_load_line, gpu_memory_line
from tui.ui.gauges.history import History
from tui.ui.gauges.mark import Mark
from tui.ui.gauges.sheet import past_lines, word_lines
from tui.ui.gauges.stacked_bar import parts_legend
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.pieces import Line, Piece, cut


def gpu_sheet(
    reading: Reading | None,
    machine: Machine | None,
    histories: dict[int, History],
    mark: Mark | None,
    width: int,
    rows: int,
    loaded: Footprint | None = None,
) -> list[Line]:
    """Each with its load, its memory, and ten minutes of its load in a graph of `rows` rows."""
    if machine is None:
        return []
    if not machine.gpus:
        return absent_lines(machine, [], width, 9)
    lines: list[Line] = []
    for gpu in machine.gpus:
        if lines:
            lines.append([])
        parts = parts_on(gpu, machine.gpus, reading_of(reading, gpu.index), loaded)
        lines += _one(gpu, reading, histories.get(gpu.index, History()), mark, width, rows, parts)
    return lines


def _one(
    gpu: Gpu,
    reading: Reading | None,
    history: History,
    mark: Mark | None,
    width: int,
    rows: int,
    parts: Parts,
) -> list[Line]:
    found = reading_of(reading, gpu.index)
    lines = [*word_lines([gpu_fact(gpu)], width), gpu_load_line(found, [], width)]
    if not gpu.shares_memory:
        lines.append(gpu_memory_line(gpu, found, mark, width, parts))
        if any(parts):
            lines.append(parts_legend(parts, width))
    elif found is not None and found.memory_used_bytes.value is not None:
        used = labelled_size(_("buffers of the GPU"), found.memory_used_bytes.value)
        aside = gpu.set_aside_bytes
        where = _(", some of it set aside") if aside else _(", part of the memory in use")
        lines.append(cut([*used, Piece(where, "unit")], width))
    drawn = power_limit(found.power_watts, found.power_limit_watts) if found else []
    if drawn:
        lines.append(cut(drawn, width))
    if found is not None and found.load_percent.value is not None:
        lines += past_lines(history, width, rows, LOAD)
    return lines
