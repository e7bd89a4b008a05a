"""From a footprint and the pools to a verdict with its reason."""

from collections.abc import Callable, Sequence

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit import reasons
from tui.fit.placement import Parts, Placement, on_card, split
from tui.fit.verdict import Fit, Pool, Verdict

_CONTEXT_STEP = 256
_STEADY_SHARE = 50
"""A verdict that was tight turns to fits only past a fiftieth of the capacity, against flicker."""


def unknown(reason: str, settings: LoadSettings) -> Fit:
    """The verdict on a model that cannot be sized."""
    return Fit(Verdict.UNKNOWN, reason, None, None, None, settings.context, settings.kv_type)


def judge(
    footprint: Footprint,
    pools: Sequence[Pool],
    settings: LoadSettings,
    parts: Parts | None = None,
    max_context: int | None = None,
    previous: Verdict | None = None,
) -> Fit:
    """Where a footprint lives and how well.

    Args:
        footprint: what the model takes with these settings.
        pools: the machine's pools, fastest first; the last one is the system's memory.
        settings: for which the footprint holds.
        parts: what it is made of, for a split; None when unknown.
        max_context: the largest context that still fits now.
        previous: the verdict shown so far, to hold it steady while free memory wavers.
    """
    card, ram = (pools[0] if pools[0].kind == "vram" else None), pools[-1]
    steady = previous is Verdict.TIGHT
    whole = on_card(footprint, parts) if card else Placement(None, 0, 0, footprint.total_bytes)
    needs = [(whole.host_bytes, ram)]
    if card is not None:
        needs.insert(0, (whole.device_bytes, card))
    place: Placement | None = whole
    pool: Pool | None = pools[0]
    layers: int | None = None
    if all(_fits(need, each, steady) for need, each in needs):
        verdict, reason = Verdict.FITS, reasons.fits(*needs[0])
    elif all(need <= each.capacity_bytes for need, each in needs):
        short = next((item for item in needs if not _fits(*item, steady)), needs[0])
        verdict, reason = Verdict.TIGHT, reasons.tight(*short)
    elif card is not None and (place := _split(footprint, parts, card, ram)) is not None:
        layers = place.gpu_layers
        pool = ram if layers == 0 else card
        verdict, reason = Verdict.SPLIT, reasons.split(place, parts, card, ram)
    else:
        place = pool = None
        verdict, reason = Verdict.TOO_BIG, reasons.too_big(footprint.total_bytes, pools)
    return Fit(
        verdict=verdict,
        reason=reasons.with_unused(reason, ram),
        footprint=footprint,
        pool=pool,
        max_context=max_context,
        context=settings.context,
        kv_type=settings.kv_type,
        gpu_layers=layers,
        cpu_experts=place.cpu_experts if place else 0,
        device_bytes=place.device_bytes if place else 0,
        host_bytes=place.host_bytes if place else 0,
    )


def max_context(total_at: Callable[[int], int], room_bytes: int, limit: int) -> int | None:
    """The largest context, a multiple of 256 tokens up to `limit`, whose total is within `room_bytes`.

    `total_at` gives the total footprint in bytes at a context; it must not shrink as the context grows.
    """
    low, high = 0, limit // _CONTEXT_STEP
    while low < high:
        middle = (low + high + 1) // 2
        if total_at(middle * _CONTEXT_STEP) <= room_bytes:
            low = middle
        else:
            high = middle - 1
    return low * _CONTEXT_STEP or None


def _fits(need: int, pool: Pool, steady: bool) -> bool:
    margin = pool.capacity_bytes // _STEADY_SHARE if steady else 0
    return pool.free_known and need <= pool.room_now_bytes - margin


def _split(footprint: Footprint, parts: Parts | None, card: Pool, ram: Pool) -> Placement | None:
    """Over both as they are now, else as they are when nothing else runs."""
    return split(footprint, parts, card.room_now_bytes, ram.room_now_bytes) or split(
        footprint, parts, card.room_idle_bytes, ram.room_idle_bytes
    )
