"""CPU sheet: ten minutes of load, and every core by its number."""

from collections.abc import Sequence

from tui.hardware.machine import Machine
from tui.hardware.processor.cpu_names import short_cpu_name
from tui.hardware.reading import Reading
from tui.text import clean_line
from tui.ui.gauges.bar import CAPS, capped, level_bar
from tui.ui.gauges.cpu.core_heat import heat_cell
from tui.ui.gauges.cpu.gauge import core_figures, cpu_facts, load_line
from tui.ui.gauges.figures import cpu_readouts, percent, power_limit
from tui.ui.gauges.history import PercentHistory
from tui.ui.gauges.sheet import history_lines, sentence_lines
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.pieces import Line, Piece, join_fitting, merged

_CORE_BAR = 8
_MOST_ROWS = 8
"""Highest number of rows of cores with bars; more cores are drawn without bars."""


def cpu_sheet(
    reading: Reading | None, machine: Machine | None, history: PercentHistory, width: int, rows: int
) -> list[Line]:
    """Return everything known about the processor, with a graph of `rows` rows."""
    readouts = join_fitting(cpu_readouts(reading), width)
    power = power_limit(reading.cpu_power_watts, reading.cpu_power_limit_watts) if reading else []
    return [
        load_line(reading, [], core_figures(reading, machine), width),
        *([readouts] if readouts else []),
        *([power] if power else []),
        *history_lines(history, width, rows, LOAD),
        *core_lines(reading.core_percents if reading else (), width),
        *sentence_lines([clean_line(fact) for fact in _facts(machine)], width),
    ]


def _facts(machine: Machine | None) -> list[str]:
    """Return the facts about the processor; without its name if the title has the full name."""
    facts = cpu_facts(machine)
    name = machine.cpu.name.value if machine else None
    return facts[1:] if name is not None and short_cpu_name(name) == name else facts


def core_lines(percents: Sequence[float], width: int) -> list[Line]:
    """Return every core in columns, `0 ▕████▌   ▏  57 %`; many cores have no bars."""
    digits = len(str(len(percents) - 1))
    gap = 2
    column_with_bar = digits + 1 + CAPS + _CORE_BAR + 6 + gap
    column_without_bar = digits + 2 + 6 + gap
    if not percents or width < column_without_bar:
        return []
    has_bars = width >= column_with_bar and -(-len(percents) // (width // column_with_bar)) <= _MOST_ROWS
    cores_per_row = width // (column_with_bar if has_bars else column_without_bar)
    lines: list[Line] = []
    for start in range(0, len(percents), cores_per_row):
        line: Line = []
        for number, load in enumerate(percents[start : start + cores_per_row], start):
            shape = capped(level_bar(load / 100, _CORE_BAR, LOAD)) if has_bars else [heat_cell(load)]
            line += [
                Piece(f"{number:{digits}} ", "unit"),
                *shape,
                Piece(" "),
                *percent(load),
                Piece(" " * gap),
            ]
        lines.append(merged(line))
    return lines
