"""Load of each core, one cell a core: height and colour of the glyph both show it."""

from collections.abc import Sequence

from tui.ui.gauges.thresholds import LOAD, level_at
from tui.ui.kit.pieces import Line, Piece, merged, width_of

_HEAT = "▁▂▃▄▅▆▇█"


def heat_rows(percents: Sequence[float], width: int, rows: int) -> list[Line]:
    """Return one block of rising height for each core, in at most `rows` rows of `width` cells.

    Where there are more cores than cells, a cell stands for two, four, eight … neighbours and shows the
    busiest of them; see `cores_a_cell`.
    """
    group = cores_a_cell(len(percents), width, rows)
    if not group:
        return []
    busiest = [max(percents[start : start + group]) for start in range(0, len(percents), group)]
    per_row = -(-len(busiest) // -(-len(busiest) // width))
    cells = [heat_cell(value) for value in busiest]
    lines = [merged(cells[start : start + per_row]) for start in range(0, len(cells), per_row)]
    return [[*line, Piece(" " * (per_row - width_of(line)))] for line in lines]


def cores_a_cell(count: int, width: int, rows: int) -> int:
    """Return the cores that one cell stands for, a power of two; 0 without cores or without room."""
    if count < 1 or width < 1 or rows < 1:
        return 0
    group = 1
    while -(-count // group) > width * rows:
        group *= 2
    return group


def heat_cell(percent: float) -> Piece:
    """Return the block of one core."""
    return Piece(_HEAT[min(7, max(0, int(percent / 100 * 8)))], level_at(percent, LOAD))
