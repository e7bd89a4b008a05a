import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.host import Host
from tui.engine.footprint import Footprint
from tui.ui.gauges.stacked_bar import StackedBar, legend_line, stacked_line
from tui.ui.kit.pieces import plain, width_of
from tui.units import GIB, MIB

SIZED = Footprint(int(1.92 * GIB), int(0.88 * GIB), int(0.07 * GIB), int(0.09 * GIB), "engine")


def test_parts_are_scaled_to_the_capacity() -> None:
    sample = Footprint(2 * GIB, GIB, GIB, GIB, "engine")
    assert plain(stacked_line(sample, 10 * GIB, 22 + len(" 10.0 GiB"))) == "▕▓▓▓▓▒▒▚▚▄▄          ▏ 10.0 GiB"


def test_small_part_is_visible() -> None:
    line = plain(stacked_line(SIZED, 24 * GIB, 60))
    assert "▚" in line
    assert "▄" in line


def test_a_footprint_beyond_the_capacity_ends_with_a_plus() -> None:
    assert plain(stacked_line(SIZED, 2 * GIB, 40)).endswith("+▏ 2.00 GiB")
    assert "+" not in plain(stacked_line(SIZED, SIZED.total_bytes, 40))


def test_without_a_capacity_the_parts_fill_the_bar() -> None:
    assert " " not in plain(stacked_line(SIZED, None, 40))


@given(
    st.lists(st.integers(min_value=0, max_value=60 * GIB), min_size=4, max_size=4),
    st.none() | st.integers(min_value=1, max_value=80 * GIB),
    st.integers(min_value=2, max_value=200),
)
def test_the_bar_takes_exactly_its_width(sizes: list[int], capacity: int | None, width: int) -> None:
    assert width_of(stacked_line(Footprint(*sizes, source="formula"), capacity, width)) == width


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (80, "▓ weights 1.92  ▒ KV 0.88  ▚ compute 0.07  ▄ process 0.09 GiB"),
        (56, "▓weights 1.92 ▒KV 0.88 ▚compute 0.07 ▄process 0.09 GiB"),
        (47, "▓ weights 1.92  ▒ KV 0.88  ▚▄ buffers 0.16 GiB"),
        (44, "▓weights 1.92 ▒KV 0.88 ▚▄buffers 0.16 GiB"),
        (36, "model 2.96 GiB"),
    ],
)
def test_the_legend_gives_up_space_then_parts_and_never_words(width: int, expected: str) -> None:
    assert plain(legend_line(SIZED, width)) == expected


def test_a_small_model_is_shown_in_mib() -> None:
    small = Footprint(93 * MIB, 45 * MIB, 12 * MIB, 80 * MIB, "engine")
    assert plain(legend_line(small, 80)) == "▓ weights 93  ▒ KV 45  ▚ compute 12  ▄ process 80 MiB"


async def test_the_widget_draws_bar_and_legend_and_follows_its_footprint() -> None:
    app = Host(StackedBar)
    async with app.run_test(size=(80, 10)) as pilot:
        bar = app.query_one(StackedBar)
        assert bar.render_line(0).text.strip() == ""
        bar.footprint = SIZED
        bar.capacity = 8 * GIB
        await pilot.pause()
        assert bar.render_line(0).text == plain(stacked_line(SIZED, 8 * GIB, 80))
        assert bar.render_line(1).text.rstrip() == plain(legend_line(SIZED, 80))
