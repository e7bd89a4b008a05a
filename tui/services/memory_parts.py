"""Memory by who holds it: other programs, the engine's parts, cache, and what is free."""

import msgspec

from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import MemoryReading, ProcessReading


class MemoryParts(msgspec.Struct, frozen=True):
    """Memory by who holds it, in bytes; the parts and what is free make up the total."""

    others: int
    """Programs other than the engine."""
    engine: int
    """The engine's process, the file pages of its mapped weights included."""
    cache: int | None
    """The rest of the cache, given back on demand; None where the system counts it as free memory."""
    available: int
    """What a new program could take without swapping and without pushing the engine's pages out."""
    total: int
    mapped: int = 0
    """Of `engine`, file pages that the system can take back and read again."""

    @property
    def in_use(self) -> int:
        """Memory that programs hold, the engine's mapped weights included."""
        return self.others + self.engine


def memory_parts(memory: MemoryReading, engine: ProcessReading | None) -> MemoryParts:
    """A reading by who holds what.

    A mapped model lies in the cache as the system counts, yet it is in use as long as the engine talks: its
    pages are moved from the cache to the engine's part. Where the engine's own memory and its file pages
    cannot be told apart, all of it counts as its own.
    """
    own, mapped = _engine_bytes(engine) if engine else (0, 0)
    own = min(own, memory.used_bytes)
    if memory.reclaimable_bytes is None:
        # Windows: what a process has mapped and uses is in use, not in the cache.
        mapped = min(mapped, memory.used_bytes - own)
        other_programs = memory.used_bytes - own - mapped
        return MemoryParts(
            other_programs, own + mapped, None, memory.available_bytes, memory.total_bytes, mapped
        )
    mapped = min(mapped, memory.reclaimable_bytes)
    return MemoryParts(
        others=memory.used_bytes - own,
        engine=own + mapped,
        cache=memory.reclaimable_bytes - mapped,
        available=max(0, memory.available_bytes - mapped),
        total=memory.total_bytes,
        mapped=mapped,
    )


def engine_parts(
    parts: MemoryParts, loaded: Footprint, *, on_card: bool = False
) -> tuple[int, int, int, int]:
    """Return the engine's memory now as weights, KV, compute and process; together exactly `parts.engine`.

    Sizes are those measured at the load, each no larger than what is really held: mapped file pages are
    weights first, own memory is KV and compute first, and the process has what is over. While less is held
    than was measured, in a machine that swaps for instance, each part is shown in proportion. With `on_card`,
    what lies in a card's own memory is left out.
    """
    weights, kv, compute = _in_host_memory(loaded) if on_card else _sizes(loaded)
    own = parts.engine - parts.mapped
    mapped_weights = min(weights, parts.mapped)
    buffers = min(kv + compute, own)
    # Weights that are not mapped, those repacked for the processor for instance, are memory of its own.
    own_weights = min(weights - mapped_weights, max(0, own - buffers - loaded.process_bytes))
    kv_now = round(buffers * kv / (kv + compute)) if kv + compute else 0
    weights_now = mapped_weights + own_weights
    return weights_now, kv_now, buffers - kv_now, parts.engine - weights_now - buffers


def card_parts(
    loaded: Footprint | None, card: int, cards: int, used: int | None, address: str = ""
) -> tuple[int, int, int]:
    """Return the engine's part of a card's memory as weights, KV and compute, as measured at the load.

    A card is known by its PCI `address`. Where the engine does not tell those, `card` is its number among the
    `cards` that have memory of their own, in which order the engine is taken to count them, too. All 0 where
    the engine holds nothing there, or more than is in use: then it is another card.
    """
    if loaded is None or used is None:
        return 0, 0, 0
    card_devices = [
        part
        for part in loaded.devices
        if (part.address == address if part.address and address else cards == 1 or _number(part.name) == card)
    ]
    sizes = (
        sum(part.weights_bytes for part in card_devices),
        sum(part.kv_bytes for part in card_devices),
        sum(part.compute_bytes for part in card_devices),
    )
    return sizes if sum(sizes) <= used else (0, 0, 0)


def _number(name: str) -> int | None:
    """Of a device as the engine names it: 1 of `CUDA1`."""
    digits = name[len(name.rstrip("0123456789")) :]
    return int(digits) if digits else None


def has_own_memory(machine: Machine | None) -> bool:
    """True where a card has memory that is not the system's."""
    return machine is not None and any(not gpu.shares_memory for gpu in machine.gpus)


def _sizes(loaded: Footprint) -> tuple[int, int, int]:
    return loaded.weights_bytes, loaded.kv_bytes, loaded.compute_bytes


def _in_host_memory(loaded: Footprint) -> tuple[int, int, int]:
    """Weights, KV and compute without what lies in a card's memory."""
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
    """The engine's own memory and its mapped file pages."""
    resident, own, mapped = engine.resident_bytes.value, engine.anonymous_bytes.value, engine.file_bytes.value
    if own is not None:
        return own, mapped if mapped is not None else max(0, (resident or own) - own)
    if resident is None:
        return 0, mapped or 0
    return max(0, resident - (mapped or 0)), mapped or 0
