"""Between the chat and the engine: a model is loaded, a question is answered, and both say how it goes."""

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
from tui.engine.options import AnswerRequest, LoadSettings
from tui.engine.protocol import REFUSED_PROMPT_KINDS, Failed, Finished, Loaded, Prompted, PromptProgress, Text
from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _
from tui.models.model import Model
from tui.sentences import Reason
from tui.services.host import EngineHost
from tui.ui.chat.transcript.layout.json_answer import json_notice
from tui.ui.kit.keys import with_keys
from tui.ui.kit.sentences import sentence_with_keys

_SHOW_AFTER_SECONDS = 0.4
"""A prompt that is read faster than this needs no progress bar."""


class NoticeView(Protocol):
    """What says how it goes, in a line; the chat's notice does."""

    def show_progress(
        self, label: str, fraction: float | None = None, seconds_left: float | None = None
    ) -> None:
        """Show how far something is."""
        ...

    def show_error(self, message: str, hint: str = "") -> None:
        """Show what went wrong and what to do."""
        ...

    def clear(self) -> None:
        """Take progress or error away."""
        ...


class AnswerView(Protocol):
    """What shows an answer while it is written; the chat's own does."""

    @property
    def notice(self) -> NoticeView:
        """Says how it goes."""
        ...

    def append_text(
        self,
        text: str,
        tokens: int | None = None,
        seconds: float | None = None,
        *,
        thinking: bool = False,
    ) -> None:
        """Take a piece of the reply, or of its thinking."""
        ...

    def show_first_token(self, seconds: float) -> None:
        """The first token is here."""
        ...

    def show_context_used(self, tokens: int) -> None:
        """Tokens in the context now."""
        ...

    def end_reply(self, end: Finished | Failed | str) -> None:
        """Close the reply."""
        ...

    def decline(self, message: str, hint: str) -> None:
        """Put the question back and say why."""
        ...


class Planner(Protocol):
    """What decides what of a conversation fits into the context; the dashboard's context watch does."""

    async def plan(self, conversation: Conversation) -> ContextPlan | None:
        """What to send for the last question; None where nobody can tell before the engine does."""
        ...

    def declined(self, plan: ContextPlan) -> None:
        """The prompt is too long, and back where it was written."""
        ...


async def load(host: EngineHost, notice: NoticeView, model: Model, settings: LoadSettings) -> Loaded | None:
    """Load a model with progress in the notice; None when that failed or was stopped, which is told there."""
    title = _("Loading {model}…").format(model=model.label)

    def on_progress(fraction: float, seconds_left: float | None) -> None:
        notice.show_progress(title, fraction, seconds_left)

    notice.show_progress(title)
    try:
        loaded = await host.load(model, settings, on_progress)
    except EngineFailure as failure:
        if failure.failed.kind == "stopped" and host.loading:
            # Another model took its place and shows its own progress.
            return None
        notice.show_error(sentence_with_keys(failure.reason), sentence_with_keys(failure.failed.hint))
        return None
    if loaded.template_reason is not None:
        why = sentence_with_keys(loaded.template_reason)
        notice.show_error(
            _("Answers come from a plain transcript: {reason}.").format(reason=why),
            _("A model whose name ends in Instruct or Chat has a template.")
            if loaded.template == "none"
            else _("The log tells more; another file of this model may have a better template."),
        )
    else:
        notice.clear()
    return loaded


