"""Cost of a draft: tokens that the model would read before it answers, and the time to read them."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.messages import Message, Question, Reply
from tui.chat.prompt_messages import attachment_text, prompt_messages, question_text
from tui.engine.options import ChatMessage
from tui.fit.verdict import Speed
from tui.services.context_account import Account
from tui.services.token_counts import Counter, Tokens, estimate

_REPLIES = 4
"""Number of the last replies from which the reading speed is taken."""
_MIN_READ_TOKENS = 32
"""A reply whose prompt had fewer tokens to read says little about the speed."""


class DraftCost(msgspec.Struct, frozen=True):
    """Cost of reading a draft, before its answer begins."""

    new: Tokens
    """Tokens that the model has not read yet."""
    cached: int = 0
    """Tokens that are in the cache already."""
    tokens_per_second: float | None = None
    """Reading speed of the model; None where it is not known."""

    @property
    def seconds(self) -> float | None:
        """Time to read the new tokens; None where the speed is not known."""
        return self.new.count / self.tokens_per_second if self.tokens_per_second else None


class DraftHost(Counter, Protocol):
    """The engine's host, as far as a draft needs it."""

    @property
    def answering(self) -> bool:
        """True while it answers."""
        ...


class DraftCounter:
    """Counts drafts with the loaded model; estimates while none is loaded or it answers."""

    def __init__(self, host: DraftHost, account: Account, think: Callable[[], bool | None]) -> None:
        """Count with the model of `host`.

        Args:
            host: the engine with the loaded model.
            account: tokens of the parts of conversations, shared with whoever plans the prompts.
            think: returns whether the next answer is asked to think first.
        """
        self._host = host
        self._account = account
        self._think = think
        self.predicted_speed: Speed | None = None
        """Predicted speed of the loaded model in reading a prompt, for as long as nothing was measured."""

    async def cost(
        self,
        conversation: Conversation,
        draft: Question,
        edited: int | None = None,
        dropped_ids: frozenset[int] = frozenset(),
    ) -> DraftCost:
        """Return the cost of a draft at the end of a conversation, or in place of the edited question.

        Turns whose question's id is in `dropped_ids` are left out.
        """
        messages = messages_with_draft(conversation, draft, edited, dropped_ids)
        if self._host.answering or conversation.open_reply_id is not None:
            # The conversation before it will be in the cache by the time the draft is sent.
            return DraftCost(Tokens(estimate(messages[-1].content), exact=False))
        counts = self._account.counts
        texts = map(attachment_text, draft.attachments)
        uncounted = tuple(text for text in texts if not counts.now(text).exact)
        counted = await counts.prompt(messages, uncounted, self._think())
        if counted is None:
            parts = self._account.parts(conversation, messages_before(conversation, edited), draft)
            dropped = sum(turn.tokens for turn in parts.turns if turn.id in dropped_ids)
            return DraftCost(Tokens(parts.tokens - dropped, exact=False))
        new = max(counted.prompt_tokens - counted.cached_tokens, 0)
        return DraftCost(Tokens(new), counted.cached_tokens, self._speed(conversation.messages))

    def attachment_tokens(self, draft: Question) -> list[Tokens]:
        """Return the tokens of each attachment of a draft as the model reads it, without waiting."""
        counts = self._account.counts
        return [counts.now(attachment_text(attachment)) for attachment in draft.attachments]

    def _speed(self, messages: Sequence[Message]) -> float | None:
        model = self._host.model
        label = model.label if model is not None else None
        replies = [message for message in messages if isinstance(message, Reply) and message.model == label]
        measured = reading_speed(replies)
        return measured or (self.predicted_speed.value if self.predicted_speed else None)


def messages_with_draft(
    conversation: Conversation,
    draft: Question,
    edited: int | None = None,
    dropped_ids: frozenset[int] = frozenset(),
) -> tuple[ChatMessage, ...]:
    """Return the messages to send with a draft at the end, or in place of the edited question.

    Turns whose question's id is in `dropped_ids` are left out.
    """
    closed = messages_before(conversation, edited)
    if closed and isinstance(closed[-1], Question) and conversation.open_reply_id is not None:
        # The answer before the draft is still being written, so the draft stands alone.
        return (ChatMessage("user", question_text(draft)),)
    return prompt_messages(
        (*closed, draft),
        conversation.system,
        keep_thinking=conversation.keep_thinking,
        without=dropped_ids,
    )


def messages_before(conversation: Conversation, edited: int | None) -> Sequence[Message]:
    """Return the closed messages before a draft: those before the edited question, or all."""
    closed = [message for message in conversation.messages if message.id != conversation.open_reply_id]
    count = next((index for index, message in enumerate(closed) if message.id == edited), len(closed))
    return closed[:count]


def reading_speed(replies: Sequence[Reply]) -> float | None:
    """Return prompt tokens per second over the last replies with enough of them; None where there is none."""
    readings = [
        (metrics.read_tokens, metrics.prompt_seconds)
        for reply in replies
        if (metrics := reply.metrics) is not None and metrics.read_tokens and metrics.prompt_seconds
    ]
    last = [reading for reading in readings if reading[0] >= _MIN_READ_TOKENS][-_REPLIES:]
    tokens, seconds = sum(reading[0] for reading in last), sum(reading[1] for reading in last)
    return tokens / seconds if seconds else None
