"""One reading of the machine: frozen, complete, and with a reason for each value that is unknown."""

from typing import Generic, TypeVar

import msgspec

from tui.sentences import Reason, reason

T = TypeVar("T")


class Metric(msgspec.Struct, Generic[T], frozen=True):
    """A value that was read, or None and the reason why it could not be."""

    value: T | None
    reason: Reason | None = None
    """Reason why `value` is None; None when the value is known."""
    source: str | None = None
    """The interface that was asked: `NVML`, `/proc/meminfo`, `psutil`."""


def known(value: T, source: str) -> Metric[T]:
    """Return a value that was read from `source`."""
    return Metric(value, None, source)


def unknown(why: Reason, source: str | None = None) -> Metric[T]:
    """Return a value that could not be read, and why."""
    return Metric(None, why, source)


_NOT_ASKED: Metric[float] = Metric(None, reason("hardware.not_asked"))


class MemoryReading(msgspec.Struct, frozen=True):
    """The memory that programs here can use, in bytes, inside a container's limit where there is one."""

    total_bytes: int
    """The ceiling: installed RAM, or the smallest container limit below it."""
    used_bytes: int
    """Held by programs; page cache that can be given back is not counted."""
    available_bytes: int
    """Bytes that a new program could take without swapping."""
    reclaimable_bytes: int | None
    """Cache given back on demand, part of `available_bytes`; None on Windows, which does not report it."""
    swap_total_bytes: int | None
    swap_used_bytes: int | None
    source: str
    swap_reason: Reason | None = None
    """Reason why the swap is not known; None when it is."""


class ProcessReading(msgspec.Struct, frozen=True):
    """The engine's process, in bytes and percent of one core."""

    pid: int
    resident_bytes: Metric[int]
    anonymous_bytes: Metric[int]
    """Memory of its own: KV cache, buffers, weights that were not mapped."""
    file_bytes: Metric[int]
    """Mapped file pages, which the system can take back and read again."""
    peak_bytes: Metric[int]
    """The largest resident size since it started (VmHWM)."""
    cpu_percent: Metric[float]
    """Percent of one core: 200 means two cores busy."""


class GpuReading(msgspec.Struct, frozen=True):
    """One GPU now."""

    index: int
    load_percent: Metric[float]
    memory_used_bytes: Metric[int]
    memory_total_bytes: Metric[int]
    temperature_celsius: Metric[float]
    power_watts: Metric[float]
    frequency_mhz: Metric[float] = _NOT_ASKED
    """Speed at which its cores run now; where the load is closed to users, the best sign of work."""
    power_limit_watts: Metric[float] = _NOT_ASKED
    """Power that its driver lets it draw at most, now."""
    aside_used_bytes: Metric[int] = Metric(None, reason("hardware.nothing_set_aside"))
    """Of `memory_used_bytes` of one that shares the RAM, what is in use of the part set aside for it."""


class Reading(msgspec.Struct, frozen=True):
    """Everything the gauges show, taken in one tick of the sampler."""

    time_seconds: float
    """`time.monotonic()` when it was taken."""
    cpu_percent: Metric[float]
    """Load of what this process may use, 0 to 100: of all its cores, or of its quota where one is set."""
    core_percents: tuple[float, ...]
    """Load of each core that it may run on; under a quota other containers' work is in it too."""
    memory: Metric[MemoryReading]
    gpus: tuple[GpuReading, ...]
    pressure_percent: Metric[float]
    """Share of the last 10 s in which some task waited for memory (PSI `some avg10`), 0 to 100."""
    engine: ProcessReading | None
    """None while no engine runs."""
    own_cpu_percent: Metric[float]
    """The dashboard's own process, percent of one core."""
    own_resident_bytes: Metric[int]
    pressure_level: Metric[str] = Metric(None, reason("hardware.pressure_level_on_macos_only"))
    """Pressure on memory where the system says it in a word: `normal`, `warning`, `critical`."""
    cpu_temperature_celsius: Metric[float] = _NOT_ASKED
    """The hottest that the processor says of itself."""
    cpu_frequency_mhz: Metric[float] = _NOT_ASKED
    """Mean over the cores."""
    cpu_power_watts: Metric[float] = _NOT_ASKED
    """The processor's package: cores, caches, and integrated graphics where there are some."""
    cpu_power_limit_watts: Metric[float] = _NOT_ASKED
    """Power that the package may draw for long."""
    battery_watts: Metric[float] = _NOT_ASKED
    """Power that the whole machine draws from its battery; unknown while it is plugged in."""
    swap_in_bytes_per_second: Metric[float] = _NOT_ASKED
    """Read back from swap, the surest sign that memory is too small for what runs."""
