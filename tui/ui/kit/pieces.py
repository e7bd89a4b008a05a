"""Lines of the screen before they have colours: pieces of text, each with its role."""

import string
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from tui.ui.kit.cells import end_cut


class Piece(NamedTuple):
    """Part of a line: its text, and its role, which is a component class without its prefix."""

    text: str
    role: str = ""
    """One name or several with blanks between them; empty for plain text."""


Line = list[Piece]


def filled(template: str, role: str, **fields: Sequence[Piece]) -> Line:
    """Return a sentence whose own words have one role, with pieces in its fields.

    A translation may have the fields in another order.
    """
    line: Line = []
    for text, name, _form, _conversion in string.Formatter().parse(template):
        if text:
            line.append(Piece(text, role))
        if name is not None:
            line += fields[name]
    return line


def plain(line: Iterable[Piece]) -> str:
    """Return the line as text without colour."""
    return "".join(piece.text for piece in line)


def width_of(line: Iterable[Piece]) -> int:
    """Return the width of the line in cells."""
    return sum(cell_len(piece.text) for piece in line)


def cut(line: Sequence[Piece], width: int) -> Line:
    """Return the line in at most `width` cells, with `…` where it was cut."""
    if width_of(line) <= width:
        return list(line)
    pieces: Line = []
    for piece in line:
        room = width - width_of(pieces)
        if cell_len(piece.text) >= room:
            pieces.append(Piece(end_cut(piece.text + " ", room), piece.role))
            break
        pieces.append(piece)
    return pieces


def spread(start: Sequence[Piece], end: Sequence[Piece], width: int) -> Line:
    """Return `start` at the left edge and `end` at the right edge; without `end` when both do not fit."""
    gap = width - width_of(start) - width_of(end)
    if gap < 1 or not end:
        return cut(start, width)
    return [*start, Piece(" " * gap), *end]


def join_fitting(fields: Sequence[Line], width: int, gap: str = "  ") -> Line:
    """Join the fields that fit, in order, with `gap` between them; the first is cut if necessary."""
    line: Line = []
    for field in fields:
        longer = [*line, Piece(gap), *field] if line else field
        if line and width_of(longer) > width:
            continue
        line = cut(longer, width)
    return line


def merged(line: Iterable[Piece]) -> Line:
    """Join neighbouring pieces of the same role, so that fewer pieces are drawn."""
    result: Line = []
    for text, role in line:
        if result and result[-1].role == role:
            result[-1] = Piece(result[-1].text + text, role)
        elif text:
            result.append(Piece(text, role))
    return result
