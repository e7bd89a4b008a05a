"""The graphics processors: load and memory of one with its past, or a line for each of several."""

from textual.reactive import reactive

from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import GpuReading, Reading
from tui.i18n import _
from tui.text import clean_line
from tui.ui.cells import middle_cut, pad, wrap
from tui.ui.thresholds import LOAD, MEMORY
from tui.ui.widgets.bar import CAPS, Part, capped, level_bar, marked_bar
from tui.ui.widgets.figures import percent, size_pair
from tui.ui.widgets.gauge import EXPANDED_ROWS, Gauge, named, reason_of
from tui.ui.widgets.history import History, graph_lines
from tui.ui.widgets.mark import Mark
from tui.ui.widgets.pieces import Line, Piece, cut, width_of

_LEAST_BAR = 5
_LEAST_NAME = 8


class GpuGauge(Gauge):
    """Load and memory of every graphics processor, or why there is none."""

    mark: reactive[Mark | None] = reactive(None, repaint=False)
    """Where the highlighted model would take a card's memory; None when it is loaded or goes elsewhere."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._history = History()

    def take(self, reading: Reading) -> None:
        """Keep the load of the first card for the graph."""
        self._history.add(reading.time_seconds, reading.gpus[0].load_percent.value if reading.gpus else None)

    def watch_mark(self) -> None:
        """Another model is highlighted."""
        self.update()

    def title(self) -> tuple[str, str]:
        """`GPU` and the card's name, or how many there are."""
        gpus = self.machine.gpus if self.machine else ()
        if len(gpus) > 1:
            return _("GPU"), _("{count} cards").format(count=len(gpus))
        return _("GPU"), clean_line(gpus[0].name) if gpus else ""

    def facts(self) -> list[str]:
        """Each card, its memory's nature, its driver, and what cannot be read of it."""
        if self.machine is None:
            return []
        facts = [self.machine.gpu_reason] if self.machine.gpu_reason else []
        for gpu in self.machine.gpus:
            memory = _("shares the system's memory") if gpu.shares_memory else _("memory of its own")
            driver = f", {gpu.driver.value}" if gpu.driver.value else ""
            facts.append(f"{gpu.name}: {memory}{driver}")
            if self.reading is not None:
                facts += _unread(_reading_of(self.reading, gpu.index))
        return facts

    def lines(self, width: int, height: int) -> list[Line]:
        """See `gpu_lines`."""
        return gpu_lines(self.reading, self.machine, self._history, self.mark, width, height)


def gpu_lines(
    reading: Reading | None,
    machine: Machine | None,
    history: History,
    mark: Mark | None,
    width: int,
    height: int,
) -> list[Line]:
    """The gauge as lines: why there is none, one card in full, or a line a card."""
    name = named(_("GPU"), height)
    if machine is None:
        return [cut([*name, Piece(_("looking for one"), "unit")], width)]
    if not machine.gpus:
        return _absent(machine, name, width, height)
    if len(machine.gpus) == 1:
        gpu = machine.gpus[0]
        found = _reading_of(reading, gpu.index)
        lines = [_load_line(found, name, width), _memory_line(gpu, found, mark, width)]
        if height > len(lines):
            lines += graph_lines(history.columns(2 * width), width, height - len(lines), LOAD)
        return lines[:height]
    return _several(machine.gpus, reading, mark, width, height)[:height]


def _absent(machine: Machine, name: Line, width: int, height: int) -> list[Line]:
    reason = clean_line(machine.gpu_reason or _("no GPU found")).rstrip(".")
    sentence = _("{reason}; models run on the CPU").format(reason=reason)
    # The first line is shorter by the name, so the text is wrapped with the name in it.
    label = "".join(piece.text for piece in name)
    rows = wrap(label + sentence, width, height)
    first = [*name, Piece(rows[0][len(label) :], "unit")]
    return [first, *([Piece(row, "unit")] for row in rows[1:])]


def _load_line(found: GpuReading | None, name: Line, width: int) -> Line:
    load = found.load_percent.value if found else None
    figures = [Piece(" "), *percent(load)]
    heat = found.temperature_celsius.value if found else None
    power = found.power_watts.value if found else None
    for value, unit in ((heat, "°C"), (power, "W")):
        extra = [Piece(f"{value:5.0f}", "value"), Piece(f" {unit}", "unit")] if value is not None else []
        if extra and not name and width - CAPS - width_of([*figures, *extra]) >= width // 3:
            figures += extra
    room = width - CAPS - width_of([*name, *figures])
    return [*name, *capped(level_bar((load or 0) / 100, max(0, room), LOAD)), *figures]


