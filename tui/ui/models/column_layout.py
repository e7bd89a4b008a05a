"""Layout of the columns of the list of models: the columns that fit a width, and the cells of a row."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from rich.cells import cell_len

from tui.fit.verdict import Fit, Verdict
from tui.models.model import Model
from tui.services.model_columns import (
    COLUMNS,
    NAME,
    SIZING,
    VERDICT,
    ListCell,
    ModelColumn,
    verdict_of,
)
from tui.ui.kit.cells import end_cut, middle_cut, pad
from tui.ui.models.verdicts import VERDICTS
from tui.units import UNKNOWN

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
_SHORTEST_NAME = 8
_MARK_CELLS = 2
"""Width of the sign of a marked model and the blank after it."""
_SIGN_CELLS = 5
"""Width of the sign of the loaded model, the verdict's glyph, the blanks after them, and one at the end."""


class PlannedColumn(msgspec.Struct, frozen=True):
    """A column of the list with its width."""

    column: ModelColumn
    cell: ListCell
    width: int
    """Width of the text in cells, without the unit and the blank before it."""


class ColumnPlan(msgspec.Struct, frozen=True):
    """The columns of a list of a certain width."""

    width: int
    columns: tuple[PlannedColumn, ...]
    marks: bool = False
    """True with room for the sign of marked models."""

    def cells_of(self, name: str) -> int:
        """Return the width of a column's text in cells; 0 if it is not shown."""
        return next((planned.width for planned in self.columns if planned.column.name == name), 0)

    def is_wide(self, name: str) -> bool:
        """Return True if a column is shown in its wide form."""
        return any(
            planned.column.name == name and planned.cell is planned.column.wide for planned in self.columns
        )


def plan_columns(models: Sequence[Model], width: int, *, marks: bool = False) -> ColumnPlan:
    """Return the columns of a list `width` cells wide.

    The names get their full width before more columns come. `marks` leaves room for the sign of a marked
    model.
    """
    cells: dict[str, ListCell] = {
        column.name: column.narrow for column in COLUMNS if column.narrow is not None
    }
    widths = {name: cell.width(models, cell_len) for name, cell in cells.items()}
    longest_name = max(_SHORTEST_NAME, widths[NAME])
    figure_names = (name for name in cells if name not in (NAME, VERDICT))
    fixed = sum(1 + widths[name] + len(cells[name].unit) for name in figure_names)
    room = width - _SIGN_CELLS - fixed - (_MARK_CELLS if marks else 0)
    verdict_cells = 1 + widths[VERDICT]
    if room - verdict_cells >= _SHORTEST_NAME:
        room -= verdict_cells
    else:
        del cells[VERDICT]
    unused_cells = room - longest_name
    for column in sorted(COLUMNS, key=lambda column: column.rank):
        if column.wide is None:
            continue
        wide_width = column.wide.width(models, cell_len)
        cost = 1 + wide_width + len(column.wide.unit) if wide_width else 0
        if column.narrow is not None:
            cost -= 1 + widths[column.name] + len(column.narrow.unit)
        # Stop at the first column without room, so that a wider list never loses a column.
        if unused_cells < cost:
            break
        unused_cells -= cost
        if wide_width:
            cells[column.name], widths[column.name] = column.wide, wide_width
    # The unused cells go between the names and the figures.
    widths[NAME] = max(_SHORTEST_NAME, longest_name + unused_cells)
    columns = [column for column in COLUMNS if column.name in cells]
    planned = (PlannedColumn(column, cells[column.name], widths[column.name]) for column in columns)
    return ColumnPlan(width, tuple(planned), marks)


def row_cells(
    model: Model, fit: Fit | None, loaded: bool, plan: ColumnPlan, *, marked: bool = False
) -> list[tuple[str, Role]]:
    """Return the row of a model as texts with their roles, exactly `plan.width` cells wide in all."""
    verdict = verdict_of(model, fit)
    verdict_role: Role = _VERDICT_ROLES[verdict] if verdict is not None else "dim"
    text_role: Role = "strong" if loaded else "plain" if model.on_disk else "dim"
    cells: list[tuple[str, Role]] = []
    if plan.marks:
        cells.append((f"{MARKED if marked else ' '} ", "loaded"))
    cells.append((f"{LOADED if loaded else ' '} ", "loaded"))
    cells.append((VERDICTS[verdict].glyph if verdict is not None else SIZING, verdict_role))
    for planned in plan.columns:
        column, cell = planned.column, planned.cell
        text = cell.text(model, fit)
        roles: dict[str, Role] = {"text": text_role, "dim": "dim", "verdict": verdict_role}
        role = roles[column.tone]
        cells.append((" " + _aligned(text, planned.width, column), role))
        if cell.unit:
            unit = "" if text in (UNKNOWN, SIZING) else cell.unit
            cells.append((align_left(unit, len(cell.unit)), "dim"))
    used_cells = sum(cell_len(text) for text, _role in cells)
    cells.append((" " * max(0, plan.width - used_cells), "plain"))
    return cells


def _aligned(text: str, width: int, column: ModelColumn) -> str:
    if column.right:
        return align_right(text, width)
    return align_left(middle_cut(text, width) if column.cut == "middle" else text, width)


def align_left(text: str, width: int) -> str:
    """Return the text left-aligned in exactly `width` cells; a longer one is cut."""
    return pad(end_cut(text, width), width)


def align_right(text: str, width: int) -> str:
    """Return the text right-aligned in `width` cells; a longer one is not cut, because it may be a number."""
    return " " * (width - cell_len(text)) + text
