"""A chat in which one can search: the bar and the transcript brought together."""

from typing import ClassVar

from textual import getters
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.i18n import _
from tui.ui.widgets.chat.chat_steering import SteeredChat
from tui.ui.widgets.chat.search_bar import SearchBar
from tui.ui.widgets.chat.searched_scroll import SearchedScroll


class SearchedChat(SteeredChat):
    """Opens the bar, hands what it wants to the transcript, and shows there what was found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+f",
            "search",
            _("Search"),
            id="chat.search",
            show=False,
            # The prompt's text area would take the key to delete a word.
            priority=True,
            tooltip=_("Search in the conversation"),
        ),
    ]

    search_bar = getters.query_one(SearchBar)
    """What is looked for."""
    _came_from: Widget | None = None

    def action_search(self) -> None:
        """Open the bar."""
        if not self.search_bar.has_focus_within:
            self._came_from = self.screen.focused
        self.search_bar.open()

    def on_searched_scroll_search_asked(self, event: SearchedScroll.SearchAsked) -> None:
        """Open the bar from the messages."""
        event.stop()
        self.action_search()

    def on_searched_scroll_search_left(self, event: SearchedScroll.SearchLeft) -> None:
        """Leave from the messages; the keys stay there."""
        event.stop()
        self.search_bar.close()

    def on_searched_scroll_found(self, event: SearchedScroll.Found) -> None:
        """Show how often it was found."""
        event.stop()
        self.search_bar.show_count(event.position, event.count, is_done=event.is_done)

    def on_search_bar_wanted(self, event: SearchBar.Wanted) -> None:
        """Look for it."""
        event.stop()
        self.transcript.search(event.text)

    def on_search_bar_stepped(self, event: SearchBar.Stepped) -> None:
        """Go on to another one."""
        event.stop()
        self.transcript.action_found(event.by)

    def on_search_bar_entered(self, event: SearchBar.Entered) -> None:
        """Go on in the messages, where n and N do."""
        event.stop()
        self.transcript.focus()

    def on_search_bar_left(self, event: SearchBar.Left) -> None:
        """Leave, back to where one was."""
        event.stop()
        self.transcript.search("")
        self.search_bar.close()
        came_from = self._came_from
        (came_from if came_from is not None and came_from.is_attached else self.transcript).focus()
