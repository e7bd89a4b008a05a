"""The engine's work by columns: phases, replies, what was cut short, and the span of one reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.services.activity.moment import Phase
from tui.services.activity.stretches import Stretch, Work, span_in, work_in

REPLY = (
    Stretch(Phase.LOADING, 1.5, 2.9),
    Stretch(Phase.READING, 4.0, 5.5, 7, begins=True),
    Stretch(Phase.GENERATING, 5.5, 7.9, 7),
)


def phases(*stretches: Stretch, first: int = 0, count: int = 10, span: float = 1.0) -> str:
    """The first letters of the phases, a dot for none."""
    return "".join(".LRG"[work.phase] for work in work_in(stretches, first=first, count=count, span=span))


def test_a_stretch_takes_every_column_that_it_touches() -> None:
    assert phases(*REPLY) == ".LL.RGGG.."
    assert phases(*REPLY, span=2.0) == "LLGG......"


def test_only_the_columns_in_view_are_returned() -> None:
    assert phases(*REPLY, first=5, count=3) == "GGG"
    assert phases(*REPLY, first=2, count=3) == "L.R"
    assert phases(*REPLY, first=20, count=3) == "..."
    assert work_in(REPLY, 0, 0, 1.0) == []


def test_without_stretches_there_is_no_work() -> None:
    assert work_in([], 0, 3, 1.0) == [Work()] * 3


def test_an_unfinished_phase_reaches_the_newest_column() -> None:
    assert phases(Stretch(Phase.READING, 2.5), count=5) == "..RRR"


def test_phases_after_the_view_are_left_out() -> None:
    assert phases(Stretch(Phase.READING, 12.0), count=5) == "....."


def test_column_has_its_most_important_phase() -> None:
    stretches = (Stretch(Phase.GENERATING, 1.0, 1.2), Stretch(Phase.LOADING, 1.4, 2.6))
    assert phases(*stretches, count=4) == ".GL."


def test_a_reply_begins_once_though_it_has_several_stretches() -> None:
    works = work_in(REPLY, 0, 10, 1.0)
    assert [work.begun for work in works] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert [work.replies for work in works[3:9]] == [(), (7,), (7,), (7,), (7,), ()]


def test_a_reply_that_began_before_the_view_does_not_begin_in_it() -> None:
    assert [work.begun for work in work_in(REPLY, 5, 3, 1.0)] == [0, 0, 0]


def test_quick_replies_in_one_column_are_counted_and_named_in_order() -> None:
    (work,) = work_in(
        (
            Stretch(Phase.GENERATING, 0.1, 0.3, 5, begins=True),
            Stretch(Phase.READING, 0.4, 0.5, 2, begins=True),
            Stretch(Phase.GENERATING, 0.5, 0.7, 2),
        ),
        0,
        1,
        1.0,
    )
    assert (work.begun, work.replies) == (2, (5, 2))


def test_interruption_is_marked_only_in_its_column() -> None:
    cut = Stretch(Phase.GENERATING, 1.0, 3.2, 1, begins=True, cut=True)
    assert [work.cut for work in work_in((cut,), 0, 5, 1.0)] == [False, False, False, True, False]
    # AND it is not told where its column is out of view
    assert not any(work.cut for work in work_in((cut,), 0, 3, 1.0))


def test_the_span_of_a_reply_goes_from_its_first_stretch_to_its_last() -> None:
    assert span_in(REPLY, 7, 0, 10, 1.0) == range(4, 8)
    assert span_in(REPLY, 7, 5, 2, 1.0) == range(2)


def test_span_of_an_open_reply_reaches_the_newest_column() -> None:
    going = (*REPLY, Stretch(Phase.READING, 8.5, None, 8, begins=True))
    assert span_in(going, 8, 0, 12, 1.0) == range(8, 12)


def test_forgotten_reply_has_no_span() -> None:
    assert list(span_in(REPLY, 9, 0, 10, 1.0)) == []
    assert list(span_in(REPLY, None, 0, 10, 1.0)) == []
    assert list(span_in([], 7, 0, 10, 1.0)) == []


@pytest.mark.parametrize("span", [0.5, 1.0, 5.0])
@given(start=st.floats(0, 100), length=st.floats(0, 50), first=st.integers(-5, 120), count=st.integers(1, 40))
def test_span_covers_exactly_the_columns_with_work(
    span: float, start: float, length: float, first: int, count: int
) -> None:
    stretch = Stretch(Phase.GENERATING, start, start + length, 3, begins=True)
    works = work_in((stretch,), first, count, span)
    marked = [index for index, work in enumerate(works) if 3 in work.replies]
    assert list(span_in((stretch,), 3, first, count, span)) == marked
    assert len(works) == count
