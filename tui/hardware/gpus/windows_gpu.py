"""GPUs of any maker on Windows: what the registry says they are and the performance counters say they do.

Counters: `GPU Engine` and `GPU Adapter Memory`, whose instances are named
`pid_1234_luid_0x00000000_0x0000C5A1_phys_0_eng_3_engtype_3D` and `luid_0x00000000_0x0000C5A1_phys_0`. The
LUID, which identifies an adapter until the next start of Windows, is in the registry beside the name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from tui.hardware.answers import SenselessAnswerError, checked_answer
from tui.hardware.gpus.maker import Detection, GpuReader
from tui.hardware.gpus.makers import vendor_of_name, vendor_of_pci
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu, Vendor, blank_reading
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.sentences import reason
from tui.system_errors import system_error
from tui.text import clean_line

_SOURCE = "performance counters"
_SELDOM_SECONDS = 1.9
"""Between two collections of the counters, which cost some ten milliseconds."""
_SOFTWARE = 0x1414
"""Microsoft's own: the renderer in software, and displays of virtual machines."""
_LUID = re.compile(r"luid_0x([0-9a-f]{8})_0x([0-9a-f]{8})", re.IGNORECASE)
_ENGINE = re.compile(r"_phys_(\d+)_eng_(\d+)", re.IGNORECASE)
_CARDS = re.compile(r"\bRX\b(?!.*Graphics$)|\bPRO [WV]\d|\bArc\b.*\b[AB]\d{2,3}\b", re.IGNORECASE)
"""Names that only cards have, whatever else they contain: `Intel(R) Arc(TM) A770 Graphics`."""
_INSIDE = re.compile(r"\bGraphics$|\b\d{3}M$|\bAdreno\b|\bIntel\b.*\b(UHD|Iris|Arc)\b", re.IGNORECASE)
"""Names of graphics in a processor: `AMD Radeon(TM) 780M Graphics`, `Intel(R) UHD Graphics 620`."""
_MOST_BYTES = 1 << 50
_UNREAD = reason("hardware.windows_gpu_uncounted")


class Adapter(msgspec.Struct, frozen=True):
    """A GPU as the registry describes it."""

    name: str
    vendor: Vendor
    luid: int
    dedicated_bytes: int | None
    shared_bytes: int | None
    driver: str | None

    @property
    def shares_memory(self) -> bool:
        """True for a part of the processor; its name says so more surely than the size of its memory."""
        return not _CARDS.search(self.name) and bool(_INSIDE.search(self.name))


class Counters(msgspec.Struct, frozen=True):
    """One collection of the counters, by LUID."""

    load_percent: Mapping[int, float]
    """Load of the busiest engine."""
    dedicated_bytes: Mapping[int, int]
    shared_bytes: Mapping[int, int]


def parse_luid(instance: str) -> int | None:
    """Parse the LUID of the adapter that an instance is about; None when it names none."""
    luid = _LUID.search(instance)
    return (int(luid[1], 16) << 32) | int(luid[2], 16) if luid else None


def luid_name(luid: int) -> str:
    """Return a LUID as the counters write it."""
    return f"luid_0x{luid >> 32 & 0xFFFFFFFF:08X}_0x{luid & 0xFFFFFFFF:08X}"


def parse_counters(answer: Mapping[str, Any]) -> Counters:
    """The answer to `windows_gpu_counters`: lists of (instance, value) under `engine`, `dedicated`, `shared`.

    As the task manager counts: an engine is as busy as all processes make it, a GPU as its busiest engine.
    """
    engines: dict[tuple[int, str, str], float] = {}
    for instance, value in _pairs(answer.get("engine")):
        luid, place = parse_luid(instance), _ENGINE.search(instance)
        if luid is not None and place is not None and 0 <= value <= 1e6:
            key = (luid, place[1], place[2])
            engines[key] = engines.get(key, 0.0) + value
    load: dict[int, float] = {}
    for (luid, _, _), percent in engines.items():
        load[luid] = max(load.get(luid, 0.0), min(100.0, percent))
    return Counters(load, _sizes(answer.get("dedicated")), _sizes(answer.get("shared")))


def parse_adapters(answer: Sequence[Mapping[str, Any]]) -> tuple[Adapter, ...]:
    """Parse the answer to `windows_gpu_adapters`; what Microsoft draws in software is left out."""
    by_luid: dict[int, Adapter] = {}
    for entry in answer:
        name, luid = entry.get("name"), entry.get("luid")
        if not isinstance(name, str) or not isinstance(luid, int) or entry.get("vendor_id") == _SOFTWARE:
            continue
        label = clean_line(name) or "GPU"
        driver = entry.get("driver")
        by_luid[luid] = Adapter(
            label,
            _vendor(entry.get("vendor_id"), label),
            luid,
            _size(entry.get("dedicated_bytes")),
            _size(entry.get("shared_bytes")),
            clean_line(driver) or None if isinstance(driver, str) else None,
        )
    return tuple(by_luid.values())


