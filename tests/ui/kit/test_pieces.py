"""Lines of pieces: width, cuts and joins."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.kit.pieces import Line, Piece, cut, filled, join_fitting, merged, plain, spread, width_of

LINES = st.lists(
    st.builds(Piece, st.text("ab█　", max_size=6), st.sampled_from(["", "value", "unit"])), max_size=6
)


@given(LINES, st.integers(0, 30))
def test_a_cut_line_never_exceeds_its_width_and_a_short_one_stays_whole(line: Line, width: int) -> None:
    assert width_of(cut(line, width)) <= width
    if width_of(line) <= width:
        assert plain(cut(line, width)) == plain(line)


@given(LINES)
def test_merging_keeps_the_text_and_the_role_of_each_character(line: Line) -> None:
    def characters(pieces: Line) -> list[tuple[str, str]]:
        return [(character, role) for text, role in pieces for character in text]

    result = merged(line)
    assert characters(result) == characters(line)
    assert all(first.role != second.role for first, second in pairwise(result))


@pytest.mark.parametrize(
    ("width", "text"), [(12, "left   right"), (10, "left right"), (9, "left"), (3, "le…")]
)
def test_the_right_side_is_left_out_if_both_do_not_fit(width: int, text: str) -> None:
    assert plain(spread([Piece("left")], [Piece("right")], width)) == text


def test_a_field_that_does_not_fit_is_replaced_by_the_next() -> None:
    fields = [[Piece("one")], [Piece("a long field")], [Piece("two")]]
    assert plain(join_fitting(fields, 10)) == "one  two"
    assert plain(join_fitting(fields, 9, gap=" · ")) == "one · two"
    assert plain(join_fitting(fields[1:], 5)) == "a lo…"


def test_a_sentence_is_filled_with_pieces_in_its_own_order() -> None:
    share, size = [Piece("12", "value"), Piece(" %", "unit")], [Piece("3", "value")]
    line = filled("{size} of it, {share} in use", "dim", share=share, size=size)
    assert plain(line) == "3 of it, 12 % in use"
    assert line[:2] == [Piece("3", "value"), Piece(" of it, ", "dim")]
