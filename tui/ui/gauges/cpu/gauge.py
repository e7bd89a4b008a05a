"""CPU gauge: load now and over the last minute, load of each core, temperature and frequency."""

from collections.abc import Sequence

from tui.hardware.machine import Machine
from tui.hardware.processor.cpu_load import QUOTA_SOURCE
from tui.hardware.processor.cpu_names import short_cpu_name
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.ui.gauges.bar import CAPS, capped, level_bar
from tui.ui.gauges.cpu.core_heat import cores_per_cell, heat_rows
from tui.ui.gauges.figures import cpu_readouts, own_readout, percent
from tui.ui.gauges.gauge import EXPANDED_ROWS, Gauge, inline_title, unknown_lines, unknowns_by_reason
from tui.ui.gauges.history import LONG_SECONDS, SECONDS, PercentHistory, graph_lines
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.pieces import Line, Piece, filled, join_fitting, merged, width_of
from tui.units import format_number

_LEAST_BAR = 8
"""Smallest width of a bar in cells; below that, other figures are more useful."""
_LEAST_GRAPH = 12
"""Smallest width of the graph in cells."""
_WIDE = 50
"""Width from which llmtui's own load and memory are shown."""
_GAP = "  "


class CpuGauge(Gauge):
    """Gauge of the load of the cores that programs may use."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.history = PercentHistory(LONG_SECONDS)

    def take(self, reading: Reading) -> None:
        """Add the load to the history."""
        self.history.add(reading.time_seconds, reading.cpu_percent.value)

    def title(self) -> tuple[str, str]:
        """Return `CPU` and the processor's short name."""
        name = self.machine.cpu.name.value if self.machine else None
        return _("CPU"), short_cpu_name(name or "")

    def facts(self) -> list[str]:
        """Return cores, features, and the reason for each unknown figure."""
        facts = cpu_facts(self.machine)
        if self.reading is not None:
            facts += cpu_unknowns(self.reading)
            width, height = self.content_size
            count = len(self.reading.core_percents)
            group = cores_per_cell(count, _side_width(width), max(1, height - 2))
            if group > 1:
                facts.append(
                    _("Each block stands for {count} cores and shows the busiest").format(count=group)
                )
        facts.append(_("Graph: load of all cores over the last 60 s"))
        return facts

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the lines of the gauge, from `cpu_lines`."""
        return cpu_lines(self.reading, self.machine, self.history, width, height)


def cpu_facts(machine: Machine | None) -> list[str]:
    """Return a line each for name, cores, quota and features of the processor."""
    if machine is None:
        return []
    cpu = machine.cpu
    facts = [cpu.name.value] if cpu.name.value else unknown_lines(cpu.name, _("name"))
    cores = _("{physical} cores for the engine, {logical} logical")
    facts.append(cores.format(physical=cpu.physical_cores, logical=cpu.logical_cores))
    if cpu.quota_cores.value is not None:
        facts.append(
            _("this container may use {count} cores' worth of time; load is its own, of that share").format(
                count=format_number(cpu.quota_cores.value)
            )
        )
    if cpu.features:
        facts.append(" ".join(cpu.features))
    return facts


def cpu_unknowns(reading: Reading) -> list[str]:
    """Return the figures of the processor that could not be read, with their reasons."""
    return unknowns_by_reason(
        (reading.cpu_percent, _("load")),
        (reading.cpu_temperature_celsius, _("temperature")),
        (reading.cpu_frequency_mhz, _("frequency")),
        (reading.cpu_power_watts, _("power")),
    )


def cpu_lines(
    reading: Reading | None, machine: Machine | None, history: PercentHistory, width: int, height: int
) -> list[Line]:
    """Return the lines of the gauge: bar and figures, then graph and cores if there is room."""
    compact = height < EXPANDED_ROWS
    cores = cores_used(reading, machine)
    options = () if compact else core_figures(reading, machine)
    lines = [load_line(reading, inline_title(_("CPU"), height), options, width)]
    rows = height - 1
    if rows < 1:
        return lines
    side = (
        [_folded_side(reading, machine, cores, width - len(_GAP) - _LEAST_GRAPH)]
        if compact
        else _side(reading, machine, _side_width(width), rows, width >= _WIDE)
    )
    side_width = max((width_of(row) for row in side), default=0)
    graph_width = width - side_width - (len(_GAP) if side_width else 0)
    graph = graph_lines(history.columns(2 * graph_width, SECONDS), graph_width, rows, LOAD)
    blank: Line = []
    side = [blank] * (rows - len(side)) + side
    return lines + [
        merged([*graph_row, Piece(" " * (width - graph_width - width_of(right))), *right])
        if right
        else graph_row
        for graph_row, right in zip(graph, side, strict=True)
    ]


def load_line(reading: Reading | None, name: Line, cores: Sequence[Line], width: int) -> Line:
    """Return the load as a bar and in percent, with the first of `cores` that leaves the bar long enough."""
    load = reading.cpu_percent.value if reading else None
    figures = [Piece(" "), *percent(load)]
    for pieces in cores:
        if pieces and width - CAPS - width_of([*figures, *pieces]) - len(_GAP) >= _LEAST_BAR:
            figures += [Piece(_GAP), *pieces]
            break
    room = width - CAPS - width_of([*name, *figures])
    return [*name, *capped(level_bar((load or 0) / 100, max(0, room), LOAD)), *figures]


def core_figures(reading: Reading | None, machine: Machine | None) -> tuple[Line, Line]:
    """Return the cores in use, and the same for a narrow gauge, without the number of the host's cores."""
    return cores_used(reading, machine), cores_used(reading, machine, with_host=False)


