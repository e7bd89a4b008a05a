"""A line of the screen before it has colours: pieces of text, each with the part it plays."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from tui.ui.kit.cells import end_cut


class Piece(NamedTuple):
    """Text on one line, and its role: names of component classes without their prefix; empty for plain."""

    text: str
    role: str = ""


Line = list[Piece]


def plain(line: Iterable[Piece]) -> str:
    """The line as a string, as it reads without colour."""
    return "".join(piece.text for piece in line)


def width_of(line: Iterable[Piece]) -> int:
    """Cells the line takes."""
    return sum(cell_len(piece.text) for piece in line)


def cut(line: Sequence[Piece], width: int) -> Line:
    """The line in at most `width` cells, with `…` where it was cut."""
    if width_of(line) <= width:
        return list(line)
    kept: Line = []
    for piece in line:
        room = width - width_of(kept)
        if cell_len(piece.text) >= room:
            kept.append(Piece(end_cut(piece.text + " ", room), piece.role))
            break
        kept.append(piece)
    return kept


def spread(left: Sequence[Piece], right: Sequence[Piece], width: int) -> Line:
    """`left` at the left edge and `right` at the right edge; without `right` when both do not fit."""
    gap = width - width_of(left) - width_of(right)
    if gap < 1 or not right:
        return cut(left, width)
    return [*left, Piece(" " * gap), *right]


def join_fitting(fields: Sequence[Line], width: int, gap: str = "  ") -> Line:
    """The fields in order, two blanks between them, those that fit; the first is cut at need."""
    line: Line = []
    for field in fields:
        longer = [*line, Piece(gap), *field] if line else field
        if line and width_of(longer) > width:
            continue
        line = cut(longer, width)
    return line


def merged(line: Iterable[Piece]) -> Line:
    """The same line with neighbours of one role joined, so that fewer pieces are drawn."""
    result: Line = []
    for text, role in line:
        if result and result[-1].role == role:
            result[-1] = Piece(result[-1].text + text, role)
        elif text:
            result.append(Piece(text, role))
    return result
