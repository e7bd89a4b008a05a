"""Asking the loaded model: an answer streamed to a view, or returned once it is complete."""

import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from tui.chat.asking import PartSettings
from tui.chat.context import ContextPlan
from tui.chat.conversation import Conversation
from tui.chat.sampling import with_drawn_seed
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest
from tui.engine.protocol import (
    REFUSED_PROMPT_KINDS,
    Failed,
    Finished,
    Prompted,
    PromptProgress,
    Repeating,
    Text,
)
from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import Reason, reason
from tui.services.host import NO_MODEL, EngineHost

_WITHDRAWN = Failed(0, "stopped", reason("services.question_withdrawn"))


class AnswerView(Protocol):
    """Shows an answer while it is written; the chat's own does. Every method returns at once."""

    def show_reading(self, done_tokens: int, total_tokens: int, seconds_left: float | None) -> None:
        """Show how much of the prompt has been read; the seconds are None until they can be estimated."""
        ...

    def hide_reading(self) -> None:
        """Take the progress away."""
        ...

    def show_first_token(self, seconds: float) -> None:
        """Show the time from the question to the first token."""
        ...

    def show_context_used(self, tokens: int) -> None:
        """Show the tokens in the context."""
        ...

    def append_text(
        self,
        text: str,
        tokens: int | None = None,
        seconds: float | None = None,
        *,
        thinking: bool = False,
    ) -> None:
        """Take a piece of the reply, or of its thinking, with the tokens and seconds of generation so far."""
        ...

    def end_reply(self, end: Finished | Failed) -> None:
        """Close the reply."""
        ...

    def refuse(self, failed: Failed | None) -> None:
        """Put the question back and say why; None where somebody else says it."""
        ...

    def note_transcript(self, reason: Reason) -> None:
        """Say that the model read a plain transcript in place of its own chat template."""
        ...

    def note_repetition(self, text: str) -> None:
        """Say that the reply goes on and on with the same text, and how to stop it."""
        ...

    def note_schema(self, *, followed: bool) -> None:
        """Check an answer that had a JSON schema; `followed` is False where it went on without."""
        ...


class AnswerPlanner(Protocol):
    """Decides which turns of a conversation are sent; the watch over the context does."""

    async def plan(self, conversation: Conversation) -> ContextPlan | None:
        """Return the prompt for the last question; None where only the engine can tell."""
        ...

    def declined(self, plan: ContextPlan) -> None:
        """Explain a prompt that is too long, once it is back where it was written."""
        ...


class CompleteAnswer(msgspec.Struct, frozen=True):
    """An answer from its first word to its end."""

    text: str
    finish_reason: str
    metrics: ReplyMetrics
    thinking: str = ""
    """Text of what the model thought before it answered."""
    template_reason: Reason | None = None
    """Reason why the model's own chat template did not make the prompt; None where it did."""
    remark: Reason | None = None
    """Remark on an odd reply; see `Finished.remark`."""


async def answer_completely(
    host: EngineHost,
    request: AnswerRequest,
    *,
    on_text: Callable[[str], None] = lambda _text: None,
    on_repetition: Callable[[str], None] = lambda _text: None,
) -> CompleteAnswer:
    """Return the answer of the loaded model once it is complete, or stopped.

    Args:
        host: the host of the model.
        request: what is asked.
        on_text: takes the answer as it comes.
        on_repetition: takes a text that the reply repeats without end, once.

    Raises:
        EngineFailure: the prompt is too long, or the engine failed or ended.
    """
    pieces: list[str] = []
    thoughts: list[str] = []
    template_reason = None
    async for event in host.answer(request):
        match event:
            case Prompted():
                template_reason = event.reason
            case Text(thinking=True):
                thoughts.append(event.text)
            case Text():
                pieces.append(event.text)
                on_text(event.text)
            case Repeating():
                on_repetition(event.text)
            case Finished():
                return CompleteAnswer(
                    "".join(pieces),
                    event.reason,
                    event.metrics,
                    "".join(thoughts),
                    template_reason,
                    event.remark,
                )
            case Failed():
                raise EngineFailure(event)
            case _:
                pass
    raise RuntimeError("the engine's events have no end")


