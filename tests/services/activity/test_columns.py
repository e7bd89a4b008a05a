"""Columns of time: means, rates, gaps, and the length of the history."""

import pytest

from tui.services.activity.columns import HISTORY_SECONDS, Column, Columns, Pace, peak_of
from tui.services.activity.moment import Moment


def moment(time: float, load: float | None = None) -> Moment:
    return Moment(time, wall=1000.0 + time, cpu_percent=load)


def loads(columns: list[Column | None]) -> list[float | None]:
    return [column.cpu_percent if column is not None else None for column in columns]


def test_column_is_the_mean_of_its_known_values() -> None:
    columns = Columns(2.0, [moment(0, 10.0), moment(1, 30.0), moment(2, 50.0), moment(3, None)])
    first, second = columns.last(2)
    assert loads([first, second]) == [20.0, 50.0]
    assert first is not None
    # The time of a column is that of its last moment.
    assert (first.slot, first.wall) == (0, 1001.0)
    assert first.celsius is None


def test_later_moments_are_added_to_a_column_already_read() -> None:
    columns = Columns(10.0, [moment(0, 10.0)])
    assert loads(columns.last(1)) == [10.0]
    columns.add(moment(5, 30.0))
    assert loads(columns.last(1)) == [20.0]


def test_before_the_first_moment_there_is_nothing() -> None:
    columns = Columns(1.0)
    columns.add_pace(Pace(1.0, 5, 0.5))
    assert columns.newest is None
    assert columns.last(3) == [None] * 3
    columns.add(moment(10, 50.0))
    assert loads(columns.last(3)) == [None, None, 50.0]
    assert columns.last(0) == []


def test_empty_column_repeats_the_previous_one_without_tokens() -> None:
    columns = Columns(1.0)
    columns.add(moment(10, 50.0))
    columns.add_pace(Pace(10.5, 20, 0.5))
    columns.add(moment(12, 70.0))
    columns_shown = columns.last(3)
    assert loads(columns_shown) == [50, 50, 70]
    assert [column.rate if column is not None else 0 for column in columns_shown] == [40.0, None, None]


def test_tokens_are_shown_in_a_column_without_a_reading() -> None:
    columns = Columns(1.0, [moment(10, 50.0)], [Pace(11.5, 30, 0.5)])
    columns.add(moment(12, 70.0))
    columns_shown = columns.last(3)
    assert loads(columns_shown) == [50, 50, 70]
    assert [column.rate if column is not None else 0 for column in columns_shown] == [None, 60.0, None]


@pytest.mark.parametrize(("span", "column_count"), [(0.5, 6), (1.0, 3), (5.0, 1)])
def test_a_sampler_that_stalls_leaves_a_gap_after_three_seconds(span: float, column_count: int) -> None:
    columns = Columns(span, [moment(0, 50.0), moment(20 * span, 50.0)])
    known_flags = [column is not None for column in columns.last(21)]
    assert known_flags == [True] * column_count + [False] * (20 - column_count) + [True]


def test_earlier_value_fills_the_start_of_the_view() -> None:
    columns = Columns(1.0, [moment(0, 50.0), moment(3, 70.0)])
    assert loads(columns.last(2)) == [50, 70]


def test_the_rate_of_a_column_is_all_its_tokens_over_all_their_seconds() -> None:
    columns = Columns(2.0, [moment(0.1)], [Pace(0.5, 10, 0.5), Pace(1.5, 50, 1.0)])
    (column,) = columns.last(1)
    assert column is not None
    assert column.rate == pytest.approx(40.0)


def test_tokens_that_took_no_time_have_no_rate() -> None:
    (column,) = Columns(1.0, [moment(0)], [Pace(0.0, 1, 0.0)]).last(1)
    assert column is not None
    assert column.rate is None


def test_shares_of_memory_need_the_amount_and_the_total() -> None:
    column = Column(0, 0.0, memory_used=3.0, memory_total=4.0, vram_used=2.0)
    assert column.memory_percent == 75.0
    assert column.vram_percent is None
    assert Column(0, 0.0, vram_used=0.0, vram_total=0.0).vram_percent is None
    assert Column(0, 0.0, vram_used=0.0, vram_total=8.0).vram_percent == 0.0


def test_columns_older_than_the_history_are_dropped() -> None:
    columns = Columns(1.0)
    for second in range(3 * int(HISTORY_SECONDS)):
        columns.add(moment(second, 1.0))
    assert len(columns._sums) == HISTORY_SECONDS + 1
    columns_shown = columns.last(2 * int(HISTORY_SECONDS))
    assert [column is None for column in columns_shown].count(False) == HISTORY_SECONDS + 1
    assert columns.newest == 3 * HISTORY_SECONDS - 1


def test_the_peak_is_the_greatest_that_is_known() -> None:
    assert peak_of([None, 3.0, 7.0, None]) == 7.0
    assert peak_of([None]) is None
    assert peak_of([]) is None
