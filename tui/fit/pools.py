"""Memory pools of a machine that a model can live in, fastest first."""

from typing import NamedTuple

import msgspec

from tui.fit.verdict import GpuShare, Pool
from tui.hardware.gpus.makers import maker_of, short_gpu_name
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import Reading
from tui.hardware.system_memory import system_bytes
from tui.sentences import reason
from tui.units import GIB, MIB

_RESERVE_LEAST = 512 * MIB
_RESERVE_MOST = 2 * GIB
_RESERVE_SHARE = 16
_VRAM_RESERVE = 384 * MIB
"""Memory of a card that the desktop and the driver may take between two readings."""
_FULL = 1 * GIB
"""Free memory under which a card has no room for its part of a model spread over several."""


class _LoadedBytes(NamedTuple):
    """Memory that the loaded model will give back, in bytes."""

    ram: int
    gpu: int


def reserve_bytes(capacity_bytes: int) -> int:
    """Return the bytes kept for the system: a sixteenth of the memory, at least 512 MiB and at most 2 GiB."""
    return max(_RESERVE_LEAST, min(_RESERVE_MOST, capacity_bytes // _RESERVE_SHARE))


def pools(
    machine: Machine,
    reading: Reading | None,
    loaded_bytes: int = 0,
    *,
    loaded_on_card_bytes: int = 0,
    offload: bool | None = True,
) -> list[Pool]:
    """Return the pools, fastest first. Memory that a GPU shares with the system is one pool, never two.

    Args:
        machine: the machine, this one or a profile.
        reading: its use now; None for a machine that is not here, where nothing runs but its system.
        loaded_bytes: RAM that the loaded model will give back, counted as free.
        loaded_on_card_bytes: memory of a GPU that it will give back, counted as free.
        offload: True when the engine's build can use a GPU; when False, the card is left out and the pool of
            RAM names it. None, for not known yet, counts as True.
    """
    loaded = _LoadedBytes(loaded_bytes, loaded_on_card_bytes)
    card_pools = [_card(gpu, reading, loaded.gpu) for gpu in machine.gpus if not gpu.shares_memory]
    cards = [pool for pool in card_pools if pool is not None]
    # The largest one takes the model, and of two as large the one with more of it free.
    cards.sort(key=lambda pool: (pool.capacity_bytes, pool.free_bytes), reverse=True)
    vendors = {gpu.index: gpu.vendor for gpu in machine.gpus}
    same_maker = [
        card for card in cards if vendors[card.device_index or 0] == vendors[cards[0].device_index or 0]
    ]
    first_card = [msgspec.structs.replace(cards[0], together=_together(same_maker))] if cards else []
    if offload is not False:
        # Beside a card the engine leaves the processor's graphics alone.
        return [*first_card, _system(machine, reading, loaded, ceiling=not cards)]
    system = _system(machine, reading, loaded, ceiling=False)
    unused = [card.device for card in first_card] or _large_set_asides(machine)
    return [msgspec.structs.replace(system, unused=unused[0]) if unused else system]


def _together(cards: list[Pool]) -> Pool | None:
    """Return the memory of several cards as one; None for one card, or where one of them is nearly full.

    The engine gives each card layers in proportion to its free memory (`load_tensors` of llama.cpp), so the
    card with the least free memory sets the reserve.
    """
    least_free = min(card.free_bytes for card in cards)
    if len(cards) < 2 or least_free < _FULL:
        return None
    free = sum(card.free_bytes for card in cards)
    names = [card.device for card in cards]
    name = f"{len(cards)} × {names[0]}" if len(set(names)) == 1 else ", ".join(names)
    return Pool(
        name=reason("fit.pool_vram", gpu=name),
        kind="vram",
        capacity_bytes=sum(card.capacity_bytes for card in cards),
        free_bytes=free,
        reserve_bytes=free * _VRAM_RESERVE // least_free,
        device=name,
        free_known=all(card.free_known for card in cards),
        cards=len(cards),
        is_idle=all(card.is_idle for card in cards),
    )


def _large_set_asides(machine: Machine) -> list[str]:
    """Return the GPUs that share the RAM and keep more of it to themselves than the reserve."""
    return [
        short_gpu_name(gpu.name)
        for gpu in machine.gpus
        if gpu.shares_memory and gpu.set_aside_bytes > reserve_bytes(machine.memory_limit_bytes)
    ]


def _card(gpu: Gpu, reading: Reading | None, loaded_bytes: int) -> Pool | None:
    cards = reading.gpus if reading is not None else ()
    card = next((card for card in cards if card.index == gpu.index), None)
    # A card that slept at the start tells its size once it is awake.
    capacity = gpu.memory_bytes.value or (card.memory_total_bytes.value if card is not None else None)
    if capacity is None:
        return None
    metric = card.memory_used_bytes if card is not None else None
    used = metric.value if metric is not None else None
    free = capacity - max(0, (used or 0) - loaded_bytes)
    return Pool(
        name=reason("fit.pool_vram", gpu=gpu.name),
        kind="vram",
        capacity_bytes=capacity,
        free_bytes=max(0, free),
        reserve_bytes=_VRAM_RESERVE,
        device=short_gpu_name(gpu.name),
        device_index=gpu.index,
        # A card that sleeps holds nothing.
        free_known=metric is None or used is not None or metric.reason == ASLEEP,
        is_idle=reading is None,
    )


def _system(machine: Machine, reading: Reading | None, loaded: _LoadedBytes, *, ceiling: bool = True) -> Pool:
    shared = next((gpu for gpu in machine.gpus if gpu.shares_memory), None)
    total = machine.memory_limit_bytes
    reserve = reserve_bytes(total)
    if reading is None:
        # Of a machine that is not here, what its own system takes is never free.
        total -= system_bytes(machine.system, total)
    has_ceiling = shared is not None and maker_of(shared.vendor).ram_ceiling is not None
    # Only Apple puts a hard ceiling on all of a model; elsewhere the processor computes what is over.
    gpu_limit = shared.memory_bytes.value if shared is not None and ceiling else None
    capacity = min(total, gpu_limit) if has_ceiling and gpu_limit is not None else total
    memory = reading.memory.value if reading else None
    available = memory.available_bytes if memory else total
    available = min(available + loaded.ram, total)
    share = None
    # Where the processor is as fast, another machine's model is judged as if the processor did all of it.
    processor_does_all = shared is not None and maker_of(shared.vendor).processor_as_fast and reading is None
    if shared is not None and gpu_limit is not None and not has_ceiling and not processor_does_all:
        share, borrowed = _share(shared, gpu_limit, reading, loaded.gpu)
        available = min(available + borrowed, total)
    free = min(available, capacity)
    kind = "unified" if shared is not None else "ram"
    name = reason("fit.pool_unified" if shared is not None else "fit.pool_ram")
    # Memory that is available above a hard ceiling is the system's reserve already. Of another machine nobody
    # knows what its screen and its programs take below the ceiling.
    beyond = max(0, available - capacity) if reading is not None else 0
    is_idle = reading is None
    pool = Pool(name, kind, capacity, max(0, free), max(0, reserve - beyond), share=share, is_idle=is_idle)
    if share is None:
        return pool
    # A model can use the part that was set aside, though no program sees it.
    return msgspec.structs.replace(
        pool,
        capacity_bytes=capacity + share.aside_bytes,
        free_bytes=pool.free_bytes + share.aside_free_bytes,
    )


def _share(gpu: Gpu, limit_bytes: int, reading: Reading | None, loaded_bytes: int) -> tuple[GpuShare, int]:
    """Return the GPU's share of unified memory, and the borrowed RAM that the loaded model gives back.

    The driver fills the part that was set aside first.
    """
    gpu_readings = reading.gpus if reading else ()
    gpu_reading = next((candidate for candidate in gpu_readings if candidate.index == gpu.index), None)
    used = (gpu_reading.memory_used_bytes.value or 0) if gpu_reading else 0
    aside_used = min(used, (gpu_reading.aside_used_bytes.value or 0) if gpu_reading else 0)
    borrowed = used - aside_used
    aside_returned = min(loaded_bytes, aside_used)
    borrowed_returned = min(loaded_bytes - aside_returned, borrowed)
    aside = min(limit_bytes, gpu.set_aside_bytes)
    share = GpuShare(
        device=short_gpu_name(gpu.name),
        capacity_bytes=limit_bytes,
        aside_bytes=aside,
        aside_free_bytes=max(0, aside - aside_used + aside_returned),
        borrow_free_bytes=max(0, limit_bytes - aside - borrowed + borrowed_returned),
        reserve_bytes=_VRAM_RESERVE,
    )
    return share, borrowed_returned
