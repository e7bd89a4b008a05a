"""Several GPUs, a line each, with their figures in columns."""

from collections.abc import Callable, Sequence

from tui.engine.footprint import Footprint
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, Reading
from tui.i18n import _
from tui.text import clean_line
from tui.ui.gauges.bar import CAPS, capped
from tui.ui.gauges.figures import frequency, percent, power, size_pair, temperature
from tui.ui.gauges.gauge import EXPANDED_ROWS
from tui.ui.gauges.gpu.facts import Parts, card_bar, card_total, is_asleep, parts_on, reading_of
from tui.ui.gauges.mark import Mark
from tui.ui.kit.cells import middle_cut, pad
from tui.ui.kit.pieces import Line, Piece, cut, width_of

_LEAST_BAR = 5
_LEAST_NAME = 8
_READOUTS: tuple[Callable[[GpuReading], Line], ...] = (
    lambda found: temperature(found.temperature_celsius),
    lambda found: power(found.power_watts, found.power_limit_watts),
    lambda found: frequency(found.frequency_mhz),
)


def gpu_rows(
    gpus: tuple[Gpu, ...],
    reading: Reading | None,
    mark: Mark | None,
    width: int,
    height: int,
    loaded: Footprint | None = None,
) -> list[Line]:
    """A line a GPU; where they are more than `height`, the last line counts the rest."""
    shown = gpus if len(gpus) <= height else gpus[: max(1, height - 1)]
    found = [reading_of(reading, gpu.index) for gpu in shown]
    # Without a border to say it, each line says what it is about.
    label = "{}" if height >= EXPANDED_ROWS else _("GPU {}")
    labels = [label.format(gpu.index) for gpu in shown]
    label_width = max(map(len, labels)) + 1
    sizes = [_size(gpu, one) for gpu, one in zip(shown, found, strict=True)]
    if label_width + 7 + max(map(width_of, sizes)) > width:
        sizes = [_share(gpu, one) for gpu, one in zip(shown, found, strict=True)]
    sizes = _column(sizes)
    # Label, blank, load and the caps of a bar; the name gets a quarter where there is room for one.
    fixed = label_width + 1 + 5 + 1 + width_of(sizes[0])
    room = width - fixed - CAPS - _LEAST_BAR
    name_width = width // 4 if width // 4 >= _LEAST_NAME and room - width // 4 > _LEAST_BAR else 0
    room -= name_width
    tails: list[Line] = [[] for _gpu in shown]
    for make in _READOUTS:
        column = _column([make(one) if one else [] for one in found])
        if 0 < width_of(column[0]) <= room - 2:
            room -= width_of(column[0]) + 2
            tails = [[*tail, Piece("  "), *cell] for tail, cell in zip(tails, column, strict=True)]
    lines: list[Line] = []
    for at, gpu in enumerate(shown):
        one = found[at]
        line = [Piece(labels[at].ljust(label_width), "title")]
        if name_width:
            line.append(Piece(pad(middle_cut(clean_line(gpu.name), name_width - 1), name_width), "unit"))
        load = one.load_percent.value if one else None
        shown_load = [Piece(" " * 5)] if is_asleep(one) else percent(load)
        tail = [Piece(" "), *shown_load, Piece(" "), *sizes[at], *tails[at]]
        bar = width - width_of([*line, *tail]) - CAPS
        if bar >= _LEAST_BAR:
            line += _bar(gpu, one, mark, bar, parts_on(gpu, gpus, one, loaded))
        lines.append(cut([*line, *tail], width))
    if len(shown) < len(gpus):
        lines.append(_rest(gpus[len(shown) :], reading, width))
    return lines


def _bar(gpu: Gpu, found: GpuReading | None, mark: Mark | None, width: int, parts: Parts) -> Line:
    """The memory of a card; none for a GPU whose memory is on the memory gauge."""
    if gpu.shares_memory:
        return [Piece(" " * (width + CAPS))]
    used = found.memory_used_bytes.value if found else None
    return capped(card_bar(gpu, used, card_total(gpu, found), mark, width, parts))


def _size(gpu: Gpu, found: GpuReading | None) -> Line:
    if is_asleep(found):
        return [Piece(_("asleep"), "unit")]
    if gpu.shares_memory:
        return [Piece(_("shares RAM"), "unit")]
    return size_pair(found.memory_used_bytes.value if found else None, card_total(gpu, found))


def _share(gpu: Gpu, found: GpuReading | None) -> Line:
    """Percent of the card's memory that is taken."""
    if is_asleep(found):
        return [Piece(_("asleep"), "unit")]
    if gpu.shares_memory:
        return [Piece(_("shares RAM"), "unit")]
    used, total = found.memory_used_bytes.value if found else None, card_total(gpu, found)
    return [
        Piece(_("VRAM "), "unit"),
        *percent(100 * used / total if used is not None and total else None),
    ]


def _column(cells: Sequence[Line]) -> list[Line]:
    """The cells of one width, their text at the right."""
    widest = max(map(width_of, cells))
    return [
        [Piece(" " * (widest - width_of(cell))), *cell] if width_of(cell) < widest else cell for cell in cells
    ]


def _rest(gpus: tuple[Gpu, ...], reading: Reading | None, width: int) -> Line:
    found = [reading_of(reading, gpu.index) for gpu in gpus]
    loads = [one.load_percent.value for one in found if one and one.load_percent.value is not None]
    text = _("{count} more").format(count=len(gpus))
    busiest = [Piece(_(", the busiest at"), "unit"), *percent(max(loads))] if loads else []
    return cut([Piece(text, "value"), *busiest], width)
