import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.gauges.bar import BarPart, bar_cells, capped, level_bar, marked_bar, share_cells
from tui.ui.gauges.thresholds import LOAD, MEMORY, PRESSURE, level_at
from tui.ui.kit.pieces import Piece, plain, width_of


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [
        (0.0, "    "),
        (0.5, "██  "),
        (1.0, "████"),
        (0.25 + 1 / 32, "█▏  "),
        (0.25 + 7 / 32, "█▉  "),
        (0.0001, "▏   "),
        (1.7, "████"),
        (-1.0, "    "),
    ],
)
def test_a_bar_is_drawn_in_eighths(fraction: float, expected: str) -> None:
    assert bar_cells(fraction, 4) == expected


@given(st.floats(min_value=-1, max_value=2), st.integers(min_value=0, max_value=80))
def test_a_bar_takes_exactly_its_width(fraction: float, width: int) -> None:
    assert len(bar_cells(fraction, width)) == width


def test_a_bar_changes_colour_at_the_steps() -> None:
    assert level_bar(1.0, 20, LOAD) == [Piece("█" * 12, "calm"), Piece("█" * 8, "busy")]


def test_dots_lead_from_the_used_part_to_the_mark() -> None:
    bar = marked_bar([BarPart(0.55, "")], 10, 0.9, MEMORY)
    assert plain(bar) == "█████▌··▼ "


def test_cache_gives_way_to_the_planned_extension() -> None:
    parts = [BarPart(0.4, ""), BarPart(0.3, "cache", "░", yields=True)]
    assert plain(marked_bar(parts, 10, None, MEMORY)) == "████░░░   "
    assert plain(marked_bar(parts, 10, 0.6, MEMORY)) == "████·▼░   "


def test_the_engines_part_has_a_glyph_and_a_role_of_its_own() -> None:
    bar = marked_bar([BarPart(0.3, ""), BarPart(0.2, "engine", "▓")], 10, None, MEMORY)
    assert bar == [Piece("███", "low"), Piece("▓▓", "engine"), Piece("     ", "track")]


def test_a_mark_beyond_the_capacity_is_at_the_end_with_a_plus() -> None:
    assert plain(marked_bar([BarPart(0.5, "")], 10, 1.4, MEMORY)) == "█████···▼+"


def test_a_mark_at_exactly_the_capacity_has_no_plus() -> None:
    assert plain(marked_bar([BarPart(0.5, "")], 10, 1.0, MEMORY)) == "█████····▼"


def test_an_unknown_capacity_gives_an_empty_bar() -> None:
    assert plain(marked_bar([], 6, None, MEMORY)) == " " * 6


shares = st.lists(st.floats(min_value=0, max_value=0.25), max_size=4)


@given(shares, st.integers(min_value=0, max_value=60), st.none() | st.floats(min_value=0, max_value=3))
def test_a_marked_bar_takes_exactly_its_width(fractions: list[float], width: int, mark: float | None) -> None:
    parts = [
        BarPart(fraction, role, "▒")
        for fraction, role in zip(fractions, ("", "engine", "cache", "b"), strict=False)
    ]
    assert width_of(marked_bar(parts, width, mark, MEMORY)) == width


@given(shares, st.integers(min_value=8, max_value=60))
def test_every_part_above_zero_is_visible(fractions: list[float], width: int) -> None:
    counts = share_cells(fractions, width)
    assert sum(counts) <= width
    assert all(count > 0 for count, fraction in zip(counts, fractions, strict=True) if fraction > 0)


def test_caps_show_the_extent_without_colour() -> None:
    assert plain(capped(level_bar(0.5, 4, LOAD))) == "▕██  ▏"


@pytest.mark.parametrize(
    ("percent", "name"), [(-1, "low"), (4.9, "low"), (5, "some"), (19.9, "some"), (20, "high")]
)
def test_a_step_begins_at_its_percentage(percent: float, name: str) -> None:
    assert level_at(percent, PRESSURE) == name


def test_a_ceiling_is_a_tick_in_the_first_cell_past_it() -> None:
    assert plain(marked_bar([BarPart(0.5, "")], 12, None, MEMORY, 2 / 3)) == "██████  ╎   "
    assert plain(marked_bar([BarPart(1.0, "")], 12, None, MEMORY, 2 / 3)) == "████████╎███"
    assert plain(marked_bar([BarPart(0.5, "")], 12, 0.75, MEMORY, 2 / 3)) == "██████··▼   "
    assert "╎" not in plain(marked_bar([], 12, None, MEMORY, 1.0))
