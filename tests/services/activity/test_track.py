"""What the timeline remembers: moments, columns, stretches, and the energy between two times."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reasons import because
from tests.ui.host import card, card_reading, engine, memory, reading
from tui.hardware.reading import Reading, known, unknown
from tui.services.activity.columns import HISTORY_SECONDS, Columns, Pace
from tui.services.activity.moment import Moment, Phase, moment_of
from tui.services.activity.power import energy_between, power_of
from tui.services.activity.track import Track
from tui.units import GIB


def drawing(package: float | None = None, battery: float | None = None, **rest: object) -> Reading:
    return msgspec.structs.replace(
        reading(**rest),
        cpu_power_watts=known(package, "test") if package is not None else unknown(because("for root only")),
        battery_watts=known(battery, "test") if battery is not None else unknown(because("plugged in")),
    )


def moments(*watts: float | None, start: float = 0.0, source: str = "package") -> list[Moment]:
    """One a second."""
    return [
        Moment(
            start + second,
            0.0,
            watts=each,
            watts_source=source,
            watts_reason=None if each else because("closed"),
        )
        for second, each in enumerate(watts)
    ]


def test_a_moment_has_the_figures_of_its_reading() -> None:
    one = reading(
        load=97, held=memory(5.0, cache=2.0), gpus=(card_reading(load=21),), process=engine(1.0, 0.5)
    )
    moment = moment_of(one, (card(),), 12.0, Phase.GENERATING, 40, 71.0)
    assert (moment.cpu_percent, moment.gpu_percent, moment.celsius) == (97, 21, 54)
    assert moment.engine_bytes == 1.5 * GIB
    # The mapped weights are in use, as on the gauge.
    assert moment.memory_used == 5.5 * GIB
    assert moment.vram_total == 12 * GIB
    assert (moment.phase, moment.tokens, moment.rate) == (Phase.GENERATING, 40, 71.0)


def test_memory_of_a_gpu_that_shares_it_is_no_vram() -> None:
    moment = moment_of(reading(gpus=(card_reading(),)), (card(shares=True),), 0.0)
    assert moment.vram_used is None


def test_an_unknown_figure_stays_unknown() -> None:
    moment = moment_of(reading(load=None), (), 0.0)
    assert moment.cpu_percent is None
    assert moment.gpu_percent is None
    assert moment.watts is None
    assert moment.watts_reason


@pytest.mark.parametrize(
    ("one", "cards", "watts", "words"),
    [
        (drawing(package=15.0), (), 15.0, "processor package"),
        (drawing(package=15.0, gpus=(card_reading(),)), (0,), 80.0, "processor package and GPU"),
        (drawing(package=15.0, gpus=(card_reading(),)), (), 15.0, "processor package"),
        (drawing(battery=22.0), (), 22.0, "whole machine, from its battery"),
        (drawing(gpus=(card_reading(),)), (0,), 65.0, "GPU alone"),
    ],
    ids=["package", "package and card", "graphics in the package", "battery", "card"],
)
def test_power_says_what_draws_it(one: Reading, cards: tuple[int, ...], watts: float, words: str) -> None:
    power = power_of(one, cards)
    assert (power.value, power.source) == (watts, words)


def test_power_that_nobody_tells_has_the_reason() -> None:
    assert power_of(drawing(), ()).reason == because("for root only")


def test_energy_is_power_times_time_also_of_parts_of_a_second() -> None:
    # GIVEN 10 W in the second before 1, 20 W before 2, 30 W before 3
    seen = moments(0.001, 10.0, 20.0, 30.0)
    assert energy_between(seen, 0.0, 3.0).joules == pytest.approx(60.0)
    assert energy_between(seen, 0.5, 2.25).joules == pytest.approx(0.5 * 10 + 20 + 0.25 * 30)
    assert energy_between(seen, 1.2, 1.4).joules == pytest.approx(0.2 * 20)
    assert energy_between(seen, 0.0, 3.0).source == "package"


@given(st.floats(0, 9), st.floats(0, 9), st.floats(0, 9))
def test_energy_of_two_parts_is_that_of_the_whole(first: float, second: float, third: float) -> None:
    start, middle, end = sorted((first, second, third))
    seen = moments(*(float(watts) for watts in range(1, 12)))
    parts = [energy_between(seen, start, middle).joules or 0, energy_between(seen, middle, end).joules or 0]
    assert sum(parts) == pytest.approx(energy_between(seen, start, end).joules or 0, abs=1e-9)


@pytest.mark.parametrize(
    ("seen", "start", "end"),
    [
        (moments(10.0, 10.0), 0.5, 1.5),
        (moments(10.0, 10.0, start=5.0), 4.0, 5.5),
        ([], 0.0, 1.0),
    ],
    ids=["not yet", "not before", "nothing"],
)
def test_energy_of_a_time_that_was_not_seen_is_unknown(seen: list[Moment], start: float, end: float) -> None:
    energy = energy_between(seen, start, end)
    assert energy.joules is None
    assert energy.reason


def test_energy_is_unknown_when_the_power_once_was() -> None:
    energy = energy_between(moments(10.0, 10.0, None, 10.0), 0.5, 2.5)
    assert (energy.joules, energy.reason) == (None, "it could not be read: closed")


def test_energy_of_two_sources_is_not_added_up() -> None:
    seen = [*moments(10.0, 10.0), *moments(20.0, start=2.0, source="battery")]
    energy = energy_between(seen, 0.5, 1.5)
    assert energy.joules is None
    assert energy.reason == "what reports the power changed in between"


def test_a_column_is_the_mean_of_its_moments() -> None:
    track = Track()
    for second, load in enumerate((10.0, 30.0, 50.0, None)):
        track.add(Moment(float(second), 0.0, cpu_percent=load))
    assert [column.cpu_percent if column else None for column in track.columns.last(3)] == [None, 20.0, 50.0]


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


def test_a_zoom_sums_the_same_moments_up_anew() -> None:
    track = Track()
    for second in range(60):
        track.add(Moment(float(second), 0.0, cpu_percent=float(second)))
    track.zoom(5.0)
    again = [column.cpu_percent for column in track.columns.last(3) if column]
    assert again == [47.0, 52.0, 57.0]


def test_a_quarter_of_an_hour_is_kept_and_no_more() -> None:
    track = Track()
    for second in range(2000):
        track.add(Moment(float(second), 0.0))
        track.enter(Phase.READING if second % 2 else Phase.IDLE, float(second))
        track.add_pace(Pace(float(second), 1, 1.0))
    assert track.moments[0].time == 1999 - HISTORY_SECONDS
    assert len(track.moments) == len(track.paces) == HISTORY_SECONDS + 1
    assert len(track.stretches) <= HISTORY_SECONDS / 2 + 1
    assert len(track.columns._sums) <= HISTORY_SECONDS / track.columns.span + 2


def test_a_clock_that_runs_backwards_starts_afresh() -> None:
    track = Track()
    track.add(Moment(100.0, 0.0, cpu_percent=1.0))
    track.enter(Phase.LOADING, 100.0)
    track.add(Moment(10.0, 0.0, cpu_percent=2.0))
    assert len(track.moments) == 1
    assert track.phase is Phase.IDLE
    before, newest = track.columns.last(2)
    assert before is None
    assert newest is not None
    assert newest.cpu_percent == 2.0


def test_phases_follow_one_another_without_a_gap() -> None:
    track = Track()
    track.enter(Phase.READING, 1.0, 5)
    track.enter(Phase.READING, 1.5, 5)
    track.enter(Phase.GENERATING, 2.0, 5)
    track.enter(Phase.IDLE, 3.0)
    seen = [(each.phase, each.start, each.end, each.begins) for each in track.stretches_of(5)]
    assert seen == [(Phase.READING, 1.0, 2.0, True), (Phase.GENERATING, 2.0, 3.0, False)]
    assert track.phase is Phase.IDLE
