"""Rates by several calibrations."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.fit.combined_rates import MAX_SPREAD, combine_rates
from tui.fit.rates import Rates

GOOD = Rates(2e10, {"Q4_K": 8e-11, "F16": 5e-11}, 1e-4, 0.5, {"Q4_K": 1e-11}, 2e-5)


def slower(factor: float) -> Rates:
    """The same machine while others slow it down."""
    return Rates(
        GOOD.bandwidth / factor,
        {name: seconds * factor for name, seconds in GOOD.type_seconds.items()},
        GOOD.layer_seconds * factor,
        GOOD.small_share,
        {name: seconds * factor for name, seconds in GOOD.prompt_seconds.items()},
        GOOD.prompt_layer_seconds * factor,
    )


def test_single_calibration_is_returned_unchanged() -> None:
    assert combine_rates([GOOD]) is GOOD


@given(st.floats(1.5, 100), st.booleans())
def test_faster_of_two_calibrations_counts_and_the_range_shows_the_difference(
    factor: float, first: bool
) -> None:
    both = [slower(factor), GOOD] if first else [GOOD, slower(factor)]
    rates = combine_rates(both)

    assert msgspec.structs.replace(rates, count=1, spread=0.0) == GOOD
    assert 0.3 < rates.spread <= MAX_SPREAD


@given(st.lists(st.floats(1.5, 100), min_size=1, max_size=2), st.permutations([1.0, 1.05, 0.95]))
def test_minority_of_bad_calibrations_changes_nothing(bad: list[float], good: list[float]) -> None:
    rates = combine_rates([slower(factor) for factor in (*bad, *good)])

    assert 0.94 < rates.type_seconds["Q4_K"] / GOOD.type_seconds["Q4_K"] < 1.06
    assert rates.spread < 0.15
    assert rates.count == len(bad) + 3


def test_calibrations_under_load_count_only_without_others() -> None:
    busy = msgspec.structs.replace(slower(0.5), disturbed=True)

    assert combine_rates([busy, GOOD]) == GOOD
    assert combine_rates([busy, busy]).disturbed


def test_calibration_without_prompts_leaves_prompt_rates_unknown() -> None:
    old = msgspec.structs.replace(GOOD, prompt_seconds={}, prompt_layer_seconds=0.0)

    rates = combine_rates([old, GOOD])

    assert rates.prompt_seconds == GOOD.prompt_seconds
    assert rates.prompt_layer_seconds == pytest.approx(GOOD.prompt_layer_seconds)
