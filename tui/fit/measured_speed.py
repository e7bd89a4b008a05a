"""What the models that ran here say of speed: their own, and how far off an estimate is of others."""

import math
import statistics
from collections.abc import Callable, Sequence

from tui.fit.measurements import Run
from tui.fit.verdict import Speed
from tui.models.model import Model

SPREAD = 0.15
"""An estimate's range to either side: what measured models were off by, mostly less."""
_LEAST_TOKENS = 16
"""Replies shorter than this say little about speed."""
_LEAST_PROMPT = 64
"""Nor do prompts of which less than this was read."""
_RECENT = 5
"""Of one model, the newest runs that count."""
_FAR = 6.0
"""A run of a model this many doublings larger or smaller says nothing about another."""

Deviation = tuple[int, float]
"""How much a token takes of a model, in bytes or weights, and its measured speed over the estimated one."""


def generation_speed(run: Run) -> float | None:
    """Tokens per second of a reply that is long enough to tell."""
    return run.generation_tps if run.generated_tokens >= _LEAST_TOKENS else None


def prompt_speed(run: Run) -> float | None:
    """Tokens per second of a prompt that is long enough to tell."""
    return run.prompt_tps if run.prompt_tokens >= _LEAST_PROMPT else None


class MeasuredRuns:
    """One kind of speed of all models that ran here."""

    def __init__(self, runs: Sequence[Run], figure: Callable[[Run], float | None]) -> None:
        """`runs` are newest first; `figure` is the speed that a run showed, None where it tells none."""
        self._figure = figure
        self._runs: dict[tuple[str, str, int], list[Run]] = {}
        for run in runs:
            if figure(run):
                self._runs.setdefault((run.model, run.quant, run.weights_bytes), []).append(run)

    def measured(self, model: Model) -> float | None:
        """In tokens per second, the middle of the newest runs of this very model; None for never."""
        return self._typical(self._runs.get((model.name, model.quant, model.weights_bytes), []))

    def deviations(
        self, estimate: Callable[[Run], tuple[int, float] | None], without: Model | None = None
    ) -> list[Deviation]:
        """How far the estimates were off, of every model but `without`.

        `estimate` gives what a token takes of the model that ran, and the seconds that it should take.
        """
        found: list[Deviation] = []
        for (name, quant, _size), runs in self._runs.items():
            if without is not None and (name, quant) == (without.name, without.quant):
                continue
            expected, measured = estimate(runs[0]), self._typical(runs)
            if expected is not None and measured is not None and expected[1] > 0:
                found.append((expected[0], measured * expected[1]))
        return found

    def _typical(self, runs: Sequence[Run]) -> float | None:
        recent = [figure for run in runs[:_RECENT] if (figure := self._figure(run))]
        return statistics.median(recent) if recent else None


def correct_estimate(
    estimate: float, size: int, offs: Sequence[Deviation], ceiling: float, spread: float
) -> Speed:
    """An estimate moved towards what the model of the nearest size that ran here turned out to be.

    Args:
        estimate: tokens per second.
        size: what a token takes of the model, in the unit of `offs`.
        offs: of the models that ran here.
        ceiling: tokens per second that no model of this size exceeds.
        spread: the range to either side, as a share.
    """
    best = estimate
    if offs and size:
        near, off = min(offs, key=lambda one: abs(math.log2(one[0] / size)))
        best *= off ** max(0.0, 1 - abs(math.log2(size / near)) / _FAR)
    best = min(best, ceiling)
    return Speed(best, "estimated", best * (1 - spread), min(best * (1 + spread), ceiling))
