"""Facts about a GPU: its memory, the engine's part of it, and its description."""

from collections.abc import Sequence

from tui.engine.footprint import Footprint
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, Reading
from tui.i18n import _, ngettext
from tui.services.memory_parts import card_parts
from tui.text import clean_line
from tui.ui.gauges.bar import BarPart, marked_bar
from tui.ui.gauges.gauge import unknowns_by_reason
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.stacked_bar import PARTS
from tui.ui.gauges.thresholds import MEMORY
from tui.ui.kit.pieces import Line
from tui.units import format_bytes

CardParts = tuple[int, int, int]
"""Bytes of weights, KV and compute that the engine holds on a card."""

NO_PARTS: CardParts = (0, 0, 0)


def card_bar(
    gpu: Gpu,
    used: int | None,
    total: int | None,
    mark: MemoryMark | None,
    width: int,
    parts: CardParts = NO_PARTS,
) -> Line:
    """Return the bar of a card's memory with the engine's parts and the mark of the highlighted model."""
    if not total:
        return marked_bar([], width, None, MEMORY)
    mark_fraction = mark.after_bytes / total if mark and mark.gpu_index == gpu.index else None
    stretches = [BarPart(((used or 0) - sum(parts)) / total, "")]
    stretches += [
        BarPart(size / total, look.role, look.glyph) for look, size in zip(PARTS, parts, strict=False) if size
    ]
    return marked_bar(stretches, width, mark_fraction, MEMORY)


def parts_on_card(
    gpu: Gpu, gpus: Sequence[Gpu], gpu_reading: GpuReading | None, loaded: Footprint | None
) -> CardParts:
    """Return the bytes that the engine holds on a card, by their purpose."""
    cards = [other_gpu.index for other_gpu in gpus if not other_gpu.shares_memory]
    if gpu.index not in cards:
        return NO_PARTS
    used = gpu_reading.memory_used_bytes.value if gpu_reading else None
    return card_parts(loaded, cards.index(gpu.index), len(cards), used, gpu.address)


def card_memory_bytes(gpu: Gpu, gpu_reading: GpuReading | None) -> int | None:
    """Return the card's memory in bytes, as read now, else as detected; None for unknown."""
    bytes_read = gpu_reading.memory_total_bytes.value if gpu_reading else None
    return bytes_read if bytes_read is not None else gpu.memory_bytes.value


def gpu_reading_of(reading: Reading | None, index: int) -> GpuReading | None:
    """Return the reading of the GPU with this index; None for none."""
    return next((gpu for gpu in reading.gpus if gpu.index == index), None) if reading else None


def gpu_description(gpu: Gpu) -> str:
    """Return a GPU in one line: name, kind of memory, cores and driver."""
    if not gpu.shares_memory:
        memory = _("memory of its own")
    elif gpu.memory_bytes.value is None:
        memory = _("shares the system's memory")
    else:
        memory = _("shares the system's memory, up to {size} of it").format(
            size=format_bytes(gpu.max_ram_bytes or 0)
        )
        if gpu.set_aside_bytes:
            aside = format_bytes(gpu.set_aside_bytes)
            memory = _("{size} set aside for it, and {memory}").format(size=aside, memory=memory)
    cores = (
        [ngettext("{count} core", "{count} cores", gpu.cores).format(count=gpu.cores)] if gpu.cores else []
    )
    driver = [gpu.driver.value] if gpu.driver.value else []
    return f"{clean_line(gpu.name)}: {', '.join([memory, *cores, *driver])}"


def gpu_unknowns(gpu: Gpu, gpu_reading: GpuReading | None) -> list[str]:
    """Return the figures of a GPU that could not be read, with their reasons."""
    if gpu_reading is None:
        return [_("not read")]
    memory = (
        (gpu_reading.memory_used_bytes, _("memory used")),
        (gpu_reading.memory_total_bytes, _("memory")),
    )
    return unknowns_by_reason(
        (gpu_reading.load_percent, _("load")),
        *(() if gpu.shares_memory else memory),
        (gpu_reading.temperature_celsius, _("temperature")),
        (gpu_reading.power_watts, _("power")),
        (gpu_reading.frequency_mhz, _("frequency")),
    )


def is_asleep(gpu_reading: GpuReading | None) -> bool:
    """Return True if the GPU was not read because it is asleep."""
    return gpu_reading is not None and gpu_reading.load_percent.reason == ASLEEP
