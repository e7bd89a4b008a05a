import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.chat.context import (
    ANSWER_TOKENS,
    FULL_CONTEXT_POLICIES,
    ContextParts,
    ContextPlan,
    FullContextPolicy,
    Turn,
    answer_reserve,
    plan_context,
)

DROPPING: tuple[FullContextPolicy, ...] = ("drop_oldest", "keep_pinned")


@st.composite
def conversations(draw: st.DrawFn) -> ContextParts:
    turns = tuple(
        Turn(
            index + 1,
            draw(st.integers(0, 600)),
            draw(st.sampled_from((0, 0, 0, 700))),
            draw(st.sampled_from((0, 0, 90))),
            draw(st.booleans()),
        )
        for index in range(draw(st.integers(0, 12)))
    )
    question = Turn(len(turns) + 1, draw(st.integers(0, 900)), draw(st.sampled_from((0, 400))))
    return ContextParts(draw(st.integers(0, 300)), turns, question)


contexts = st.integers(256, 8192)


def planned(parts: ContextParts, context: int, policy: FullContextPolicy) -> ContextPlan:
    return plan_context(parts, context, answer_reserve(context), policy)


@given(conversations(), contexts, st.sampled_from(FULL_CONTEXT_POLICIES))
def test_every_turn_is_sent_or_dropped_whole_and_the_question_is_always_sent(
    parts: ContextParts, context: int, policy: FullContextPolicy
) -> None:
    plan = planned(parts, context, policy)
    assert set(plan.sent) | set(plan.dropped) == set(parts.turns)
    assert not set(plan.sent) & set(plan.dropped)
    assert parts.question.id not in plan.dropped_ids
    # AND the figures add up
    assert plan.used_tokens == parts.system_tokens + parts.question.tokens + sum(t.tokens for t in plan.sent)
    assert plan.used_tokens + plan.dropped_tokens == parts.tokens
    assert (plan.over_tokens > 0) == (plan.free_tokens < 1)


@given(conversations(), contexts)
def test_stop_drops_nothing(parts: ContextParts, context: int) -> None:
    assert planned(parts, context, "stop").dropped == ()


@given(conversations(), contexts)
def test_pinned_turns_are_kept_by_the_policy(parts: ContextParts, context: int) -> None:
    assert not any(turn.pinned for turn in planned(parts, context, "keep_pinned").dropped)


@given(conversations(), contexts)
def test_oldest_turns_are_dropped_first(parts: ContextParts, context: int) -> None:
    plan = planned(parts, context, "drop_oldest")
    assert plan.dropped == parts.turns[: len(plan.dropped)]
    pinned_plan = planned(parts, context, "keep_pinned")
    free = [turn for turn in parts.turns if not turn.pinned]
    assert list(pinned_plan.dropped) == free[: len(pinned_plan.dropped)]


@given(conversations(), contexts, st.sampled_from(FULL_CONTEXT_POLICIES))
def test_nothing_is_dropped_while_there_is_room(
    parts: ContextParts, context: int, policy: FullContextPolicy
) -> None:
    if parts.tokens + answer_reserve(context) <= context:
        assert planned(parts, context, policy).dropped == ()


@given(conversations(), contexts, st.sampled_from(DROPPING))
def test_dropping_stops_within_a_step_of_enough_room(
    parts: ContextParts, context: int, policy: FullContextPolicy
) -> None:
    plan = planned(parts, context, policy)
    needed = parts.tokens + answer_reserve(context) - context
    droppable = [turn for turn in parts.turns if policy == "drop_oldest" or not turn.pinned]
    if plan.missing_tokens:
        assert list(plan.dropped) == droppable
    elif plan.dropped:
        fewer = plan.dropped_tokens - plan.dropped[-1].tokens
        assert fewer < needed or plan.dropped_tokens < needed + context // 4 + context // 16


@given(conversations(), contexts, contexts, st.sampled_from(FULL_CONTEXT_POLICIES))
def test_a_longer_context_is_never_worse(
    parts: ContextParts, first_context: int, second_context: int, policy: FullContextPolicy
) -> None:
    shorter, longer = sorted((first_context, second_context))
    shorter_plan, after = planned(parts, shorter, policy), planned(parts, longer, policy)
    assert after.over_tokens <= shorter_plan.over_tokens
    if not shorter_plan.dropped:
        assert not after.dropped
    if longer >= 2 * shorter:
        assert after.dropped_ids <= shorter_plan.dropped_ids


@given(conversations(), contexts)
def test_keeping_pinned_turns_never_frees_more_than_dropping_any(parts: ContextParts, context: int) -> None:
    assert planned(parts, context, "drop_oldest").over_tokens <= (
        planned(parts, context, "keep_pinned").over_tokens
    )


def test_turns_are_dropped_in_steps_to_keep_the_prompt_cache() -> None:
    # GIVEN a long conversation of short turns
    sizes = random.Random(7)
    turns: list[Turn] = []
    changes, seen = 0, frozenset[int]()
    for number in range(1, 601):
        question = Turn(number, sizes.randint(10, 60))
        plan = planned(ContextParts(20, tuple(turns), question), 4096, "drop_oldest")
        # THEN each turn is sent, and what is left out stays left out
        assert not plan.over_tokens
        assert not plan.missing_tokens
        assert seen <= plan.dropped_ids
        changes += plan.dropped_ids != seen
        seen = plan.dropped_ids
        turns.append(Turn(number, question.text_tokens + sizes.randint(10, 60)))
    # AND the prefix shifts once in ten turns at most, where dropping one by one would do so each time
    assert 0 < changes <= 600 // 10


def test_only_one_turn_is_dropped_when_it_frees_enough() -> None:
    parts = ContextParts(0, (Turn(1, 300), Turn(2, 300)), Turn(3, 50))
    plan = plan_context(parts, 512, 128, "drop_oldest")
    assert plan.dropped_ids == {1}
    assert plan.used_tokens == 350
    assert plan.free_tokens == 162


def test_prompt_too_long_by_itself_has_the_excess() -> None:
    parts = ContextParts(12, (Turn(1, 80),), Turn(2, 700))
    stopped = plan_context(parts, 512, 128, "stop")
    assert stopped.over_tokens == 792 - 511
    dropping = plan_context(parts, 512, 128, "drop_oldest")
    assert dropping.dropped_ids == {1}
    assert dropping.over_tokens == 712 - 511


def test_a_prompt_may_fill_the_context_but_for_one_cell() -> None:
    assert plan_context(ContextParts(0, (), Turn(1, 511)), 512, 128, "stop").over_tokens == 0
    assert plan_context(ContextParts(0, (), Turn(1, 512)), 512, 128, "stop").over_tokens == 1


@pytest.mark.parametrize(
    ("context", "maximum", "room"),
    [(8192, None, ANSWER_TOKENS), (8192, 200, 200), (8192, 5000, 2048), (512, None, 128), (512, 40, 40)],
)
def test_the_room_for_the_answer_is_at_most_a_quarter(context: int, maximum: int | None, room: int) -> None:
    assert answer_reserve(context, maximum) == room
