"""Verdicts with their reasons, from a footprint and the pools."""

from collections.abc import Sequence

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit import reasons
from tui.fit.placement import Parts, Placement, place_on_card, place_split
from tui.fit.verdict import Fit, Pool, Verdict, gpu_part, ram_part
from tui.models.purpose import NOT_FOR_CHAT
from tui.sentences import Reason, reason

_STEADY_SHARE = 50
"""A tight model fits again only with 1/50 of the capacity to spare, so that its verdict does not flicker."""


def unknown(why: Reason, settings: LoadSettings) -> Fit:
    """Return the verdict on a model that cannot be sized, or is none that chats."""
    verdict = Verdict.NO_CHAT if why.code in NOT_FOR_CHAT else Verdict.UNKNOWN
    return Fit(verdict, why, None, None, None, settings.context, settings.kv_type)


def elsewhere(place: str, settings: LoadSettings) -> Fit:
    """Return the verdict on a model that runs at another place, by its name; its footprint is not known."""
    why = reason("fit.elsewhere", place=place)
    return Fit(Verdict.ELSEWHERE, why, None, None, None, settings.context, settings.kv_type)


def judge(
    footprint: Footprint,
    pools: Sequence[Pool],
    settings: LoadSettings,
    parts: Parts | None = None,
    max_context: int | None = None,
    previous: Verdict | None = None,
) -> Fit:
    """Return the verdict on a footprint: the memory it lives in, and whether that is free.

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
    all_on_card = (
        place_on_card(footprint, parts, gpu.cards) if gpu else Placement(None, 0, 0, footprint.total_bytes)
    )
    shared = pools[-1].share if gpu is not None and gpu.kind == "unified" else None
    aside, aside_free = (shared.aside_bytes, shared.aside_free_bytes) if shared else (None, None)
    needs_now, needs_idle = [(all_on_card.ram_bytes(aside_free), ram)], [(all_on_card.ram_bytes(aside), ram)]
    if gpu is not None:
        needs_now.insert(0, (all_on_card.device_bytes, gpu))
        needs_idle.insert(0, (all_on_card.device_bytes, gpu))
    placement: Placement | None = all_on_card
    pool: Pool | None = pools[0]
    layers: int | None = None
    if all(_fits(need_bytes, memory, steady) for need_bytes, memory in needs_now):
        verdict = Verdict.FITS
        why = reasons.fits(footprint.total_bytes, pools[0]) if shared else reasons.fits(*needs_now[0])
    elif all(need_bytes <= memory.capacity_bytes for need_bytes, memory in needs_idle):
        short = next((need for need in needs_now if not _fits(*need, steady)), needs_now[0])
        verdict, why = Verdict.TIGHT, reasons.tight(*short)
    elif (
        gpu is not None
        and gpu.cards == 1
        and (placement := _place_split(footprint, parts, gpu, ram, aside, aside_free)) is not None
    ):
        layers = placement.gpu_layers
        pool = pools[-1] if layers == 0 else pools[0]
        verdict, why = Verdict.SPLIT, reasons.split(placement, parts, gpu, ram, aside_free)
    else:
        placement = pool = None
        verdict, why = Verdict.TOO_BIG, reasons.too_big(footprint.total_bytes, pools)
    ram_bytes = placement.ram_bytes(aside_free) if placement else 0
    return Fit(
        verdict=verdict,
        reason=reasons.with_unused_card(why, ram),
        footprint=footprint,
        pool=pool,
        max_context=max_context,
        context=settings.context,
        kv_type=settings.kv_type,
        gpu_layers=layers,
        cpu_experts=placement.cpu_experts if placement else 0,
        device_bytes=placement.device_bytes + placement.host_bytes - ram_bytes if placement else 0,
        host_bytes=ram_bytes,
        on_idle_machine=pools[0].is_idle,
    )


def _memories(pools: Sequence[Pool]) -> tuple[Pool | None, Pool]:
    """Return the memory of the GPU that takes the model, None where there is only one memory, and the RAM."""
    if pools[0].kind == "vram":
        return pools[0], pools[-1]
    if pools[0].share is None:
        return None, pools[0]
    return gpu_part(pools[0]), ram_part(pools[0])


def _fits(need_bytes: int, pool: Pool, steady: bool) -> bool:
    margin = pool.capacity_bytes // _STEADY_SHARE if steady else 0
    return pool.free_known and need_bytes <= pool.room_now_bytes - margin


def _place_split(
    footprint: Footprint,
    parts: Parts | None,
    gpu: Pool,
    ram: Pool,
    aside_bytes: int | None,
    aside_free_bytes: int | None,
) -> Placement | None:
    """Return the split over both memories as they are now, else as they are when nothing else runs."""
    return place_split(
        footprint, parts, gpu.room_now_bytes, ram.room_now_bytes, aside_free_bytes
    ) or place_split(footprint, parts, gpu.room_idle_bytes, ram.room_idle_bytes, aside_bytes)
