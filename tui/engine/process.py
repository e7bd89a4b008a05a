"""What the engine's process asks of the operating system: politeness, its own size, its own end."""

import contextlib
import os
import sys
from pathlib import Path

NICENESS = 10
"""Measured: the screen answers fastest at 10, and generation loses nothing."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Of glibc's malloc.h."""

_STATUS = Path("/proc/self/status")


def be_polite() -> None:
    """Yield the cores to the dashboard, and be the first that the kernel ends when memory runs out."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")


def usable_cores() -> int:
    """Physical cores this process may use, at least 1."""
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
    """Resident size of this process now; None where the system does not tell."""
    size = _status_bytes("VmRSS")
    if size is not None:
        return size
    try:
        import psutil

        return psutil.Process().memory_info().rss
    except (ImportError, OSError):
        return None


def file_bytes() -> int:
    """Of the resident size, what is mapped from files, such as the engine's code; 0 where it is not told."""
    return _status_bytes("RssFile") or 0


def peak_bytes() -> int | None:
    """Largest resident size of this process so far; None where the system does not tell."""
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
    """Memory that this process could still get, swap included; None where the system does not tell."""
    try:
        import psutil

        memory = psutil.virtual_memory()
        if sys.platform == "darwin":
            # Swap grows as it is needed there, so only the whole memory is a limit that is certain.
            return memory.total
        return memory.available + psutil.swap_memory().free
    except (ImportError, OSError):
        return None


def keep_free_memory() -> None:
    """Keep freed heap pages for what is allocated next, which takes a third of the time off a dry run."""
    import ctypes

    option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if option is not None:
        option(_M_MMAP_THRESHOLD, 32 << 20)
        option(_M_TRIM_THRESHOLD, 256 << 20)


def give_back_free_memory() -> None:
    """Return freed heap pages to the system, so that a resident size means what is in use."""
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
