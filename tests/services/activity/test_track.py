"""Memory of the timeline: its moments in columns, and phases that follow one another."""

from tui.services.activity.columns import HISTORY_SECONDS, Pace
from tui.services.activity.moment import Moment, Phase
from tui.services.activity.track import Track


def test_a_column_is_the_mean_of_its_moments() -> None:
    track = Track()
    for second, load in enumerate((10.0, 30.0, 50.0, None)):
        track.add(Moment(float(second), 0.0, cpu_percent=load))
    assert [column.cpu_percent if column else None for column in track.columns.last(3)] == [None, 20.0, 50.0]


def test_zoom_recomputes_columns_from_the_same_moments() -> None:
    track = Track()
    for second in range(60):
        track.add(Moment(float(second), 0.0, cpu_percent=float(second)))
    track.zoom(5.0)
    again = [column.cpu_percent for column in track.columns.last(3) if column]
    assert again == [47.0, 52.0, 57.0]


def test_history_is_a_quarter_of_an_hour() -> None:
    track = Track()
    for second in range(2000):
        track.add(Moment(float(second), 0.0))
        track.enter(Phase.READING if second % 2 else Phase.IDLE, float(second))
        track.add_pace(Pace(float(second), 1, 1.0))
    assert track.moments[0].time == 1999 - HISTORY_SECONDS
    assert len(track.moments) == len(track.paces) == HISTORY_SECONDS + 1
    assert len(track.stretches) <= HISTORY_SECONDS / 2 + 1
    assert len(track.columns._sums) <= HISTORY_SECONDS / track.columns.span + 2


def test_clock_going_backwards_restarts_the_history() -> None:
    track = Track()
    track.add(Moment(100.0, 0.0, cpu_percent=1.0))
    track.enter(Phase.LOADING, 100.0)
    track.add(Moment(10.0, 0.0, cpu_percent=2.0))
    assert len(track.moments) == 1
    assert track.phase is Phase.IDLE
    previous, newest = track.columns.last(2)
    assert previous is None
    assert newest is not None
    assert newest.cpu_percent == 2.0


def test_phases_follow_one_another_without_a_gap() -> None:
    track = Track()
    track.enter(Phase.READING, 1.0, 5)
    track.enter(Phase.READING, 1.5, 5)
    track.enter(Phase.GENERATING, 2.0, 5)
    track.enter(Phase.IDLE, 3.0)
    seen = [(stretch.phase, stretch.start, stretch.end, stretch.begins) for stretch in track.stretches_of(5)]
    assert seen == [(Phase.READING, 1.0, 2.0, True), (Phase.GENERATING, 2.0, 3.0, False)]
    assert track.phase is Phase.IDLE
