import pytest

from tests.fit.machines import RAM_NAME
from tests.ui.host import Host
from tests.ui.model_samples import model
from tests.waiting import until
from tui.chat.context import ContextParts, Turn, plan_context
from tui.chat.conversation import Attachment, Question
from tui.engine.options import LoadSettings
from tui.fit.sizing import Sizer
from tui.fit.verdict import Pool, Verdict
from tui.ui.chat.context.offers import Remedy, drop_remedies, longer_context, remove_remedies
from tui.ui.chat.context.remedy_panel import RemedyList, RemedyPanel
from tui.units import GIB

LLAMA = model("Llama-3.2-3B-Instruct", here=True, weights=2 * GIB)
SETTINGS = LoadSettings(context=8192)


@pytest.fixture
def sizer() -> Sizer:
    """Without an engine: by formula."""
    return Sizer(None)


def memory(free: int, capacity: int = 0) -> list[Pool]:
    return [Pool(RAM_NAME, "ram", capacity or free, free, GIB // 2)]


async def test_the_shortest_longer_context_that_holds_the_prompt_is_offered_with_its_verdict(
    sizer: Sizer,
) -> None:
    longer = await longer_context(LLAMA, SETTINGS, 9_000, None, sizer, memory(16 * GIB))
    assert longer.remedy is not None
    assert longer.remedy.settings == LoadSettings(context=16_384)
    assert longer.remedy.fit is not None
    assert longer.remedy.fit.verdict is Verdict.FITS
    size = longer.remedy.fit.footprint.total_bytes / GIB
    assert longer.remedy.words == f"Context 16384: ● fits, {size:.2f} GiB"
    # AND one that leaves room for the answer
    longer = await longer_context(LLAMA, SETTINGS, 16_000, None, sizer, memory(16 * GIB))
    assert longer.remedy is not None
    assert longer.remedy.settings.context == 32_768


async def test_a_smaller_cache_is_offered_where_only_that_fits(sizer: Sizer) -> None:
    # 32k tokens of KV take 3.5 GiB at f16, about half at q8_0.
    longer = await longer_context(LLAMA, SETTINGS, 20_000, None, sizer, memory(6 * GIB))
    assert longer.remedy is not None
    assert longer.remedy.settings == LoadSettings(context=32_768, kv_type="q8_0")
    assert longer.remedy.words.startswith("Context 32768, KV cache q8_0: ")


async def test_what_memory_does_not_allow_is_said_and_not_offered(sizer: Sizer) -> None:
    longer = await longer_context(LLAMA, SETTINGS, 20_000, None, sizer, memory(3 * GIB))
    assert longer.remedy is None
    assert longer.note.startswith("Context 32768: ○ too big, ")


async def test_before_the_first_reading_it_is_offered_without_a_verdict(sizer: Sizer) -> None:
    longer = await longer_context(LLAMA, SETTINGS, 9_000, None, sizer, [])
    assert longer.remedy == Remedy("longer", "Context 16384", LoadSettings(context=16_384))


async def test_a_model_is_not_given_more_than_it_was_made_for(sizer: Sizer) -> None:
    longer = await longer_context(LLAMA, SETTINGS, 200_000, None, sizer, memory(64 * GIB))
    assert longer.remedy is None
    assert longer.note == "The model was made for at most 131,072 tokens."


TURNS = (Turn(1, 200, pinned=True), Turn(3, 300), Turn(5, 150))


def test_policies_are_offered_that_let_the_prompt_be_sent() -> None:
    made = plan_context(ContextParts(20, TURNS, Turn(0, 200)), 768, 192, "stop")
    assert made.over_tokens
    assert [each.words for each in drop_remedies(made, "stop")] == [
        "Drop the oldest turn that is not pinned (300 tokens)",
        "Drop the 2 oldest turns (500 tokens)",
    ]
    # AND none that would not help
    too_long = plan_context(ContextParts(20, TURNS, Turn(0, 3000)), 768, 192, "stop")
    assert drop_remedies(too_long, "stop") == []
    # AND one that goes further than the policy in force
    kept = plan_context(ContextParts(20, (TURNS[0],), Turn(0, 600)), 768, 192, "keep_pinned")
    assert [each.policy for each in drop_remedies(kept, "keep_pinned")] == ["drop_oldest"]


def test_attachments_are_offered_without_which_it_is_not_too_long() -> None:
    draft = Question(0, "q", (Attachment("small.md", "x"), Attachment("big.md", "xx"), Attachment("b", "x")))
    made = plan_context(ContextParts(20, (), Turn(0, 10, 1000)), 512, 128, "stop")

    def count(text: str) -> int:
        return 700 if "xx" in text else 530 if "small" in text else 5

    assert [each.words for each in remove_remedies(made, draft, count)] == [
        "Remove small.md (530 tokens)",
        "Remove big.md (700 tokens)",
    ]
    # AND those of earlier questions after them, but not of one that is left out anyway
    earlier = [
        Question(1, "gone", (Attachment("gone.md", "xx"),)),
        Question(2, "q", (Attachment("old.md", "xx"), Attachment("tiny.md", "x"))),
    ]
    turns = (Turn(1, 10, 700), Turn(2, 10, 705))
    dropped = plan_context(ContextParts(20, turns, Turn(0, 10, 1000)), 512, 128, "drop_oldest")
    assert dropped.dropped_ids == {1, 2}
    assert remove_remedies(dropped, Question(0, "q"), count, earlier) == []
    full = plan_context(ContextParts(20, turns[1:], Turn(0, 10)), 512, 128, "stop")
    (offer,) = remove_remedies(full, Question(0, "q"), count, earlier[1:])
    assert offer.words == "Ask again without old.md (700 tokens), which an earlier question had"
    assert (offer.question, offer.attachment) == (2, 0)
    fits = plan_context(ContextParts(20, (), Turn(0, 10)), 512, 128, "stop")
    assert remove_remedies(fits, draft, count) == []


async def test_offers_are_shown_chosen_and_taken_away() -> None:
    chosen: list[Remedy] = []

    class Listening(Host):
        def on_remedy_panel_remedy_chosen(self, event: RemedyPanel.RemedyChosen) -> None:
            chosen.append(event.remedy)

    app = Listening(RemedyPanel)
    longer, drop = Remedy("longer", "Context 1024: ● fits, 200 MiB"), Remedy("drop", "Drop [b]it[/b]")
    async with app.run_test(size=(60, 12)) as pilot:
        offers = app.query_one(RemedyPanel)
        assert not offers.display
        assert not offers.enter()
        # GIVEN a warning: a row
        app.screen.set_focus(None)
        offers.show("Sending drops the oldest turn.", [drop], severe=False)
        await until(lambda: offers.size.height == 1, "one row")
        # WHEN one goes there
        assert offers.enter()
        await until(lambda: offers.size.height == 2, "what helps")
        # AND another remedy comes in above
        offers.show("It is too long.", [longer, drop], severe=True)
        await pilot.press("enter")
        await until(lambda: chosen == [drop], "the one that was highlighted")
        await pilot.press("up", "enter")
        await until(lambda: chosen == [drop, longer], "the other one")
        # AND the mouse does the same
        assert await pilot.click(RemedyList, offset=(2, 1))
        await until(lambda: chosen == [drop, longer, drop], "the click")
        offers.clear()
        await until(lambda: not offers.display, "nothing")
