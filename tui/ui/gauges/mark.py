"""Marks on the memory bars for the highlighted model."""

import msgspec

from tui.fit.verdict import Fit
from tui.hardware.reading import Reading
from tui.services.memory_parts import memory_parts


class MemoryMark(msgspec.Struct, frozen=True):
    """Mark on a memory bar: memory in use once the highlighted model is loaded."""

    after_bytes: int
    """Memory in use after the load: that of other programs, plus the part of the footprint in this memory.

    The loaded model is left out, because the load replaces it.
    """
    label: str
    """Name of the model, as in the list."""
    gpu_index: int = 0
    """Index of the GPU, for a mark on VRAM."""


def marks_of(
    reading: Reading, fit: Fit, label: str, held_on_card_bytes: int = 0
) -> tuple[MemoryMark | None, MemoryMark | None]:
    """Return the marks for the memory gauge and for a card; None for no mark.

    The highlighted model replaces the loaded one, which frees `held_on_card_bytes` of the card's memory.
    """
    footprint, memory = fit.footprint, reading.memory.value
    if footprint is None:
        return None, None
    card_mark = None
    index = fit.pool.device_index if fit.pool is not None else None
    card = next((gpu for gpu in reading.gpus if gpu.index == index), None)
    used = card.memory_used_bytes.value if card is not None else None
    if fit.device_bytes and card is not None and used is not None:
        card_mark = MemoryMark(max(0, used - held_on_card_bytes) + fit.device_bytes, label, card.index)
    if memory is None:
        return None, card_mark
    # A model that fits nowhere is shown as if it were loaded into the system's memory.
    host = fit.host_bytes or footprint.total_bytes
    return MemoryMark(memory_parts(memory, reading.engine).other_programs + host, label), card_mark
