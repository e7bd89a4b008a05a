"""Layout of the columns of the list of models: the columns that fit a width, and the cells of a row."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from rich.cells import cell_len

from tui.fit.verdict import Fit, Verdict
from tui.models.model import Model
from tui.services.model_columns import (
    COLUMNS,
    GIVING_WAY,
    NAME,
    SIZING,
    SPEED,
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
_READABLE_NAME = 14
"""Cells of a name that are worth more than the speed."""
_SIGN_CELLS = 5
"""Width of the signs of loaded and marked models, the verdict's glyph, and the blanks around the name."""


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

    def cells_of(self, name: str) -> int:
        """Return the width of a column's text in cells; 0 if it is not shown."""
        return next((planned.width for planned in self.columns if planned.column.name == name), 0)

    def is_wide(self, name: str) -> bool:
        """Return True if a column is shown in its wide form."""
        return any(
            planned.column.name == name and planned.cell is planned.column.wide for planned in self.columns
        )


def plan_columns(models: Sequence[Model], width: int, *, sort: str = VERDICT) -> ColumnPlan:
    """Return the columns of a list `width` cells wide, which is sorted by the column `sort`.

    The names get their full width before more columns come.
    """
    cells: dict[str, ListCell] = {
        column.name: column.narrow for column in COLUMNS if column.narrow is not None
    }
    widths = {name: cell.width(models, _cells) for name, cell in cells.items()}
    longest_name = max(_SHORTEST_NAME, widths[NAME])
    room = width - _SIGN_CELLS - sum(_cell_cost(cells[name], widths[name]) for name in cells if name != NAME)
    for name in GIVING_WAY:
        # Of the order by verdict the glyphs stay.
        needed = min(longest_name, _READABLE_NAME) if name == SPEED else _SHORTEST_NAME
        if room < needed and (name != sort or name == VERDICT):
            room += _cell_cost(cells.pop(name), widths[name])
    unused_cells = room - longest_name
    for column in sorted(COLUMNS, key=lambda column: column.rank):
        if column.wide is None:
            continue
        wide_width = column.wide.width(models, _cells)
        cost = _cell_cost(column.wide, wide_width) if wide_width else 0
        if column.name in cells:
            cost -= _cell_cost(cells[column.name], widths[column.name])
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
    return ColumnPlan(width, tuple(planned))


def _cells(text: str) -> int:
    """Return the cells that a text takes; of a long list most are ASCII, which need no table."""
    return len(text) if text.isascii() else cell_len(text)


def _cell_cost(cell: ListCell, width: int) -> int:
    """Return the cells that a column takes with its unit and the blank before it."""
    return 1 + width + len(cell.unit)


def row_cells(
    model: Model, fit: Fit | None, loaded: bool, plan: ColumnPlan, *, marked: bool = False
) -> list[tuple[str, Role]]:
    """Return the row of a model as texts with their roles, exactly `plan.width` cells wide in all."""
    verdict = verdict_of(model, fit)
    verdict_role: Role = _VERDICT_ROLES[verdict] if verdict is not None else "dim"
    text_role: Role = "strong" if loaded else "plain" if model.on_disk else "dim"
    cells: list[tuple[str, Role]] = []
    # Both signs have their cell always, so that no row moves when one comes.
    cells.append((f"{LOADED if loaded else ' '}{MARKED if marked else ' '}", "loaded"))
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
