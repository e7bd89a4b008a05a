"""Memory, objects and handles of this process, by the allocators' own figures."""

import ctypes
import gc
import os
import re
import sys
import tempfile
from collections import Counter
from typing import NamedTuple

import psutil


class Figures(NamedTuple):
    """This process at one moment, after a collection of garbage."""

    allocated: int
    """Bytes in use: Python's small blocks and what the C library has given out."""
    resident: int
    """Bytes, as the system counts them."""
    frozen: int
    """Objects that the collection of garbage passes over."""
    handles: int
    """Open files, sockets and pipes; 0 where the system does not count them."""
    threads: int
    kinds: Counter[str]
    """Number of objects by their class, without the frozen ones."""


class _MallocInfo(ctypes.Structure):
    """The C library's `struct mallinfo2`."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def measure() -> Figures:
    """Collect garbage, and return the figures."""
    gc.collect()
    process = psutil.Process()
    kinds = Counter(f"{type(item).__module__}.{type(item).__qualname__}" for item in gc.get_objects())
    return Figures(
        python_bytes() + c_bytes(),
        process.memory_info().rss,
        gc.get_freeze_count(),
        process.num_fds() if hasattr(process, "num_fds") else 0,
        process.num_threads(),
        kinds,
    )


def python_bytes() -> int:
    """Return the bytes of Python's own blocks, which are objects of 512 bytes and less.

    The interpreter writes them to standard error and nowhere else, so that must not be in use.
    """
    with tempfile.TemporaryFile() as file:
        standard_error = os.dup(2)
        try:
            os.dup2(file.fileno(), 2)
            sys._debugmallocstats()  # pyright: ignore[reportPrivateUsage]
        finally:
            os.dup2(standard_error, 2)
            os.close(standard_error)
        file.seek(0)
        match = re.search(rb"# bytes in allocated blocks\s*=\s*([\d,]+)", file.read())
    return int(match[1].replace(b",", b"")) if match else 0


def c_bytes() -> int:
    """Return the bytes that the C library has given out; 0 where it does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    try:
        mallinfo = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        return 0
    mallinfo.restype = _MallocInfo
    info = mallinfo()
    return info.uordblks + info.hblkhd
