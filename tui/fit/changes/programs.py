"""Which programs to close so that a model that is tight now fits."""

from collections.abc import Sequence

import msgspec

from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.placement import Parts
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.programs import Program

_OFFERED = 3
"""Programs that are each enough alone; more to choose from would only be longer to read."""


def closing(
    fit: Fit,
    pools: Sequence[Pool],
    settings: LoadSettings,
    programs: Sequence[Program],
    parts: Parts | None = None,
) -> list[tuple[Program, ...]]:
    """The ways to make a tight model fit by closing programs, the fewest and smallest that are enough.

    Only what lies in system memory: a card's memory is not given back by what these programs hold. `parts`
    are those that the verdict was found with.
    """
    if fit.verdict is not Verdict.TIGHT or not pools or pools[0].kind == "vram":
        return []
    rising = sorted(programs, key=lambda one: one.memory_bytes)
    alone = [(one,) for one in rising if _enough(fit, pools, settings, (one,), parts)]
    if alone:
        return alone[:_OFFERED]
    together: tuple[Program, ...] = ()
    for one in reversed(rising):
        together = (*together, one)
        if _enough(fit, pools, settings, together, parts):
            return [together]
    return []


def _enough(
    fit: Fit,
    pools: Sequence[Pool],
    settings: LoadSettings,
    closed: Sequence[Program],
    parts: Parts | None,
) -> bool:
    """True when the model would fit with their memory free, past the margin that holds a verdict steady."""
    if fit.footprint is None:
        return False
    pool = pools[0]
    free = min(pool.capacity_bytes, pool.free_bytes + sum(one.memory_bytes for one in closed))
    then = msgspec.structs.replace(pool, free_bytes=free)
    after = judge.judge(fit.footprint, [then, *pools[1:]], settings, parts, previous=Verdict.TIGHT)
    return after.verdict is Verdict.FITS
