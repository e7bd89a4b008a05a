"""Rows of several GPUs, one line each, with their figures in columns."""

from collections.abc import Callable, Sequence

from tui.engine.footprint import Footprint
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, Reading
from tui.i18n import _
from tui.text import clean_line
from tui.ui.gauges.bar import CAPS, capped
from tui.ui.gauges.figures import frequency, percent, power, size_pair, temperature
from tui.ui.gauges.gauge import EXPANDED_ROWS
from tui.ui.gauges.gpu.facts import (
    CardParts,
    card_bar,
    card_memory_bytes,
    gpu_reading_of,
    is_asleep,
    parts_on_card,
)
from tui.ui.gauges.mark import MemoryMark
from tui.ui.kit.cells import middle_cut, pad
from tui.ui.kit.pieces import Line, Piece, cut, filled, width_of

_LEAST_BAR = 5
_LEAST_NAME = 8
_READOUTS: tuple[Callable[[GpuReading], Line], ...] = (
    lambda gpu_reading: temperature(gpu_reading.temperature_celsius),
    lambda gpu_reading: power(gpu_reading.power_watts, gpu_reading.power_limit_watts),
    lambda gpu_reading: frequency(gpu_reading.frequency_mhz),
)


def gpu_rows(
    gpus: tuple[Gpu, ...],
    reading: Reading | None,
    mark: MemoryMark | None,
    width: int,
    height: int,
    loaded: Footprint | None = None,
) -> list[Line]:
    """Return a line for each GPU; if there are more than `height`, the last line counts the others."""
    listed_gpus = gpus if len(gpus) <= height else gpus[: max(1, height - 1)]
    readings = [gpu_reading_of(reading, gpu.index) for gpu in listed_gpus]
    # Without a border, each line needs the word GPU.
    label = "{}" if height >= EXPANDED_ROWS else _("GPU {}")
    labels = [label.format(gpu.index) for gpu in listed_gpus]
    label_width = max(map(len, labels)) + 1
    sizes = [_size(gpu, gpu_reading) for gpu, gpu_reading in zip(listed_gpus, readings, strict=True)]
    if label_width + 7 + max(map(width_of, sizes)) > width:
        sizes = [_share(gpu, gpu_reading) for gpu, gpu_reading in zip(listed_gpus, readings, strict=True)]
    sizes = _column(sizes)
    # Label, blanks, load and size have a fixed width; the name takes a quarter if there is room.
    fixed = label_width + 1 + 5 + 1 + width_of(sizes[0])
    room = width - fixed - CAPS - _LEAST_BAR
    name_width = width // 4 if width // 4 >= _LEAST_NAME and room - width // 4 > _LEAST_BAR else 0
    room -= name_width
    tails: list[Line] = [[] for _gpu in listed_gpus]
    for readout in _READOUTS:
        column = _column([readout(gpu_reading) if gpu_reading else [] for gpu_reading in readings])
        if 0 < width_of(column[0]) <= room - 2:
            room -= width_of(column[0]) + 2
            tails = [[*tail, Piece("  "), *cell] for tail, cell in zip(tails, column, strict=True)]
    lines: list[Line] = []
    for row_number, gpu in enumerate(listed_gpus):
        gpu_reading = readings[row_number]
        line = [Piece(labels[row_number].ljust(label_width), "title")]
        if name_width:
            line.append(Piece(pad(middle_cut(clean_line(gpu.name), name_width - 1), name_width), "unit"))
        load = gpu_reading.load_percent.value if gpu_reading else None
        shown_load = [Piece(" " * 5)] if is_asleep(gpu_reading) else percent(load)
        tail = [Piece(" "), *shown_load, Piece(" "), *sizes[row_number], *tails[row_number]]
        bar = width - width_of([*line, *tail]) - CAPS
        if bar >= _LEAST_BAR:
            line += _bar(gpu, gpu_reading, mark, bar, parts_on_card(gpu, gpus, gpu_reading, loaded))
        lines.append(cut([*line, *tail], width))
    if len(listed_gpus) < len(gpus):
        lines.append(_other_gpus_line(gpus[len(listed_gpus) :], reading, width))
    return lines


def _bar(
    gpu: Gpu, gpu_reading: GpuReading | None, mark: MemoryMark | None, width: int, parts: CardParts
) -> Line:
    """Return the bar of a card's memory; blanks for a GPU that shares the system's memory."""
    if gpu.shares_memory:
        return [Piece(" " * (width + CAPS))]
    used = gpu_reading.memory_used_bytes.value if gpu_reading else None
    return capped(card_bar(gpu, used, card_memory_bytes(gpu, gpu_reading), mark, width, parts))


def _size(gpu: Gpu, gpu_reading: GpuReading | None) -> Line:
    if is_asleep(gpu_reading):
        return [Piece(_("asleep"), "unit")]
    if gpu.shares_memory:
        return [Piece(_("shares RAM"), "unit")]
    return size_pair(
        gpu_reading.memory_used_bytes.value if gpu_reading else None, card_memory_bytes(gpu, gpu_reading)
    )


def _share(gpu: Gpu, gpu_reading: GpuReading | None) -> Line:
    """Return the percentage of the card's memory in use."""
    if is_asleep(gpu_reading):
        return [Piece(_("asleep"), "unit")]
    if gpu.shares_memory:
        return [Piece(_("shares RAM"), "unit")]
    used, total = (
        gpu_reading.memory_used_bytes.value if gpu_reading else None,
        card_memory_bytes(gpu, gpu_reading),
    )
    share = percent(100 * used / total if used is not None and total else None)
    return filled(_("VRAM {share}"), "unit", share=share)


def _column(cells: Sequence[Line]) -> list[Line]:
    """Return the cells right-aligned in the width of the widest one."""
    widest = max(map(width_of, cells))
    return [
        [Piece(" " * (widest - width_of(cell))), *cell] if width_of(cell) < widest else cell for cell in cells
    ]


def _other_gpus_line(gpus: tuple[Gpu, ...], reading: Reading | None, width: int) -> Line:
    readings = [gpu_reading_of(reading, gpu.index) for gpu in gpus]
    loads = [
        gpu_reading.load_percent.value
        for gpu_reading in readings
        if gpu_reading and gpu_reading.load_percent.value is not None
    ]
    count = [Piece(str(len(gpus)), "value")]
    if not loads:
        return cut(filled(_("{count} more"), "value", count=count), width)
    load = [Piece(f"{max(loads):.0f}", "value"), Piece(" %", "unit")]
    return cut(filled(_("{count} more, the busiest at {load}"), "unit", count=count, load=load), width)