def cores_used(reading: Reading | None, machine: Machine | None, *, with_host: bool = True) -> Line:
    """Return the cores in use and the cores that may be used: `3.4 / 8 cores`.

    Under a quota the text is `1.2 / 2.5 cores of 48`: used by the container, its quota, the host's cores.
    """
    load = reading.cpu_percent.value if reading else None
    total = _core_count(reading, machine)
    if load is None or total is None:
        return []
    quota = _quota_shown(reading, machine)
    limit = total if quota is None else quota
    used = format_number(load / 100 * limit, ".1f").rjust(len(format_number(limit, ".1f")))
    fields = {"used": [Piece(used, "value")], "most": [Piece(format_number(limit, "g"), "unit")]}
    if quota is None or not with_host:
        return filled(_("{used} / {most} cores"), "unit", **fields)
    host = [Piece(str(total), "unit")]
    return filled(_("{used} / {most} cores of {host}"), "unit", **fields, host=host)


def _quota_shown(reading: Reading | None, machine: Machine | None) -> float | None:
    """Return the quota in cores; None if the load is not a share of a quota."""
    if reading is None or machine is None or reading.cpu_percent.source != QUOTA_SOURCE:
        return None
    return machine.cpu.quota_cores.value


def _side_width(width: int) -> int:
    """Return the width beside the graph: half of a narrow gauge, all but the graph of a wide one."""
    return max(0, width - len(_GAP) - max(_LEAST_GRAPH, min(width // 2, 2 * _LEAST_GRAPH)))


def _heat(reading: Reading | None, machine: Machine | None, room: int, rows: int) -> list[Line]:
    """Return the cores as blocks; they are labelled as the host's if the load is a container's own."""
    percents = reading.core_percents if reading else ()
    if _quota_shown(reading, machine) is None:
        return heat_rows(percents, room, rows)
    label = _("host") + " "
    blocks = heat_rows(percents, room - len(label), rows)
    return [
        [Piece(label if not row_number else " " * len(label), "unit"), *row]
        for row_number, row in enumerate(blocks)
    ]


def _folded_side(reading: Reading | None, machine: Machine | None, cores: Line, room: int) -> Line:
    """Return the figures beside the single graph row of a folded gauge."""
    readouts = cpu_readouts(reading)
    heat = _heat(reading, machine, room, 1)
    return join_fitting([field for field in (*heat, *readouts[:1], cores, *readouts[1:]) if field], room)


def _side(reading: Reading | None, machine: Machine | None, room: int, rows: int, wide: bool) -> list[Line]:
    """Return the figures, a row for each kind, and the cores below them."""
    figures = join_fitting(cpu_readouts(reading), room)
    own = own_readout(reading) if wide else []
    above = [line for line in (figures, own) if line]
    heat = _heat(reading, machine, room, max(1, rows - min(len(above), rows - 1)))
    if len(above) + len(heat) > rows and above and heat:
        # The last figures are placed beside the cores if both fit on one line.
        last = above.pop()
        heat[0] = join_fitting([heat[0], last], room)
    return [*above, *heat][-rows:]


def _core_count(reading: Reading | None, machine: Machine | None) -> int | None:
    """Return the number of cores that the load is the mean of; None for unknown."""
    if reading is not None and reading.core_percents:
        return len(reading.core_percents)
    return machine.cpu.logical_cores if machine is not None else None
