"""Table of models on several machines: its headings and its lines. No widget here."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.fit.speed_words import speed_sentence
from tui.fit.verdict import Fit, Verdict
from tui.i18n import _
from tui.services.model_columns import SIZE_TITLE, pace_shown, size_word
from tui.services.side_by_side import MACHINE_COLUMNS, ModelOnMachines, NamedMachine
from tui.text import clean_line
from tui.ui.kit.cells import end_cut, middle_cut, pad
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.pieces import Line, Piece, cut
from tui.ui.models.column_layout import align_right
from tui.ui.models.verdicts import VERDICTS

_GAP = "  "
_SIZE_CELLS = max(6, cell_len(_(SIZE_TITLE)))
_VERDICT_CELLS = 9
_FIGURE_CELLS = max(6, *(cell_len(_(column.title)) for column in MACHINE_COLUMNS[1:]))
_LONGEST_NAME, _SHORTEST_NAME = 36, 16
_PACE_STYLES = {"fast": "$fit-fits", "readable": "", "slow": "$fit-tight", None: "$dim"}


def side_by_side_lines(
    rows: Sequence[ModelOnMachines], machines: Sequence[NamedMachine], width: int
) -> tuple[list[Line], list[Line]]:
    """Return two lines of headings, and a line for each model, in `width` cells.

    Where there is little room, a verdict is its glyph alone.
    """
    longest_words = (2 + cell_len(VERDICTS[fit.verdict].word) for row in rows for fit in row.fits)
    verdict_cells = max([_VERDICT_CELLS, *longest_words])
    name_cells = _name_cells(rows, machines, verdict_cells, width)
    if name_cells < _SHORTEST_NAME:
        verdict_cells = 1
        name_cells = max(8, _name_cells(rows, machines, verdict_cells, width))
    group_cells = _group_cells(verdict_cells)
    start = pad(_("model"), name_cells) + " " + align_right(_(SIZE_TITLE), _SIZE_CELLS)
    over: Line = [Piece(" " * cell_len(start))]
    under: Line = [Piece(start, "$dim")]
    for named in machines:
        over += [Piece(_GAP), Piece(pad(end_cut(named.name, group_cells), group_cells), "bold")]
        under += [Piece(_GAP), Piece(_titles(verdict_cells), "$dim")]
    lines = [_line(row, name_cells, verdict_cells, width) for row in rows]
    return [cut(over, width), cut(under, width)], lines


def _line(row: ModelOnMachines, name_cells: int, verdict_cells: int, width: int) -> Line:
    name = middle_cut(clean_line(row.model.name), name_cells)
    size = next((fit for fit in row.fits if fit.footprint is not None), row.fits[0])
    line: Line = [
        Piece(pad(name, name_cells), "" if row.model.on_disk else "$dim"),
        Piece(" " + align_right(size_word(row.model, size), _SIZE_CELLS)),
    ]
    for fit in row.fits:
        line += [Piece(_GAP), *_group(fit, verdict_cells)]
    return cut(line, width)


def reason_texts(row: ModelOnMachines, machines: Sequence[NamedMachine]) -> list[str]:
    """Return for each machine why a model has its verdict there, and its speed or why there is none."""
    texts: list[str] = []
    for named, fit in zip(machines, row.fits, strict=True):
        text = _("{machine}: {reason}").format(machine=named.name, reason=sentence_with_keys(fit.reason))
        if fit.speed is not None and fit.verdict is not Verdict.TOO_BIG:
            text = _("{sentence}; {speed}").format(sentence=text, speed=speed_sentence(fit.speed))
        texts.append(clean_line(text))
    return texts


def _group_cells(verdict_cells: int) -> int:
    return verdict_cells + 2 * (1 + _FIGURE_CELLS)


def _name_cells(
    rows: Sequence[ModelOnMachines], machines: Sequence[NamedMachine], verdict_cells: int, width: int
) -> int:
    longest = max((cell_len(row.model.name) for row in rows), default=0)
    room = width - 1 - _SIZE_CELLS - len(machines) * (len(_GAP) + _group_cells(verdict_cells))
    return min(room, _LONGEST_NAME, max(longest, _SHORTEST_NAME))


def _titles(verdict_cells: int) -> str:
    verdict, *figures = [_(column.title) for column in MACHINE_COLUMNS]
    texts = [pad(verdict if verdict_cells > 1 else "", verdict_cells)]
    texts += [align_right(figure, _FIGURE_CELLS) for figure in figures]
    return " ".join(texts)


def _group(fit: Fit, verdict_cells: int) -> Line:
    """Return the cells of one machine: verdict, speed and longest context."""
    look = VERDICTS[fit.verdict]
    verdict = f"{look.glyph} {look.word}" if verdict_cells > 1 else look.glyph
    line: Line = [Piece(pad(end_cut(verdict, verdict_cells), verdict_cells), f"${look.variable}")]
    for column in MACHINE_COLUMNS[1:]:
        style = _PACE_STYLES[pace_shown(fit)] if column is MACHINE_COLUMNS[1] else ""
        line.append(Piece(" " + align_right(column.text(fit), _FIGURE_CELLS), style))
    return line
