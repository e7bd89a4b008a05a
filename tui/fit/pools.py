"""The memories of a machine that a model can live in, fastest first."""

from typing import NamedTuple

import msgspec

from tui.fit.verdict import GpuShare, Pool
from tui.hardware.gpus.makers import maker_of, short_gpu_name
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import Reading
from tui.sentences import reason
from tui.units import GIB, MIB

_RESERVE_LEAST = 512 * MIB
_RESERVE_MOST = 2 * GIB
_RESERVE_SHARE = 16
_VRAM_RESERVE = 384 * MIB
"""What a desktop's own drawing and the driver take of a card between two readings."""
_FULL = 1 * GIB
"""A card with less than this free has no room for its part of a model that is spread over several."""


class _Held(NamedTuple):
    """What the loaded model will give back, in bytes."""

    ram: int
    gpu: int


def reserve_bytes(capacity_bytes: int) -> int:
    """What is kept for the system: a sixteenth of the memory, at least 512 MiB and at most 2 GiB."""
    return max(_RESERVE_LEAST, min(_RESERVE_MOST, capacity_bytes // _RESERVE_SHARE))


def pools(
    machine: Machine,
    reading: Reading | None,
    loaded_bytes: int = 0,
    *,
    loaded_on_card_bytes: int = 0,
    offload: bool | None = True,
) -> list[Pool]:
    """The pools, fastest first. Memory that a GPU shares with the system is one pool, never two.

    Args:
        machine: the machine, this one or a profile.
        reading: what it is doing now; None takes it as idle, with all of it free.
        held_bytes: what the loaded model will give back of the system's memory, counted as free.
        held_on_card_bytes: what it will give back of a GPU's, counted as free there.
        offload: whether the engine's build can use a GPU; when not, the card is left out and the system's
            memory says so. None, as long as that is not known, counts as True.
    """
    held = _Held(loaded_bytes, loaded_on_card_bytes)
    found = [_card(gpu, reading, loaded_on_card_bytes) for gpu in machine.gpus if not gpu.shares_memory]
    found = [pool for pool in found if pool is not None]
    # The largest one takes the model, and of two as large the one with more of it free.
    found.sort(key=lambda pool: (pool.capacity_bytes, pool.free_bytes), reverse=True)
    makers = {gpu.index: gpu.vendor for gpu in machine.gpus}
    alike = [pool for pool in found if makers[pool.device_index or 0] == makers[found[0].device_index or 0]]
    cards = [msgspec.structs.replace(found[0], together=_together(alike))] if found else []
    if offload is not False:
        # Beside a card the engine leaves the processor's graphics alone.
        return [*cards, _system(machine, reading, held, ceiling=not cards)]
    system = _system(machine, reading, held, ceiling=False)
    unused = [card.device for card in cards] or _set_aside(machine)
    return [msgspec.structs.replace(system, unused=unused[0]) if unused else system]


def _together(cards: list[Pool]) -> Pool | None:
    """The memory of several cards as one; None for one card, or where one of them is as good as full.

    The engine gives each layers in proportion to what is free on it (`load_tensors` of llama.cpp), so that
    the card on which least is free sets the reserve.
    """
    least = min(card.free_bytes for card in cards)
    if len(cards) < 2 or least < _FULL:
        return None
    free = sum(card.free_bytes for card in cards)
    names = [card.device for card in cards]
    name = f"{len(cards)} × {names[0]}" if len(set(names)) == 1 else ", ".join(names)
    return Pool(
        name=reason("fit.pool_vram", gpu=name),
        kind="vram",
        capacity_bytes=sum(card.capacity_bytes for card in cards),
        free_bytes=free,
        reserve_bytes=free * _VRAM_RESERVE // least,
        device=name,
        free_known=all(card.free_known for card in cards),
        cards=len(cards),
    )


def _set_aside(machine: Machine) -> list[str]:
    """GPUs that share the RAM and keep more of it to themselves than can be passed over in silence."""
    return [
        short_gpu_name(gpu.name)
        for gpu in machine.gpus
        if gpu.shares_memory and gpu.set_aside_bytes > reserve_bytes(machine.memory_limit_bytes)
    ]


def _card(gpu: Gpu, reading: Reading | None, held_bytes: int) -> Pool | None:
    cards = reading.gpus if reading is not None else ()
    card = next((card for card in cards if card.index == gpu.index), None)
    # A card that slept when the machine was looked at tells its size once it is awake.
    capacity = gpu.memory_bytes.value or (card.memory_total_bytes.value if card is not None else None)
    if capacity is None:
        return None
    now = card.memory_used_bytes if card is not None else None
    used = now.value if now is not None else None
    free = capacity - max(0, (used or 0) - held_bytes)
    return Pool(
        name=reason("fit.pool_vram", gpu=gpu.name),
        kind="vram",
        capacity_bytes=capacity,
        free_bytes=max(0, free),
        reserve_bytes=_VRAM_RESERVE,
        device=short_gpu_name(gpu.name),
        device_index=gpu.index,
        # A card that sleeps holds nothing.
        free_known=now is None or used is not None or now.reason == ASLEEP,
    )


def _system(machine: Machine, reading: Reading | None, held: _Held, *, ceiling: bool = True) -> Pool:
    shared = next((gpu for gpu in machine.gpus if gpu.shares_memory), None)
    total = machine.memory_limit_bytes
    apple = shared is not None and maker_of(shared.vendor).ram_ceiling is not None
    # Only Apple puts a hard ceiling on all of a model; elsewhere the processor computes what is over.
    most = shared.memory_bytes.value if shared is not None and ceiling else None
    capacity = min(total, most) if apple and most is not None else total
    reserve = reserve_bytes(total)
    memory = reading.memory.value if reading else None
    available = memory.available_bytes if memory else total
    available = min(available + held.ram, total)
    share = None
    # Beside Intel's the processor is as fast, so elsewhere than here it is taken to do all of it.
    processor = shared is not None and maker_of(shared.vendor).processor_as_fast and reading is None
    if shared is not None and most is not None and not apple and not processor:
        share, borrowed = _share(shared, most, reading, held.gpu)
        available = min(available + borrowed, total)
    free = min(available, capacity)
    kind = "unified" if shared is not None else "ram"
    name = reason("fit.pool_unified" if shared is not None else "fit.pool_ram")
    # What is available past a hard ceiling is the system's reserve already.
    beyond = max(0, available - capacity)
    pool = Pool(name, kind, capacity, max(0, free), max(0, reserve - beyond), share=share)
    if share is None:
        return pool
    # What was set aside is the same memory to a model, though no program sees it.
    return msgspec.structs.replace(
        pool,
        capacity_bytes=capacity + share.aside_bytes,
        free_bytes=pool.free_bytes + share.aside_free_bytes,
    )


def _share(gpu: Gpu, most: int, reading: Reading | None, held_bytes: int) -> tuple[GpuShare, int]:
    """What a GPU can use of unified memory, and what the loaded model gives back of the RAM it borrows.

    The driver fills what was set aside first.
    """
    now = next((one for one in reading.gpus if one.index == gpu.index), None) if reading else None
    used = (now.memory_used_bytes.value or 0) if now else 0
    aside_used = min(used, (now.aside_used_bytes.value or 0) if now else 0)
    borrowed = used - aside_used
    aside_back = min(held_bytes, aside_used)
    borrowed_back = min(held_bytes - aside_back, borrowed)
    aside = min(most, gpu.set_aside_bytes)
    share = GpuShare(
        device=short_gpu_name(gpu.name),
        capacity_bytes=most,
        aside_bytes=aside,
        aside_free_bytes=max(0, aside - aside_used + aside_back),
        borrow_free_bytes=max(0, most - aside - borrowed + borrowed_back),
        reserve_bytes=_VRAM_RESERVE,
    )
    return share, borrowed_back
