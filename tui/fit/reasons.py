"""Verdicts in words: one sentence each, with the figures; true of this machine and of any other."""

from collections.abc import Sequence

from tui.fit.placement import Parts, Placement
from tui.fit.verdict import Pool
from tui.i18n import _
from tui.units import format_bytes


def fits(need: int, pool: Pool) -> str:
    """It fits now."""
    return _("needs {need}; {free} of {pool} is free now").format(
        need=format_bytes(need), free=format_bytes(pool.free_bytes), pool=pool.name
    )


def tight(need: int, pool: Pool) -> str:
    """It fits when other programs are closed, or with little to spare."""
    if not pool.free_known:
        return _("needs {need} of {capacity} of {pool}; how much of that is free cannot be read").format(
            need=format_bytes(need), capacity=format_bytes(pool.capacity_bytes), pool=pool.name
        )
    if need > pool.free_bytes:
        return _(
            "needs {need}, but only {free} of {pool} is free now: close programs that hold {gap}"
        ).format(
            need=format_bytes(need),
            free=format_bytes(pool.free_bytes),
            pool=pool.name,
            gap=format_bytes(need - pool.free_bytes),
        )
    return _("needs {need} of the {free} of {pool} that is free now, which leaves only {rest}").format(
        need=format_bytes(need),
        free=format_bytes(pool.free_bytes),
        pool=pool.name,
        rest=format_bytes(pool.free_bytes - need),
    )


def split(place: Placement, parts: Parts | None, card: Pool, ram: Pool, aside_free: int | None = None) -> str:
    """How much goes where, what that costs in speed, and what must be free for it.

    `aside_free` is what a GPU that shares the RAM has of its own now; None for a card.
    """
    where = (_where(place, parts) if card.kind == "vram" else _where_shared(place, parts)).format(
        card=card.device or card.name,
        gpu=place.gpu_layers,
        layers=len(parts.layers) if parts else 0,
        in_ram=_experts_in_ram(place, parts) if parts else 0,
        experts=parts.expert_layers if parts else 0,
    )
    for need, pool in ((place.device_bytes, card), (place.ram_bytes(aside_free), ram)):
        if need > max(0, pool.room_now_bytes):
            return _("{where}; close programs first, only {free} of {pool} is free now").format(
                where=where, free=format_bytes(pool.free_bytes), pool=pool.name
            )
    return where


def too_big(total: int, pools: Sequence[Pool]) -> str:
    """It fits nowhere."""
    if len(pools) > 1:
        return _("needs {need}; at most {card} of VRAM and {ram} of RAM can be given to a model").format(
            need=format_bytes(total),
            card=format_bytes(pools[0].room_idle_bytes),
            ram=format_bytes(pools[-1].room_idle_bytes),
        )
    return _("needs {need}; at most {capacity} of {pool} can be given to a model").format(
        need=format_bytes(total), capacity=format_bytes(pools[0].capacity_bytes), pool=pools[0].name
    )


def with_unused(reason: str, ram: Pool) -> str:
    """The same with the card that the engine's build cannot use, if there is one."""
    if not ram.unused:
        return reason
    return _("{reason}; this build of the engine cannot use the {card}").format(
        reason=reason, card=ram.unused
    )


def _where(place: Placement, parts: Parts | None) -> str:
    """The template of a split."""
    if place.gpu_layers == 0:
        return _("no layer fits on the {card}, so all of it is in RAM, much slower")
    if parts is None or place.gpu_layers is None:
        return _("more than the {card} holds, so part of it is in RAM, much slower")
    if place.cpu_experts:
        return _("all layers on the {card}, the experts of {in_ram} of {experts} in RAM, somewhat slower")
    return _("{gpu} of {layers} layers on the {card}, the rest in RAM, much slower")


def _where_shared(place: Placement, parts: Parts | None) -> str:
    """The same where both read the same memory, and it is only a matter of who computes."""
    if place.gpu_layers == 0:
        return _("no layer fits into what the {card} can use, so the processor does it all, slower")
    if parts is None or place.gpu_layers is None:
        return _("more than the {card} can use, so the processor does a part of it, slower")
    if place.cpu_experts:
        return _("the {card} does all layers but the experts of {in_ram} of {experts}, somewhat slower")
    return _("the {card} can use memory for {gpu} of {layers} layers, the processor does the rest, slower")


def _experts_in_ram(place: Placement, parts: Parts) -> int:
    return sum(layer.experts > 0 for layer in parts.layers[: place.cpu_experts])
