"""Where a model would take memory on the gauges, before it is loaded."""

from tui.fit.verdict import Fit
from tui.hardware.reading import Reading
from tui.ui.widgets.mark import Mark
from tui.ui.widgets.memory_gauge import memory_parts


def marks(reading: Reading, fit: Fit, label: str) -> tuple[Mark | None, Mark | None]:
    """The marks for the memory gauge and for a card's; it replaces the one that is loaded."""
    footprint, memory = fit.footprint, reading.memory.value
    if footprint is None:
        return None, None
    on_card = 0
    card_mark = None
    if fit.pool is not None and fit.pool.kind == "vram" and reading.gpus:
        on_card = footprint.device_bytes or footprint.total_bytes - footprint.process_bytes
        card = max(reading.gpus, key=lambda gpu: gpu.memory_total_bytes.value or 0)
        used = card.memory_used_bytes.value
        card_mark = Mark(used + on_card, label, card.index) if used is not None else None
    if memory is None:
        return None, card_mark
    others = memory_parts(memory, reading.engine).others
    return Mark(others + footprint.total_bytes - on_card, label), card_mark
