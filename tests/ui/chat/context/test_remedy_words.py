import msgspec

from tests.services.test_context_remedies import BY_FORMULA, LLAMA, SETTINGS, memory
from tests.ui.chat.context.test_strip_lines import TURNS, filled
from tui.chat.context import ContextParts, Turn, plan_context
from tui.engine.options import LoadSettings
from tui.services.context_remedies import (
    DropTurns,
    LongerContext,
    ModelLimit,
    RemoveAttachment,
    longer_context,
)
from tui.ui.chat.context.remedy_words import (
    dropping_sentence,
    no_longer_context_sentence,
    remedy_content,
    short_answer_sentence,
    too_long_sentence,
)
from tui.ui.chat.context.strip_lines import Filling
from tui.units import GIB


def test_a_sentence_names_the_turns_that_sending_drops() -> None:
    assert dropping_sentence(filled(draft=900)) == "Sending drops the oldest turn (500 tokens)."
    assert dropping_sentence(filled(draft=1800)) == "Sending drops the 2 oldest turns (1,300 tokens)."
    pinned = ContextParts(200, (msgspec.structs.replace(TURNS[0], pinned=True), *TURNS[1:]), Turn(0, 900))
    filling = Filling(plan_context(pinned, 4096, 1024, "keep_pinned"), is_draft=True)
    assert dropping_sentence(filling) == "Sending drops the oldest turn that is not pinned (800 tokens)."
    assert dropping_sentence(filled(draft=1)) == ""
    assert dropping_sentence(None) == ""
    # AND nothing of a turn that is left out already
    going_on = msgspec.structs.replace(filled(draft=900), left_out_ids=frozenset({1}))
    assert dropping_sentence(going_on) == ""


def test_prompt_that_is_too_long_reports_the_tokens_over_the_limit() -> None:
    filling = filled(draft=6000)
    assert too_long_sentence(filling.plan) == (
        "Even without the older turns this is 6,200 tokens, 2,105 too many for the context of 4,096."
    )
    stopped = plan_context(filling.plan.parts, 4096, 1024, "stop")
    assert too_long_sentence(stopped) == "This is 8,200 tokens, 4,105 too many for the context of 4,096."


def test_a_short_answer_says_how_few_tokens_are_left() -> None:
    plan = plan_context(ContextParts(20, (), Turn(0, 3000)), 4096, 2048, "stop")
    assert short_answer_sentence(plan) == "Only 1,076 tokens are left for the answer."


def test_each_remedy_has_its_cost() -> None:
    def text(remedy: LongerContext | DropTurns | RemoveAttachment) -> str:
        return remedy_content(remedy).plain

    assert text(DropTurns("drop_oldest", 1, 150)) == "Drop the oldest turn (150 tokens)"
    assert text(DropTurns("drop_oldest", 2, 1500)) == "Drop the 2 oldest turns (1,500 tokens)"
    assert text(DropTurns("keep_pinned", 1, 300)) == "Drop the oldest turn that is not pinned (300 tokens)"
    assert text(RemoveAttachment(0, "a\x1b.md", 530)) == "Remove a.md (530 tokens)"
    assert text(RemoveAttachment(0, "old.md", 700, question_id=2)) == (
        "Ask again without old.md (700 tokens), which an earlier question had"
    )
    # AND text from outside is no markup
    assert text(RemoveAttachment(0, "[b]it[/b]", 5)) == "Remove [b]it[/b] (5 tokens)"


async def test_a_longer_context_says_its_verdict() -> None:
    longer = await longer_context(LLAMA, SETTINGS, 9_000, None, BY_FORMULA, memory(16 * GIB))
    assert isinstance(longer, LongerContext)
    assert longer.fit is not None
    assert longer.fit.footprint is not None
    size = longer.fit.footprint.total_bytes / GIB
    assert remedy_content(longer).plain == f"Context 16384: ● fits, {size:.2f} GiB"
    smaller = await longer_context(LLAMA, SETTINGS, 20_000, None, BY_FORMULA, memory(6 * GIB))
    assert isinstance(smaller, LongerContext)
    assert remedy_content(smaller).plain.startswith("Context 32768, KV cache q8_0: ")
    assert remedy_content(LongerContext(LoadSettings(context=16_384))).plain == "Context 16384"


async def test_the_reason_for_no_longer_context_is_named() -> None:
    assert no_longer_context_sentence(ModelLimit(131_072)) == ("The model supports at most 131,072 tokens.")
    too_big = await longer_context(LLAMA, SETTINGS, 20_000, None, BY_FORMULA, memory(3 * GIB))
    assert isinstance(too_big, LongerContext)
    assert no_longer_context_sentence(too_big).startswith("Context 32768: ○ too big, ")
