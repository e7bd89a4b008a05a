"""Parts of the timeline that need no widget: what of a row is new, and the legend as border text."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Region

from tui.ui.kit.pieces import Line, Piece


def changed_cells(before: Sequence[Piece], now: Sequence[Piece], row: int) -> Region | None:
    """The cells of a row between the first and the last piece that differ; None for none.

    Every piece but the first and the last is one cell wide.
    """
    if before == now:
        return None
    if len(before) != len(now) or before[0] != now[0]:
        return Region(0, row, 10_000, 1)
    differ = [at for at, (old, new) in enumerate(zip(before, now, strict=True)) if old != new]
    start = len(now[0].text) + differ[0] - 1
    last = len(now) - 1
    end = len(now[0].text) + differ[-1] if differ[-1] < last else start + 10_000
    return Region(start, row, end - start, 1)


def legend_content(line: Line) -> Content:
    """The legend as border text, each sign in the colour of its phase."""
    colours = {
        "idle": "$dim",
        "loading": "$phase-loading",
        "reading": "$phase-reading",
        "generating": "$phase-generating",
        "cut": "$error",
        "selected": "$accent",
    }
    head, *rest = line
    return Content.assemble(
        head.text, *((piece.text, f"{colours.get(piece.role, '$dim')} not bold") for piece in rest)
    )
