"""Speeds measured on this machine, and the correction of estimates by them."""

import math
import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tui.fit.measurements import Run
from tui.fit.verdict import Speed
from tui.models.model import Model

SPREAD = 0.15
"""Half the range of an estimate, as a share: measured models were mostly less far off."""
_LEAST_TOKENS = 16
"""Tokens under which a reply says little about speed."""
_LEAST_PROMPT = 64
"""Tokens under which a prompt says little about speed."""
_RECENT = 5
"""Number of the newest runs of a model that count."""
_FAR = 6.0
"""Doublings of size after which a run of one model says nothing about another."""


class Deviation(NamedTuple):
    """Measured speed of a model against the estimated one."""

    token_size: int
    """Bytes that a generated token reads of the model, or weights that a token of a prompt needs."""
    ratio: float
    """Measured speed divided by the estimated one."""


def generation_speed(run: Run) -> float | None:
    """Return the tokens per second of a reply; None when it is too short to tell."""
    return run.generation_tps if run.generated_tokens >= _LEAST_TOKENS else None


def prompt_speed(run: Run) -> float | None:
    """Return the tokens per second of a prompt; None when it is too short to tell."""
    return run.prompt_tps if run.prompt_tokens >= _LEAST_PROMPT else None


class MeasuredRuns:
    """Runs of all models on this machine, seen for one kind of speed."""

    def __init__(self, runs: Sequence[Run], speed_of: Callable[[Run], float | None]) -> None:
        """Group `runs`, newest first, by model; `speed_of` gives the speed of a run, None for none."""
        self._speed_of = speed_of
        self._runs: dict[tuple[str, str, int], list[Run]] = {}
        for run in runs:
            if speed_of(run):
                self._runs.setdefault((run.model, run.quant, run.weights_bytes), []).append(run)

    def measured(self, model: Model) -> float | None:
        """Return the median of the newest runs of this very model in tokens per second; None for never."""
        return self._typical(self._runs.get((model.name, model.quant, model.weights_bytes), []))

    def deviations(
        self, estimate: Callable[[Run], tuple[int, float] | None], without: Model | None = None
    ) -> list[Deviation]:
        """Return the deviation of each model that ran, except of `without`.

        `estimate` gives the size of a token of the model that ran, and the estimated seconds for it.
        """
        deviations: list[Deviation] = []
        for (name, quant, _size), runs in self._runs.items():
            if without is not None and (name, quant) == (without.name, without.quant):
                continue
            expected, measured = estimate(runs[0]), self._typical(runs)
            if expected is not None and measured is not None and expected[1] > 0:
                deviations.append(Deviation(expected[0], measured * expected[1]))
        return deviations

    def _typical(self, runs: Sequence[Run]) -> float | None:
        speeds = [speed for run in runs[:_RECENT] if (speed := self._speed_of(run))]
        return statistics.median(speeds) if speeds else None


def correct_estimate(
    estimate: float, token_size: int, deviations: Sequence[Deviation], ceiling: float, spread: float
) -> Speed:
    """Return an estimate moved towards the deviation of the model of the most similar size that ran here.

    Args:
        estimate: tokens per second.
        token_size: of the model, in the unit of `deviations`.
        deviations: those of the models that ran here.
        ceiling: tokens per second that no model of this size exceeds.
        spread: the range to either side, as a share.
    """
    speed = estimate
    if deviations and token_size:
        nearest = min(deviations, key=lambda deviation: abs(math.log2(deviation.token_size / token_size)))
        doublings = abs(math.log2(token_size / nearest.token_size))
        speed *= nearest.ratio ** max(0.0, 1 - doublings / _FAR)
    speed = min(speed, ceiling)
    return Speed(speed, "estimated", speed * (1 - spread), min(speed * (1 + spread), ceiling))
