"""The answer to the last question in the chat, from its opening to its end."""

from itertools import groupby
from typing import TYPE_CHECKING

from tui.chat.receipt import Receipt
from tui.engine.protocol import Failed, Finished
from tui.i18n import _
from tui.services.sentences import sentence
from tui.ui.kit.keys import with_keys
from tui.ui.kit.notice_line import NoticeLine
from tui.ui.kit.sentences import sentence_with_keys

if TYPE_CHECKING:
    from tui.ui.chat.pane import ChatPane


class ChatAnswer:
    """Keeps what arrives of a reply and draws it when the chat's clock says so.

    The chat opens the reply itself when it posts `Ask`, `Regenerate` or `Continue`. Whoever answers then
    calls `append_text` and at the end `end_reply`, or `decline` when the question cannot be asked at all.
    All methods return at once; what they draw follows in their order.
    """

    def __init__(self, chat: "ChatPane") -> None:
        self._chat = chat
        self._rate: float | None = None
        self._context_used: int | None = None
        self._arrived: list[tuple[str, bool]] = []
        self._thinking_tokens: int | None = None

    @property
    def notice(self) -> NoticeLine:
        """Where to say how it goes."""
        return self._chat.notice

    def begin_reply(self) -> None:
        """Open a reply to the last question; nothing happens when one is open already."""
        chat = self._chat
        if chat.conversation.open_reply is None:
            reply = chat.conversation.begin_reply(chat.model_label or _("no model"))
            chat.call_later(chat.transcript.add, reply)
        self._wait()

    def resume_reply(self) -> None:
        """Open the last reply again."""
        chat = self._chat
        reply = chat.conversation.continue_reply(chat.model_label or "")
        chat.call_later(chat.transcript.resume, reply)
        self._wait()

    def _wait(self) -> None:
        chat = self._chat
        self._rate = None
        chat.status.tokens_per_second = None
        chat.status.first_token_seconds = None
        chat.notice.clear()
        chat.offers.clear()
        chat.answering = True

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
        if self._chat.conversation.open_reply_id is None:
            return
        self._chat.conversation.append(text, thinking)
        if tokens and seconds:
            self._rate = (tokens - 1) / seconds
        self._arrived.append((text, thinking))
        if thinking:
            self._thinking_tokens = tokens

    def show_first_token(self, seconds: float) -> None:
        """The first token is here, this long after the question."""
        self._chat.status.first_token_seconds = seconds

    def show_context_used(self, tokens: int) -> None:
        """Tokens in the context now; drawn with the next piece of text."""
        self._context_used = tokens

    def flush(self) -> None:
        """Draw what has arrived; the chat's clock does this."""
        chat = self._chat
        for thinking, pieces in groupby(self._arrived, key=lambda piece: piece[1]):
            # Queued, because a timer runs beside the chat's messages and the drawing has an order.
            text = "".join(piece for piece, _thinking in pieces)
            tokens = self._thinking_tokens if thinking else None
            chat.call_later(chat.transcript.stream, text, thinking=thinking, tokens=tokens)
        self._arrived = []
        if self._rate is not None:
            chat.status.tokens_per_second = self._rate
        if self._context_used is not None:
            chat.strip.live_tokens = self._context_used
            self._context_used = None

    def forget(self) -> None:
        """Draw nothing more of what has arrived."""
        self._arrived = []

    def end_reply(self, end: Finished | Failed | str) -> None:
        """Close the reply: it finished, failed, or was interrupted for this reason. What arrived stays."""
        chat = self._chat
        if chat.conversation.open_reply_id is None:
            # The end of a reply that a new chat has taken away.
            chat.answering = False
            return
        self.flush()
        if isinstance(end, Finished):
            reply = chat.conversation.finish_reply(end.reason, end.metrics, end.raw)
            chat.status.show(end.metrics)
        elif isinstance(end, Failed) and end.kind == "stopped":
            reply = chat.conversation.finish_reply("stopped")
        else:
            reply = chat.conversation.abort_reply(end if isinstance(end, str) else sentence(end.reason))
        chat.answering = False
        chat.notice.clear()
        if isinstance(end, Failed) and end.kind != "stopped":
            # What happened stands below the reply itself.
            chat.notice.show_info(sentence_with_keys(end.hint))
        elif reply.finish == "max_tokens":
            chat.notice.show_info(
                with_keys(
                    _("Cut at the token limit: {chat.continue} lets it go on."), _("Cut at the token limit.")
                )
            )
        elif isinstance(end, Finished) and end.reason == "end" and not end.metrics.generated_tokens:
            chat.notice.show_info(_("The model ended here without another word."))
        chat.call_later(chat.transcript.finish, reply)
        chat.remark()

    def show_receipt(self, reply_id: int, receipt: Receipt) -> None:
        """Keep with a reply what it took, and show it there; a reply that is gone needs none."""
        reply = self._chat.conversation.attach_receipt(reply_id, receipt)
        if reply is not None:
            self._chat.call_later(self._chat.transcript.describe, reply)

    def decline(self, message: str, hint: str) -> None:
        """The question cannot be asked: put it back into the prompt and say why and what to do.

        Without a message, somebody else says it.
        """
        chat = self._chat
        question = chat.conversation.withdraw_question()
        if chat.conversation.open_reply_id is not None:
            self.end_reply(message)
        else:
            chat.answering = False
            chat.steering.put_back(question)
        if message:
            chat.notice.show_error(message, hint)
        else:
            chat.notice.clear()
