"""Where the highlighted model would take memory, before it is loaded."""

import msgspec

from tui.fit.verdict import Fit
from tui.hardware.reading import Reading
from tui.services.memory_parts import memory_parts


class Mark(msgspec.Struct, frozen=True):
    """A point on a memory bar."""

    after_bytes: int
    """Memory in use once it is loaded: what others hold (`memory_parts(…).others` for RAM, as a load replaces
    the model that is loaded) plus the footprint's part that goes here."""
    label: str
    """Which model, in the list's words."""
    gpu_index: int = 0
    """The card, when the mark is for VRAM."""


def marks(
    reading: Reading, fit: Fit, label: str, held_on_card_bytes: int = 0
) -> tuple[Mark | None, Mark | None]:
    """The marks for the memory gauge and for a card's; it replaces the one that is loaded.

    `held_on_card_bytes` is what the loaded one will give back of the card's memory.
    """
    footprint, memory = fit.footprint, reading.memory.value
    if footprint is None:
        return None, None
    card_mark = None
    index = fit.pool.device_index if fit.pool is not None else None
    card = next((gpu for gpu in reading.gpus if gpu.index == index), None)
    used = card.memory_used_bytes.value if card is not None else None
    if fit.device_bytes and card is not None and used is not None:
        card_mark = Mark(max(0, used - held_on_card_bytes) + fit.device_bytes, label, card.index)
    if memory is None:
        return None, card_mark
    # A model that fits nowhere is shown as if it went to the system's memory.
    host = fit.host_bytes or footprint.total_bytes
    return Mark(memory_parts(memory, reading.engine).others + host, label), card_mark
