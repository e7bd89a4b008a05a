"""The chat: transcript, notice, prompt and status around one conversation."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false

from collections.abc import Callable
from itertools import groupby
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer

from tui.chat.conversation import Conversation, Reply
from tui.chat.receipt import Receipt
from tui.engine.protocol import Failed, Finished
from tui.i18n import _
from tui.ui.widgets.chat.chat_context import ContextChat
from tui.ui.widgets.chat.chat_keys import CHAT_KEYS
from tui.ui.widgets.chat.chat_status import ChatStatus
from tui.ui.widgets.chat.chat_words import chat_title, empty_hint
from tui.ui.widgets.chat.context_offers import ContextOffers
from tui.ui.widgets.chat.context_strip import ContextStrip
from tui.ui.widgets.chat.prompt import Prompt
from tui.ui.widgets.chat.prompt_area import PromptArea
from tui.ui.widgets.chat.search_bar import SearchBar
from tui.ui.widgets.chat.transcript import Transcript
from tui.ui.widgets.notice_line import NoticeLine

FLUSH_SECONDS = 1 / 5
"""Between two drawings of a reply that streams; how often one draws is what costs."""


class ChatPane(ContextChat):
    """Draws one conversation and keeps it: what happens to it on the screen happens through this pane.

    The pane opens the reply itself when it posts `Ask`, `Regenerate` or `Continue`. The owner then calls
    `append_text` and at the end `end_reply`, or `decline` when the question cannot be asked at all. All
    methods return at once; what they draw follows in their order.
    """

    DEFAULT_CSS = """
    ChatPane {
        border: round $border-blurred;
        border-title-color: $text-muted;
        &:focus-within { border: round $border; border-title-color: $foreground; }
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

    busy: reactive[bool] = reactive(False, bindings=True)
    """Something else that Esc can stop is going on, a load for instance."""

    prompt_area = getters.query_one(PromptArea)
    """The input with what belongs to it."""
    status = getters.query_one(ChatStatus)
    """The figures; its reactives are set by whoever knows them."""

    def __init__(self, conversation: Conversation | None = None, id: str | None = None) -> None:
        super().__init__(conversation, id)
        self._clock: Timer | None = None
        self._rate: float | None = None
        self._context_used: int | None = None
        self._arrived: list[tuple[str, bool]] = []
        self._thinking_tokens: int | None = None

    def compose(self) -> ComposeResult:
        """Transcript, notice, prompt, context, status."""
        yield Transcript()
        yield SearchBar()
        yield NoticeLine()
        yield ContextOffers()
        yield PromptArea()
        yield ContextStrip()
        yield ChatStatus()

    def on_mount(self) -> None:
        """Draw what the conversation holds already; the clock runs only while a reply streams."""
        self._clock = self.set_interval(FLUSH_SECONDS, self.flush, pause=True)
        self.call_later(self.transcript.show, self.conversation.messages)
        self.remark()

    def begin_reply(self) -> None:
        """Open a reply to the last question; nothing happens when one is open already."""
        if self.conversation.open_reply is None:
            reply = self.conversation.begin_reply(self.model_label or _("no model"))
            self.call_later(self.transcript.add, reply)
        self._wait()

    def opened(self, reply: Reply) -> None:
        """A reply goes on."""
        self._wait()
        self.post_message(self.Continue())

    def _wait(self) -> None:
        self._rate = None
        self.status.tokens_per_second = None
        self.status.first_token_seconds = None
        self.notice.clear()
        self.offers.clear()
        self.answering = True

    def append_text(
        self,
        text: str,
        tokens: int | None = None,
        seconds: float | None = None,
        *,
        thinking: bool = False,
    ) -> None:
        """Take a piece of the reply; with tokens and seconds since the first one, a live rate is shown.

        A piece that arrives when no reply is open, after a stop for instance, is dropped.
        """
        if self.conversation.open_reply_id is None:
            return
        self.conversation.append(text, thinking)
        if tokens and seconds:
            self._rate = (tokens - 1) / seconds
        self._arrived.append((text, thinking))
        if thinking:
            self._thinking_tokens = tokens

    def show_first_token(self, seconds: float) -> None:
        """The first token is here, this long after the question."""
        self.status.first_token_seconds = seconds

    def show_context_used(self, tokens: int) -> None:
        """Tokens in the context now; drawn with the next piece of text."""
        self._context_used = tokens

    def end_reply(self, end: Finished | Failed | str) -> None:
        """Close the reply: it finished, failed, or was interrupted for this reason. What arrived stays."""
        if self.conversation.open_reply_id is None:
            # The end of a reply that a new chat has taken away.
            self.answering = False
            return
        self.flush()
        if isinstance(end, Finished):
            reply = self.conversation.finish_reply(end.reason, end.metrics, end.raw)
            self.status.show(end.metrics)
        elif isinstance(end, Failed) and end.kind == "stopped":
            reply = self.conversation.finish_reply("stopped")
        else:
            reply = self.conversation.abort_reply(end if isinstance(end, str) else end.message)
        self.answering = False
        self.notice.clear()
        if isinstance(end, Failed) and end.kind != "stopped":
            # What happened stands below the reply itself.
            self.notice.show_info(end.hint)
        elif reply.finish == "max_tokens":
            self.notice.show_info(_("Cut at the token limit: ^l lets it go on."))
        self.call_later(self.transcript.finish, reply)
        self.remark()

    def show_receipt(self, reply_id: int, receipt: Receipt) -> None:
        """Keep with a reply what it took, and show it there; a reply that is gone needs none."""
        reply = self.conversation.attach_receipt(reply_id, receipt)
        if reply is not None:
            self.call_later(self.transcript.describe, reply)

    def decline(self, message: str, hint: str) -> None:
        """The question cannot be asked: put it back into the prompt and say why and what to do.

        Without a message, somebody else says it.
        """
        question = self.conversation.take_back()
        if self.conversation.open_reply_id is not None:
            self.end_reply(message)
        else:
            self.answering = False
            self.put_back(question)
        if message:
            self.notice.show_error(message, hint)
        else:
            self.notice.clear()

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        """Ask, unless an answer is still coming: then say so and keep the text."""
        event.stop()
        if self.answering:
            self.notice.show_info(_("Still answering; press Esc to stop first."))
            return
        self.prompt.take()
        self.add_question(event.text, event.attachments)
        self.begin_reply()
        self.post_message(self.Ask(event.text))

    def on_prompt_page(self, event: Prompt.Page) -> None:
        """Page the transcript from the prompt."""
        event.stop()
        self.transcript.page(event.direction)

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

    def show_stopping(self) -> None:
        """Say at once that the reply is to end here."""
        if self.answering:
            self.transcript.stopping()

    def action_regenerate(self) -> None:
        """Set the last reply aside and ask for another."""
        if self.conversation.messages:
            self.set_aside()
            self.begin_reply()
            self.post_message(self.Regenerate())

    def action_how_to_ask(self) -> None:
        """Let whoever asks the model show what can be chosen."""
        self.post_message(self.HowToAsk())

    def action_new_chat(self) -> None:
        """Empty the conversation, stopping a reply that is being written."""
        self.replace(self.conversation.clear)

    def replace(self, change: Callable[[], None]) -> None:
        """Let the conversation have other messages, which `change` gives it.

        `answering` stays until the end of a reply that is being written is reported, so that its last pieces
        reach no other one.
        """
        if self.answering:
            self.post_message(self.Stop())
        self._arrived = []
        self.forget_steering()
        change()
        self.notice.clear()
        self.call_later(self.transcript.show, self.conversation.messages)
        self.remark()
        self.post_message(self.NewChat())

    # How it is drawn

    def watch_model_label(self, label: str | None) -> None:
        """The model's name in the border; what to do in the empty transcript."""
        # The library's type says str, its code takes content, which unlike a str is never markup.
        self.border_title = chat_title(label)  # pyright: ignore[reportAttributeAccessIssue]
        self.transcript.hint = empty_hint(label)

    def watch_answering(self, answering: bool) -> None:
        """Run the clock while a reply streams."""
        if self._clock is not None:
            if answering:
                self._clock.resume()
            else:
                self._clock.pause()

    def flush(self) -> None:
        """Draw what has arrived of the reply; the clock does this."""
        for thinking, pieces in groupby(self._arrived, key=lambda piece: piece[1]):
            # Queued, because a timer runs beside this pane's messages and the drawing has an order.
            text = "".join(piece for piece, _thinking in pieces)
            tokens = self._thinking_tokens if thinking else None
            self.call_later(self.transcript.stream, text, thinking=thinking, tokens=tokens)
        self._arrived = []
        if self._rate is not None:
            self.status.tokens_per_second = self._rate
        if self._context_used is not None:
            self.strip.live_tokens = self._context_used
            self._context_used = None
