"""One moment of the machine and of what the engine was doing then."""

from collections.abc import Iterable, Sequence
from enum import IntEnum

import msgspec

from tui.hardware.machine import Gpu
from tui.hardware.reading import Reading
from tui.sentences import Reason
from tui.services.activity.power import power_of
from tui.services.memory_parts import memory_parts


class Phase(IntEnum):
    """Work of the engine. Where several phases share a column, the greatest is drawn."""

    IDLE = 0
    LOADING = 1
    READING = 2
    """Reading the prompt."""
    GENERATING = 3


class Moment(msgspec.Struct, frozen=True):
    """A reading in the figures that the timeline draws; None is a figure that could not be read."""

    time: float
    """`time.monotonic()` of the reading."""
    wall: float
    """The same moment in seconds since 1970."""
    phase: Phase = Phase.IDLE
    tokens: int | None = None
    """Tokens of the reply that is being generated; None while there is none."""
    rate: float | None = None
    """Tokens per second as they came last; None outside generation."""
    cpu_percent: float | None = None
    gpu_percent: float | None = None
    """The busiest GPU."""
    memory_used: int | None = None
    """Bytes that programs hold, the engine's mapped weights included, as on the gauge."""
    memory_total: int | None = None
    vram_used: int | None = None
    """Bytes taken of all cards with memory of their own."""
    vram_total: int | None = None
    engine_bytes: int | None = None
    """Resident size of the engine's process."""
    engine_peak: int | None = None
    """Its largest resident size since it started."""
    celsius: float | None = None
    """The hottest of processor and GPUs."""
    watts: float | None = None
    """Mean since the reading before."""
    watts_source: Reason | None = None
    """Part of the machine whose power `watts` is."""
    watts_reason: Reason | None = None
    """Reason why `watts` is None."""


def moment_of(
    reading: Reading,
    gpus: Sequence[Gpu],
    wall: float,
    phase: Phase = Phase.IDLE,
    tokens: int | None = None,
    rate: float | None = None,
) -> Moment:
    """The moment of a reading; `gpus` are the machine's and tell which of them share its memory."""
    memory, engine = reading.memory.value, reading.engine
    cards = {gpu.index for gpu in gpus if not gpu.shares_memory}
    vram = [
        (gpu.memory_used_bytes.value, gpu.memory_total_bytes.value)
        for gpu in reading.gpus
        if gpu.index in cards
    ]
    known_vram = [(used, total) for used, total in vram if used is not None and total is not None]
    power = power_of(reading, cards)
    return Moment(
        time=reading.time_seconds,
        wall=wall,
        phase=phase,
        tokens=tokens,
        rate=rate,
        cpu_percent=reading.cpu_percent.value,
        gpu_percent=_greatest(gpu.load_percent.value for gpu in reading.gpus),
        memory_used=memory_parts(memory, engine).in_use if memory else None,
        memory_total=memory.total_bytes if memory else None,
        vram_used=sum(used for used, _ in known_vram) if known_vram else None,
        vram_total=sum(total for _, total in known_vram) if known_vram else None,
        engine_bytes=engine.resident_bytes.value if engine else None,
        engine_peak=engine.peak_bytes.value if engine else None,
        celsius=_greatest(
            (reading.cpu_temperature_celsius.value, *(gpu.temperature_celsius.value for gpu in reading.gpus))
        ),
        watts=power.watts,
        watts_source=power.source,
        watts_reason=power.reason,
    )


def _greatest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
