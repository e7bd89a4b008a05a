"""Verdicts on a whole list: footprints against the machine as it is now."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.contexts import longest_context
from tui.fit.placement import parts_of, place_on_card
from tui.fit.sizing import Sized
from tui.fit.verdict import Fit, Pool, Speed, Verdict
from tui.models.model import Model
from tui.sentences import reason


class Measurements(Protocol):
    """Speeds and measured peaks of a machine, beside its memory."""

    def speed(self, model: Model, fit: Fit, settings: LoadSettings) -> Speed:
        """Return the speed at which a model with this verdict generates."""
        ...

    def prompt_speed(self, model: Model, fit: Fit) -> Speed:
        """Return the speed at which it reads a prompt."""
        ...

    def measured_bytes(self, model: Model, settings: LoadSettings) -> int | None:
        """Return the peak that it was seen to take with these settings; None when it never ran with them."""
        ...


_NOTABLE_SHARE = 200
"""Free memory that moved by less than this part of the capacity leaves verdicts alone."""


def settings_for(model: Model, settings: LoadSettings) -> LoadSettings:
    """Return the settings to load a model with: never a longer context than it was trained for."""
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
    """Return the verdict on one model; a pure function of its arguments.

    Args:
        model: the model.
        sized: its footprint with these settings; a model at another place needs none.
        pools: the machine's pools, fastest first.
        settings: for which the footprint holds.
        previous: the verdict shown so far, to hold it steady; None for the first one.
        measurements: add speeds and the measured peak; None leaves them out.
    """
    if not model.runs_here:
        fit = judge.elsewhere(model.place, settings)
    else:
        fit = _judge_on_cards(model, sized, pools, settings, previous)
    if model.purpose == "other" and fit.verdict.is_sized and (kind := model.purpose_reason):
        fit = msgspec.structs.replace(
            fit, verdict=Verdict.NO_CHAT, reason=reason("models.no_chat", kind=kind)
        )
    if measurements is None:
        return fit
    return msgspec.structs.replace(
        fit,
        speed=measurements.speed(model, fit, settings),
        prompt_speed=measurements.prompt_speed(model, fit),
        measured_bytes=measurements.measured_bytes(model, settings),
    )


def _judge_on_cards(
    model: Model, sized: Sized, pools: Sequence[Pool], settings: LoadSettings, previous: Fit | None
) -> Fit:
    """Return the verdict on one card where that is enough, else on several together."""
    fit = _judge_on_pools(model, sized, pools, settings, previous)
    together = pools[0].together
    if together is None or fit.verdict is Verdict.FITS or not fit.verdict.is_sized:
        return fit
    spread = _judge_on_pools(model, sized, (together, *pools[1:]), settings, previous)
    ranks = list(Verdict)
    return spread if ranks.index(spread.verdict) < ranks.index(fit.verdict) else fit


def _judge_on_pools(
    model: Model, sized: Sized, pools: Sequence[Pool], settings: LoadSettings, previous: Fit | None
) -> Fit:
    if sized.footprint is None:
        return judge.unknown(sized.reason or reason("fit.header_without_shape"), settings)
    if not pools[-1].capacity_bytes:
        return judge.unknown(reason("fit.memory_size_unknown"), settings)
    has_card, has_share = pools[0].kind == "vram", pools[0].share is not None
    parts = parts_of(model, sized.footprint, settings) if has_card or has_share else None
    device_bytes = place_on_card(sized.footprint, parts, pools[0].cards).device_bytes
    needs = [(device_bytes, pools[0].gpu_room_bytes)] if has_card or has_share else []
    if not has_card:
        needs.append((sized.footprint.total_bytes, pools[0].room_now_bytes))
    limits = [
        longest_context(model.shape, need_bytes, room_bytes, settings) if model.shape else None
        for need_bytes, room_bytes in needs
    ]
    # Of memory of which nobody can read what is free, no context can be said to fit now.
    contexts = [limit for limit in limits if limit is not None and pools[0].free_known]
    return judge.judge(
        sized.footprint,
        pools,
        settings,
        parts,
        max_context=min(contexts) if len(contexts) == len(limits) else None,
        previous=previous.verdict if previous else None,
    )


def free_memory_moved(pools: Sequence[Pool], new_pools: Sequence[Pool]) -> bool:
    """Return True when free memory changed enough to judge again."""
    if len(pools) != len(new_pools):
        return True
    return any(
        abs(pool.free_bytes - new.free_bytes) > new.capacity_bytes // _NOTABLE_SHARE
        or msgspec.structs.replace(pool, free_bytes=0) != msgspec.structs.replace(new, free_bytes=0)
        for pool, new in zip(pools, new_pools, strict=True)
    )
