"""Stretches of the engine's work in the columns that they take."""

from tui.services.activity.moment import Phase
from tui.services.activity.stretches import Stretch, Work, span_in, work_in

READING = Stretch(Phase.READING, 1.0, 3.0, 5, begins=True)
GENERATING = Stretch(Phase.GENERATING, 3.0, 5.5, 5, cut=True)


def test_each_column_has_the_greatest_phase_in_it_and_the_ends_of_a_reply() -> None:
    works = work_in([READING, GENERATING], 0, 4, 2.0)
    assert works == [
        Work(Phase.READING, (5,), begun=1),
        Work(Phase.GENERATING, (5,)),
        Work(Phase.GENERATING, (5,), cut=True),
        Work(),
    ]


def test_an_open_stretch_reaches_the_newest_column_and_an_older_one_is_left_out() -> None:
    old, load = Stretch(Phase.READING, 1.0, 3.0, 4), Stretch(Phase.LOADING, 21.0)
    assert [work.phase for work in work_in([old, load], 10, 3, 2.0)] == [Phase.LOADING] * 3


def test_two_replies_in_one_column_are_both_in_it() -> None:
    first = Stretch(Phase.GENERATING, 0.1, 0.4, 1, begins=True)
    second = Stretch(Phase.READING, 0.5, 0.9, 2, begins=True)
    assert work_in([first, second], 0, 1, 1.0) == [Work(Phase.GENERATING, (1, 2), begun=2)]


def test_a_reply_takes_the_columns_from_its_first_stretch_to_its_last() -> None:
    stretches = [READING, GENERATING, Stretch(Phase.LOADING, 6.0, 9.0)]
    assert span_in(stretches, 5, 0, 10, 1.0) == range(1, 6)
    assert span_in(stretches, None, 0, 10, 1.0) == span_in(stretches, 6, 0, 10, 1.0) == range(0)
