"""Load of each core in one cell, as the height and the colour of a block."""

from collections.abc import Sequence

from tui.ui.gauges.thresholds import LOAD, level_at
from tui.ui.kit.pieces import Line, Piece, merged, width_of

_HEAT = "▁▂▃▄▅▆▇█"


def heat_rows(percents: Sequence[float], width: int, rows: int) -> list[Line]:
    """Return a block for each core, in at most `rows` rows of `width` cells.

    If there are more cores than cells, a cell stands for two, four, eight … neighbouring cores and shows the
    busiest; see `cores_per_cell`.
    """
    group = cores_per_cell(len(percents), width, rows)
    if not group:
        return []
    busiest = [max(percents[start : start + group]) for start in range(0, len(percents), group)]
    per_row = -(-len(busiest) // -(-len(busiest) // width))
    cells = [heat_cell(value) for value in busiest]
    lines = [merged(cells[start : start + per_row]) for start in range(0, len(cells), per_row)]
    return [[*line, Piece(" " * (per_row - width_of(line)))] for line in lines]


def cores_per_cell(count: int, width: int, rows: int) -> int:
    """Return the number of cores per cell, a power of two; 0 without cores or without room."""
    if count < 1 or width < 1 or rows < 1:
        return 0
    group = 1
    while -(-count // group) > width * rows:
        group *= 2
    return group


def heat_cell(percent: float) -> Piece:
    """Return the block for the load of a core."""
    return Piece(_HEAT[min(7, max(0, int(percent / 100 * 8)))], level_at(percent, LOAD))
