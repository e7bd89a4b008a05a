"""A chat that shows what fills the context, and what helps when it is full."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from textual import getters, on
from textual.message import Message as UiMessage

from tui.chat.messages import Message, Question
from tui.ui.widgets.chat.chat_search import SearchedChat
from tui.ui.widgets.chat.context_offers import ContextOffers, RemedyList
from tui.ui.widgets.chat.context_strip import ContextStrip


class ContextChat(SearchedChat):
    """Strip and offers, and the way to them and back."""

    class Branched(UiMessage):
        """Other messages are shown, or others are pinned."""

    offers = getters.query_one(ContextOffers)
    """What helps when the context is full."""
    strip = getters.query_one(ContextStrip)
    """What fills the context."""

    @property
    def draft(self) -> Question:
        """What is being written, as the question that it would be."""
        return Question(0, self.prompt.text.strip(), self.prompt.attachments)

    @property
    def before_draft(self) -> tuple[Message, ...]:
        """The messages that the draft would follow: of an edited question, those before it."""
        messages = self.conversation.messages
        edited = self.editing.question_id if self.editing is not None else None
        at = next((at for at, message in enumerate(messages) if message.id == edited), len(messages))
        return messages[:at]

    def remark(self) -> None:
        """What is told of the messages changes with them, and so does what they take of the context."""
        super().remark()
        self.post_message(self.Branched())

    def focus_prompt(self) -> None:
        """Go to the prompt at once."""
        self.screen.set_focus(self.prompt)

    @on(ContextStrip.Left)
    @on(RemedyList.Left)
    def _back_to_prompt(self) -> None:
        self.focus_prompt()

    def action_context(self) -> None:
        """Go to what helps when the context is full, else to what fills it."""
        if not self.offers.enter():
            self.screen.set_focus(self.strip)
