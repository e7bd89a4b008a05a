"""Table of the quantizations that can be downloaded: the lines of its columns. No widget here."""

from collections.abc import Sequence

import msgspec
from rich.cells import cell_len

from tui.i18n import _
from tui.services.downloads.offer import QuantizationOffer
from tui.services.downloads.words import needs_word, presence_word
from tui.services.model_columns import context_word
from tui.text import clean_line
from tui.ui.kit.cells import pad
from tui.ui.kit.pieces import Line, Piece, cut
from tui.ui.models.column_layout import align_right
from tui.ui.models.verdicts import VERDICTS
from tui.units import format_bytes

OFFERED = "›"
"""Sign of the quantization that was offered."""
_GAP = "  "


class _Column(msgspec.Struct, frozen=True):
    """A column: its heading and its cells."""

    heading: str
    cells: Sequence[Piece]
    right: bool = False
    rank: int = 0
    """The highest is left out first where there is no room; columns with 0 always stay."""

    @property
    def width(self) -> int:
        """Cells of the widest text."""
        return max(cell_len(text) for text in (self.heading, *(piece.text for piece in self.cells)))


def offer_table(items: Sequence[QuantizationOffer], offered: str, width: int) -> tuple[Line, list[Line]]:
    """Return the header and a line for each quantization in at most `width` cells.

    `offered` is the name of the quantization that was offered.
    """
    columns = [column for column in _columns(items, offered) if any(piece.text for piece in column.cells)]
    while sum(column.width + len(_GAP) for column in columns) - len(_GAP) > width:
        dispensable = max(columns, key=lambda column: column.rank)
        if not dispensable.rank:
            break
        columns.remove(dispensable)
    header: Line = []
    lines: list[Line] = [[] for _item in items]
    for column in columns:
        pieces = (Piece(column.heading, "$dim"), *column.cells)
        for line, piece in zip((header, *lines), pieces, strict=True):
            align = align_right if column.right else pad
            line += [Piece(_GAP if line else ""), Piece(align(piece.text, column.width), piece.role)]
    return cut(header, width), [cut(line, width) for line in lines]


def _columns(items: Sequence[QuantizationOffer], offered: str) -> Sequence[_Column]:
    looks = [VERDICTS[item.fit.verdict] for item in items]
    context = context_word(items[0].fit.context)
    return (
        _Column("", [Piece(OFFERED if item.label == offered else " ", "$text-accent") for item in items]),
        _Column(_("verdict"), [Piece(f"{look.glyph} {look.word}", f"${look.variable}") for look in looks]),
        _Column(_("quant"), [Piece(clean_line(item.label), "bold") for item in items]),
        _Column(_("size"), [Piece(format_bytes(item.size_bytes)) for item in items], right=True),
        _Column(
            _("needs at {context}").format(context=context),
            [Piece(needs_word(item), "" if item.exact else "$dim") for item in items],
            right=True,
        ),
        _Column(_("here"), [Piece(presence_word(item), "$text-success") for item in items], rank=1),
    )