def _memory_line(gpu: Gpu, found: GpuReading | None, mark: Mark | None, width: int) -> Line:
    """Memory of a card with the mark on it: `▕███··▼ ▏ 5.1 / 12.0 GiB VRAM`."""
    used = found.memory_used_bytes.value if found else None
    total = _total(gpu, found)
    what = _("shared") if gpu.shares_memory else _("VRAM")
    figures = size_pair(used, total, what)
    room = width - CAPS - 1 - width_of(figures)
    if room < _LEAST_BAR:
        return cut(figures, width)
    return [*capped(_memory_bar(gpu, used, total, mark, room)), Piece(" "), *figures]


def _memory_bar(gpu: Gpu, used: int | None, total: int | None, mark: Mark | None, width: int) -> Line:
    if not total:
        return marked_bar([], width, None, MEMORY)
    at = mark.after_bytes / total if mark and mark.gpu_index == gpu.index else None
    return marked_bar([Part((used or 0) / total, "")], width, at, MEMORY)


def _several(
    gpus: tuple[Gpu, ...], reading: Reading | None, mark: Mark | None, width: int, height: int
) -> list[Line]:
    shown = gpus if len(gpus) <= height else gpus[: max(1, height - 1)]
    pairs = [(gpu, _reading_of(reading, gpu.index)) for gpu in shown]
    # Without a border to say it, each line says what it is about.
    label = "{}" if height >= EXPANDED_ROWS else _("GPU {}")
    label_width = max(len(label.format(gpu.index)) for gpu in shown) + 1
    sizes = [
        size_pair(found.memory_used_bytes.value if found else None, _total(gpu, found))
        for gpu, found in pairs
    ]
    if label_width + 7 + max(width_of(size) for size in sizes) > width:
        sizes = [[Piece("VRAM ", "unit"), *percent(_share(gpu, found))] for gpu, found in pairs]
    size_width = max(width_of(size) for size in sizes)
    # Label, blank, load and the caps of a bar; the name gets a quarter where there is room for one.
    fixed = label_width + 1 + 5 + 1 + size_width
    name_width = (
        width // 4 if width // 4 >= _LEAST_NAME and width - fixed - width // 4 > 2 * _LEAST_BAR else 0
    )
    lines: list[Line] = []
    for (gpu, found), size in zip(pairs, sizes, strict=True):
        load = found.load_percent.value if found else None
        line = [Piece(label.format(gpu.index).ljust(label_width), "title")]
        if name_width:
            line.append(Piece(pad(middle_cut(clean_line(gpu.name), name_width - 1), name_width), "unit"))
        tail = [Piece(" "), *percent(load), Piece(" " * (1 + size_width - width_of(size))), *size]
        room = width - width_of([*line, *tail]) - CAPS
        if room >= _LEAST_BAR:
            used = found.memory_used_bytes.value if found else None
            line += capped(_memory_bar(gpu, used, _total(gpu, found), mark, room))
        lines.append(cut([*line, *tail], width))
    if len(shown) < len(gpus):
        lines.append(_rest(gpus[len(shown) :], reading, width))
    return lines


def _rest(gpus: tuple[Gpu, ...], reading: Reading | None, width: int) -> Line:
    found = [_reading_of(reading, gpu.index) for gpu in gpus]
    loads = [one.load_percent.value for one in found if one and one.load_percent.value is not None]
    text = _("{count} more").format(count=len(gpus))
    busiest = [Piece(_(", the busiest at"), "unit"), *percent(max(loads))] if loads else []
    return cut([Piece(text, "value"), *busiest], width)


def _share(gpu: Gpu, found: GpuReading | None) -> float | None:
    """Percent of the card's memory that is taken."""
    used, total = found.memory_used_bytes.value if found else None, _total(gpu, found)
    return 100 * used / total if used is not None and total else None


def _total(gpu: Gpu, found: GpuReading | None) -> int | None:
    """The card's memory as read now, or as it was detected."""
    now = found.memory_total_bytes.value if found else None
    return now if now is not None else gpu.memory_bytes.value


def _reading_of(reading: Reading | None, index: int) -> GpuReading | None:
    return next((gpu for gpu in reading.gpus if gpu.index == index), None) if reading else None


def _unread(found: GpuReading | None) -> list[str]:
    if found is None:
        return [_("not read")]
    return [
        *reason_of(found.load_percent, _("load")),
        *reason_of(found.memory_used_bytes, _("memory used")),
        *reason_of(found.memory_total_bytes, _("memory")),
        *reason_of(found.temperature_celsius, _("temperature")),
        *reason_of(found.power_watts, _("power")),
    ]
