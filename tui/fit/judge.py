"""From a footprint and the pools to a verdict with its reason."""

from collections.abc import Callable, Sequence

from tui.engine.protocol import Footprint, LoadSettings
from tui.fit.verdict import Fit, Pool, Verdict
from tui.i18n import _
from tui.units import format_bytes

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
    layers: int | None = None,
    max_context: int | None = None,
    previous: Verdict | None = None,
) -> Fit:
    """Where a footprint lives and how well.

    Args:
        footprint: what the model takes with these settings.
        pools: the machine's pools, fastest first; the last one is the system's memory.
        settings: for which the footprint holds.
        layers: layers of the model, for a split; None when unknown.
        max_context: the largest context that still fits now.
        previous: the verdict shown so far, to hold it steady while free memory wavers.
    """
    need = footprint.total_bytes
    fastest = pools[0]
    if fastest.kind == "vram":
        # On a card lie the model's own buffers; the process stays in system memory.
        need = need - footprint.process_bytes
    margin = fastest.capacity_bytes // _STEADY_SHARE if previous is Verdict.TIGHT else 0
    gpu_layers: int | None = None
    pool: Pool | None = fastest
    if need <= fastest.free_bytes - fastest.reserve_bytes - margin:
        verdict, reason = Verdict.FITS, _fits(need, fastest)
    elif need <= fastest.capacity_bytes:
        verdict, reason = Verdict.TIGHT, _tight(need, fastest)
    elif len(pools) > 1 and footprint.total_bytes <= _together(pools):
        gpu_layers = _layers_on_card(footprint, fastest, layers)
        verdict, reason = Verdict.SPLIT, _split(need, fastest, gpu_layers, layers)
    else:
        pool = None
        verdict, reason = Verdict.TOO_BIG, _too_big(footprint.total_bytes, pools)
    return Fit(verdict, reason, footprint, pool, max_context, settings.context, settings.kv_type, gpu_layers)


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


def _together(pools: Sequence[Pool]) -> int:
    return sum(pool.capacity_bytes - pool.reserve_bytes for pool in pools)


def _layers_on_card(footprint: Footprint, card: Pool, layers: int | None) -> int | None:
    if not layers:
        return None
    per_layer = (footprint.weights_bytes + footprint.kv_bytes) / layers
    room = card.free_bytes - card.reserve_bytes - footprint.compute_bytes
    return max(0, min(layers, int(room / per_layer)))


def _fits(need: int, pool: Pool) -> str:
    return _("needs {need}; {free} of {pool} is free now").format(
        need=format_bytes(need), free=format_bytes(pool.free_bytes), pool=pool.name
    )


def _tight(need: int, pool: Pool) -> str:
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


def _split(need: int, card: Pool, gpu_layers: int | None, layers: int | None) -> str:
    if gpu_layers is None or layers is None:
        return _("needs {need}; {pool} holds {capacity}, so part of it runs on the CPU, much slower").format(
            need=format_bytes(need), pool=card.name, capacity=format_bytes(card.capacity_bytes)
        )
    return _(
        "{gpu} of {layers} layers fit the {capacity} of {pool}; the rest runs on the CPU, slower"
    ).format(gpu=gpu_layers, layers=layers, capacity=format_bytes(card.capacity_bytes), pool=card.name)


def _too_big(total: int, pools: Sequence[Pool]) -> str:
    if len(pools) > 1:
        return _("needs {need}; this machine has {card} of VRAM and {ram} of RAM in all").format(
            need=format_bytes(total),
            card=format_bytes(pools[0].capacity_bytes),
            ram=format_bytes(pools[-1].capacity_bytes),
        )
    return _("needs {need}; this machine can give a model {capacity} of {pool} at most").format(
        need=format_bytes(total), capacity=format_bytes(pools[0].capacity_bytes), pool=pools[0].name
    )