async def answer_conversation(
    host: EngineHost,
    view: AnswerView,
    conversation: Conversation,
    make_request: Callable[[], AnswerRequest],
    planner: AnswerPlanner | None = None,
) -> ReplyMetrics | None:
    """Answer the last question of a conversation into a view; waits for a load that is under way.

    Args:
        host: the host of the model.
        view: takes the answer.
        conversation: its open reply is written.
        make_request: called once the model is there; the request needs no messages yet.
        planner: leaves turns out and refuses a prompt that is too long; None leaves that to the engine.

    Returns:
        The cost of the reply; None when it was refused or failed.
    """
    reply_id = conversation.open_reply_id
    await host.until_loaded()
    if host.model is None and reply_id == conversation.open_reply_id:
        view.refuse(NO_MODEL)
        return None
    plan = None
    if planner is not None and reply_id == conversation.open_reply_id:
        plan = await planner.plan(conversation)
    if reply_id != conversation.open_reply_id:
        # A new chat took the question away meanwhile.
        view.end_reply(_WITHDRAWN)
        return None
    if planner is not None and plan is not None and plan.over_tokens:
        view.refuse(None)
        planner.declined(plan)
        return None
    request = make_request()
    part_settings = PartSettings(with_drawn_seed(request.sampling), request.think, bool(request.json_schema))
    has_template = host.loaded is not None and host.loaded.template == "model"
    writer = _ReplyWriter(view, conversation, part_settings, has_template=has_template)
    request = msgspec.structs.replace(
        request,
        messages=conversation.prompt_messages(plan.dropped_ids if plan is not None else frozenset()),
        sampling=part_settings.sampling,
        continued_text=conversation.continued_text,
        continued_thinking=conversation.continued_thinking,
    )
    async for event in host.answer(request, reply_id):
        writer.take(event)
    return writer.metrics


class _ReplyWriter:
    """Takes the engine's events of one reply to the view and the conversation."""

    def __init__(
        self, view: AnswerView, conversation: Conversation, settings: PartSettings, *, has_template: bool
    ) -> None:
        """`has_template` is False for a model whose plain transcript was reported when it was loaded."""
        self.metrics: ReplyMetrics | None = None
        """Cost of the reply; None until it finished."""
        self._view = view
        self._conversation = conversation
        self._reply_id = conversation.open_reply_id
        self._settings = settings
        self._has_template = has_template
        self._start = time.monotonic()
        self._reading_from: tuple[float, int] | None = None
        """Time and tokens that the pace of reading is counted from; None before the first progress."""
        self._prompt_tokens: int | None = None
        self._has_text = False
        self._transcript_reason: Reason | None = None
        self._follows_schema = True

    def take(self, event: ReplyEvent) -> None:
        """Show an event."""
        match event:
            case Prompted():
                self._follows_schema = event.follows_schema
                # A new chat may have taken the reply away meanwhile.
                if self._reply_id is not None and self._reply_id == self._conversation.open_reply_id:
                    self._conversation.set_prompt(event.text, self._settings)
                self._transcript_reason = event.reason if self._has_template else None
            case PromptProgress():
                self._prompt_tokens = event.total_tokens
                self._show_reading(event)
            case Text():
                self._show_text(event)
            case Repeating():
                self._view.note_repetition(event.text)
            case Finished():
                self.metrics = event.metrics
                self._view.end_reply(event)
                if self._transcript_reason is not None:
                    self._view.note_transcript(self._transcript_reason)
                if self._settings.json_schema:
                    self._view.note_schema(followed=self._follows_schema)
            case Failed() if event.kind in REFUSED_PROMPT_KINDS:
                self._view.refuse(event)
            case Failed():
                self._view.end_reply(event)

    def _show_reading(self, progress: PromptProgress) -> None:
        done = progress.done_tokens - progress.cached_tokens
        total = progress.total_tokens - progress.cached_tokens
        if done >= total:
            self._view.hide_reading()
            return
        moment, seconds_left = time.monotonic(), None
        if self._reading_from is not None:
            since, first_done = self._reading_from
            seconds_left = (moment - since) / max(1, done - first_done) * (total - done)
        if self._reading_from is None or self._reading_from[1] == 0:
            # The first call is a small one, whose pace is not that of the others.
            self._reading_from = (moment, done)
        self._view.show_reading(done, total, seconds_left)

    def _show_text(self, event: Text) -> None:
        if not self._has_text:
            self._has_text = True
            self._view.show_first_token(time.monotonic() - self._start - event.seconds)
            self._view.hide_reading()
        if self._prompt_tokens is not None:
            self._view.show_context_used(self._prompt_tokens + event.tokens)
        self._view.append_text(event.text, event.tokens, event.seconds, thinking=event.thinking)
