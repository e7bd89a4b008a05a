"""Line in which one searches the conversation, with the number of matches."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.i18n import _
from tui.units import format_number


class SearchBar(Horizontal):
    """Hidden until `open`. Posts the text at each key; Enter goes to the messages, Esc leaves."""

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
        """The text to search for has changed; empty for no search."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class SearchStepped(Message):
        """The user goes to another match: 1 to the next one, -1 to the one before."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class SearchEntered(Message):
        """The user wants to go to the messages."""

    class SearchEnded(Message):
        """The search is over."""

    def compose(self) -> ComposeResult:
        """Lay out a sign, the input and the count."""
        yield Static("/", classes="sign")
        yield Input(placeholder=_("Search the conversation"), compact=True)
        yield Static(classes="count", markup=False)

    @property
    def _input(self) -> Input:
        return self.query_one(Input)

    def open(self) -> None:
        """Show it with the text of the last search, to be typed over."""
        self.add_class("-open")
        self._input.focus()
        self._input.select_all()
        if self._input.value:
            self.post_message(self.SearchChanged(self._input.value))

    def close(self) -> None:
        """Hide it; its text is there the next time."""
        self.remove_class("-open")

    def show_count(self, position: int, count: int, *, is_done: bool) -> None:
        """Show the number of matches: `3 of 17`, and while the search goes on `3 of 17…`."""
        if not self._input.value:
            text = ""
        elif count:
            text = _("{position} of {count}").format(position=position, count=format_number(count, ","))
        else:
            text = _("not found") if is_done else ""
        self.query_one(".count", Static).update(text if is_done or not text else f"{text}…")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for the text as it stands."""
        event.stop()
        if self.has_class("-open"):
            self.post_message(self.SearchChanged(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the messages."""
        event.stop()
        self.post_message(self.SearchEntered())

    def action_step(self, by: int) -> None:
        """Go to another match."""
        self.post_message(self.SearchStepped(by))

    def action_leave(self) -> None:
        """Leave the search."""
        self.post_message(self.SearchEnded())
