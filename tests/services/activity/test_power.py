"""Power of what can be measured, and the energy between two times."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reasons import because
from tests.ui.host import card_reading, reading
from tui.hardware.reading import GpuReading, Reading, known, unknown
from tui.sentences import Reason, reason
from tui.services.activity.moment import Moment
from tui.services.activity.power import Power, energy_between, power_of

PACKAGE = reason("services.package_power")
BATTERY = reason("services.battery_power")


def drawing(package: float | None = None, battery: float | None = None, **figures: object) -> Reading:
    return msgspec.structs.replace(
        reading(**figures),
        cpu_power_watts=known(package, "test") if package is not None else unknown(because("for root only")),
        battery_watts=known(battery, "test") if battery is not None else unknown(because("plugged in")),
    )


def silent_card() -> GpuReading:
    return msgspec.structs.replace(card_reading(), power_watts=unknown(because("for root only")))


def moments(*watts: float | None, start: float = 0.0, source: Reason = PACKAGE) -> list[Moment]:
    """One a second."""
    return [
        Moment(
            start + second,
            0.0,
            watts=sample,
            watts_source=source,
            watts_reason=None if sample else because("closed"),
        )
        for second, sample in enumerate(watts)
    ]


@pytest.mark.parametrize(
    ("sample", "cards", "watts", "source"),
    [
        (drawing(package=15.0), (), 15.0, PACKAGE),
        (drawing(package=15.0, gpus=(card_reading(),)), (0,), 80.0, reason("services.package_and_gpu_power")),
        (drawing(package=15.0, gpus=(card_reading(),)), (), 15.0, PACKAGE),
        (
            drawing(package=15.0, gpus=(silent_card(),)),
            (0,),
            15.0,
            reason("services.package_without_gpu_power"),
        ),
        (drawing(battery=22.0), (), 22.0, BATTERY),
        (drawing(gpus=(card_reading(),)), (0,), 65.0, reason("services.gpu_power")),
    ],
    ids=["package", "package and card", "graphics in the package", "silent card", "battery", "card"],
)
def test_power_has_its_source(sample: Reading, cards: tuple[int, ...], watts: float, source: Reason) -> None:
    power = power_of(sample, cards)
    assert power == Power(watts, source)


def test_unknown_power_has_a_reason() -> None:
    assert power_of(drawing(), ()) == Power(None, reason=because("for root only"))


def test_energy_is_power_times_time_also_of_parts_of_a_second() -> None:
    # GIVEN 10 W in the second before 1, 20 W before 2, 30 W before 3
    seen = moments(0.001, 10.0, 20.0, 30.0)
    assert energy_between(seen, 0.0, 3.0).joules == pytest.approx(60.0)
    assert energy_between(seen, 0.5, 2.25).joules == pytest.approx(0.5 * 10 + 20 + 0.25 * 30)
    assert energy_between(seen, 1.2, 1.4).joules == pytest.approx(0.2 * 20)
    assert energy_between(seen, 0.0, 3.0).source == PACKAGE


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
def test_energy_of_an_unobserved_time_is_unknown(seen: list[Moment], start: float, end: float) -> None:
    energy = energy_between(seen, start, end)
    assert (energy.joules, energy.reason) == (None, reason("services.energy_not_covered"))


def test_energy_is_unknown_after_an_unknown_power() -> None:
    energy = energy_between(moments(10.0, 10.0, None, 10.0), 0.5, 2.5)
    assert (energy.joules, energy.reason) == (None, because("closed"))


def test_energy_of_two_sources_is_not_added_up() -> None:
    seen = [*moments(10.0, 10.0), *moments(20.0, start=2.0, source=BATTERY)]
    energy = energy_between(seen, 0.5, 1.5)
    assert energy.joules is None
    assert energy.reason == reason("services.power_source_changed")


def test_energy_is_unknown_where_a_moment_has_neither_power_nor_reason() -> None:
    gap = [Moment(0.0, 0.0), Moment(1.0, 0.0)]
    assert energy_between(gap, 0.0, 1.0).reason == reason("services.power_gap")
