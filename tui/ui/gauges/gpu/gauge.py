"""The graphics processors: load and memory of one with its past, or a line for each of several."""

from textual.reactive import reactive

from tui.engine.footprint import Footprint
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import GpuReading, Reading
from tui.i18n import _
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.ui.gauges.bar import CAPS, capped, level_bar
from tui.ui.gauges.figures import gpu_readouts, percent, size_pair
from tui.ui.gauges.gauge import Gauge, named
from tui.ui.gauges.gpu.facts import (
    NO_PARTS,
    Parts,
    card_bar,
    card_total,
    gpu_fact,
    gpu_unknowns,
    is_asleep,
    parts_on,
    reading_of,
)
from tui.ui.gauges.gpu.rows import gpu_rows
from tui.ui.gauges.history import LONG_SECONDS, SECONDS, History, graph_lines
from tui.ui.gauges.mark import Mark
from tui.ui.gauges.stacked_bar import parts_legend
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.cells import wrap
from tui.ui.kit.pieces import Line, Piece, cut, width_of

_LEAST_BAR = 5
_LEGEND_ROWS = 3
"""With more rows than this there is room to tell the engine's parts."""


class GpuGauge(Gauge):
    """Load and memory of every graphics processor, or why there is none."""

    DEFAULT_CSS = """
    GpuGauge.-none { max-width: 30; }
    """

    mark: reactive[Mark | None] = reactive(None, repaint=False)
    """Where the highlighted model would take a card's memory; None when it is loaded or goes elsewhere."""

    loaded: reactive[Footprint | None] = reactive(None, repaint=False)
    """What the engine measured when it loaded its model; None while none is loaded."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.histories: dict[int, History] = {}
        """The load of each GPU by its index."""

    def take(self, reading: Reading) -> None:
        """Keep the loads for the graphs."""
        for gpu in reading.gpus:
            history = self.histories.setdefault(gpu.index, History(LONG_SECONDS))
            history.add(reading.time_seconds, gpu.load_percent.value)

    def watch_machine(self) -> None:
        """A machine without a GPU needs room for the reason only."""
        self.set_class(self.machine is not None and not self.machine.gpus, "-none")
        super().watch_machine()

    def watch_mark(self) -> None:
        """Another model is highlighted."""
        self.update()

    def watch_loaded(self) -> None:
        """A model was loaded, or its memory given back."""
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
        reason = self.machine.gpu_reason
        facts = [sentence(reason)] if reason and reason != ASLEEP else []
        for gpu in self.machine.gpus:
            facts.append(gpu_fact(gpu))
            if self.reading is not None:
                facts += gpu_unknowns(gpu, reading_of(self.reading, gpu.index))
        return facts

    def lines(self, width: int, height: int) -> list[Line]:
        """See `gpu_lines`."""
        return gpu_lines(self.reading, self.machine, self.histories, self.mark, width, height, self.loaded)


def gpu_lines(
    reading: Reading | None,
    machine: Machine | None,
    histories: dict[int, History],
    mark: Mark | None,
    width: int,
    height: int,
    loaded: Footprint | None = None,
) -> list[Line]:
    """The gauge as lines: why there is none, one card in full, or a line a card."""
    name = named(_("GPU"), height)
    if machine is None:
        return [cut([*name, Piece(_("looking for one"), "unit")], width)]
    if not machine.gpus:
        return absent_lines(machine, name, width, height)
    if len(machine.gpus) == 1:
        return _one(machine.gpus[0], name, reading, histories, mark, width, height, loaded)
    return gpu_rows(machine.gpus, reading, mark, width, height, loaded)[:height]


def _one(
    gpu: Gpu,
    name: Line,
    reading: Reading | None,
    histories: dict[int, History],
    mark: Mark | None,
    width: int,
    height: int,
    loaded: Footprint | None,
) -> list[Line]:
    found = reading_of(reading, gpu.index)
    lines = [gpu_load_line(found, name, width)]
    # Memory that is the system's is drawn once, on the memory gauge.
    if not gpu.shares_memory:
        parts = parts_on(gpu, (gpu,), found, loaded)
        lines.append(gpu_memory_line(gpu, found, mark, width, parts))
        if any(parts) and height > _LEGEND_ROWS:
            lines.append(parts_legend(parts, width))
    if height > len(lines):
        columns = histories.get(gpu.index, History()).columns(2 * width, SECONDS)
        lines += graph_lines(columns, width, height - len(lines), LOAD)
    return lines[:height]


def absent_lines(machine: Machine, name: Line, width: int, height: int) -> list[Line]:
    """Why there is no GPU, and what follows from it."""
    reason = (sentence(machine.gpu_reason) if machine.gpu_reason else _("no GPU found")).rstrip(".")
    text = _("{reason}; models run on the CPU").format(reason=reason)
    # The first line is shorter by the name, so the text is wrapped with the name in it.
    label = "".join(piece.text for piece in name)
    rows = wrap(label + text, width, height)
    first = [*name, Piece(rows[0][len(label) :], "unit")]
    return [first, *([Piece(row, "unit")] for row in rows[1:])]


def gpu_load_line(found: GpuReading | None, name: Line, width: int) -> Line:
    """The load as a bar and in percent, then heat, power and frequency while a third is left for the bar."""
    load = found.load_percent.value if found else None
    figures = [Piece(" "), *([Piece(_("asleep"), "unit")] if is_asleep(found) else percent(load))]
    for one in gpu_readouts(found):
        if width - CAPS - width_of([*name, *figures, *one]) - 2 >= width // 3:
            figures += [Piece("  "), *one]
    room = width - CAPS - width_of([*name, *figures])
    return [*name, *capped(level_bar((load or 0) / 100, max(0, room), LOAD)), *figures]


def gpu_memory_line(
    gpu: Gpu, found: GpuReading | None, mark: Mark | None, width: int, parts: Parts = NO_PARTS
) -> Line:
    """Memory of a card with the engine's parts and the mark on it: `▕██▓▓▒··▼ ▏ 5.1 / 12.0 GiB VRAM`."""
    used = found.memory_used_bytes.value if found else None
    total = card_total(gpu, found)
    figures = size_pair(used, total, _("VRAM"))
    room = width - CAPS - 1 - width_of(figures)
    if room < _LEAST_BAR:
        return cut(figures, width)
    return [*capped(card_bar(gpu, used, total, mark, room, parts)), Piece(" "), *figures]
