"""Horizontal bars in eighths of a cell, as strings and pieces without widgets or colours."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from tui.ui.gauges.thresholds import Threshold, level_at
from tui.ui.kit.pieces import Line, Piece, merged

FULL = "█"
_EIGHTHS = " ▏▎▍▌▋▊▉█"
PLANNED = "·"
MARK = "▼"
CEILING = "╎"
OVER = "+"
LEFT_CAP = "▕"
RIGHT_CAP = "▏"
TRACK = "track"
"""Role of the cells under a bar."""
CAPS = len(LEFT_CAP + RIGHT_CAP)


class BarPart(NamedTuple):
    """Part of a bar: its share of the bar, the role that gives its colour, and its glyph."""

    fraction: float
    role: str
    glyph: str = FULL
    yields: bool = False
    """True for memory that is freed on demand, such as cache: what a load would take is drawn over it."""


class _Cell(NamedTuple):
    text: str
    role: str
    yields: bool


_BLANK = _Cell(" ", TRACK, True)


def bar_cells(fraction: float, width: int) -> str:
    """Return a bar filled to `fraction` (0 to 1, clamped) in exactly `width` cells.

    Any fraction above 0 fills at least an eighth of a cell.
    """
    eighths = min(max(fraction, 0.0), 1.0) * width * 8
    count = min(round(eighths), width * 8)
    if fraction > 0 and width > 0:
        count = max(count, 1)
    full_cells, last_eighths = divmod(count, 8)
    return (FULL * full_cells + (_EIGHTHS[last_eighths] if last_eighths else "")).ljust(width)


def level_bar(fraction: float, width: int, thresholds: Sequence[Threshold]) -> Line:
    """Return a bar in which each cell has the colour of its percentage."""
    cells = bar_cells(fraction, width)
    return merged(
        Piece(cell, TRACK if cell == " " else level_at(100 * index / width, thresholds))
        for index, cell in enumerate(cells)
    )


def marked_bar(
    parts: Sequence[BarPart],
    width: int,
    mark: float | None,
    thresholds: Sequence[Threshold],
    ceiling: float | None = None,
) -> Line:
    """Return parts side by side, dots up to the mark for the planned extension, and blanks.

    Args:
        parts: the parts; one with an empty role has the colours of the thresholds. A single solid part ends
            in eighths of a cell, several end on whole cells, and each part above 0 has a cell if there
            is room.
        width: width in cells.
        mark: position of the mark as a fraction of the whole; above 1 it is at the end, followed by `+`. Dots
            replace the parts that yield.
        thresholds: thresholds of the colours.
        ceiling: fraction after which a tick is drawn, unless the mark is there; None for no tick.
    """
    visible = [part for part in parts if part.fraction > 0]
    counts = share_cells([part.fraction for part in visible], width)
    cells = [
        _Cell(part.glyph, part.role, part.yields)
        for part, count in zip(visible, counts, strict=True)
        for _ in range(count)
    ]
    cells += [_BLANK] * (width - len(cells))
    solid = [part for part in visible if not part.yields]
    if len(solid) == 1 and solid[0].glyph == FULL:
        ends = bar_cells(solid[0].fraction, width).rstrip()
        cells = [_Cell(cell, solid[0].role, False) for cell in ends] + [
            _BLANK if not cell.yields else cell for cell in cells[len(ends) :]
        ]
    if ceiling is not None and 0 < ceiling < 1 and width >= 2:
        cells[min(width - 1, round(ceiling * width))] = _Cell(CEILING, "ceiling", False)
    if mark is not None and width >= 2:
        cells = _with_mark(cells, mark)
    return merged(
        Piece(cell.text, cell.role or level_at(100 * index / width, thresholds))
        for index, cell in enumerate(cells)
    )


def share_cells(fractions: Sequence[float], width: int) -> list[int]:
    """Return the number of whole cells of each part of a bar; the sum is at most `width`.

    The ends of the parts are rounded, not their lengths, so that the sum is correct. A part above 0 always
    has a cell, taken from the largest part if necessary.
    """
    ends = [0]
    total = 0.0
    for fraction in fractions:
        total += max(0.0, fraction)
        ends.append(min(width, round(total * width)))
    counts = [end - start for start, end in pairwise(ends)]
    for index, fraction in enumerate(fractions):
        if fraction > 0 and counts[index] == 0:
            largest = max(range(len(counts)), key=counts.__getitem__)
            if sum(counts) < width:
                counts[index] = 1
            elif counts[largest] > 1:
                counts[largest] -= 1
                counts[index] = 1
    return counts


def capped(bar: Line) -> Line:
    """Return the bar on its track, between thin caps at 0 and 100 %."""
    on_track = [piece if piece.role == TRACK else Piece(piece.text, f"{piece.role} {TRACK}") for piece in bar]
    return [Piece(LEFT_CAP, "cap"), *on_track, Piece(RIGHT_CAP, "cap")]


def _with_mark(cells: Sequence[_Cell], mark: float) -> list[_Cell]:
    width = len(cells)
    is_over = mark > 1
    mark_index = width - 2 if is_over else min(width - 1, max(0, round(mark * width) - 1))
    planned = _Cell(PLANNED, "planned", True)
    marked = [planned if cell.yields and index < mark_index else cell for index, cell in enumerate(cells)]
    marked[mark_index] = _Cell(MARK, "mark", False)
    if is_over:
        marked[-1] = _Cell(OVER, "critical", False)
    return marked
