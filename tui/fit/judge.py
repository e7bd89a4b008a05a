"""From a footprint and the pools to a verdict with its reason."""

from collections.abc import Callable, Sequence

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit import reasons
from tui.fit.placement import Parts, Placement, place_on_card, place_split
from tui.fit.verdict import Fit, Pool, Verdict, gpu_part, ram_part
from tui.sentences import Reason

_CONTEXT_STEP = 256
_STEADY_SHARE = 50
"""A verdict that was tight turns to fits only past a fiftieth of the capacity, against flicker."""


def unknown(why: Reason, settings: LoadSettings) -> Fit:
    """The verdict on a model that cannot be sized."""
    return Fit(Verdict.UNKNOWN, why, None, None, None, settings.context, settings.kv_type)


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
    gpu, ram = _memories(pools)
    steady = previous is Verdict.TIGHT
    whole = (
        place_on_card(footprint, parts, gpu.cards) if gpu else Placement(None, 0, 0, footprint.total_bytes)
    )
    shared = pools[-1].share if gpu is not None and gpu.kind == "unified" else None
    aside, aside_free = (shared.aside_bytes, shared.aside_free_bytes) if shared else (None, None)
    now, idle = [(whole.ram_bytes(aside_free), ram)], [(whole.ram_bytes(aside), ram)]
    if gpu is not None:
        now.insert(0, (whole.device_bytes, gpu))
        idle.insert(0, (whole.device_bytes, gpu))
    place: Placement | None = whole
    pool: Pool | None = pools[0]
    layers: int | None = None
    if all(_fits(need, each, steady) for need, each in now):
        verdict = Verdict.FITS
        why = reasons.fits(footprint.total_bytes, pools[0]) if shared else reasons.fits(*now[0])
    elif all(need <= each.capacity_bytes for need, each in idle):
        short = next((item for item in now if not _fits(*item, steady)), now[0])
        verdict, why = Verdict.TIGHT, reasons.tight(*short)
    elif (
        gpu is not None
        and gpu.cards == 1
        and (place := _split(footprint, parts, gpu, ram, aside, aside_free)) is not None
    ):
        layers = place.gpu_layers
        pool = pools[-1] if layers == 0 else pools[0]
        verdict, why = Verdict.SPLIT, reasons.split(place, parts, gpu, ram, aside_free)
    else:
        place = pool = None
        verdict, why = Verdict.TOO_BIG, reasons.too_big(footprint.total_bytes, pools)
    in_ram = place.ram_bytes(aside_free) if place else 0
    return Fit(
        verdict=verdict,
        reason=reasons.with_unused_card(why, ram),
        footprint=footprint,
        pool=pool,
        max_context=max_context,
        context=settings.context,
        kv_type=settings.kv_type,
        gpu_layers=layers,
        cpu_experts=place.cpu_experts if place else 0,
        device_bytes=place.device_bytes + place.host_bytes - in_ram if place else 0,
        host_bytes=in_ram,
    )


def _memories(pools: Sequence[Pool]) -> tuple[Pool | None, Pool]:
    """The memory of the GPU that takes the model, where that is not all there is, and the RAM."""
    if pools[0].kind == "vram":
        return pools[0], pools[-1]
    if pools[0].share is None:
        return None, pools[0]
    return gpu_part(pools[0]), ram_part(pools[0])


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


def _split(
    footprint: Footprint,
    parts: Parts | None,
    gpu: Pool,
    ram: Pool,
    aside: int | None,
    aside_free: int | None,
) -> Placement | None:
    """Over both as they are now, else as they are when nothing else runs."""
    return place_split(footprint, parts, gpu.room_now_bytes, ram.room_now_bytes, aside_free) or place_split(
        footprint, parts, gpu.room_idle_bytes, ram.room_idle_bytes, aside
    )
