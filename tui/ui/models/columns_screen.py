"""Dialog that chooses the columns of the list of models."""

# The option list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tui.i18n import _
from tui.services.model_columns import COLUMNS, NAME, ModelColumn, column_title
from tui.ui.kit.cells import pad
from tui.ui.kit.dialog import Dialog, PlainList

CHOSEN = "✓"
"""Before a column that was chosen."""
CHOOSABLE: tuple[ModelColumn, ...] = tuple(
    column for column in COLUMNS if column.forms and column.name != NAME
)
"""Columns that can be chosen; the names are always there."""


class ColumnsScreen(ModalScreen[tuple[str, ...] | None]):
    """Dialog that returns the names of the chosen columns, none for those that fit; None for no change."""

    BINDING_GROUP_TITLE = _("Columns")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", _("Leave"), id="columns.close", tooltip=_("Keep the columns")),
        Binding(
            "space",
            "take",
            _("Choose"),
            id="columns.toggle",
            tooltip=_("Choose the column, or leave it out again"),
        ),
        Binding(
            "enter", "use", _("Use"), id="columns.use", priority=True, tooltip=_("Show the chosen columns")
        ),
        Binding(
            "a",
            "fit",
            _("All that fit"),
            id="columns.fit",
            tooltip=_("Show the columns that fit the width, as before any choice"),
        ),
        Binding("k", "move('up')", _("Up"), show=False, id="columns.up", tooltip=_("The column above")),
        Binding("j", "move('down')", _("Down"), show=False, id="columns.down", tooltip=_("The column below")),
    ]
    DEFAULT_CSS = """
    ColumnsScreen {
        align: center middle;

        & > Dialog { max-width: 60; }
        & PlainList { max-height: 70vh; }
        & #columns-note { height: auto; color: $dim; margin-top: 1; }
    }
    """

    def __init__(self, chosen: tuple[str, ...]) -> None:
        super().__init__()
        self._chosen = list(chosen)

    def compose(self) -> ComposeResult:
        """Lay out the columns."""
        with Dialog(id="columns") as frame:
            frame.border_title = _("Columns of the list")
            frame.show_hints(
                _("{columns.toggle} chooses"), _("{columns.use} shows them"), _("{columns.fit} all that fit")
            )
            yield PlainList(*map(self._line, CHOOSABLE), markup=False)
            yield Static(
                _("Without a choice, those that fit are shown. Where room is short, the first chosen stay."),
                id="columns-note",
                markup=False,
            )

    def on_mount(self) -> None:
        """Highlight the first column."""
        self._list.highlighted = 0
        self._list.focus()

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def _line(self, column: ModelColumn) -> Content:
        place = self._chosen.index(column.name) + 1 if column.name in self._chosen else 0
        sign = f"{CHOSEN} {place:<2}" if place else ""
        return Content.assemble((pad(sign, 5), "$text-accent"), column_title(column))

    def _draw(self) -> None:
        for index, column in enumerate(CHOOSABLE):
            self._list.replace_option_prompt_at_index(index, self._line(column))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the column that was clicked."""
        event.stop()
        self._toggle(event.option_index)

    def action_take(self) -> None:
        """Choose the highlighted column, or leave it out again."""
        if self._list.highlighted is not None:
            self._toggle(self._list.highlighted)

    def _toggle(self, index: int) -> None:
        name = CHOOSABLE[index].name
        if name in self._chosen:
            self._chosen.remove(name)
        else:
            self._chosen.append(name)
        self._draw()

    def action_use(self) -> None:
        """Return the chosen columns."""
        self.dismiss(tuple(self._chosen))

    def action_fit(self) -> None:
        """Return no choice."""
        self.dismiss(())

    def action_leave(self) -> None:
        """Close without a change."""
        self.dismiss(None)

    def action_move(self, direction: str) -> None:
        """Highlight the column above or below."""
        if direction == "up":
            self._list.action_cursor_up()
        else:
            self._list.action_cursor_down()
