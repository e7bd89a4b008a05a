"""Layout of the columns of the list of models: the columns that fit a width, and the cells of a row."""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec
from rich.cells import cell_len

from tui.fit.speed_words import Pace
from tui.fit.verdict import Fit, Verdict
from tui.i18n import _
from tui.models.model import Model
from tui.services.model_columns import (
    COLUMNS,
    NAME,
    SHARE,
    SIZE,
    SIZE_TITLE,
    SIZING,
    VERDICT,
    ListCell,
    ModelColumn,
    pace_shown,
    verdict_of,
)
from tui.ui.kit.cells import end_cut, middle_cut, pad
from tui.ui.models.verdicts import VERDICTS

Role = Literal[
    "plain",
    "dim",
    "strong",
    "loaded",
    "fit-fits",
    "fit-tight",
    "fit-split",
    "fit-elsewhere",
    "fit-too-big",
    "fit-unknown",
    "pace-fast",
    "pace-readable",
    "pace-slow",
    "heading",
]
"""Meaning of a cell, from which the list takes its colour."""

LOADED = "▶"
"""Sign of the model in the engine."""
MARKED = "+"
"""Sign of a model marked for a comparison."""

_VERDICT_ROLES: dict[Verdict, Role] = {
    Verdict.FITS: "fit-fits",
    Verdict.TIGHT: "fit-tight",
    Verdict.SPLIT: "fit-split",
    Verdict.ELSEWHERE: "fit-elsewhere",
    Verdict.TOO_BIG: "fit-too-big",
    Verdict.NO_CHAT: "fit-unknown",
    Verdict.UNKNOWN: "fit-unknown",
}
_RECEDING = (Verdict.TOO_BIG, Verdict.ELSEWHERE, Verdict.NO_CHAT, Verdict.UNKNOWN)
"""Verdicts of models that cannot be chatted with on this machine."""
_PACE_ROLES: dict[Pace, Role] = {"fast": "pace-fast", "readable": "pace-readable", "slow": "pace-slow"}
_SHORTEST_NAME = 8
_USUAL_WORD = re.compile(r"-(?:instruct|it|chat)(?![^-\s])-?", re.IGNORECASE)
"""Part of most names, which tells no model from another."""
_SIGN_CELLS = 3
"""Width of the signs of loaded and marked models, and of the verdict's glyph."""


class PlannedColumn(msgspec.Struct, frozen=True):
    """A column of the list with its width."""

    column: ModelColumn
    cell: ListCell
    width: int
    """Width of the text in cells, without the blank before it."""


class ColumnPlan(msgspec.Struct, frozen=True):
    """The columns of a list of a certain width."""

    width: int
    columns: tuple[PlannedColumn, ...]

    def cells_of(self, name: str) -> int:
        """Return the width of a column's text in cells; 0 if it is not shown."""
        return next((planned.width for planned in self.columns if planned.column.name == name), 0)

    @property
    def names(self) -> Sequence[str]:
        """Names of the columns, from left to right."""
        return [planned.column.name for planned in self.columns]


class _ColumnForm(msgspec.Struct, frozen=True):
    """One thing that a wider list gets: a column, or a wider form of one."""

    column: ModelColumn
    cell: ListCell


class ColumnWidths:
    """Widths that columns need for some models, each measured once: of thousands that takes long."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        self._widths: dict[ListCell, int] = {}

    def of(self, cell: ListCell) -> int:
        """Return the cells that a form of a column takes; 0 where no model has anything to show."""
        width = self._widths.get(cell)
        if width is None:
            width = self._widths[cell] = cell.width(self._models, _cells)
        return width


def plan_columns(
    needed: ColumnWidths, width: int, *, sort: str = VERDICT, chosen: Sequence[str] = ()
) -> ColumnPlan:
    """Return the columns of a list `width` cells wide.

    A wider list never loses a column: what comes next by its rank has to wait for its room.

    Args:
        needed: widths that columns need for the models of the list.
        width: cells of a row.
        sort: column that the list is sorted by, which comes first of all.
        chosen: names of the only columns to show beside the names, the most wanted first; empty for all.
    """
    cells: dict[str, ListCell] = {}
    widths: dict[str, int] = {}
    room = width - _SIGN_CELLS
    for step in _steps(sort, chosen):
        name = step.column.name
        wanted = needed.of(step.cell)
        if name == NAME:
            wanted = max(_SHORTEST_NAME, wanted)
        if not wanted:
            continue
        wanted = max(wanted, _heading_cells(step.column))
        cost = wanted - widths[name] if name in widths else 1 + wanted
        if cost > room and cells:
            break
        room -= cost
        cells[name], widths[name] = step.cell, wanted
    # The unused cells go between the names and the figures.
    widths[NAME] += room
    planned = (
        PlannedColumn(column, cells[column.name], widths[column.name])
        for column in COLUMNS
        if column.name in cells
    )
    return ColumnPlan(width, tuple(planned))


def _steps(sort: str, chosen: Sequence[str]) -> list[_ColumnForm]:
    """Return the forms of all columns in the order in which they come."""
    # Of the order by verdict the glyphs are enough.
    first = [NAME, *([sort] if sort != VERDICT else []), *chosen]

    def rank(step: _ColumnForm) -> tuple[int, int]:
        name = step.column.name
        is_narrowest = step.cell is step.column.forms[0]
        return (first.index(name) if is_narrowest and name in first else len(first), step.cell.rank)

    steps = [
        _ColumnForm(column, cell)
        for column in COLUMNS
        if not chosen or column.name in first
        for cell in column.forms
    ]
    return sorted(steps, key=rank)


def _heading_cells(column: ModelColumn) -> int:
    """Return the cells that a column's heading takes, whatever its values need."""
    if column.name == SHARE:
        # The blank behind it counts too: its heading goes on to that of the sizes.
        return cell_len(_(SIZE_TITLE)) - 1
    return cell_len(_(column.heading)) if column.heading else 0


