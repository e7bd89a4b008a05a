"""While a question is written: how many tokens it has, and how long the model will read them."""

from collections.abc import Callable

from textual.timer import Timer

from tui.chat.conversation import Conversation
from tui.chat.messages import Question, Reply
from tui.chat.prompt_messages import prompt_messages, question_text
from tui.engine.options import ChatMessage
from tui.fit.verdict import Speed
from tui.services.host import EngineHost
from tui.services.token_counts import Counts, Tokens, estimate
from tui.ui.chat.pane import ChatPane
from tui.ui.chat.prompt.draft_words import DraftCost

PAUSE_SECONDS = 0.3
"""Of not typing, before the draft is counted."""
_REPLIES = 4
"""How many of the last replies say how fast a prompt is read."""
_SAYS_SOMETHING = 32
"""A reply whose prompt had fewer tokens to read says little about the speed."""


class DraftWatch:
    """Counts the draft in the chat's prompt, a moment after the last key; never while a reply is written."""

    def __init__(
        self, chat: ChatPane, host: EngineHost, counts: Counts, think: Callable[[], bool | None]
    ) -> None:
        """`think` says whether the next answer is asked to think first."""
        self._chat = chat
        self._host = host
        self._counts = counts
        self._think = think
        self._timer: Timer | None = None
        self.predicted: Speed | None = None
        """How fast the loaded model should read a prompt, for as long as nothing was measured."""

    def changed(self) -> None:
        """The draft, the conversation or the model is another one; the count follows."""
        if self._timer is not None:
            self._timer.stop()
        if self._is_empty:
            # At once, so that what was sent does not stand there any more.
            self._chat.prompt_area.cost = None
            return
        self._timer = self._chat.set_timer(PAUSE_SECONDS, self._start)

    def _start(self) -> None:
        self._chat.run_worker(self.count, group="count", exclusive=True)

    async def count(self) -> None:
        """Count the draft, and show what it costs."""
        prompt, area = self._chat.prompt, self._chat.prompt_area
        if self._is_empty:
            area.cost = None
            return
        text, attachments = prompt.text.strip(), prompt.attachments
        edited = self._chat.editing.message_id if self._chat.editing else None
        filling = self._chat.strip.filling
        without = filling.plan.dropped_ids if filling is not None else frozenset[int]()
        messages = with_draft(self._chat.conversation, Question(0, text, attachments), edited, without)
        area.cost = await self._cost(messages, tuple(each.text for each in attachments))
        if prompt.attachments == attachments:
            area.show_tokens([self._counts.now(each.text) for each in attachments])

    async def _cost(self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...]) -> DraftCost:
        if self._host.answering or self._chat.answering:
            # What was said before is in the cache by the time this is asked.
            return DraftCost(Tokens(estimate(messages[-1].content), exact=False))
        unknown = tuple(text for text in texts if not self._counts.now(text).exact)
        counted = await self._counts.prompt(messages, unknown, self._think())
        if counted is None:
            return DraftCost(Tokens(sum(estimate(each.content) for each in messages), exact=False))
        new = max(counted.prompt_tokens - counted.cached_tokens, 0)
        return DraftCost(Tokens(new), counted.cached_tokens, self._speed())

    def _speed(self) -> float | None:
        label = self._chat.model_label
        replies = [m for m in self._chat.conversation.messages if isinstance(m, Reply) and m.model == label]
        measured = reading_speed(replies)
        return measured or (self.predicted.value if self.predicted else None)

    @property
    def _is_empty(self) -> bool:
        editing = self._chat.editing
        if editing is not None and editing.is_answer:
            # Nothing is asked with it.
            return True
        return not self._chat.prompt.text.strip() and not self._chat.prompt.attachments


def with_draft(
    conversation: Conversation,
    draft: Question,
    edited: int | None = None,
    without: frozenset[int] = frozenset(),
) -> tuple[ChatMessage, ...]:
    """The conversation as it would be sent with this question at its end, or in place of the edited one.

    Turns whose question's id is in `without` have no room any more.
    """
    closed = [message for message in conversation.messages if message.id != conversation.open_reply_id]
    before = next((at for at, message in enumerate(closed) if message.id == edited), len(closed))
    closed = closed[:before]
    if closed and isinstance(closed[-1], Question) and conversation.open_reply_id is not None:
        # Its answer is being written, so it stands for itself.
        return (ChatMessage("user", question_text(draft)),)
    return prompt_messages(
        (*closed, draft),
        conversation.system,
        keep_thinking=conversation.keep_thinking,
        without=without,
    )


def reading_speed(replies: list[Reply]) -> float | None:
    """Prompt tokens a second over the last replies that say something about it; None where none does."""
    told = [
        (metrics.prompt_tokens - metrics.cached_tokens, metrics.prompt_seconds)
        for reply in replies
        if (metrics := reply.metrics) is not None and metrics.prompt_seconds > 0
    ]
    last = [each for each in told if each[0] >= _SAYS_SOMETHING][-_REPLIES:]
    tokens, seconds = sum(each[0] for each in last), sum(each[1] for each in last)
    return tokens / seconds if seconds else None
