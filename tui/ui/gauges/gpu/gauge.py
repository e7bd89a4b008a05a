"""GPU gauge: load, memory and history of a single GPU, or a line for each of several."""

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
from tui.ui.gauges.gauge import Gauge, inline_title
from tui.ui.gauges.gpu.facts import (
    NO_PARTS,
    CardParts,
    card_bar,
    card_memory_bytes,
    gpu_description,
    gpu_reading_of,
    gpu_unknowns,
    is_asleep,
    parts_on_card,
)
from tui.ui.gauges.gpu.rows import gpu_rows
from tui.ui.gauges.history import LONG_SECONDS, SECONDS, PercentHistory, graph_lines
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.stacked_bar import parts_legend
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.cells import wrap
from tui.ui.kit.pieces import Line, Piece, cut, width_of

_LEAST_BAR = 5
_LEGEND_ROWS = 3
"""Rows above which there is room for a legend of the engine's parts."""


class GpuGauge(Gauge):
    """Gauge of load and memory of every GPU; without a GPU it shows the reason."""

    DEFAULT_CSS = """
    GpuGauge.-none { max-width: 30; }
    """

    mark: reactive[MemoryMark | None] = reactive(None, repaint=False)
    """Mark of the highlighted model on a card; None for none."""

    loaded: reactive[Footprint | None] = reactive(None, repaint=False)
    """Footprint that the engine measured at the load; None while no model is loaded."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.histories: dict[int, PercentHistory] = {}
        """History of the load of each GPU, by its index."""

    def take(self, reading: Reading) -> None:
        """Add the loads to the histories."""
        for gpu in reading.gpus:
            history = self.histories.setdefault(gpu.index, PercentHistory(LONG_SECONDS))
            history.add(reading.time_seconds, gpu.load_percent.value)

    def watch_machine(self) -> None:
        """Shrink to the width of the reason on a machine without a GPU."""
        self.set_class(self.machine is not None and not self.machine.gpus, "-none")
        super().watch_machine()

    def watch_mark(self) -> None:
        """Redraw for another highlighted model."""
        self.update()

    def watch_loaded(self) -> None:
        """Redraw after a load or an unload."""
        self.update()

    def title(self) -> tuple[str, str]:
        """Return `GPU` and the card's name, or the number of cards."""
        gpus = self.machine.gpus if self.machine else ()
        if len(gpus) > 1:
            return _("GPU"), _("{count} cards").format(count=len(gpus))
        return _("GPU"), clean_line(gpus[0].name) if gpus else ""

    def facts(self) -> list[str]:
        """Return a description of each card, and its unknown figures."""
        if self.machine is None:
            return []
        reason = self.machine.gpu_reason
        facts = [sentence(reason)] if reason and reason != ASLEEP else []
        for gpu in self.machine.gpus:
            facts.append(gpu_description(gpu))
            if self.reading is not None:
                facts += gpu_unknowns(gpu, gpu_reading_of(self.reading, gpu.index))
        return facts

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the lines of the gauge, from `gpu_lines`."""
        return gpu_lines(self.reading, self.machine, self.histories, self.mark, width, height, self.loaded)


def gpu_lines(
    reading: Reading | None,
    machine: Machine | None,
    histories: dict[int, PercentHistory],
    mark: MemoryMark | None,
    width: int,
    height: int,
    loaded: Footprint | None = None,
) -> list[Line]:
    """Return the lines of the gauge: a single card in full, a line per card, or the reason for no card."""
    name = inline_title(_("GPU"), height)
    if machine is None:
        return [cut([*name, Piece(_("looking for one"), "unit")], width)]
    if not machine.gpus:
        return absent_lines(machine, name, width, height)
    if len(machine.gpus) == 1:
        return _single_gpu_lines(machine.gpus[0], name, reading, histories, mark, width, height, loaded)
    return gpu_rows(machine.gpus, reading, mark, width, height, loaded)[:height]


def _single_gpu_lines(
    gpu: Gpu,
    name: Line,
    reading: Reading | None,
    histories: dict[int, PercentHistory],
    mark: MemoryMark | None,
    width: int,
    height: int,
    loaded: Footprint | None,
) -> list[Line]:
    gpu_reading = gpu_reading_of(reading, gpu.index)
    lines = [gpu_load_line(gpu_reading, name, width)]
    # Shared memory is drawn only on the memory gauge.
    if not gpu.shares_memory:
        parts = parts_on_card(gpu, (gpu,), gpu_reading, loaded)
        lines.append(gpu_memory_line(gpu, gpu_reading, mark, width, parts))
        if any(parts) and height > _LEGEND_ROWS:
            lines.append(parts_legend(parts, width))
    if height > len(lines):
        columns = histories.get(gpu.index, PercentHistory()).columns(2 * width, SECONDS)
        lines += graph_lines(columns, width, height - len(lines), LOAD)
    return lines[:height]


def absent_lines(machine: Machine, name: Line, width: int, height: int) -> list[Line]:
    """Return lines that say that there is no GPU and that models run on the CPU."""
    reason = (sentence(machine.gpu_reason) if machine.gpu_reason else _("no GPU found")).rstrip(".")
    text = _("{reason}; models run on the CPU").format(reason=reason)
    # The first line is shorter by the name, so the text is wrapped with the name in it.
    label = "".join(piece.text for piece in name)
    rows = wrap(label + text, width, height)
    first = [*name, Piece(rows[0][len(label) :], "unit")]
    return [first, *([Piece(row, "unit")] for row in rows[1:])]


def gpu_load_line(gpu_reading: GpuReading | None, name: Line, width: int) -> Line:
    """Return the load as a bar of at least a third of the width and in percent, then the other figures."""
    load = gpu_reading.load_percent.value if gpu_reading else None
    figures = [Piece(" "), *([Piece(_("asleep"), "unit")] if is_asleep(gpu_reading) else percent(load))]
    for readout in gpu_readouts(gpu_reading):
        if width - CAPS - width_of([*name, *figures, *readout]) - 2 >= width // 3:
            figures += [Piece("  "), *readout]
    room = width - CAPS - width_of([*name, *figures])
    return [*name, *capped(level_bar((load or 0) / 100, max(0, room), LOAD)), *figures]


def gpu_memory_line(
    gpu: Gpu, gpu_reading: GpuReading | None, mark: MemoryMark | None, width: int, parts: CardParts = NO_PARTS
) -> Line:
    """Return a card's memory with the engine's parts and the mark: `▕██▓▓▒··▼ ▏ 5.1 / 12.0 GiB VRAM`."""
    used = gpu_reading.memory_used_bytes.value if gpu_reading else None
    total = card_memory_bytes(gpu, gpu_reading)
    figures = size_pair(used, total, _("VRAM"))
    room = width - CAPS - 1 - width_of(figures)
    if room < _LEAST_BAR:
        return cut(figures, width)
    return [*capped(card_bar(gpu, used, total, mark, room, parts)), Piece(" "), *figures]
