"""What is known of one GPU, in pieces and in words."""

from collections.abc import Sequence

from tui.engine.footprint import Footprint
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, Reading
from tui.i18n import _, ngettext
from tui.services.memory_parts import card_parts
from tui.text import clean_line
from tui.ui.gauges.bar import Part, marked_bar
from tui.ui.gauges.gauge import reasons_of
from tui.ui.gauges.mark import Mark
from tui.ui.gauges.stacked_bar import PARTS
from tui.ui.gauges.thresholds import MEMORY
from tui.ui.kit.pieces import Line
from tui.units import format_bytes

Parts = tuple[int, int, int]
"""Weights, KV and compute that the engine holds of a card, in bytes."""

NO_PARTS: Parts = (0, 0, 0)


def card_bar(
    gpu: Gpu, used: int | None, total: int | None, mark: Mark | None, width: int, parts: Parts = NO_PARTS
) -> Line:
    """Memory taken of a card, the engine's part by what it is for, and where the marked model would be."""
    if not total:
        return marked_bar([], width, None, MEMORY)
    at = mark.after_bytes / total if mark and mark.gpu_index == gpu.index else None
    stretches = [Part(((used or 0) - sum(parts)) / total, "")]
    stretches += [
        Part(size / total, look.role, look.glyph) for look, size in zip(PARTS, parts, strict=False) if size
    ]
    return marked_bar(stretches, width, at, MEMORY)


def parts_on(gpu: Gpu, gpus: Sequence[Gpu], found: GpuReading | None, loaded: Footprint | None) -> Parts:
    """What the engine holds of a card."""
    cards = [one.index for one in gpus if not one.shares_memory]
    if gpu.index not in cards:
        return NO_PARTS
    used = found.memory_used_bytes.value if found else None
    return card_parts(loaded, cards.index(gpu.index), len(cards), used, gpu.address)


def card_total(gpu: Gpu, found: GpuReading | None) -> int | None:
    """The card's memory as read now, or as it was detected."""
    now = found.memory_total_bytes.value if found else None
    return now if now is not None else gpu.memory_bytes.value


def reading_of(reading: Reading | None, index: int) -> GpuReading | None:
    """What was read of the GPU with this index."""
    return next((gpu for gpu in reading.gpus if gpu.index == index), None) if reading else None


def gpu_fact(gpu: Gpu) -> str:
    """A GPU in one line: name, whose memory it uses, cores and driver."""
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


def gpu_unknowns(gpu: Gpu, found: GpuReading | None) -> list[str]:
    """What of a GPU could not be read, and why."""
    if found is None:
        return [_("not read")]
    memory = ((found.memory_used_bytes, _("memory used")), (found.memory_total_bytes, _("memory")))
    return reasons_of(
        (found.load_percent, _("load")),
        *(() if gpu.shares_memory else memory),
        (found.temperature_celsius, _("temperature")),
        (found.power_watts, _("power")),
        (found.frequency_mhz, _("frequency")),
    )


def is_asleep(found: GpuReading | None) -> bool:
    """Whether it was left alone because it sleeps."""
    return found is not None and found.load_percent.reason == ASLEEP
