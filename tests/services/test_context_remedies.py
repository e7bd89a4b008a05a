from tests.fit.machines import RAM_NAME
from tests.ui.model_samples import model
from tui.chat.context import ContextParts, Turn, plan_context
from tui.chat.conversation import Attachment, Question
from tui.engine.options import LoadSettings
from tui.fit.sizing import Sizer
from tui.fit.verdict import Pool, Verdict
from tui.services.context_remedies import (
    DropTurns,
    LongerContext,
    ModelLimit,
    RemoveAttachment,
    droppable_turns,
    longer_context,
    removable_attachments,
)
from tui.units import GIB

LLAMA = model("Llama-3.2-3B-Instruct", is_local=True, weights=2 * GIB)
SETTINGS = LoadSettings(context=8192)
BY_FORMULA = Sizer(None)
"""Sizes without an engine."""


def memory(free: int, capacity: int = 0) -> list[Pool]:
    return [Pool(RAM_NAME, "ram", capacity or free, free, GIB // 2)]


async def test_the_shortest_longer_context_that_holds_the_prompt_comes_with_its_verdict() -> None:
    longer = await longer_context(LLAMA, SETTINGS, 9_000, None, BY_FORMULA, memory(16 * GIB))
    assert isinstance(longer, LongerContext)
    assert longer.settings == LoadSettings(context=16_384)
    assert longer.is_possible
    assert not longer.changes_kv_type
    assert longer.fit is not None
    assert longer.fit.verdict is Verdict.FITS
    # AND one that leaves room for the answer
    longer = await longer_context(LLAMA, SETTINGS, 16_000, None, BY_FORMULA, memory(16 * GIB))
    assert isinstance(longer, LongerContext)
    assert longer.settings.context == 32_768


async def test_smaller_kv_type_is_used_when_only_it_fits() -> None:
    # 32k tokens of KV take 3.5 GiB at f16, about half at q8_0.
    longer = await longer_context(LLAMA, SETTINGS, 20_000, None, BY_FORMULA, memory(6 * GIB))
    assert isinstance(longer, LongerContext)
    assert longer.settings == LoadSettings(context=32_768, kv_type="q8_0")
    assert longer.changes_kv_type


async def test_a_context_that_memory_does_not_allow_is_not_possible() -> None:
    longer = await longer_context(LLAMA, SETTINGS, 20_000, None, BY_FORMULA, memory(3 * GIB))
    assert isinstance(longer, LongerContext)
    assert not longer.is_possible
    assert longer.settings.context == 32_768


async def test_before_the_first_reading_there_is_no_verdict() -> None:
    longer = await longer_context(LLAMA, SETTINGS, 9_000, None, BY_FORMULA, [])
    assert longer == LongerContext(LoadSettings(context=16_384))
    assert LongerContext(LoadSettings(context=16_384)).is_possible


async def test_context_is_limited_to_the_trained_length() -> None:
    longer = await longer_context(LLAMA, SETTINGS, 200_000, None, BY_FORMULA, memory(64 * GIB))
    assert longer == ModelLimit(131_072)
    # AND nothing is said of the model where no context of the program is long enough
    assert await longer_context(LLAMA, SETTINGS, 100_000_000, None, BY_FORMULA, memory(64 * GIB)) is None


TURNS = (Turn(1, 200, pinned=True), Turn(3, 300), Turn(5, 150))


def test_offered_policies_make_the_prompt_fit() -> None:
    plan = plan_context(ContextParts(20, TURNS, Turn(0, 200)), 768, 192, "stop")
    assert plan.over_tokens
    assert droppable_turns(plan, "stop") == [
        DropTurns("keep_pinned", 1, 300),
        DropTurns("drop_oldest", 2, 500),
    ]
    # AND none that would not help
    too_long = plan_context(ContextParts(20, TURNS, Turn(0, 3000)), 768, 192, "stop")
    assert droppable_turns(too_long, "stop") == []
    # AND one that goes further than the policy in force
    pinned_plan = plan_context(ContextParts(20, (TURNS[0],), Turn(0, 600)), 768, 192, "keep_pinned")
    assert [remedy.policy for remedy in droppable_turns(pinned_plan, "keep_pinned")] == ["drop_oldest"]


def test_attachments_whose_removal_helps_are_offered() -> None:
    draft = Question(0, "q", (Attachment("small.md", "x"), Attachment("big.md", "xx"), Attachment("b", "x")))
    plan = plan_context(ContextParts(20, (), Turn(0, 10, 1000)), 512, 128, "stop")

    def count(text: str) -> int:
        return 700 if "xx" in text else 530 if "small" in text else 5

    assert removable_attachments(plan, draft, count) == [
        RemoveAttachment(0, "small.md", 530),
        RemoveAttachment(1, "big.md", 700),
    ]
    # AND those of earlier questions after them, but not of one that is left out anyway
    earlier = [
        Question(1, "gone", (Attachment("gone.md", "xx"),)),
        Question(2, "q", (Attachment("old.md", "xx"), Attachment("tiny.md", "x"))),
    ]
    turns = (Turn(1, 10, 700), Turn(2, 10, 705))
    dropped = plan_context(ContextParts(20, turns, Turn(0, 10, 1000)), 512, 128, "drop_oldest")
    assert dropped.dropped_ids == {1, 2}
    assert removable_attachments(dropped, Question(0, "q"), count, earlier) == []
    full = plan_context(ContextParts(20, turns[1:], Turn(0, 10)), 512, 128, "stop")
    assert removable_attachments(full, Question(0, "q"), count, earlier[1:]) == [
        RemoveAttachment(0, "old.md", 700, question_id=2)
    ]
    fits = plan_context(ContextParts(20, (), Turn(0, 10)), 512, 128, "stop")
    assert removable_attachments(fits, draft, count) == []
