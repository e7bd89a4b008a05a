"""Planner of the prompt: which turns of a conversation are sent, checked by counting the whole prompt."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from tui.chat.context import ContextPlan, FullContextPolicy, answer_reserve, plan_context
from tui.chat.conversation import Conversation, Message, Question
from tui.engine.options import AnswerRequest
from tui.engine.protocol import Loaded
from tui.services.context_account import Account
from tui.services.token_counts import Counter

_COUNTS = 4
"""Counts of a whole prompt at most before it is sent; the first is nearly always as expected."""


class PlannerHost(Counter, Protocol):
    """The engine's host, as far as the planner needs it."""

    @property
    def loaded(self) -> Loaded | None:
        """Facts of the loaded model; None while none is loaded."""
        ...


class PromptPlanner:
    """Plans prompts of one conversation at a time, from the tokens of its parts."""

    def __init__(
        self,
        host: PlannerHost,
        default_policy: FullContextPolicy,
        load_context: Callable[[], int],
        request: Callable[[], AnswerRequest],
    ) -> None:
        """Plan for the model that `host` has loaded.

        Args:
            host: the engine with the loaded model.
            default_policy: taken where the conversation has no policy of its own.
            load_context: returns the context in tokens that a model would be loaded with.
            request: makes the request for the next answer, still without messages.
        """
        self._host = host
        self._default_policy: FullContextPolicy = default_policy
        self._load_context = load_context
        self._request = request
        self.account = Account(host)
        """Tokens of each text that was counted; shared with whoever counts."""
        self.dropped_ids: frozenset[int] = frozenset()
        """Questions whose turns were left out of the newest prompt that was sent."""
        self.sent: ContextPlan | None = None
        """The newest prompt that was sent, counted whole; None once its answer has ended."""

    def policy_of(self, conversation: Conversation) -> FullContextPolicy:
        """Return what is done in a conversation when the context is full."""
        return conversation.asking.when_full or self._default_policy

    def forget(self) -> None:
        """Forget the newest prompt: another conversation takes the place of this one."""
        self.sent, self.dropped_ids = None, frozenset()

    def estimate(
        self, conversation: Conversation, messages: Sequence[Message], draft: Question | None
    ) -> ContextPlan:
        """Return the plan by the tokens that are known now, without waiting."""
        loaded = self._host.loaded
        context = loaded.context if loaded is not None else self._load_context()
        parts = self.account.parts(conversation, messages, draft)
        reserve = answer_reserve(context, self._request().sampling.max_tokens)
        return plan_context(parts, context, reserve, self.policy_of(conversation))

    async def count(
        self, conversation: Conversation, messages: Sequence[Message], draft: Question | None
    ) -> ContextPlan:
        """Return a plan whose total the engine has counted; each correction may drop another turn."""
        think = self._request().think
        plan = self.estimate(conversation, messages, draft)
        for _count in range(_COUNTS):
            tokens = await self.account.whole(conversation, messages, draft, plan.dropped_ids, think)
            if tokens is None or tokens == plan.used_tokens:
                break
            system_tokens = plan.parts.system_tokens + tokens - plan.used_tokens
            parts = msgspec.structs.replace(plan.parts, system_tokens=max(0, system_tokens))
            dropped = plan.dropped
            policy = self.policy_of(conversation)
            plan = plan_context(parts, plan.context, plan.answer_tokens, policy)
            if plan.dropped == dropped:
                break
        return plan

    async def plan_next(self, conversation: Conversation) -> ContextPlan | None:
        """Return the prompt to send for the last question; None while no model is loaded.

        A prompt that fits is remembered as sent.
        """
        if self._host.loaded is None:
            return None
        await self.account.learn(conversation, conversation.messages, None)
        plan = await self.count(conversation, conversation.messages, None)
        if not plan.over_tokens:
            self.dropped_ids, self.sent = plan.dropped_ids, plan
        return plan
