"""A chat whose messages can be taken out of it: a message, a block of code, a link; and all of it, raw."""

# The app's own type parameter is open.
# pyright: reportUnknownMemberType=false

from tui.chat.messages import Reply
from tui.i18n import _
from tui.ui.clipboard import copy_text
from tui.ui.messages.raw_reply import raw_reply
from tui.ui.widgets.chat.chat_telling import TellingChat
from tui.ui.widgets.chat.chat_words import describe_copy
from tui.ui.widgets.chat.transcript import Transcript


class CopyingChat(TellingChat):
    """Puts what the transcript gives on the clipboard, and says which way it went."""

    def on_transcript_copy_requested(self, event: Transcript.CopyRequested) -> None:
        """Copy one message, or the last reply."""
        event.stop()
        self._copy_message(event.message_id)

    def on_transcript_copy_text(self, event: Transcript.CopyText) -> None:
        """Copy what the transcript gives."""
        event.stop()
        self._copy(event.text, event.what)

    def on_transcript_link_clicked(self, event: Transcript.LinkClicked) -> None:
        """A link in an answer is never opened: its address is copied, to be looked at first."""
        event.stop()
        self._copy(event.href, _("the link {address}").format(address=event.href))

    def on_transcript_raw_asked(self, event: Transcript.RawAsked) -> None:
        """Show what the model read and wrote."""
        event.stop()
        raw = raw_reply(self.conversation, event.message_id)
        if raw is None:
            self.notice.show_info(_("There is no answer yet."))
            return
        # Here, since it is seldom opened.
        from tui.ui.screens.raw import RawScreen

        self.app.push_screen(RawScreen(raw))

    def action_copy_reply(self) -> None:
        """Copy the last reply."""
        self._copy_message(None)

    def _copy_message(self, message_id: int | None) -> None:
        if message_id is None:
            message = self.conversation.last_reply
        else:
            message = next((m for m in self.conversation.messages if m.id == message_id), None)
        if message is None:
            self.notice.show_info(_("Nothing to copy yet."))
        else:
            self._copy(message.text, _("the answer") if isinstance(message, Reply) else _("the question"))

    def _copy(self, text: str, what: str) -> None:
        self.run_worker(self._copy_and_tell(text, what), group="clipboard", exclusive=True)

    def _to_terminal(self, text: str) -> None:
        self.app.copy_to_clipboard(text)

    async def _copy_and_tell(self, text: str, what: str) -> None:
        copied = await copy_text(text, self._to_terminal)
        self.notice.show_info(describe_copy(copied, what))
