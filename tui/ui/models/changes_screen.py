"""Screen of the changes that would make a model fit, each with its gain, its cost and its verdict."""

# The option list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.fit.changes.change import Change
from tui.fit.changes.offer import Offer
from tui.fit.changes.words import cost, describe
from tui.i18n import _
from tui.ui.kit.dialog import Dialog, PlainList, content_of, content_of_lines
from tui.ui.models.change_lines import change_lines, close_question, head_lines, no_change_text


class ChangeList(PlainList, inherit_bindings=False):
    """List of the changes, or of the two answers to the question about programs."""

    BINDING_GROUP_TITLE = _("What would make it fit")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="changes.up", tooltip=_("The change above")),
        Binding(
            "down,j", "cursor_down", _("Down"), show=False, id="changes.down", tooltip=_("The change below")
        ),
        Binding("home,g", "first", _("First"), show=False, id="changes.first", tooltip=_("The cheapest")),
        Binding("end,G", "last", _("Last"), show=False, id="changes.last", tooltip=_("The most expensive")),
        Binding("enter", "select", _("Apply"), id="changes.take", tooltip=_("Apply the highlighted change")),
    ]


class ChangesScreen(ModalScreen[Change | None]):
    """Dialog that returns the change to apply; None for none."""

    BINDING_GROUP_TITLE = _("What would make it fit")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,c", "leave", _("Close"), id="changes.close", tooltip=_("Change nothing")),
    ]
    DEFAULT_CSS = """
    ChangesScreen {
        align: center middle;

        & > Dialog { max-width: 92; }
        & #changes-head, & #changes-text { height: auto; }
        & #changes-text { margin-top: 1; min-height: 2; }
        & ChangeList {
            max-height: 50vh;
            margin-top: 1;

            &.-empty { display: none; }
        }
    }
    """

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self._offer = offer
        self._asking: Change | None = None
        """The change whose programs the user is asked about; None while the user chooses."""

    def compose(self) -> ComposeResult:
        """Lay out the verdict, the changes, and the cost of the highlighted change."""
        with Dialog(id="changes") as frame:
            frame.border_title = _("What would make it fit")
            yield Static(content_of_lines(head_lines(self._offer)), id="changes-head", markup=False)
            # With text at once, so that the dialog has its size before the columns are known.
            options = [Option(describe(change)) for change in self._offer.changes]
            yield ChangeList(*options, markup=False, classes="" if options else "-empty")
            yield Static(id="changes-text", markup=False)

    @property
    def _list(self) -> ChangeList:
        return self.query_one(ChangeList)

    def on_mount(self) -> None:
        """Highlight the cheapest change."""
        if not self._offer.changes:
            self._show_text(no_change_text(self._offer))
            self._show_keys(_("{changes.close} leaves"))
            return
        self._list.focus()
        self.call_after_refresh(self._draw)

    def on_resize(self, event: Resize) -> None:
        """Draw the changes for the new width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if self._offer.changes and self._asking is None:
            self._choose()

    def _choose(self, highlighted: int | None = None) -> None:
        """Let the user choose among the changes."""
        self._asking = None
        index = self._list.highlighted if highlighted is None else highlighted
        lines = change_lines(self._offer.changes, self._list.scrollable_content_region.width)
        self._show([content_of(line) for line in lines], index or 0)
        self._show_keys(_("{changes.take} applies"), _("{changes.close} leaves"))

    def _ask(self, change: Change) -> None:
        """Ask for consent to close programs; the answer that loses nothing comes first."""
        self._asking = change
        self._show([Content(_("Leave it open")), Content(_("Ask it to close"))], 0)
        self._show_text(close_question(change))
        self._show_keys(_("{changes.take} answers"), _("{changes.close} goes back"))

    def _show(self, lines: list[Content], highlighted: int) -> None:
        options = self._list
        with options.prevent(OptionList.OptionHighlighted):
            options.clear_options()
            options.add_options([Option(line) for line in lines])
            options.highlighted = highlighted
        if self._asking is None:
            self._show_text(cost(self._offer.changes[highlighted]))

    def _show_text(self, text: str) -> None:
        self.query_one("#changes-text", Static).update(Content(text))

    def _show_keys(self, *keys: str) -> None:
        self.query_one("#changes", Dialog).show_hints(*keys)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the cost of the change."""
        event.stop()
        if self._asking is None and event.option_index < len(self._offer.changes):
            self._show_text(cost(self._offer.changes[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Apply the change; ask first if programs would be closed."""
        event.stop()
        if self._asking is not None:
            change = self._asking
            if event.option_index == 1:
                self.dismiss(change)
            else:
                self._choose(self._offer.changes.index(change))
            return
        change = self._offer.changes[event.option_index]
        if change.programs_to_close:
            self._ask(change)
        else:
            self.dismiss(change)

    def action_leave(self) -> None:
        """Go back from the question; without a question, close without a change."""
        if self._asking is not None:
            self._choose(self._offer.changes.index(self._asking))
        else:
            self.dismiss(None)
