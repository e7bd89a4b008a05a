"""The transcript and what one does there without changing it: searching, copying, looking at it raw."""

# The app's own type parameter is open.
# pyright: reportUnknownMemberType=false

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.i18n import _
from tui.ui.chat.chat_words import describe_copy
from tui.ui.chat.transcript.raw.reply import raw_reply
from tui.ui.chat.transcript.search_bar import SearchBar
from tui.ui.chat.transcript.searched_scroll import SearchedScroll
from tui.ui.chat.transcript.transcript import Transcript
from tui.ui.kit.clipboard import copy_text


class TranscriptArea(Vertical):
    """Brings search bar and messages together, and puts on the clipboard what the transcript gives.

    What came of it goes up as `Transcript.Told`.
    """

    # What it holds covers it, so what is drawn of it is seen by nobody and may cost nothing.
    BLANK = True

    transcript = getters.query_one(Transcript)
    """The messages."""
    search_bar = getters.query_one(SearchBar)
    """What is looked for."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        self._conversation = conversation
        self._came_from: Widget | None = None

    def compose(self) -> ComposeResult:
        """The messages, and below them what is looked for in them."""
        yield Transcript()
        yield SearchBar()

    # Searching

    def open_search(self) -> None:
        """Open the bar."""
        if not self.search_bar.has_focus_within:
            self._came_from = self.screen.focused
        self.search_bar.open()

    def on_searched_scroll_search_requested(self, event: SearchedScroll.SearchRequested) -> None:
        """Open the bar from the messages."""
        event.stop()
        self.open_search()

    def on_searched_scroll_search_left(self, event: SearchedScroll.SearchLeft) -> None:
        """Leave from the messages; the keys stay there."""
        event.stop()
        self.search_bar.close()

    def on_searched_scroll_matches_counted(self, event: SearchedScroll.MatchesCounted) -> None:
        """Show how often it was found."""
        event.stop()
        self.search_bar.show_count(event.position, event.count, is_done=event.is_done)

    def on_search_bar_search_changed(self, event: SearchBar.SearchChanged) -> None:
        """Look for it."""
        event.stop()
        self.transcript.search(event.text)

    def on_search_bar_search_stepped(self, event: SearchBar.SearchStepped) -> None:
        """Go on to another one."""
        event.stop()
        self.transcript.action_found(event.by)

    def on_search_bar_search_entered(self, event: SearchBar.SearchEntered) -> None:
        """Go on in the messages, where n and N do."""
        event.stop()
        self.transcript.focus()

    def on_search_bar_search_ended(self, event: SearchBar.SearchEnded) -> None:
        """Leave, back to where one was."""
        event.stop()
        self.transcript.search("")
        self.search_bar.close()
        came_from = self._came_from
        (came_from if came_from is not None and came_from.is_attached else self.transcript).focus()

    # Copying

    def copy_message(self, message_id: int | None) -> None:
        """Copy one message; the last reply for None."""
        if message_id is None:
            message = self._conversation.last_reply
        else:
            message = next((m for m in self._conversation.messages if m.id == message_id), None)
        if message is None:
            self._tell(_("Nothing to copy yet."))
        else:
            self._copy(message.text, _("the answer") if isinstance(message, Reply) else _("the question"))

    def on_transcript_copy_requested(self, event: Transcript.CopyRequested) -> None:
        """Copy one message, or the last reply."""
        event.stop()
        self.copy_message(event.message_id)

    def on_transcript_text_copy_requested(self, event: Transcript.TextCopyRequested) -> None:
        """Copy what the transcript gives."""
        event.stop()
        self._copy(event.text, event.what)

    def on_transcript_link_clicked(self, event: Transcript.LinkClicked) -> None:
        """A link in an answer is never opened: its address is copied, to be looked at first."""
        event.stop()
        self._copy(event.href, _("the link {address}").format(address=event.href))

    def _copy(self, text: str, what: str) -> None:
        self.run_worker(self._copy_and_tell(text, what), group="clipboard", exclusive=True)

    async def _copy_and_tell(self, text: str, what: str) -> None:
        copied = await copy_text(text, self._to_terminal)
        self._tell(describe_copy(copied, what))

    def _to_terminal(self, text: str) -> None:
        self.app.copy_to_clipboard(text)

    def _tell(self, words: str) -> None:
        self.post_message(Transcript.KeyNotice(words))

    # The raw view

    def on_transcript_raw_view_requested(self, event: Transcript.RawViewRequested) -> None:
        """Show what the model read and wrote."""
        event.stop()
        raw = raw_reply(self._conversation, event.message_id)
        if raw is None:
            self._tell(_("There is no answer yet."))
            return
        # Here, since it is seldom opened.
        from tui.ui.chat.transcript.raw.screen import RawScreen

        self.app.push_screen(RawScreen(raw))
