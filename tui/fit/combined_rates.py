"""Rates of a machine by several calibrations, of which some may have been disturbed."""

import statistics
from collections.abc import Sequence

import msgspec

from tui.fit.rates import Rates

MAX_SPREAD = 0.4
"""Largest spread: calibrations that differ by more were disturbed."""


def combine_rates(calibrations: Sequence[Rates]) -> Rates:
    """Return the rates by all calibrations, the newest first: the median of each figure.

    Of two in the middle the faster one counts, since other programs only ever slow a machine down. So one
    bad calibration never outweighs a good one, and a machine that has changed is followed.
    Those that measured nothing of prompts say nothing of them.
    """
    calibrations = [rates for rates in calibrations if not rates.disturbed] or calibrations
    if len(calibrations) == 1:
        return calibrations[0]
    with_prompts = [rates for rates in calibrations if rates.prompt_seconds]
    combined = Rates(
        bandwidth=statistics.median_high(rates.bandwidth for rates in calibrations),
        type_seconds=_by_type([rates.type_seconds for rates in calibrations]),
        layer_seconds=statistics.median_low(rates.layer_seconds for rates in calibrations),
        small_share=statistics.median_low(rates.small_share for rates in calibrations),
        prompt_seconds=_by_type([rates.prompt_seconds for rates in with_prompts]),
        prompt_layer_seconds=statistics.median_low(
            [rates.prompt_layer_seconds for rates in with_prompts] or [0.0]
        ),
        disturbed=calibrations[0].disturbed,
        count=sum(rates.count for rates in calibrations),
    )
    distances = [_distance(rates, combined) for rates in calibrations]
    # The middle one again: one that was disturbed does not widen the range for all. Of two nobody knows.
    spread = max(distances) if len(distances) == 2 else statistics.median_low(distances)
    return msgspec.structs.replace(combined, spread=min(MAX_SPREAD, spread))


def _by_type(rates: Sequence[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for seconds in rates for name in seconds)
    return {
        name: statistics.median_low(seconds[name] for seconds in rates if name in seconds) for name in names
    }


def _distance(rates: Rates, combined: Rates) -> float:
    """Return how far the speeds of a calibration typically are from the combined ones, as a share."""
    return statistics.median(
        abs(combined.type_seconds[name] / seconds - 1) if seconds > 0 else MAX_SPREAD
        for name, seconds in rates.type_seconds.items()
    )
