"""The chat: transcript, notice, prompt, context and status around one conversation."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Callable
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer

from tui.chat.conversation import Conversation
from tui.i18n import _
from tui.ui.chat import branch_words
from tui.ui.chat.answer import ChatAnswer
from tui.ui.chat.branch_actions import BranchActions, EditedMessage
from tui.ui.chat.chat_keys import CHAT_KEYS
from tui.ui.chat.chat_words import chat_title, empty_hint, still_answering, unkept_words
from tui.ui.chat.context.remedy_panel import RemedyList, RemedyPanel
from tui.ui.chat.context.strip import ContextStrip
from tui.ui.chat.prompt.prompt_area import PromptArea
from tui.ui.chat.prompt.prompt_input import PromptInput
from tui.ui.chat.status import ChatStatus
from tui.ui.chat.transcript.transcript import Transcript
from tui.ui.chat.transcript.transcript_area import TranscriptArea
from tui.ui.kit.notice_line import NoticeLine

FLUSH_SECONDS = 1 / 5
"""Between two drawings of a reply that streams; how often one draws is what costs."""


class ChatPane(Vertical):
    """Draws one conversation and keeps it: what happens to it on the screen happens through this pane.

    `answer` is the reply that is written into it, `steering` what is done to its branches.
    """

    DEFAULT_CSS = """
    ChatPane {
        border: round $border-blurred;
        border-title-color: $text-muted; border-subtitle-color: $text-warning;
        &:focus-within { border: round $border; border-title-color: $foreground; }
        &.-editing PromptInput { max-height: 40vh; }
    }
    """

    BINDING_GROUP_TITLE = _("Chat")
    BINDINGS: ClassVar[list[BindingType]] = CHAT_KEYS

    class Ask(Message):
        """The conversation ends in a new question; its text is here for convenience."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Stop(Message):
        """The user wants the reply, or the load it waits for, to stop."""

    class Regenerate(Message):
        """The last reply was set aside; another one is wanted."""

    class Continue(Message):
        """The last reply is open again; it should go on."""

    class HowToAsk(Message):
        """The user wants to choose how answers are asked for."""

    class NewChat(Message):
        """The conversation was emptied, or another one took its place."""

    class Branched(Message):
        """Other messages are shown, or others are pinned."""

    model_label: reactive[str | None] = reactive[str | None](None)
    """Name and quantization of the loaded model; None while none is loaded."""
    answering: reactive[bool] = reactive(False, bindings=True)
    """A reply is being written or waited for."""
    editing: reactive[EditedMessage | None] = reactive[EditedMessage | None](
        None, bindings=True, toggle_class="-editing"
    )
    """The earlier question, or the answer, that is in the prompt; None for a new question."""
    busy: reactive[bool] = reactive(False, bindings=True)
    """Something else that Esc can stop is going on, a load for instance."""

    unkept: reactive[str] = reactive("")
    """Why the conversation is not kept; empty while it is."""

    transcript_area = getters.query_one(TranscriptArea)
    """The messages with what one does there."""
    transcript = getters.query_one(Transcript)
    """The messages."""
    notice = getters.query_one(NoticeLine)
    """One line for whoever has something to say about the conversation."""
    offers = getters.query_one(RemedyPanel)
    """What helps when the context is full."""
    prompt_area = getters.query_one(PromptArea)
    """The input with what belongs to it."""
    prompt = getters.query_one(PromptInput)
    """The input."""
    strip = getters.query_one(ContextStrip)
    """What fills the context."""
    status = getters.query_one(ChatStatus)
    """The figures; its reactives are set by whoever knows them."""

    def __init__(self, conversation: Conversation | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.conversation = conversation or Conversation()
        self.answer = ChatAnswer(self)
        self.steering = BranchActions(self)
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """Transcript, notice, prompt, context, status."""
        yield TranscriptArea(self.conversation)
        yield NoticeLine()
        yield RemedyPanel()
        yield PromptArea()
        yield ContextStrip()
        yield ChatStatus()

    def on_mount(self) -> None:
        """Draw what the conversation holds already; the clock runs only while a reply streams."""
        self.watch(self.transcript, "marked", self.steering.forget_deletion, init=False)
        self._clock = self.set_interval(FLUSH_SECONDS, self.answer.flush, pause=True)
        self.call_later(self.transcript.show, self.conversation.messages)
        self.remark()

    # What others ask for

    @on(ContextStrip.StripLeft)
    @on(RemedyList.RemediesLeft)
    def focus_prompt(self) -> None:
        """Go to the prompt at once."""
        self.screen.set_focus(self.prompt)

    def show_stopping(self) -> None:
        """Say at once that the reply is to end here."""
        if self.answering:
            self.transcript.stopping()

    def show_message(self, message_id: int) -> None:
        """Mark a message, on whichever branch it is."""
        is_shown = any(message.id == message_id for message in self.conversation.messages)
        if not is_shown and self.conversation.has_message(message_id) and not self.answering:
            self.conversation.show_branch(message_id)
            self.show_branch()
        self.call_later(self.transcript.show_marked, message_id)

    def show_branch(self) -> None:
        """Draw the branch that is shown now; what it has in common with the one before stays."""
        self.call_later(self.transcript.change, self.conversation.messages)
        self.remark()

    def remark(self) -> None:
        """Draw what there is to say about the messages; what they take of the context changes with it."""
        self.call_later(self.transcript.remark, branch_words.remarks(self.conversation))
        self.post_message(self.Branched())

    def replace(self, change: Callable[[], None]) -> None:
        """Let the conversation have other messages, which `change` gives it.

        `answering` stays until the end of a reply that is being written is reported, so that its last pieces
        reach no other one.
        """
        if self.answering:
            self.post_message(self.Stop())
        self.answer.forget()
        self.steering.forget()
        change()
        self.notice.clear()
        self.call_later(self.transcript.show, self.conversation.messages)
        self.remark()
        self.post_message(self.NewChat())

    # What its widgets tell

    def on_prompt_input_submitted(self, event: PromptInput.Submitted) -> None:
        """Ask, unless an answer is still coming: then keep the text."""
        event.stop()
        if not self._is_free():
            return
        if self.editing is not None and self.editing.is_answer:
            self.steering.keep_answer(event.written, event.attachments)
        else:
            self.prompt.take()
            self.steering.add_question(event.text, event.attachments)
            self.answer.begin_reply()
            self.post_message(self.Ask(event.text))

    def on_transcript_message_action_requested(self, event: Transcript.MessageActionRequested) -> None:
        """A key on a message."""
        event.stop()
        if self._is_free():
            self.steering.steer(event.message_id, event.what)

    def _is_free(self) -> bool:
        """Whether the conversation can be changed; says so where an answer is still coming."""
        if self.answering:
            self.notice.show_info(still_answering())
        return not self.answering

    def on_prompt_input_transcript_paged(self, event: PromptInput.TranscriptPaged) -> None:
        """Page the transcript from the prompt."""
        event.stop()
        self.transcript.page(event.direction)

    def on_prompt_area_attachment_notice(self, event: PromptArea.AttachmentNotice) -> None:
        """Say it where one looks."""
        event.stop()
        if event.wrong:
            self.notice.show_error(event.text)
        else:
            self.notice.show_info(event.text)

    def on_transcript_key_notice(self, event: Transcript.KeyNotice) -> None:
        """Say what came of a key of the transcript."""
        event.stop()
        self.notice.show_info(event.words)

    # What keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stop exists only while there is something to stop, so that Esc goes on to the app otherwise."""
        if action == "stop":
            return self.answering or self.busy
        if action == "leave_edit":
            return self.editing is not None
        if action in ("regenerate", "continue"):
            return not self.answering
        return True

    def action_stop(self) -> None:
        """Ask for a stop."""
        self.post_message(self.Stop())
        self.show_stopping()

    def action_leave_edit(self) -> None:
        """Leave the earlier question as it was asked."""
        self.steering.leave_edit()

    def action_regenerate(self) -> None:
        """Set the last reply aside and ask for another."""
        if self.conversation.messages:
            self.steering.set_aside()
            self.answer.begin_reply()
            self.post_message(self.Regenerate())

    def action_continue(self) -> None:
        """Let the last answer go on."""
        if refusal := branch_words.cannot_continue(self.conversation, self.model_label):
            self.notice.show_info(refusal)
        else:
            self.answer.resume_reply()
            self.post_message(self.Continue())

    def action_new_chat(self) -> None:
        """Empty the conversation, stopping a reply that is being written."""
        self.replace(self.conversation.clear)

    def action_search(self) -> None:
        """Search in the conversation."""
        self.transcript_area.open_search()

    def action_copy_reply(self) -> None:
        """Copy the last reply."""
        self.transcript_area.copy_message(None)

    def action_how_to_ask(self) -> None:
        """Let whoever asks the model show what can be chosen."""
        self.post_message(self.HowToAsk())

    def action_context(self) -> None:
        """Go to what helps when the context is full, else to what fills it."""
        if not self.offers.enter():
            self.screen.set_focus(self.strip)

    # How it is drawn

    def watch_model_label(self, label: str | None) -> None:
        """The model's name in the border; what to do in the empty transcript."""
        # The library's type says str, its code takes content, which unlike a str is never markup.
        self.border_title = chat_title(label)  # pyright: ignore[reportAttributeAccessIssue]
        self.transcript.hint = empty_hint(label)

    def watch_unkept(self, reason: str) -> None:
        """Stay with it as long as it is so: what is said here is lost at the end."""
        self.border_subtitle = unkept_words(reason)  # pyright: ignore[reportAttributeAccessIssue]

    def watch_answering(self, answering: bool) -> None:
        """Run the clock while a reply streams."""
        if self._clock is not None:
            (self._clock.resume if answering else self._clock.pause)()
