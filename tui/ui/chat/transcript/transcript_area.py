"""The transcript with its search bar; copies from it and opens the raw view."""

# The app's own type parameter is open.
# pyright: reportUnknownMemberType=false

from functools import partial

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.i18n import _
from tui.ui.chat.transcript.raw.reply import raw_reply
from tui.ui.chat.transcript.search_bar import SearchBar
from tui.ui.chat.transcript.transcript import Transcript
from tui.ui.kit.clipboard import copy_notice, copy_text


class TranscriptArea(Vertical):
    """Brings search bar and messages together, and copies to the clipboard.

    The outcome of a copy goes up as `Transcript.KeyNotice`.
    """

    # Its children cover it, so what is drawn of it is seen by nobody and may cost nothing.
    BLANK = True

    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        self._conversation = conversation
        self.transcript = Transcript()
        """The messages."""
        self.search_bar = SearchBar()
        """The line below them in which one searches."""
        self._focus_before_search: Widget | None = None

    def compose(self) -> ComposeResult:
        """Put the search bar below the messages."""
        yield self.transcript
        yield self.search_bar

    # Searching

    def open_search(self) -> None:
        """Open the search bar."""
        if not self.search_bar.has_focus_within:
            self._focus_before_search = self.screen.focused
        self.search_bar.open()

    def on_transcript_search_requested(self, event: Transcript.SearchRequested) -> None:
        """Open the bar from the messages."""
        event.stop()
        self.open_search()

    def on_transcript_search_left(self, event: Transcript.SearchLeft) -> None:
        """Close the bar from the messages; the focus stays there."""
        event.stop()
        self.search_bar.close()

    def on_transcript_matches_counted(self, event: Transcript.MatchesCounted) -> None:
        """Show the number of matches."""
        event.stop()
        self.search_bar.show_count(event.position, event.count, is_done=event.is_done)

    def on_search_bar_search_changed(self, event: SearchBar.SearchChanged) -> None:
        """Search for the text."""
        event.stop()
        self.transcript.search(event.text)

    def on_search_bar_search_stepped(self, event: SearchBar.SearchStepped) -> None:
        """Go to another match."""
        event.stop()
        self.transcript.action_match(event.by)

    def on_search_bar_search_entered(self, event: SearchBar.SearchEntered) -> None:
        """Go to the messages, where n and N go to the next match and the one before."""
        event.stop()
        self.transcript.focus()

    def on_search_bar_search_ended(self, event: SearchBar.SearchEnded) -> None:
        """Leave the search, and go back to where the focus was."""
        event.stop()
        self.transcript.search("")
        self.search_bar.close()
        widget = self._focus_before_search
        (widget if widget is not None and widget.is_attached else self.transcript).focus()

    # Copying

    def copy_message(self, message_id: int | None) -> None:
        """Copy one message; the last reply for None."""
        if message_id is None:
            message = self._conversation.last_reply
        else:
            message = next((m for m in self._conversation.messages if m.id == message_id), None)
        if message is None:
            self._post_notice(_("Nothing to copy yet."))
        else:
            self._copy(message.text, _("the answer") if isinstance(message, Reply) else _("the question"))

    def on_transcript_message_copy_requested(self, event: Transcript.MessageCopyRequested) -> None:
        """Copy one message, or the last reply."""
        event.stop()
        self.copy_message(event.message_id)

    def on_transcript_text_copy_requested(self, event: Transcript.TextCopyRequested) -> None:
        """Copy a text of the transcript."""
        event.stop()
        self._copy(event.text, event.label)

    def on_transcript_link_clicked(self, event: Transcript.LinkClicked) -> None:
        """Copy the address of a link: it is never opened, but looked at first."""
        event.stop()
        self._copy(event.href, _("the link {address}").format(address=event.href))

    def _copy(self, text: str, label: str) -> None:
        self.run_worker(partial(self._copy_with_notice, text, label), group="clipboard", exclusive=True)

    async def _copy_with_notice(self, text: str, label: str) -> None:
        copied = await copy_text(text, self._copy_to_terminal)
        self._post_notice(copy_notice(copied, label))

    def _copy_to_terminal(self, text: str) -> None:
        self.app.copy_to_clipboard(text)

    def _post_notice(self, sentence: str) -> None:
        self.post_message(Transcript.KeyNotice(sentence))

    # The raw view

    def on_transcript_raw_view_requested(self, event: Transcript.RawViewRequested) -> None:
        """Show the exact prompt and output of a reply."""
        event.stop()
        raw = raw_reply(self._conversation, event.message_id)
        if raw is None:
            self._post_notice(_("There is no answer yet."))
            return
        # Imported here, since it is seldom opened.
        from tui.ui.chat.transcript.raw.screen import RawScreen

        self.app.push_screen(RawScreen(raw))
