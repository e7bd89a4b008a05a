"""Reasons of verdicts, with their figures; true of this machine and of any other."""

from collections.abc import Sequence

from tui.fit.placement import Parts, Placement
from tui.fit.verdict import Pool
from tui.sentences import Reason, reason


def fits(need_bytes: int, pool: Pool) -> Reason:
    """Return the reason of a model that fits now."""
    code = "fit.fits_idle" if pool.is_idle else "fit.fits"
    return reason(code, need=need_bytes, free=pool.free_bytes, pool=pool.name)


def tight(need_bytes: int, pool: Pool) -> Reason:
    """Return the reason of a model that fits once programs are closed, or with little to spare."""
    if not pool.free_known:
        return reason("fit.tight_free_unknown", need=need_bytes, capacity=pool.capacity_bytes, pool=pool.name)
    gap_bytes = need_bytes - pool.free_bytes
    if gap_bytes > 0:
        return reason("fit.tight_now", need=need_bytes, free=pool.free_bytes, pool=pool.name, gap=gap_bytes)
    code = "fit.tight_idle" if pool.is_idle else "fit.tight_headroom"
    return reason(code, need=need_bytes, free=pool.free_bytes, pool=pool.name, spare=-gap_bytes)


def split(
    placement: Placement, parts: Parts | None, card: Pool, ram: Pool, aside_free_bytes: int | None = None
) -> Reason:
    """Return the reason of a split: how much goes where, what that costs in speed, what must be free for it.

    `aside_free_bytes` is what a GPU that shares the RAM has of its own now; None for a card.
    """
    arrangement = _arrangement(placement, parts, card)
    for need_bytes, pool in ((placement.device_bytes, card), (placement.ram_bytes(aside_free_bytes), ram)):
        if need_bytes > max(0, pool.room_now_bytes):
            return reason(
                "fit.split_close_first", arrangement=arrangement, free=pool.free_bytes, pool=pool.name
            )
    return arrangement


def too_big(need_bytes: int, pools: Sequence[Pool]) -> Reason:
    """Return the reason of a model that fits nowhere."""
    if len(pools) > 1:
        return reason(
            "fit.too_big_for_both",
            need=need_bytes,
            card=pools[0].room_idle_bytes,
            ram=pools[-1].room_idle_bytes,
        )
    return reason("fit.too_big", need=need_bytes, capacity=pools[0].capacity_bytes, pool=pools[0].name)


def with_unused_card(verdict_reason: Reason, ram: Pool) -> Reason:
    """Return the same with the card that the engine's build cannot use, if there is one."""
    if not ram.unused:
        return verdict_reason
    return reason("fit.unused_card", verdict_reason=verdict_reason, card=ram.unused)


def _arrangement(placement: Placement, parts: Parts | None, card: Pool) -> Reason:
    """Return what goes where. Graphics that share the RAM read the same memory: only who computes differs."""
    code = "fit.split" if card.kind == "vram" else "fit.split_shared"
    device = card.device or card.name
    if placement.gpu_layers == 0:
        return reason(f"{code}_no_layer", card=device)
    if parts is None or placement.gpu_layers is None:
        return reason(f"{code}_part", card=device)
    if placement.cpu_experts:
        in_ram = sum(layer.experts > 0 for layer in parts.layers[: placement.cpu_experts])
        return reason(f"{code}_experts", card=device, in_ram=in_ram, experts=parts.expert_layers)
    return reason(f"{code}_layers", card=device, gpu=placement.gpu_layers, layers=len(parts.layers))
