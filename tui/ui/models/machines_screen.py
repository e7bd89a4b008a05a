"""Table of models on several machines side by side, with the reasons of the highlighted model."""

# The option list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.engine.options import LoadSettings
from tui.i18n import _
from tui.models.model import Model
from tui.services.model_columns import context_word
from tui.services.side_by_side import ModelOnMachines, NamedMachine, best_everywhere_first
from tui.text import clean_line
from tui.ui.kit.dialog import Dialog, PlainList, content_of, content_of_lines
from tui.ui.models.machine_lines import reason_texts, side_by_side_lines


class MachinesScreen(ModalScreen[Model | None]):
    """Dialog that returns the chosen model; None for none."""

    BINDING_GROUP_TITLE = _("Machines side by side")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,m", "dismiss(None)", _("Close"), id="side_by_side.close", tooltip=_("Close the table")
        ),
        Binding("k", "move('up')", _("Up"), show=False, id="side_by_side.up", tooltip=_("The model above")),
        Binding(
            "j", "move('down')", _("Down"), show=False, id="side_by_side.down", tooltip=_("The model below")
        ),
    ]
    DEFAULT_CSS = """
    MachinesScreen {
        align: center middle;

        & > Dialog { height: 96%; }
        & #machines-titles { height: 2; text-wrap: nowrap; }
        & PlainList { height: 1fr; scrollbar-gutter: stable; }
        & #machines-reasons { height: auto; max-height: 6; margin-top: 1; color: $dim; }
    }
    """

    def __init__(
        self, rows: Sequence[ModelOnMachines], machines: Sequence[NamedMachine], settings: LoadSettings
    ) -> None:
        super().__init__()
        self._rows = best_everywhere_first(rows)
        self._machines = machines
        self._settings = settings
        self._width = 0

    def compose(self) -> ComposeResult:
        """Lay out the headings, the models, and the reasons of the highlighted one."""
        with Dialog(id="machines") as frame:
            frame.border_title = _("{machines} at a context of {context}").format(
                machines=" · ".join(clean_line(named.name) for named in self._machines),
                context=context_word(self._settings.context),
            )
            frame.show_hints(_("Enter goes to the model"), _("{side_by_side.close} leaves"))
            yield Static(id="machines-titles", markup=False)
            yield PlainList(*(Option(clean_line(row.model.name)) for row in self._rows), markup=False)
            yield Static(id="machines-reasons", markup=False)

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def on_mount(self) -> None:
        """Highlight the first model."""
        if self._rows:
            self._list.highlighted = 0
        self._list.focus()
        self.call_after_refresh(self._draw)

    def on_resize(self, event: Resize) -> None:
        """Draw the columns that fit the new width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self._list.scrollable_content_region.width
        if width < 1 or width == self._width:
            return
        self._width = width
        titles, lines = side_by_side_lines(self._rows, self._machines, width)
        self.query_one("#machines-titles", Static).update(content_of_lines(titles))
        highlighted = self._list.highlighted
        # At once, since each replaced line would be laid out by itself.
        self._list.set_options(Option(content_of(line)) for line in lines)
        self._list.highlighted = highlighted

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the reasons of the model's verdicts."""
        event.stop()
        texts = reason_texts(self._rows[event.option_index], self._machines)
        self.query_one("#machines-reasons", Static).update(Content("\n".join(texts)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the model."""
        event.stop()
        self.dismiss(self._rows[event.option_index].model)

    def action_move(self, direction: str) -> None:
        """Highlight the model above or below."""
        if direction == "up":
            self._list.action_cursor_up()
        else:
            self._list.action_cursor_down()
