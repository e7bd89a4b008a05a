"""The line in which one searches the conversation: what is looked for, and how often it was found."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.i18n import _


class SearchBar(Horizontal):
    """Hidden until `open`. Tells what is wanted at each key; Enter goes to the messages, Esc leaves."""

    DEFAULT_CSS = """
    SearchBar {
        height: 1;
        padding: 0 1;
        display: none;
        &.-open { display: block; }
        & > .sign { width: 2; color: $accent; }
        & > Input { width: 1fr; }
        & > .count { width: auto; color: $text-muted; }
    }
    """
    BINDING_GROUP_TITLE = _("Search in the conversation")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", _("Leave"), id="search.leave", tooltip=_("Leave the search")),
        Binding("down", "step(1)", _("Next"), show=False, id="search.next", tooltip=_("The next one found")),
        Binding("up", "step(-1)", _("Before"), show=False, id="search.before", tooltip=_("The one before")),
    ]

    class SearchChanged(Message):
        """This is looked for now; empty for nothing."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class SearchStepped(Message):
        """The user goes on: 1 to the next one, -1 to the one before."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class SearchEntered(Message):
        """The user wants to go on in the messages."""

    class SearchEnded(Message):
        """The search is over."""

    def compose(self) -> ComposeResult:
        """A sign, the input, the count."""
        yield Static("/", classes="sign")
        yield Input(placeholder=_("Search the conversation"), compact=True)
        yield Static(classes="count", markup=False)

    @property
    def _input(self) -> Input:
        return self.query_one(Input)

    def open(self) -> None:
        """Show it, with what was looked for last, to be typed over."""
        self.add_class("-open")
        self._input.focus()
        self._input.select_all()
        if self._input.value:
            self.post_message(self.SearchChanged(self._input.value))

    def close(self) -> None:
        """Hide it; what was looked for is there the next time."""
        self.remove_class("-open")

    def show_count(self, position: int, count: int, *, is_done: bool) -> None:
        """Show how often it was found: `3 of 17`, and while it is looked for `3 of 17…`."""
        if not self._input.value:
            words = ""
        elif count:
            words = _("{position} of {count}").format(position=position, count=f"{count:,}")
        else:
            words = _("not found") if is_done else ""
        self.query_one(".count", Static).update(words if is_done or not words else f"{words}…")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what stands there now."""
        event.stop()
        if self.has_class("-open"):
            self.post_message(self.SearchChanged(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on in the messages."""
        event.stop()
        self.post_message(self.SearchEntered())

    def action_step(self, by: int) -> None:
        """Go on."""
        self.post_message(self.SearchStepped(by))

    def action_leave(self) -> None:
        """Leave."""
        self.post_message(self.SearchEnded())
