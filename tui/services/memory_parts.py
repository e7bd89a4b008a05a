"""Memory by owner: other programs, the engine's parts, the cache, and free memory."""

import msgspec

from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import MemoryReading, ProcessReading


class MemoryParts(msgspec.Struct, frozen=True):
    """Memory by owner in bytes; parts and available memory add up to the total."""

    other_programs: int
    """Memory of programs other than the engine."""
    engine: int
    """Memory of the engine's process, with the file pages of its mapped weights."""
    cache: int | None
    """Cache without the engine's pages, freed on demand; None if the system counts it as free memory."""
    available: int
    """Memory that a new program could take without swapping and without evicting the engine's pages."""
    total: int
    mapped: int = 0
    """File pages in `engine` that the system can evict and read again."""

    @property
    def in_use(self) -> int:
        """Memory of all programs, with the engine's mapped weights."""
        return self.other_programs + self.engine


def memory_parts(memory: MemoryReading, engine: ProcessReading | None) -> MemoryParts:
    """Return the memory of a reading by owner.

    The system counts the pages of a mapped model as cache, but they are in use while the engine runs. They
    are therefore moved from the cache to the engine's part. If the engine's private memory and its file
    pages are unknown, all of its memory counts as private.
    """
    private_bytes, mapped_bytes = _engine_bytes(engine) if engine else (0, 0)
    private_bytes = min(private_bytes, memory.used_bytes)
    if memory.reclaimable_bytes is None:
        # Windows counts mapped pages that a process uses as used memory, not as cache.
        mapped_bytes = min(mapped_bytes, memory.used_bytes - private_bytes)
        other_programs = memory.used_bytes - private_bytes - mapped_bytes
        return MemoryParts(
            other_programs,
            private_bytes + mapped_bytes,
            None,
            memory.available_bytes,
            memory.total_bytes,
            mapped_bytes,
        )
    mapped_bytes = min(mapped_bytes, memory.reclaimable_bytes)
    return MemoryParts(
        other_programs=memory.used_bytes - private_bytes,
        engine=private_bytes + mapped_bytes,
        cache=memory.reclaimable_bytes - mapped_bytes,
        available=max(0, memory.available_bytes - mapped_bytes),
        total=memory.total_bytes,
        mapped=mapped_bytes,
    )


def engine_parts(
    parts: MemoryParts, loaded: Footprint, *, on_card: bool = False
) -> tuple[int, int, int, int]:
    """Return the engine's memory now as weights, KV, compute and process; the sum is exactly `parts.engine`.

    The sizes are those measured at the load, limited by the memory that is really held. Mapped file pages
    count as weights first, private memory as KV and compute first, and the remainder as process. If less
    is held than was measured, for example on a machine that swaps, the parts shrink in proportion. With
    `on_card`, memory on a card is left out.
    """
    weights, kv, compute = _in_host_memory(loaded) if on_card else _sizes(loaded)
    private_bytes = parts.engine - parts.mapped
    mapped_weights = min(weights, parts.mapped)
    buffers = min(kv + compute, private_bytes)
    # Weights that are not mapped, for example those repacked for the processor, are private memory.
    private_weights = min(weights - mapped_weights, max(0, private_bytes - buffers - loaded.process_bytes))
    kv_now = round(buffers * kv / (kv + compute)) if kv + compute else 0
    weights_now = mapped_weights + private_weights
    return weights_now, kv_now, buffers - kv_now, parts.engine - weights_now - buffers


def card_parts(
    loaded: Footprint | None, card: int, cards: int, used: int | None, address: str = ""
) -> tuple[int, int, int]:
    """Return the engine's memory on a card as weights, KV and compute, as measured at the load.

    A card is identified by its PCI `address`. If the engine does not report addresses, `card` is its number
    among the `cards` with their own memory; the engine is assumed to count in the same order. All are 0
    if the engine holds nothing there, or more than is used, which means that it is another card.
    """
    if loaded is None or used is None:
        return 0, 0, 0
    card_devices = [
        part
        for part in loaded.devices
        if (
            part.address == address
            if part.address and address
            else cards == 1 or _device_number(part.name) == card
        )
    ]
    sizes = (
        sum(part.weights_bytes for part in card_devices),
        sum(part.kv_bytes for part in card_devices),
        sum(part.compute_bytes for part in card_devices),
    )
    return sizes if sum(sizes) <= used else (0, 0, 0)


def _device_number(name: str) -> int | None:
    """Return the number in the engine's name of a device: 1 for `CUDA1`; None for none."""
    digits = name[len(name.rstrip("0123456789")) :]
    return int(digits) if digits else None


def has_own_memory(machine: Machine | None) -> bool:
    """Return True if a card has its own memory."""
    return machine is not None and any(not gpu.shares_memory for gpu in machine.gpus)


def _sizes(loaded: Footprint) -> tuple[int, int, int]:
    return loaded.weights_bytes, loaded.kv_bytes, loaded.compute_bytes


def _in_host_memory(loaded: Footprint) -> tuple[int, int, int]:
    """Return weights, KV and compute in the system's memory, in bytes."""
    weights, kv, compute = _sizes(loaded)
    if loaded.devices:
        return (
            max(0, weights - sum(part.weights_bytes for part in loaded.devices)),
            max(0, kv - sum(part.kv_bytes for part in loaded.devices)),
            max(0, compute - sum(part.compute_bytes for part in loaded.devices)),
        )
    total = weights + kv + compute
    host_share = max(0.0, 1 - loaded.device_bytes / total) if total else 0.0
    return round(weights * host_share), round(kv * host_share), round(compute * host_share)


def _engine_bytes(engine: ProcessReading) -> tuple[int, int]:
    """Return the engine's private memory and its mapped file pages, in bytes."""
    resident, private_bytes, mapped_bytes = (
        engine.resident_bytes.value,
        engine.anonymous_bytes.value,
        engine.file_bytes.value,
    )
    if private_bytes is not None:
        return private_bytes, mapped_bytes if mapped_bytes is not None else max(
            0, (resident or private_bytes) - private_bytes
        )
    if resident is None:
        return 0, mapped_bytes or 0
    return max(0, resident - (mapped_bytes or 0)), mapped_bytes or 0
