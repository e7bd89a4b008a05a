"""Answer that streams into the chat: it is opened, drawn a few times a second, and closed."""

import time
from collections.abc import Callable
from itertools import groupby
from typing import Any, Protocol

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.messages import Question, Reply
from tui.chat.receipt import Receipt
from tui.engine.protocol import Failed, Finished
from tui.i18n import _
from tui.sentences import Reason
from tui.text import clean_line
from tui.ui.chat.context.strip import ContextStrip
from tui.ui.chat.status import ChatStatus
from tui.ui.chat.transcript.layout.json_answer import json_notice
from tui.ui.chat.transcript.transcript import Transcript
from tui.ui.kit.keyboard.names import sentence_with_keys, with_keys
from tui.ui.kit.notice_line import NoticeLine
from tui.units import format_number

_SHOW_READING_AFTER = 0.5
"""Seconds from which on the reading of a prompt is shown: less would only flicker."""


class _Reading(msgspec.Struct, frozen=True):
    """Progress of reading a prompt."""

    begun: float
    """Time of the first progress."""
    done_tokens: int
    total_tokens: int
    reported: float
    """Time of this progress."""
    seconds_left: float | None
    """Estimate of this progress; None before there is one."""

    def is_shown(self, moment: float) -> bool:
        """Return True once the reading takes long enough to be shown."""
        return moment - self.begun >= _SHOW_READING_AFTER

    def seconds_left_at(self, moment: float) -> float | None:
        """Return the estimate less the time since it was made."""
        return None if self.seconds_left is None else max(0.0, self.seconds_left - (moment - self.reported))


