"""CPU sheet: ten minutes of load, and every core by its number."""

from collections.abc import Sequence

from tui.hardware.machine import Machine
from tui.hardware.processor.cpu_names import short_cpu_name
from tui.hardware.reading import Reading
from tui.text import clean_line
from tui.ui.gauges.bar import CAPS, capped, level_bar
from tui.ui.gauges.cpu.core_heat import heat_cell
from tui.ui.gauges.cpu.gauge import cores_used, cpu_facts, load_line
from tui.ui.gauges.figures import cpu_readouts, percent, power_limit
from tui.ui.gauges.history import PercentHistory
from tui.ui.gauges.sheet import history_lines, sentence_lines
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.pieces import Line, Piece, join_fitting, merged

_CORE_BAR = 8
_MOST_ROWS = 8
"""Cores that would take more rows than this are drawn without bars."""


def cpu_sheet(
    reading: Reading | None, machine: Machine | None, history: PercentHistory, width: int, rows: int
) -> list[Line]:
    """Draw everything known of the processor, with a graph of `rows` rows."""
    readouts = join_fitting(cpu_readouts(reading), width)
    drawn = power_limit(reading.cpu_power_watts, reading.cpu_power_limit_watts) if reading else []
    return [
        load_line(reading, [], cores_used(reading, machine), width),
        *([readouts] if readouts else []),
        *([drawn] if drawn else []),
        *history_lines(history, width, rows, LOAD),
        *core_lines(reading.core_percents if reading else (), width),
        *sentence_lines([clean_line(fact) for fact in _facts(machine)], width),
    ]


def _facts(machine: Machine | None) -> list[str]:
    """List the facts; without the name, the first one, where the title has all of it."""
    facts = cpu_facts(machine)
    name = machine.cpu.name.value if machine else None
    return facts[1:] if name is not None and short_cpu_name(name) == name else facts


def core_lines(percents: Sequence[float], width: int) -> list[Line]:
    """Draw every core in columns, `0 ▕████▌   ▏  57 %`; without bars where there are many."""
    digits = len(str(len(percents) - 1))
    gap = 2
    wide = digits + 1 + CAPS + _CORE_BAR + 6 + gap
    narrow = digits + 2 + 6 + gap
    if not percents or width < narrow:
        return []
    bars = width >= wide and -(-len(percents) // (width // wide)) <= _MOST_ROWS
    a_row = width // (wide if bars else narrow)
    lines: list[Line] = []
    for start in range(0, len(percents), a_row):
        line: Line = []
        for number, load in enumerate(percents[start : start + a_row], start):
            shape = capped(level_bar(load / 100, _CORE_BAR, LOAD)) if bars else [heat_cell(load)]
            line += [
                Piece(f"{number:{digits}} ", "unit"),
                *shape,
                Piece(" "),
                *percent(load),
                Piece(" " * gap),
            ]
        lines.append(merged(line))
    return lines
