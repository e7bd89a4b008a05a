"""The engine's process and the operating system: its priority, its size, its order when memory runs out."""

import contextlib
import os
import sys
from pathlib import Path

NICENESS = 10
"""Measured: the screen responds fastest at 10, and generation loses nothing."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""From glibc's malloc.h."""

_STATUS = Path("/proc/self/status")


def lower_priority() -> None:
    """Lower this process's priority, and offer it first to the kernel when memory runs out."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")


def usable_cores() -> int:
    """Return the number of physical cores that this process may use, at least 1."""
    import psutil

    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    affinity = getattr(os, "sched_getaffinity", None)
    return max(1, min(physical, len(affinity(0))) if affinity else physical)


def _status_bytes(field: str) -> int | None:
    try:
        text = _STATUS.read_text()
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    return None


def resident_bytes() -> int | None:
    """Return the resident size of this process; None where the system does not tell."""
    size = _status_bytes("VmRSS")
    if size is not None:
        return size
    try:
        import psutil

        return psutil.Process().memory_info().rss
    except (ImportError, OSError):
        return None


def file_bytes() -> int:
    """Return the part of the resident size that is mapped from files, such as code; 0 where it is unknown."""
    return _status_bytes("RssFile") or 0


def peak_bytes() -> int | None:
    """Return the largest resident size of this process so far; None where the system does not tell."""
    size = _status_bytes("VmHWM")
    if size is not None:
        return size
    try:
        import resource
    except ImportError:
        return None
    # ru_maxrss counts bytes on macOS and KiB everywhere else.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def obtainable_bytes() -> int | None:
    """Return the memory that this process could still get, swap included; None where it is unknown."""
    try:
        import psutil

        memory = psutil.virtual_memory()
        if sys.platform == "darwin":
            # Swap grows as needed there, so only the total memory is a certain limit.
            return memory.total
        return memory.available + psutil.swap_memory().free
    except (ImportError, OSError):
        return None


def keep_free_memory() -> None:
    """Keep freed heap pages for the next allocations, which takes a third of the time off a dry run."""
    import ctypes

    option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if option is not None:
        option(_M_MMAP_THRESHOLD, 32 << 20)
        option(_M_TRIM_THRESHOLD, 256 << 20)


def give_back_free_memory() -> None:
    """Return freed heap pages to the system, so that the resident size counts only memory in use."""
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