async def answer(
    host: EngineHost,
    chat: AnswerView,
    conversation: Conversation,
    request_now: Callable[[], AnswerRequest],
    planner: Planner | None = None,
) -> ReplyMetrics | None:
    """Answer the conversation into the chat; waits for a load that is under way.

    `request_now` is called once the model is there that answers: it makes the request, still without
    messages. `planner` says which turns stay out, and when it is too long all the same; without one the
    engine does.

    Returns what the reply cost, None when there was none or it failed.
    """
    await host.until_loaded()
    if host.model is None:
        chat.decline(
            _("No model is loaded."),
            with_keys(_("Choose one in the list and press {models.choose}."), _("Choose one in the list.")),
        )
        return None
    asked = conversation.open_reply_id
    plan = await planner.plan(conversation) if planner is not None else None
    if asked != conversation.open_reply_id:
        # A new chat took the question away meanwhile.
        chat.end_reply(_("Stopped."))
        return None
    if planner is not None and plan is not None and plan.over_tokens:
        chat.decline("", "")
        planner.declined(plan)
        return None
    has_template = host.loaded is not None and host.loaded.template == "model"
    messages = conversation.prompt_messages(plan.dropped_ids if plan is not None else frozenset())
    request = request_now()
    way = PartSettings(with_drawn_seed(request.sampling), request.think, bool(request.json_schema))
    showing = _Showing(chat, conversation, way, has_template=has_template)
    request = msgspec.structs.replace(
        request,
        messages=messages,
        sampling=way.sampling,
        continued_text=conversation.continued_text,
        continued_thinking=conversation.continued_thinking,
    )
    async for event in host.answer(request, conversation.open_reply_id):
        showing.hear(event)
        if isinstance(event, Finished) and request.json_schema:
            reply = conversation.last_reply
            if reply is not None and (told := json_notice(reply.text, follows=showing.follows_schema)):
                chat.notice.show_error(*told)
    return showing.metrics


class _Showing:
    """Takes what the engine says of one reply to the chat and the conversation."""

    def __init__(
        self, chat: AnswerView, conversation: Conversation, way: PartSettings, *, has_template: bool
    ) -> None:
        self._has_template = has_template
        self.metrics: ReplyMetrics | None = None
        """What it cost; None until it finished."""
        self._chat = chat
        self._conversation = conversation
        self._reply_id = conversation.open_reply_id
        self._way = way
        self._asked = time.monotonic()
        self._prompt_tokens = 0
        self._waiting = True
        self._transcript_reason: Reason | None = None
        self.follows_schema = True
        """False when it goes on without the schema."""

    def hear(self, event: ReplyEvent) -> None:
        """Show what the engine says."""
        match event:
            case Prompted():
                self.follows_schema = event.follows_schema
                # A new chat may have taken the reply away meanwhile.
                if self._reply_id is not None and self._reply_id == self._conversation.open_reply_id:
                    self._conversation.set_prompt(event.text, self._way)
                # Of a model without a template it was said when it was loaded.
                self._transcript_reason = event.reason if self._has_template else None
            case PromptProgress():
                self._prompt_tokens = event.total_tokens
                _show_reading(self._chat, event, time.monotonic() - self._asked)
            case Text():
                self._show_text(event)
            case Finished():
                self.metrics = event.metrics
                self._chat.end_reply(event)
                self._tell_of_transcript()
            case Failed() if event.kind in REFUSED_PROMPT_KINDS:
                self._chat.decline(sentence_with_keys(event.reason), sentence_with_keys(event.hint))
            case Failed():
                self._chat.end_reply(event)

    def _show_text(self, event: Text) -> None:
        if self._waiting:
            self._waiting = False
            self._chat.show_first_token(time.monotonic() - self._asked - event.seconds)
            self._chat.notice.clear()
        self._chat.show_context_used(self._prompt_tokens + event.tokens)
        self._chat.append_text(event.text, event.tokens, event.seconds, thinking=event.thinking)

    def _tell_of_transcript(self) -> None:
        if self._transcript_reason is not None:
            why = sentence_with_keys(self._transcript_reason)
            self._chat.notice.show_error(_("It read a plain transcript: {reason}.").format(reason=why))


def _show_reading(chat: AnswerView, progress: PromptProgress, spent: float) -> None:
    done = progress.done_tokens - progress.cached_tokens
    total = progress.total_tokens - progress.cached_tokens
    if done >= total:
        chat.notice.clear()
    elif spent >= _SHOW_AFTER_SECONDS and done > 0:
        left = spent / done * (total - done)
        title = _("Reading the prompt, {count} tokens…").format(count=f"{total:,}")
        chat.notice.show_progress(title, done / total, left)
