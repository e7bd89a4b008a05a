"""What of a conversation goes into the context, and what has to stay out when it is full. All in tokens."""

from typing import Literal

import msgspec

FullContextPolicy = Literal["stop", "drop_oldest", "keep_pinned"]
"""What to do when the context is full: send nothing, leave out the oldest turns, or those not pinned."""
FULL_CONTEXT_POLICIES: tuple[FullContextPolicy, ...] = ("stop", "drop_oldest", "keep_pinned")

ANSWER_TOKENS = 1024
"""Room kept for an answer of no set length: three quarters of a page of English, longer than most are."""
_SHARES = 4
"""The answer is kept at most this part of the context free, and turns go in steps of this part of it."""


class Turn(msgspec.Struct, frozen=True):
    """A question with its answer, as it is sent: whole or not at all, so that roles go on alternating."""

    id: int
    """The question's; 0 for a draft."""
    text_tokens: int
    """Question and answer, and what the chat template puts around them."""
    attachment_tokens: int = 0
    thinking_tokens: int = 0
    """Of the answer's thinking, where the conversation keeps that."""
    pinned: bool = False

    @property
    def tokens(self) -> int:
        """All of it."""
        return self.text_tokens + self.attachment_tokens + self.thinking_tokens


class ContextParts(msgspec.Struct, frozen=True):
    """A conversation in tokens, ready to be asked."""

    system_tokens: int
    """The system prompt, the user's or the template's own, and what belongs to no message."""
    turns: tuple[Turn, ...]
    """What came before, oldest first."""
    question: Turn
    """The question to be answered, or the draft of it; never left out."""
    exact: bool = True
    """False where a part of it is an estimate."""

    @property
    def tokens(self) -> int:
        """All of it."""
        return self.system_tokens + sum(turn.tokens for turn in self.turns) + self.question.tokens


class ContextPlan(msgspec.Struct, frozen=True):
    """What is sent of a conversation, and what is not."""

    parts: ContextParts
    context: int
    """Length of the context."""
    answer_tokens: int
    """Room that should stay for the answer."""
    dropped: tuple[Turn, ...] = ()
    """Turns that are left out, oldest first."""

    @property
    def dropped_ids(self) -> frozenset[int]:
        """The questions of the turns that are left out."""
        return frozenset(turn.id for turn in self.dropped)

    @property
    def dropped_tokens(self) -> int:
        """What leaving them out frees."""
        return sum(turn.tokens for turn in self.dropped)

    @property
    def sent(self) -> tuple[Turn, ...]:
        """The turns that are sent before the question, oldest first."""
        out = self.dropped_ids
        return tuple(turn for turn in self.parts.turns if turn.id not in out)

    @property
    def used_tokens(self) -> int:
        """The prompt."""
        return self.parts.tokens - self.dropped_tokens

    @property
    def free_tokens(self) -> int:
        """Room left after the prompt, for the answer."""
        return max(0, self.context - self.used_tokens)

    @property
    def over_tokens(self) -> int:
        """By how much the prompt is too long; 0 where it can be sent. An answer needs one cell at least."""
        return max(0, self.used_tokens - (self.context - 1))

    @property
    def missing_tokens(self) -> int:
        """What is missing of the room that should stay for the answer."""
        return max(0, self.answer_tokens - self.free_tokens)


def answer_reserve(context: int, max_tokens: int | None = None) -> int:
    """Room to keep for the answer: as long as it may get, but at most a quarter of the context."""
    return min(max_tokens or ANSWER_TOKENS, context // _SHARES)


def plan_context(
    parts: ContextParts, context: int, answer_tokens: int, policy: FullContextPolicy
) -> ContextPlan:
    """What to send under a policy.

    Once the prompt leaves no room for the answer, the oldest turns go that may go: as few as suffice, and
    after them those that end about within the same step of the conversation's length, so that most questions
    are sent with the very turns left out that were before. What is too long even then has `over_tokens`.
    A context at least twice as long never leaves out a turn that the shorter one held.
    """
    whole = ContextPlan(parts, context, answer_tokens)
    needed = whole.missing_tokens + max(0, whole.used_tokens - context)
    if policy == "stop" or not needed:
        return whole
    # Leaving a turn out shifts all that follows, and the engine reads it again: so, seldom and much at once.
    step = max(1, context // _SHARES)
    target = -(-needed // step) * step
    dropped: list[Turn] = []
    gained = 0
    for turn in parts.turns:
        if policy == "keep_pinned" and turn.pinned:
            continue
        # A little beyond the step, or each would end in a turn that goes soon after by itself.
        if gained >= needed and gained + turn.tokens > target + step // _SHARES:
            break
        dropped.append(turn)
        gained += turn.tokens
    return ContextPlan(parts, context, answer_tokens, tuple(dropped))
