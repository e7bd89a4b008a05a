"""The processor: load now, load over the last minute, and load of each core."""

from collections.abc import Sequence

from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.text import clean_line
from tui.ui.thresholds import LOAD, step_at
from tui.ui.widgets.bar import CAPS, capped, level_bar
from tui.ui.widgets.figures import percent
from tui.ui.widgets.gauge import EXPANDED_ROWS, Gauge, named, reason_of
from tui.ui.widgets.history import History, graph_lines
from tui.ui.widgets.pieces import Line, Piece, merged, width_of

_HEAT = "▁▂▃▄▅▆▇█"
_LEAST_BAR = 8
"""A bar shorter than this says less than the words it would leave out."""
_LEAST_GRAPH = 12


class CpuGauge(Gauge):
    """Load of the cores that programs here may use."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._history = History()

    def take(self, reading: Reading) -> None:
        """Keep the load for the graph."""
        self._history.add(reading.time_seconds, reading.cpu_percent.value)

    def title(self) -> tuple[str, str]:
        """`CPU` and the processor's name."""
        name = self.machine.cpu.name.value if self.machine else None
        return _("CPU"), clean_line(name or "")

    def facts(self) -> list[str]:
        """Cores, features, and why the load is unknown."""
        facts: list[str] = []
        if self.machine is not None:
            cpu = self.machine.cpu
            facts += [cpu.name.value] if cpu.name.value else reason_of(cpu.name, _("name"))
            cores = _("{physical} cores for the engine, {logical} logical")
            facts.append(cores.format(physical=cpu.physical_cores, logical=cpu.logical_cores))
            if cpu.quota_cores.value is not None:
                facts.append(
                    _("this container may use {count:g} cores' worth of time").format(
                        count=cpu.quota_cores.value
                    )
                )
            if cpu.features:
                facts.append(" ".join(cpu.features))
        if self.reading is not None:
            facts += reason_of(self.reading.cpu_percent, _("load"))
        facts.append(_("Graph: load of all cores over the last 60 s"))
        return facts

    def lines(self, width: int, height: int) -> list[Line]:
        """See `cpu_lines`."""
        return cpu_lines(self.reading, self.machine, self._history, width, height)


def cpu_lines(
    reading: Reading | None, machine: Machine | None, history: History, width: int, height: int
) -> list[Line]:
    """The gauge as lines: bar and figures first, the past and the cores below, each where there is room."""
    load = reading.cpu_percent.value if reading else None
    name = named(_("CPU"), height)
    cores = _cores_used(load, reading, machine)
    figures = [Piece(" "), *percent(load)]
    compact = height < EXPANDED_ROWS
    if not compact and cores and width - CAPS - width_of([*figures, *cores]) - 2 >= _LEAST_BAR:
        figures += [Piece("  "), *cores]
    room = width - CAPS - width_of([*name, *figures])
    lines = [[*name, *capped(level_bar((load or 0) / 100, max(0, room), LOAD)), *figures]]
    rows = height - 1
    if rows < 1:
        return lines
    side = (
        [cores]
        if compact and cores
        else heat_rows(reading.core_percents if reading else (), width // 3, rows)
    )
    side_width = max((width_of(row) for row in side), default=0)
    graph_width = width - side_width - (2 if side_width else 0)
    if graph_width < _LEAST_GRAPH:
        side, graph_width = [], width
    graph = graph_lines(history.columns(2 * graph_width), graph_width, rows, LOAD)
    blank: Line = []
    side = [blank] * (rows - len(side)) + side
    return lines + [
        merged([*left, Piece("  "), *right]) if right else left
        for left, right in zip(graph, side, strict=True)
    ]


def heat_rows(percents: Sequence[float], width: int, rows: int) -> list[Line]:
    """The load of each core as one block of rising height, in rows of `width`; empty when they do not fit."""
    if not percents or width < 1 or len(percents) > width * rows:
        return []
    per_row = -(-len(percents) // -(-len(percents) // width))
    cells = [Piece(_HEAT[min(7, int(value / 100 * 8))], step_at(value, LOAD)) for value in percents]
    lines = [merged(cells[start : start + per_row]) for start in range(0, len(cells), per_row)]
    return [[*line, Piece(" " * (per_row - width_of(line)))] for line in lines]


def _cores_used(load: float | None, reading: Reading | None, machine: Machine | None) -> Line:
    """`3.4 / 8 cores`: how many cores' worth of work is done, of those that may be used."""
    total = _core_count(reading, machine)
    if load is None or total is None:
        return []
    return [
        Piece(f"{load / 100 * total:.1f}".rjust(len(f"{total}.0")), "value"),
        Piece(_(" / {count} cores").format(count=total), "unit"),
    ]


def _core_count(reading: Reading | None, machine: Machine | None) -> int | None:
    """Cores that the load is a mean of."""
    if reading is not None and reading.core_percents:
        return len(reading.core_percents)
    return machine.cpu.logical_cores if machine is not None else None