def title_cells(plan: ColumnPlan, sort: str) -> list[tuple[str, Role]]:
    """Return the headings of the columns as texts with their roles, as wide as a row."""
    cells: list[tuple[str, Role]] = [(" " * _SIGN_CELLS, "heading")]
    names = plan.names
    for planned in plan.columns:
        column, width = planned.column, planned.width
        is_sorted = column.name == sort and (sort != VERDICT or VERDICT in names)
        role: Role = "strong" if is_sorted else "heading"
        if column.name == SHARE:
            # Together with the heading of the sizes behind it: `needs  GiB`.
            width += SIZE in names
            cells.append((" " + align_left(_(SIZE_TITLE), width), "heading"))
            continue
        heading = end_cut(_(column.heading) if column.heading else "", width)
        text = align_right(heading, width) if column.right else align_left(heading, width)
        cells.append((text if column.name == SIZE and SHARE in names else " " + text, role))
    used_cells = sum(cell_len(text) for text, _role in cells)
    cells.append((" " * max(0, plan.width - used_cells), "heading"))
    return cells


def column_at(plan: ColumnPlan, x: int) -> ModelColumn | None:
    """Return the column at a cell of a row; None for the signs and the end."""
    start = _SIGN_CELLS
    for planned in plan.columns:
        end = start + 1 + planned.width
        if start <= x < end:
            return planned.column
        start = end
    return None


def _cells(text: str) -> int:
    """Return the cells that a text takes; of a long list most are ASCII, which need no table."""
    return len(text) if text.isascii() else cell_len(text)


def row_cells(
    model: Model, fit: Fit | None, loaded: bool, plan: ColumnPlan, *, marked: bool = False
) -> list[tuple[str, Role]]:
    """Return the row of a model as texts with their roles, exactly `plan.width` cells wide in all."""
    verdict = verdict_of(model, fit)
    verdict_role: Role = _VERDICT_ROLES[verdict] if verdict is not None else "dim"
    text_role = _text_role(model, verdict)
    pace = pace_shown(fit)
    pace_role: Role = _PACE_ROLES[pace] if pace is not None else "dim"
    cells: list[tuple[str, Role]] = []
    # Both signs have their cell always, so that no row moves when one comes.
    cells.append((f"{LOADED if loaded else ' '}{MARKED if marked else ' '}", "loaded"))
    cells.append((VERDICTS[verdict].glyph if verdict is not None else SIZING, verdict_role))
    for planned in plan.columns:
        column, cell = planned.column, planned.cell
        text = cell.text(model, fit)
        roles: dict[str, Role] = {
            "text": text_role,
            "dim": "dim",
            "verdict": verdict_role,
            "speed": pace_role,
        }
        cells.append((" " + _aligned(text, planned.width, column), roles[column.tone]))
    used_cells = sum(cell_len(text) for text, _role in cells)
    cells.append((" " * max(0, plan.width - used_cells), "plain"))
    return cells


def _aligned(text: str, width: int, column: ModelColumn) -> str:
    if column.right:
        return align_right(text, width)
    return align_left(cut_name(text, width) if column.cut == "middle" else text, width)


def _text_role(model: Model, verdict: Verdict | None) -> Role:
    """Return the role of a row's text: models of this disk stand out, those that do not run here recede."""
    if model.on_disk:
        return "strong"
    return "dim" if verdict in _RECEDING else "plain"


def cut_name(name: str, width: int) -> str:
    """Return a model's name in at most `width` cells.

    `Instruct` and the like give way first, so that its size and its date stay: `Ministral-3-8B…2512`.
    """
    if _cells(name) <= width:
        return name
    return middle_cut(_USUAL_WORD.sub("…", name, count=1), width)


def align_left(text: str, width: int) -> str:
    """Return the text left-aligned in exactly `width` cells; a longer one is cut."""
    return pad(end_cut(text, width), width)


def align_right(text: str, width: int) -> str:
    """Return the text right-aligned in `width` cells; a longer one is not cut, because it may be a number."""
    return " " * (width - cell_len(text)) + text
