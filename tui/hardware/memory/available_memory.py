"""Memory that programs here can use, and the pressure on it."""

import errno
from collections.abc import Iterable

import msgspec

from tui.hardware import quantities
from tui.hardware.answers import SenselessAnswerError, SwapMemory, VirtualMemory, checked_answer
from tui.hardware.interfaces import Interfaces
from tui.hardware.memory.cgroup import CgroupFolders, MemoryLevel, memory_levels
from tui.hardware.reading import MemoryReading, Metric, known, unknown
from tui.hardware.system_files import file_error_reason, read_text
from tui.sentences import Reason, reason

_PRESSURE_LEVELS = {1: "normal", 2: "warning", 4: "critical"}
_NO_SHARE = {
    "macos": reason("hardware.macos_tells_pressure_level"),
    "windows": reason("hardware.windows_no_pressure"),
}


def host_memory(interfaces: Interfaces) -> MemoryReading:
    """Return the whole system's memory, limits aside.

    Used is total less available, so page cache that can be given back is not in it; on Linux, available is
    the kernel's own estimate, `MemAvailable`.

    Raises:
        OSError: the system does not answer.
        SenselessAnswerError: its answer cannot be.
    """
    ram = checked_answer(interfaces, "virtual_memory", VirtualMemory)
    available = min(ram.available, ram.total)
    swap, swap_reason = _swap(interfaces)
    # What Windows calls free has the cache in it.
    cache = None if interfaces.platform == "windows" else max(0, available - ram.free)
    return MemoryReading(
        total_bytes=ram.total,
        used_bytes=ram.total - available,
        available_bytes=available,
        reclaimable_bytes=cache,
        swap_total_bytes=swap.total if swap else None,
        swap_used_bytes=min(swap.used, swap.total) if swap else None,
        source="psutil",
        swap_reason=swap_reason,
    )


def _swap(interfaces: Interfaces) -> tuple[SwapMemory | None, Reason | None]:
    """Return the swap, or why it is not known: that leaves the memory itself known."""
    try:
        return checked_answer(interfaces, "swap_memory", SwapMemory), None
    except OSError as error:
        return None, file_error_reason(error, quantities.SWAP)
    except SenselessAnswerError as error:
        return None, error.reason


def within_limits(host: MemoryReading, levels: Iterable[MemoryLevel]) -> MemoryReading:
    """Return the memory that is free inside a container's limits.

    The ceiling is the smallest limit; what is available is the least that any level, or the host, still
    gives. A limit at or above the installed memory limits nothing.
    """
    real = [level for level in levels if level.limit_bytes < host.total_bytes]
    if not real:
        return host
    tightest = min(real, key=lambda level: level.limit_bytes)
    used = tightest.used_bytes
    if used is None:
        # The usage file is closed to us: no more than the host's own use can be counted against the limit.
        used = min(host.used_bytes, tightest.limit_bytes)
    room = [max(0, level.limit_bytes - level.used_bytes) for level in real if level.used_bytes is not None]
    available = min([host.available_bytes, max(0, tightest.limit_bytes - used), *room])
    return msgspec.structs.replace(
        host,
        total_bytes=tightest.limit_bytes,
        used_bytes=used,
        available_bytes=available,
        reclaimable_bytes=min(tightest.reclaimable_bytes, available),
        source=tightest.source,
    )


def read_memory(folders: CgroupFolders | None, interfaces: Interfaces) -> MemoryReading:
    """Return the memory now, inside the limits of `folders` (from `cgroup.find_folders("memory")`)."""
    return within_limits(host_memory(interfaces), memory_levels(folders, interfaces))


def parse_pressure(text: str) -> float | None:
    """Return `some avg10` of pressure stall information (PSI), 0 to 100; None when the text is not that."""
    for line in text.splitlines():
        fields = line.split()
        if fields[:1] != ["some"]:
            continue
        for field in fields[1:]:
            key, _, number = field.partition("=")
            if key == "avg10":
                return _percent(number)
    return None


def read_pressure(interfaces: Interfaces) -> Metric[float]:
    """Return the share of the last 10 s in which some task waited for memory, 0 to 100."""
    source = "/proc/pressure/memory"
    if interfaces.platform != "linux":
        return unknown(_NO_SHARE[interfaces.platform], source)
    try:
        value = parse_pressure(read_text(interfaces, "/proc/pressure/memory"))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EOPNOTSUPP, errno.ENOTDIR):
            return unknown(reason("hardware.no_pressure_figures"), source)
        return unknown(file_error_reason(error, quantities.MEMORY_PRESSURE), source)
    if value is None:
        return unknown(reason("hardware.pressure_senseless"), source)
    return known(value, source)


def pressure_level(number: int | None) -> Metric[str]:
    """Return `kern.memorystatus_vm_pressure_level` in a word: `normal`, `warning`, `critical`."""
    word = _PRESSURE_LEVELS.get(number) if number is not None else None
    if word is None:
        return unknown(reason("hardware.macos_pressure_level_missing"), "sysctl")
    return known(word, "sysctl")


def read_pressure_level(interfaces: Interfaces) -> Metric[str]:
    """Return how hard memory is pressed on this Mac, without starting a process; unknown elsewhere."""
    if interfaces.platform != "macos":
        return unknown(reason("hardware.pressure_level_on_macos_only"))
    return pressure_level(checked_answer(interfaces, "pressure_level", int | None))


def _percent(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None