def detect_windows(interfaces: Interfaces, without: Iterable[Vendor] = ()) -> Detection:
    """Return the GPUs that Windows lists now, less those of makers in `without`; and why there are none."""
    try:
        adapters = parse_adapters(checked_answer(interfaces, "windows_gpu_adapters", list[dict[str, Any]]))
        counters = parse_counters(checked_answer(interfaces, "windows_gpu_counters", dict[str, Any]))
    except OSError as error:
        return (), reason("hardware.windows_gpu_list_unreadable", error=system_error(error))
    except SenselessAnswerError as error:
        return (), reason("hardware.windows_gpu_list_unreadable", error=error.reason)
    # The registry keeps adapters that are gone, under the LUID they had; the counters know those at work.
    present = [adapter for adapter in adapters if adapter.luid in counters.dedicated_bytes]
    wanted = [adapter for adapter in present if adapter.vendor not in tuple(without)]
    gpus = tuple(gpu_of(adapter, index) for index, adapter in enumerate(wanted))
    return gpus, None if gpus or present else reason("hardware.windows_no_gpu")


def gpu_of(adapter: Adapter, index: int) -> Gpu:
    """Return the GPU as the rest of the program knows it."""
    driver: Metric[str] = (
        known(adapter.driver, "registry") if adapter.driver else unknown(reason("hardware.windows_no_driver"))
    )
    return Gpu(
        index,
        adapter.name,
        adapter.vendor,
        adapter.shares_memory,
        _memory(adapter),
        driver,
        device=luid_name(adapter.luid),
        set_aside_bytes=(adapter.dedicated_bytes or 0) if adapter.shares_memory else 0,
    )


def windows_readers(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReader, ...]:
    """Return one reader for all GPUs that Windows counts; none when there are none."""
    counted = tuple(gpu for gpu in gpus if parse_luid(gpu.device) is not None)
    start = lambda: lambda: read_windows(interfaces, counted)  # noqa: E731 - a function that returns one
    return (GpuReader(counted, start, _SELDOM_SECONDS),) if counted else ()


def read_windows(interfaces: Interfaces, gpus: tuple[Gpu, ...]) -> tuple[GpuReading, ...]:
    """Return each GPU now. The counters take some milliseconds, so not on a thread that others wait for.

    Raises:
        OSError: the counters cannot be read.
        SenselessAnswerError: they make no sense.
    """
    counters = parse_counters(checked_answer(interfaces, "windows_gpu_counters", dict[str, Any]))
    return tuple(windows_reading(gpu, counters) for gpu in gpus)


def windows_reading(gpu: Gpu, counters: Counters) -> GpuReading:
    """Return one GPU as in one collection of the counters."""
    luid = parse_luid(gpu.device)
    dedicated = None if luid is None else counters.dedicated_bytes.get(luid)
    if luid is None or dedicated is None:
        return blank_reading(gpu, _UNREAD)
    used = dedicated + (counters.shared_bytes.get(luid, 0) if gpu.shares_memory else 0)
    percent = counters.load_percent.get(luid)
    load: Metric[float] = (
        unknown(reason("hardware.load_after_next_sample"), _SOURCE)
        if percent is None
        else known(percent, _SOURCE)
    )
    nothing: Metric[float] = unknown(reason("hardware.windows_gpu_value_missing"), _SOURCE)
    reading = GpuReading(
        gpu.index, load, known(used, _SOURCE), gpu.memory_bytes, nothing, nothing, nothing, nothing
    )
    if not gpu.set_aside_bytes:
        return reading
    return msgspec.structs.replace(reading, aside_used_bytes=known(dedicated, _SOURCE))


def _memory(adapter: Adapter) -> Metric[int]:
    """Return VRAM; for one inside the processor, its carve-out and the RAM that Windows lets it borrow."""
    if adapter.dedicated_bytes is None or (adapter.shares_memory and adapter.shared_bytes is None):
        return unknown(reason("hardware.windows_no_memory_size"), "registry")
    borrowed = (adapter.shared_bytes or 0) if adapter.shares_memory else 0
    return known(adapter.dedicated_bytes + borrowed, "registry")


def _vendor(number: Any, name: str) -> Vendor:
    listed = vendor_of_pci(number) if isinstance(number, int) else None
    return listed or vendor_of_name(name)


def _pairs(value: Any) -> list[tuple[str, float]]:
    rows = cast("list[Any]", value) if isinstance(value, list) else []
    pairs: list[tuple[str, float]] = []
    for row in rows:
        match row:
            case [str(name), int() | float() as number] if number == number:
                pairs.append((name, float(number)))
            case _:
                pass
    return pairs


def _sizes(value: Any) -> dict[int, int]:
    """Return bytes by LUID, the parts of linked adapters together."""
    sizes: dict[int, int] = {}
    for instance, number in _pairs(value):
        luid = parse_luid(instance)
        if luid is not None and 0 <= number <= _MOST_BYTES:
            sizes[luid] = sizes.get(luid, 0) + int(number)
    return sizes


def _size(value: Any) -> int | None:
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_BYTES
    return value if sound else None
