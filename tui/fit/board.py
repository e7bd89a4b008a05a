"""The verdicts on a whole list: footprints against the machine as it is now."""

import functools
from collections.abc import Sequence
from typing import Protocol

import msgspec

from tui.engine.options import LoadSettings
from tui.fit import formula, judge
from tui.fit.placement import parts_of, place_on_card
from tui.fit.sizing import Sized
from tui.fit.verdict import Fit, Pool, Speed, Verdict
from tui.models.model import Model, Shape
from tui.sentences import reason


class Measurements(Protocol):
    """What is known of a machine besides its memory."""

    def speed(self, model: Model, fit: Fit, settings: LoadSettings) -> Speed:
        """How fast a model with this verdict generates."""
        ...

    def prompt_speed(self, model: Model, fit: Fit) -> Speed:
        """How fast it reads a prompt."""
        ...

    def measured_bytes(self, model: Model, settings: LoadSettings) -> int | None:
        """The peak that it was seen to take with these settings; None when it never ran so."""
        ...


_NOTABLE_SHARE = 200
"""Free memory that moved by less than this part of the capacity leaves verdicts alone."""


def settings_for(model: Model, settings: LoadSettings) -> LoadSettings:
    """The settings a model would really be loaded with: never a longer context than it was trained for."""
    longest = model.shape.context_length if model.shape else 0
    if 0 < longest < settings.context:
        return msgspec.structs.replace(settings, context=longest)
    return settings


def fit_model(
    model: Model,
    sized: Sized,
    pools: Sequence[Pool],
    settings: LoadSettings,
    previous: Fit | None = None,
    measurements: Measurements | None = None,
) -> Fit:
    """The verdict on one model; a pure function of its arguments. `known` adds how fast it is."""
    fit = _judged(model, sized, pools, settings, previous)
    if measurements is None:
        return fit
    return msgspec.structs.replace(
        fit,
        speed=measurements.speed(model, fit, settings),
        prompt_speed=measurements.prompt_speed(model, fit),
        measured_bytes=measurements.measured_bytes(model, settings),
    )


def _judged(
    model: Model, sized: Sized, pools: Sequence[Pool], settings: LoadSettings, previous: Fit | None
) -> Fit:
    """On one card where that is enough, else on several together."""
    fit = _judged_on(model, sized, pools, settings, previous)
    together = pools[0].together
    if together is None or fit.verdict in (Verdict.FITS, Verdict.UNKNOWN):
        return fit
    spread = _judged_on(model, sized, (together, *pools[1:]), settings, previous)
    ranks = list(Verdict)
    return spread if ranks.index(spread.verdict) < ranks.index(fit.verdict) else fit


def _judged_on(
    model: Model, sized: Sized, pools: Sequence[Pool], settings: LoadSettings, previous: Fit | None
) -> Fit:
    if sized.footprint is None:
        return judge.unknown(sized.reason or reason("fit.header_without_shape"), settings)
    carded, shared = pools[0].kind == "vram", pools[0].share is not None
    parts = parts_of(model, sized.footprint, settings) if carded or shared else None
    device = place_on_card(sized.footprint, parts, pools[0].cards).device_bytes
    needs = [(device, pools[0].gpu_room_bytes)] if carded or shared else []
    if not carded:
        needs.append((sized.footprint.total_bytes, pools[0].room_now_bytes))
    longest = [_longest_context(model.shape, need, room, settings) for need, room in needs]
    # Of memory of which nobody can read what is free, no context can be said to fit now.
    told = [one for one in longest if one is not None and pools[0].free_known]
    return judge.judge(
        sized.footprint,
        pools,
        settings,
        parts,
        max_context=min(told) if len(told) == len(longest) else None,
        previous=previous.verdict if previous else None,
    )


def free_memory_moved(before: Sequence[Pool], now: Sequence[Pool]) -> bool:
    """True when free memory changed enough to judge again."""
    if len(before) != len(now):
        return True
    return any(
        abs(old.free_bytes - new.free_bytes) > new.capacity_bytes // _NOTABLE_SHARE
        or msgspec.structs.replace(old, free_bytes=0) != msgspec.structs.replace(new, free_bytes=0)
        for old, new in zip(before, now, strict=True)
    )


def _longest_context(shape: Shape | None, need: int, room: int, settings: LoadSettings) -> int | None:
    """The largest context that fits now: what is needed of the room, moved along by the closed form."""
    if shape is None:
        return None
    fixed = need - formula.kv_bytes(shape, settings) - formula.compute_bytes(shape, settings)
    # Threads and the context asked for change nothing, so the same question comes back for most rows.
    return _longest_within(shape, msgspec.structs.replace(settings, context=1, threads=0), room - fixed)


@functools.lru_cache(maxsize=8192)
def _longest_within(shape: Shape, settings: LoadSettings, room_bytes: int) -> int | None:
    """The largest context whose cache and buffers are within `room_bytes`."""

    def total_at(context: int) -> int:
        other = msgspec.structs.replace(settings, context=context)
        return formula.kv_bytes(shape, other) + formula.compute_bytes(shape, other)

    return judge.max_context(total_at, room_bytes, shape.context_length)