class AnswerOwner(Protocol):
    """The chat, as far as its answer needs it."""

    def call_later(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Call after the calls that are queued already, so that drawing keeps its order."""
        ...

    def answer_began(self) -> None:
        """Show that the chat waits for an answer."""
        ...

    def answer_ended(self) -> None:
        """Show that the chat does not wait for an answer any more."""
        ...

    def show_remarks(self) -> None:
        """Draw the remarks below the messages again."""
        ...

    def take_back_question(self, question: Question | None) -> None:
        """Put a question that could not be asked back into the prompt."""
        ...


class ChatAnswer:
    """Holder of a reply's text, which is drawn at each tick of the chat's clock.

    The chat opens the reply itself when it posts `Ask`, `Regenerate` or `Continue`. The receiver then calls
    `append_text`, and `end_reply` at the end, or `decline` if the question cannot be asked at all. All
    methods return at once; the drawing follows in the order of the calls.
    """

    def __init__(
        self,
        owner: AnswerOwner,
        conversation: Conversation,
        transcript: Transcript,
        status: ChatStatus,
        strip: ContextStrip,
        notice: NoticeLine,
    ) -> None:
        self.notice = notice
        """Line with the progress of the answer."""
        self._owner = owner
        self._conversation = conversation
        self._transcript = transcript
        self._status = status
        self._strip = strip
        self._tokens_per_second: float | None = None
        self._context_tokens: int | None = None
        self._undrawn: list[tuple[str, bool]] = []
        """Pieces of text that are not drawn yet; the flag is True for thinking."""
        self._thinking_tokens: int | None = None
        self._reading: _Reading | None = None

    def begin_reply(self, model_label: str | None) -> None:
        """Open a reply to the last question, unless one is open already."""
        if self._conversation.open_reply is None:
            reply = self._conversation.begin_reply(model_label or "")
            self._owner.call_later(self._transcript.add, reply)
        self._wait()

    def resume_reply(self, model_label: str | None) -> None:
        """Open the last reply again."""
        reply = self._conversation.continue_reply(model_label or "")
        self._owner.call_later(self._transcript.resume, reply)
        self._wait()

    def _wait(self) -> None:
        self._tokens_per_second = None
        self._status.tokens_per_second = None
        self._status.first_token_seconds = None
        self._reading = None
        self.notice.clear()
        self._owner.answer_began()

    def append_text(
        self,
        text: str,
        tokens: int | None = None,
        seconds: float | None = None,
        *,
        thinking: bool = False,
    ) -> None:
        """Add a piece to the open reply; without an open reply, for example after a stop, drop it.

        Args:
            text: the piece.
            tokens: tokens of the reply so far; with `seconds` they give the speed that is shown.
            seconds: seconds since the first token.
            thinking: True if the piece is thinking.
        """
        if self._conversation.open_reply_id is None:
            return
        self._conversation.append(text, thinking)
        if tokens and seconds:
            self._tokens_per_second = (tokens - 1) / seconds
        self._undrawn.append((text, thinking))
        if thinking:
            self._thinking_tokens = tokens

    def show_first_token(self, seconds: float) -> None:
        """Show the time from the question to the first token."""
        self._status.first_token_seconds = seconds

    def show_context_used(self, tokens: int) -> None:
        """Show the tokens in the context when the next piece of text is drawn."""
        self._context_tokens = tokens

    def flush(self) -> None:
        """Draw the text that has arrived; called by the chat's clock."""
        for thinking, pieces in groupby(self._undrawn, key=lambda piece: piece[1]):
            # Queued, because the timer runs independently of the chat's messages, and the order matters.
            text = "".join(piece for piece, _thinking in pieces)
            tokens = self._thinking_tokens if thinking else None
            self._owner.call_later(self._transcript.stream, text, thinking=thinking, tokens=tokens)
        self._undrawn = []
        self._draw_reading()
        if self._tokens_per_second is not None:
            self._status.tokens_per_second = self._tokens_per_second
        if self._context_tokens is not None:
            self._strip.live_tokens = self._context_tokens
            self._context_tokens = None

    def discard_undrawn(self) -> None:
        """Drop the text that is not drawn yet."""
        self._undrawn = []

    def end_reply(self, end: Finished | Failed | Reason | str) -> None:
        """Close the reply, which finished, failed, or was interrupted for a reason. Its text stays."""
        if self._conversation.open_reply_id is None:
            # A new chat has removed the reply.
            self._owner.answer_ended()
            return
        self._reading = None
        self.flush()
        if isinstance(end, Finished):
            reply = self._conversation.finish_reply(end.reason, end.metrics, end.raw)
            self._status.show(end.metrics)
        elif isinstance(end, Failed) and end.kind == "stopped":
            reply = self._conversation.finish_reply("stopped")
        else:
            reply = self._conversation.abort_reply(end.reason if isinstance(end, Failed) else end)
        self._owner.answer_ended()
        self.notice.clear()
        if isinstance(end, Failed) and end.kind != "stopped":
            # The failure itself is shown below the reply.
            self.notice.show_info(sentence_with_keys(end.hint))
        elif reply.finish == "max_tokens" and not _repeats(end):
            self.notice.show_info(
                with_keys(
                    _("Cut at the token limit: {chat.continue} continues it."), _("Cut at the token limit.")
                )
            )
        elif isinstance(end, Finished) and end.remark is not None:
            self.notice.show_info(remark_notice(end.remark, reply))
        self._owner.call_later(self._transcript.finish, reply)
        self._owner.show_remarks()

    def show_receipt(self, reply_id: int, receipt: Receipt) -> None:
        """Attach the receipt to a reply and show it there; do nothing if the reply is gone."""
        reply = self._conversation.attach_receipt(reply_id, receipt)
        if reply is not None:
            self._owner.call_later(self._transcript.describe, reply)

    def decline(self, message: str, hint: str) -> None:
        """Put a question that cannot be asked back into the prompt, and show the reason and what to do.

        An empty message shows nothing, because the caller does.
        """
        question = self._conversation.withdraw_question()
        if self._conversation.open_reply_id is not None:
            self.end_reply(message)
        else:
            self._owner.answer_ended()
            self._owner.take_back_question(question)
        if message:
            self.notice.show_error(message, hint)
        else:
            self.notice.clear()

    def refuse(self, failed: Failed | None) -> None:
        """Put a question that cannot be asked back, and show the reason; None to show nothing."""
        self.decline(
            sentence_with_keys(failed.reason) if failed is not None else "",
            sentence_with_keys(failed.hint) if failed is not None else "",
        )

    def show_reading(self, done_tokens: int, total_tokens: int, seconds_left: float | None) -> None:
        """Show how much of the prompt has been read, unless it is read within half a second."""
        moment = time.monotonic()
        begun = self._reading.begun if self._reading is not None else moment
        self._reading = _Reading(begun, done_tokens, total_tokens, moment, seconds_left)

    def hide_reading(self) -> None:
        """Hide the progress."""
        if self._reading is not None and self._reading.is_shown(time.monotonic()):
            self.notice.clear()
        self._reading = None

    def _draw_reading(self) -> None:
        reading, moment = self._reading, time.monotonic()
        if reading is None or not reading.is_shown(moment):
            return
        self.notice.show_progress(
            _("Reading the prompt"),
            reading.done_tokens / reading.total_tokens,
            reading.seconds_left_at(moment),
            amount=_("{done} of {total} tokens").format(
                done=format_number(reading.done_tokens, ","), total=format_number(reading.total_tokens, ",")
            ),
        )

    def note_transcript(self, reason: Reason) -> None:
        """Show that the model read a plain transcript instead of its own chat template."""
        text = _("The model read a plain transcript: {reason}.")
        self.notice.show_error(text.format(reason=sentence_with_keys(reason)))

    def note_repetition(self, text: str) -> None:
        """Say that the reply repeats itself, with the keys that help."""
        self.notice.show_error(
            _("The reply repeats itself: {text}").format(text=clean_line(text))
            if text.strip()
            else _("The reply repeats itself."),
            with_keys(
                _("{chat.stop} stops it. A repeat penalty such as 1.1 helps: {chat.how_to_ask}."),
                _("A repeat penalty such as 1.1 helps."),
            ),
        )

    def note_schema(self, *, followed: bool) -> None:
        """Show the mistake in the JSON of the last answer; `followed` is False if its schema was not used."""
        reply = self._conversation.last_reply
        if reply is not None and (fault := json_notice(reply.text, follows=followed)):
            self.notice.show_error(*fault)


def remark_notice(remark: Reason, reply: Reply) -> str:
    """Return what is odd about a reply that ended, and the keys that help."""
    if remark.code == "engine.reply_empty" and not reply.is_empty:
        return _("The model ended without writing anything more.")
    if remark.code == "engine.reply_repeats":
        hint = with_keys(
            _("A repeat penalty such as 1.1 helps: {chat.how_to_ask}, then {chat.regenerate}."),
            _("A repeat penalty such as 1.1 helps."),
        )
    elif remark.code == "engine.reply_cut_in_thinking":
        hint = with_keys(_("{chat.continue} continues it."), "")
    else:
        hint = with_keys(
            _("{chat.regenerate} asks again; else ask in other words, or take another model."),
            _("Ask in other words, or take another model."),
        )
    return f"{sentence_with_keys(remark)} {hint}".strip()


def _repeats(end: object) -> bool:
    return isinstance(end, Finished) and end.remark == Reason("engine.reply_repeats")
