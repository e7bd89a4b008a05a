import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tui.chat.context import ContextParts, Turn, plan_context
from tui.ui.chat.context.strip_lines import (
    Filling,
    context_bar,
    context_line,
    legend_lines,
)
from tui.ui.kit.pieces import plain, width_of

TURNS = (Turn(1, 100, 400), Turn(3, 500, 0, 300), Turn(5, 700))


def filled(draft: int = 200, context: int = 4096, **changes: object) -> Filling:
    parts = ContextParts(200, TURNS, Turn(0, draft))
    plan = plan_context(parts, context, context // 4, "drop_oldest")
    return msgspec.structs.replace(Filling(plan, is_draft=True), **changes)


def line(filling: Filling | None, width: int) -> str:
    return plain(context_line(filling, width))


def test_the_parts_lie_side_by_side_scaled_to_the_context() -> None:
    filling = Filling(
        plan_context(ContextParts(1024, (Turn(1, 1024, 1024, 1024),), Turn(0, 1024)), 10_240, 2048, "stop"),
        is_draft=True,
    )
    assert plain(context_bar(filling, 20)) == "▕▓▓▒▒▚▚▄▄░░      ····▏"


def test_the_row_ends_with_the_figures() -> None:
    assert line(filled(), 61) == "context ▕▓▓▒▒▒▒▒▒▒▒▒▒▒▒▚▚▚▄▄▄░░      ·········▏ 2,400 / 4,096"
    # AND gives up the bar where there is no room for one
    assert line(filled(), 32) == "context ▕▓▒▒▒▚▄░·▏ 2,400 / 4,096"
    assert line(filled(), 26) == "context 2,400 / 4,096"


def test_estimate_is_marked() -> None:
    filling = filled()
    parts = msgspec.structs.replace(filling.plan.parts, exact=False)
    guessed = msgspec.structs.replace(filling, plan=plan_context(parts, 4096, 1024, "stop"))
    assert line(guessed, 61).endswith(" about 2,400 / 4,096")
    assert line(None, 61) == "context n/a"
    # AND nothing at all is no estimate
    nothing = plan_context(ContextParts(0, (), Turn(0, 0), exact=False), 4096, 1024, "stop")
    assert line(Filling(nothing, is_draft=True), 61).endswith("▏     0 / 4,096")


def test_a_reply_that_grows_fills_its_turns() -> None:
    initial, grown = filled(), filled(live_tokens=3424)
    assert grown.tokens[1] == initial.tokens[1] + 1024
    assert line(grown, 61).endswith(" 3,424 / 4,096")


def test_turns_that_would_be_dropped_are_hatched() -> None:
    filling = filled(draft=900)
    assert filling.plan.dropped_ids == {1}
    assert filling.newly_dropped == 1
    assert "╱" in line(filling, 61)
    # AND what is gone already is not shown as going
    going_on = msgspec.structs.replace(filling, left_out_ids=frozenset({1}))
    assert "╱" not in line(going_on, 61)


def test_a_prompt_that_is_too_long_fills_the_bar_and_ends_with_a_plus() -> None:
    filling = filled(draft=6000)
    assert "+▏ 6,200 / 4,096" in line(filling, 61)


def test_the_legend_names_the_parts() -> None:
    assert [plain(line) for line in legend_lines(filled(), "stop", 61)] == [
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
    plan = plan_context(ContextParts(30, turns, Turn(0, draft)), context, context // 4, "drop_oldest")
    filling = Filling(plan, live_tokens=live, is_draft=True)
    assert width_of(context_line(filling, width)) <= width
    assert all(width_of(line) <= width for line in legend_lines(filling, "drop_oldest", width))
    room = max(8, width - 30)
    assert width_of(context_bar(filling, room)) == room + 2
