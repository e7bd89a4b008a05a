"""Columns of the timeline: means of their moments, gaps, and the rate of their tokens."""

import pytest

from tui.services.activity.columns import Columns, Pace
from tui.services.activity.moment import Moment


def test_a_column_without_a_moment_shows_the_one_before_it_but_not_its_tokens() -> None:
    columns = Columns(1.0)
    columns.add(Moment(10.0, 0.0, cpu_percent=50.0))
    columns.add_pace(Pace(10.5, 20, 0.5))
    columns.add(Moment(12.0, 0.0, cpu_percent=70.0))
    first, held, last = columns.last(3)
    assert first is not None
    assert held is not None
    assert last is not None
    assert (first.cpu_percent, held.cpu_percent, last.cpu_percent) == (50, 50, 70)
    assert (first.rate, held.rate, last.rate) == (40.0, None, None)


def test_a_sampler_that_stalls_leaves_a_gap() -> None:
    columns = Columns(1.0)
    columns.add(Moment(0.0, 0.0, cpu_percent=50.0))
    columns.add(Moment(20.0, 0.0, cpu_percent=50.0))
    known_ones = [column is not None for column in columns.last(21)]
    assert known_ones == [True] * 3 + [False] * 17 + [True]


def test_the_rate_of_a_column_is_all_its_tokens_over_all_their_seconds() -> None:
    columns = Columns(2.0)
    columns.add(Moment(0.1, 0.0))
    columns.add_pace(Pace(0.5, 10, 0.5))
    columns.add_pace(Pace(1.5, 50, 1.0))
    (column,) = columns.last(1)
    assert column is not None
    assert column.rate == pytest.approx(40.0)
