import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.host import Host
from tests.waiting import until
from tui.chat.context import ContextParts, Turn, plan_context
from tui.ui.chat.context.strip import ContextStrip
from tui.ui.chat.context.strip_lines import (
    Filling,
    context_bar,
    context_line,
    dropping_words,
    legend_lines,
    too_long_words,
)
from tui.ui.kit.pieces import plain, width_of

TURNS = (Turn(1, 100, 400), Turn(3, 500, 0, 300), Turn(5, 700))


def filled(draft: int = 200, context: int = 4096, **changes: object) -> Filling:
    parts = ContextParts(200, TURNS, Turn(0, draft))
    made = plan_context(parts, context, context // 4, "drop_oldest")
    return msgspec.structs.replace(Filling(made, is_draft=True), **changes)


def line(filling: Filling | None, width: int) -> str:
    return plain(context_line(filling, width))


def test_the_parts_lie_side_by_side_scaled_to_the_context() -> None:
    filling = Filling(
        plan_context(ContextParts(1024, (Turn(1, 1024, 1024, 1024),), Turn(0, 1024)), 10_240, 2048, "stop"),
        is_draft=True,
    )
    assert plain(context_bar(filling, 20)) == "▕▓▓▒▒▚▚▄▄░░      ····▏"


def test_the_row_ends_with_the_figures() -> None:
    assert line(filled(), 61) == "context ▕▓▓▒▒▒▒▒▒▒▒▒▒▒▒▚▚▚▚▄▄▄░░      ··········▏ 2400 / 4096"
    # AND gives up the bar where there is no room for one
    assert line(filled(), 30) == "context ▕▓▒▒▒▚▄░·▏ 2400 / 4096"
    assert line(filled(), 24) == "context 2400 / 4096"


def test_an_estimate_says_that_it_is_one() -> None:
    made = filled()
    parts = msgspec.structs.replace(made.plan.parts, exact=False)
    guessed = msgspec.structs.replace(made, plan=plan_context(parts, 4096, 1024, "stop"))
    assert line(guessed, 61).endswith(" about 2400 / 4096")
    assert line(None, 61) == "context n/a"
    # AND nothing at all is no estimate
    nothing = plan_context(ContextParts(0, (), Turn(0, 0), exact=False), 4096, 1024, "stop")
    assert line(Filling(nothing, is_draft=True), 61).endswith("▏    0 / 4096")


def test_a_reply_that_grows_fills_its_turns() -> None:
    before, after = filled(), filled(live_tokens=3424)
    assert after.tokens[1] == before.tokens[1] + 1024
    assert line(after, 61).endswith(" 3424 / 4096")


def test_what_would_be_dropped_is_hatched_where_it_leaves_room() -> None:
    filling = filled(draft=900)
    assert filling.plan.dropped_ids == {1}
    assert filling.dropped_anew == 1
    assert "╱" in line(filling, 61)
    # AND what is gone already is not shown as going
    known = msgspec.structs.replace(filling, before=frozenset({1}))
    assert "╱" not in line(known, 61)
    assert dropping_words(known) == ""


def test_a_prompt_that_is_too_long_fills_the_bar_and_ends_with_a_plus() -> None:
    filling = filled(draft=6000)
    assert "+▏ 6200 / 4096" in line(filling, 61)
    assert too_long_words(filling.plan) == (
        "Even without the older turns this is 6,200 tokens, 2,105 too many for the context of 4,096."
    )
    stopped = plan_context(filling.plan.parts, 4096, 1024, "stop")
    assert too_long_words(stopped) == "This is 8,200 tokens, 4,105 too many for the context of 4,096."


def test_what_sending_drops_is_said_in_words() -> None:
    assert dropping_words(filled(draft=900)) == "Sending drops the oldest turn (500 tokens)."
    assert dropping_words(filled(draft=1800)) == "Sending drops the 2 oldest turns (1,300 tokens)."
    pinned = ContextParts(200, (msgspec.structs.replace(TURNS[0], pinned=True), *TURNS[1:]), Turn(0, 900))
    filling = Filling(plan_context(pinned, 4096, 1024, "keep_pinned"), is_draft=True)
    assert dropping_words(filling) == "Sending drops the oldest turn that is not pinned (800 tokens)."
    assert dropping_words(filled(draft=1)) == ""
    assert dropping_words(None) == ""


def test_the_legend_names_what_is_there() -> None:
    assert [plain(each) for each in legend_lines(filled(), "stop", 61)] == [
        "▓ system 200  ▒ turns 1,300  ▚ attachments 400",
        "▄ thinking 300  ░ draft 200  · kept for the answer 1,024",
        "room left 1,696",
        "when full: stop" + " " * 37 + "w changes",
    ]
    empty = Filling(plan_context(ContextParts(20, (), Turn(0, 0)), 4096, 1024, "stop"), is_draft=True)
    assert plain(legend_lines(empty, "stop", 76)[0]) == (
        "▓ system 20  · kept for the answer 1,024  room left 4,076"
    )


@given(
    st.lists(st.integers(0, 5000), min_size=0, max_size=4),
    st.integers(0, 9000),
    st.integers(1, 20_000),
    st.integers(1, 200),
    st.none() | st.integers(0, 20_000),
)
def test_no_line_is_wider_than_its_place(
    sizes: list[int], draft: int, context: int, width: int, live: int | None
) -> None:
    turns = tuple(Turn(index + 1, size, size // 2, size // 3) for index, size in enumerate(sizes))
    made = plan_context(ContextParts(30, turns, Turn(0, draft)), context, context // 4, "drop_oldest")
    filling = Filling(made, live_tokens=live, is_draft=True)
    assert width_of(context_line(filling, width)) <= width
    assert all(width_of(each) <= width for each in legend_lines(filling, "drop_oldest", width))
    room = max(8, width - 30)
    assert width_of(context_bar(filling, room)) == room + 2


@pytest.mark.parametrize("width", [24, 61, 120])
async def test_the_strip_takes_one_row_and_shows_its_legend_while_it_has_the_focus(width: int) -> None:
    app = Host(ContextStrip)
    async with app.run_test(size=(width, 12)) as pilot:
        strip = app.query_one(ContextStrip)
        app.set_focus(None)
        strip.filling = filled()
        await until(lambda: strip.size.height == 1, "one row")
        assert strip.render_line(0).text.strip() == line(filled(), width - 2).strip()
        app.set_focus(strip)
        await until(lambda: strip.size.height == len(strip.lines(width - 2)), "the legend")
        assert strip.size.height > 2
        # AND the key changes what is done when it is full
        await pilot.press("w")
        assert strip.policy == "drop_oldest"
        await pilot.press("enter", "space")
        assert strip.policy == "stop"
