"""A chat that says what goes on, in the line between its messages and its prompt."""

from textual import getters
from textual.containers import Vertical

from tui.chat.conversation import Conversation
from tui.ui.widgets.chat.prompt_area import PromptArea
from tui.ui.widgets.chat.transcript import Transcript
from tui.ui.widgets.notice_line import NoticeLine


class TellingChat(Vertical):
    """One conversation, and one line for whoever has something to say about it."""

    transcript = getters.query_one(Transcript)
    """The messages."""
    notice = getters.query_one(NoticeLine)
    """The line between transcript and prompt."""

    def __init__(self, conversation: Conversation | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.conversation = conversation or Conversation()

    def show_progress(
        self, label: str, fraction: float | None = None, seconds_left: float | None = None
    ) -> None:
        """Show how far something is, as `Loading SmolLM2… 43 %, 1.2 s left`, until `clear_notice`."""
        self.notice.show_progress(label, fraction, seconds_left)

    def show_error(self, message: str, hint: str = "") -> None:
        """Show what went wrong and what to do about it, in place, until something new happens."""
        self.notice.show_error(message, hint)

    def clear_notice(self) -> None:
        """Take the progress or the error away."""
        self.notice.clear()

    def on_prompt_area_told(self, event: PromptArea.Told) -> None:
        """Say it where one looks."""
        event.stop()
        if event.wrong:
            self.notice.show_error(event.text)
        else:
            self.notice.show_info(event.text)

    def on_transcript_told(self, event: Transcript.Told) -> None:
        """Say what came of a key of the transcript."""
        event.stop()
        self.notice.show_info(event.words)
