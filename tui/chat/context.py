"""Plan of the turns that are sent, and of those left out when the context is full. All in tokens."""

from typing import Literal

import msgspec

FullContextPolicy = Literal["stop", "drop_oldest", "keep_pinned"]
"""Policy for a full context: send nothing, leave out the oldest turns, or those not pinned."""
FULL_CONTEXT_POLICIES: tuple[FullContextPolicy, ...] = ("stop", "drop_oldest", "keep_pinned")

ANSWER_TOKENS = 1024
"""Reserve for an answer of no set length: three quarters of a page of English, longer than most answers."""
_CONTEXT_DIVISOR = 4
"""Divisor of the context: the largest reserve for the answer, and the step in which turns are left out."""


class Turn(msgspec.Struct, frozen=True):
    """Question with its answer; it is sent whole or not at all, so that roles alternate."""

    id: int
    """Id of the question; 0 for a draft."""
    text_tokens: int
    """Tokens of the question, the answer, and what the chat template puts around them."""
    attachment_tokens: int = 0
    thinking_tokens: int = 0
    """Tokens of the answer's thinking, where the conversation keeps it."""
    pinned: bool = False

    @property
    def tokens(self) -> int:
        """Tokens in total."""
        return self.text_tokens + self.attachment_tokens + self.thinking_tokens


class ContextParts(msgspec.Struct, frozen=True):
    """Parts of a conversation in tokens."""

    system_tokens: int
    """Tokens of the system prompt, the user's or the template's own, and of text outside all messages."""
    turns: tuple[Turn, ...]
    """Earlier turns, oldest first."""
    question: Turn
    """Question to be answered, or its draft; never left out."""
    exact: bool = True
    """False where a part is an estimate."""

    @property
    def tokens(self) -> int:
        """Tokens in total."""
        return self.system_tokens + sum(turn.tokens for turn in self.turns) + self.question.tokens


class ContextPlan(msgspec.Struct, frozen=True):
    """Turns that are sent, and turns that are left out."""

    parts: ContextParts
    context: int
    """Length of the context, in tokens."""
    answer_tokens: int
    """Tokens to reserve for the answer."""
    dropped: tuple[Turn, ...] = ()
    """Turns left out, oldest first."""

    @property
    def dropped_ids(self) -> frozenset[int]:
        """Ids of the questions of the turns left out."""
        return frozenset(turn.id for turn in self.dropped)

    @property
    def dropped_tokens(self) -> int:
        """Tokens of the turns left out."""
        return sum(turn.tokens for turn in self.dropped)

    @property
    def sent(self) -> tuple[Turn, ...]:
        """Turns sent before the question, oldest first."""
        dropped = self.dropped_ids
        return tuple(turn for turn in self.parts.turns if turn.id not in dropped)

    @property
    def used_tokens(self) -> int:
        """Tokens of the prompt."""
        return self.parts.tokens - self.dropped_tokens

    @property
    def free_tokens(self) -> int:
        """Tokens free after the prompt, for the answer."""
        return max(0, self.context - self.used_tokens)

    @property
    def over_tokens(self) -> int:
        """Tokens by which the prompt is too long; 0 where it can be sent. An answer needs at least one."""
        return max(0, self.used_tokens - (self.context - 1))

    @property
    def missing_tokens(self) -> int:
        """Tokens missing of the reserve for the answer."""
        return max(0, self.answer_tokens - self.free_tokens)


def answer_reserve(context: int, max_tokens: int | None = None) -> int:
    """Return the tokens to reserve for the answer: its longest length, at most a quarter of the context."""
    return min(max_tokens or ANSWER_TOKENS, context // _CONTEXT_DIVISOR)


def plan_context(
    parts: ContextParts, context: int, answer_tokens: int, policy: FullContextPolicy
) -> ContextPlan:
    """Return the turns to send under a policy.

    Once the prompt leaves no room for the answer, the oldest turns that the policy allows are left out: as
    few as needed, and after them those that end within about the same step of the conversation's length, so
    that most questions leave out the same turns as the one before. A prompt that is too long even then has
    `over_tokens`. A context at least twice as long never leaves out a turn that the shorter one held.
    """
    full_plan = ContextPlan(parts, context, answer_tokens)
    needed = full_plan.missing_tokens + max(0, full_plan.used_tokens - context)
    if policy == "stop" or not needed:
        return full_plan
    # After a turn is left out the engine reads all that follows again: so rarely, and many turns at once.
    step = max(1, context // _CONTEXT_DIVISOR)
    target = -(-needed // step) * step
    dropped: list[Turn] = []
    dropped_tokens = 0
    for turn in parts.turns:
        if policy == "keep_pinned" and turn.pinned:
            continue
        # A little beyond the step, or the next turn would be left out soon after by itself.
        if dropped_tokens >= needed and dropped_tokens + turn.tokens > target + step // _CONTEXT_DIVISOR:
            break
        dropped.append(turn)
        dropped_tokens += turn.tokens
    return ContextPlan(parts, context, answer_tokens, tuple(dropped))
