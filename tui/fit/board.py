"""The verdicts on a whole list: footprints against the machine as it is now."""

from collections.abc import Sequence

import msgspec

from tui.engine.protocol import Footprint, LoadSettings
from tui.fit import formula, judge
from tui.fit.sizing import Sized
from tui.fit.verdict import Fit, Pool
from tui.models.model import Model, Shape

_NOTABLE_SHARE = 200
"""Free memory that moved by less than this part of the capacity leaves verdicts alone."""


def settings_for(model: Model, settings: LoadSettings) -> LoadSettings:
    """The settings a model would really be loaded with: never a longer context than it was trained for."""
    longest = model.shape.context_length if model.shape else 0
    if 0 < longest < settings.context:
        return msgspec.structs.replace(settings, context=longest)
    return settings


def fit_model(
    model: Model, sized: Sized, pools: Sequence[Pool], settings: LoadSettings, previous: Fit | None = None
) -> Fit:
    """The verdict on one model; a pure function of model, settings and machine."""
    if sized.footprint is None:
        return judge.unknown(sized.reason or "", settings)
    longest = _longest_context(model.shape, sized.footprint, pools[0], settings)
    return judge.judge(
        sized.footprint,
        pools,
        settings,
        layers=model.shape.layers if model.shape else None,
        max_context=longest,
        previous=previous.verdict if previous else None,
    )


def moved(before: Sequence[Pool], now: Sequence[Pool]) -> bool:
    """True when free memory changed enough to judge again."""
    if len(before) != len(now):
        return True
    return any(
        abs(old.free_bytes - new.free_bytes) > new.capacity_bytes // _NOTABLE_SHARE
        or msgspec.structs.replace(old, free_bytes=0) != msgspec.structs.replace(new, free_bytes=0)
        for old, new in zip(before, now, strict=True)
    )


def _longest_context(
    shape: Shape | None, footprint: Footprint, pool: Pool, settings: LoadSettings
) -> int | None:
    """The largest context that fits now: the known footprint, moved along by the closed form's difference."""
    if shape is None:
        return None
    here = formula.kv_bytes(shape, settings) + formula.compute_bytes(shape, settings)
    fixed = footprint.total_bytes - here
    if pool.kind == "vram":
        fixed -= footprint.process_bytes

    def total_at(context: int) -> int:
        other = msgspec.structs.replace(settings, context=context)
        return fixed + formula.kv_bytes(shape, other) + formula.compute_bytes(shape, other)

    return judge.max_context(total_at, pool.free_bytes - pool.reserve_bytes, shape.context_length)
