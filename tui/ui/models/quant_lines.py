"""Table of quantizations: the lines of its columns, and a description of a row. No widget here."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.fit.quants import FULL_PRECISION, QuantRow
from tui.fit.words import loss_word
from tui.i18n import _
from tui.models.quality_loss import MODEL, Quality
from tui.services import quantization_columns as columns
from tui.services.model_columns import NOT_ON_DISK, ON_DISK
from tui.services.quantization_columns import COLUMNS, QuantColumn
from tui.text import clean_line
from tui.ui.kit.cells import pad
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.pieces import Line, Piece, cut
from tui.ui.models.column_layout import align_right
from tui.ui.models.verdicts import VERDICTS
from tui.units import UNKNOWN, format_bytes, format_number

CURRENT = "›"
"""Sign of the quantization that the table was opened on."""

_GAP = "  "
_FULL_BITS = 15.5
"""Bits per weight from which a file counts as full precision."""


def table_lines(rows: Sequence[QuantRow], width: int) -> tuple[Line, list[Line]]:
    """Return the header and a line for each row in at most `width` cells, with the columns that fit."""
    visible = [(column, [_piece(column, row) for row in rows]) for column in COLUMNS]
    while _table_width(visible) > width:
        dispensable = max(visible, key=lambda item: item[0].rank)
        if not dispensable[0].rank:
            break
        visible.remove(dispensable)
    header: Line = []
    lines: list[Line] = [[] for _row in rows]
    for column, cells in visible:
        column_cells = _width(column, cells)
        for line, piece in zip((header, *lines), (Piece(column.short_heading, "$dim"), *cells), strict=True):
            align = align_right if column.right else pad
            line += [Piece(_GAP if line else ""), Piece(align(piece.text, column_cells), piece.role)]
    return cut(header, width), [cut(line, width) for line in lines]


def row_text(row: QuantRow, rows: Sequence[QuantRow]) -> str:
    """Return a description of a quantization: bits, relative size, quality loss and availability."""
    return " ".join(
        [*_bits_text(row), *_size_text(row, rows), _loss_text(row.quality), _availability_text(row)]
    )


def can_take(row: QuantRow) -> bool:
    """Return True if there is a file to load or to download."""
    return row.on_disk or row.published or row.current


def _width(column: QuantColumn, cells: Sequence[Piece]) -> int:
    return max(cell_len(text) for text in (column.short_heading, *(piece.text for piece in cells)))


def _table_width(visible: Sequence[tuple[QuantColumn, Sequence[Piece]]]) -> int:
    return sum(_width(column, cells) + len(_GAP) for column, cells in visible) - len(_GAP)


def _bits_text(row: QuantRow) -> list[str]:
    if row.bits_per_weight is None:
        return []
    if row.bits_per_weight >= _FULL_BITS:
        return [_("Each number takes {bits} bits.").format(bits=format_number(row.bits_per_weight, ".0f"))]
    return [
        _("Each number takes {bits} bits instead of 16.").format(
            bits=format_number(row.bits_per_weight, ".1f")
        )
    ]


def _size_text(row: QuantRow, rows: Sequence[QuantRow]) -> list[str]:
    """Return the size relative to the current quantization; the current one is compared with 16 bits."""
    reference = next((candidate for candidate in rows if candidate.current), row)
    if reference is row:
        reference = next(
            (candidate for candidate in reversed(rows) if candidate.quant in FULL_PRECISION), row
        )
    difference = row.model.weights_bytes - reference.model.weights_bytes
    if difference == 0:
        return []
    template = _("{size} smaller than {quant}.") if difference < 0 else _("{size} larger than {quant}.")
    return [template.format(size=format_bytes(abs(difference)), quant=clean_line(reference.quant))]


def _loss_text(quality: Quality) -> str:
    word = loss_word(quality.word)
    if quality.kl_divergence is None:
        reason = sentence_with_keys(quality.reason) if quality.reason else UNKNOWN
        return _("Quality lost: {word} ({reason}).").format(word=word, reason=reason)
    if quality.imatrix:
        figure = _("KL divergence {value} for {model} with an importance matrix")
    elif quality.imatrix_kl_divergence is not None:
        figure = _("KL divergence {value} for {model}, {guided} with an importance matrix")
    else:
        figure = _("KL divergence {value} for {model}")
    guided = quality.imatrix_kl_divergence
    figure_text = figure.format(
        value=format_number(quality.kl_divergence, ".3f"),
        model=MODEL,
        guided="" if guided is None else format_number(guided, ".3f"),
    )
    return _("Quality lost: {word} ({figure}; smaller models lose more).").format(
        word=word, figure=figure_text
    )


def _availability_text(row: QuantRow) -> str:
    if row.on_disk:
        return _("It is on this disk.")
    if row.published:
        return _("It is published, and not on this disk.")
    return _("It is visible for comparison; no file of it is known.")


def _piece(column: QuantColumn, row: QuantRow) -> Piece:
    """Return a cell with its role: signs and colours are the dialog's own."""
    text = column.text(row)
    match column.name:
        case columns.CURRENT:
            return Piece(CURRENT if row.current else " ", "$text-accent")
        case columns.VERDICT:
            look = VERDICTS[row.fit.verdict]
            return Piece(f"{look.glyph} {look.word}", f"${look.variable}")
        case columns.QUANT:
            return Piece(text, "bold")
        case columns.FILE if text:
            return Piece(f"{ON_DISK if row.on_disk else NOT_ON_DISK} {text}", "" if row.on_disk else "$dim")
        case _:
            return Piece(text, "$dim" if text == UNKNOWN else "")
