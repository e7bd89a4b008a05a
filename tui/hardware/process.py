"""One process: what it holds and how busy it is."""

import os
import time
from pathlib import Path

import msgspec
import psutil

from tui.hardware.apple import read_rusage
from tui.hardware.reading import Metric, ProcessReading, known, unknown
from tui.hardware.text import read_text, whole, why

_TICKS = float(os.sysconf("SC_CLK_TCK")) if hasattr(os, "sysconf") else 100.0
_SHORT_SECONDS = 0.05
"""Under this, one clock tick of 10 ms would be a fifth of the answer."""
_ENDED = "the process has ended"


class Memory(msgspec.Struct, frozen=True):
    """The memory part of a `ProcessReading`, in bytes."""

    resident: Metric[int]
    anonymous: Metric[int]
    file: Metric[int]
    peak: Metric[int]


def parse_status(text: str) -> Memory:
    """Memory lines of `/proc/<pid>/status`; see proc_pid_status(5). A zombie has none of them.

    Shared memory counts as anonymous: the system cannot drop it and read it again.
    """
    sizes: dict[str, int] = {}
    for line in text.splitlines():
        key, _, rest = line.partition(":")
        words = rest.split()
        value = whole(words[0]) if len(words) == 2 and words[1] == "kB" else None
        if value is not None and value >= 0:
            sizes[key] = value * 1024
    if "VmRSS" not in sizes:
        return _no_memory(_ENDED)
    own = sizes["RssAnon"] + sizes.get("RssShmem", 0) if "RssAnon" in sizes else None
    return Memory(_size(sizes["VmRSS"]), _size(own), _size(sizes.get("RssFile")), _size(sizes.get("VmHWM")))


def parse_stat_times(text: str) -> tuple[int, int] | None:
    """Of `/proc/<pid>/stat`: (start time, user + system time), in clock ticks; see proc_pid_stat(5)."""
    # The name may hold spaces and brackets; everything after the last bracket is numbers.
    fields = text.rpartition(")")[2].split()
    if len(fields) < 20:
        return None
    user, system, start = whole(fields[11]), whole(fields[12]), whole(fields[19])
    return None if user is None or system is None or start is None else (start, user + system)


class ProcessMeter:
    """Follows one process from tick to tick. A number given again to another process is not followed."""

    def __init__(self, pid: int, root: Path = Path("/")) -> None:
        self.pid = pid
        self._folder = root / "proc" / str(pid)
        self._start: float | None = None
        self._before: tuple[float, float] | None = None
        self._percent: Metric[float] = unknown("two looks are needed; the load comes with the next")

    def read(self) -> ProcessReading:
        """What the process holds now, and its load since the last look; all unknown once it has ended."""
        try:
            memory, start, seconds = self._linux() if psutil.LINUX else self._portable()
        except OSError as error:
            gone = isinstance(error, FileNotFoundError | ProcessLookupError)
            return _unknown_process(self.pid, _ENDED if gone else why(error, "the process"))
        except psutil.NoSuchProcess:
            return _unknown_process(self.pid, _ENDED)
        except psutil.Error:
            return _unknown_process(self.pid, "the process is not open to this user")
        if self._start is None:
            self._start = start
        if start != self._start:
            return _unknown_process(self.pid, _ENDED)
        self._update_load(seconds)
        return ProcessReading(
            self.pid, memory.resident, memory.anonymous, memory.file, memory.peak, self._percent
        )

    def _update_load(self, seconds: float) -> None:
        now = time.monotonic()
        if self._before is None:
            self._before = (now, seconds)
            return
        elapsed = now - self._before[0]
        if elapsed >= _SHORT_SECONDS:
            self._percent = known(max(0.0, 100 * (seconds - self._before[1]) / elapsed), "process times")
            self._before = (now, seconds)

    def _linux(self) -> tuple[Memory, float, float]:
        times = parse_stat_times(read_text(self._folder / "stat"))
        if times is None:
            raise ProcessLookupError(self.pid)
        return parse_status(read_text(self._folder / "status")), times[0], times[1] / _TICKS

    def _portable(self) -> tuple[Memory, float, float]:
        process = psutil.Process(self.pid)
        times = process.cpu_times()
        return _portable_memory(process), process.create_time(), times.user + times.system


def _portable_memory(process: psutil.Process) -> Memory:
    if psutil.MACOS:
        usage = read_rusage(process.pid)
        if usage is not None:
            # Metal's buffers are only in the footprint, mapped weights only in the resident size.
            source = "proc_pid_rusage"
            return Memory(
                known(max(usage.resident_bytes, usage.footprint_bytes), source),
                known(usage.footprint_bytes, source),
                known(max(0, usage.resident_bytes - usage.footprint_bytes), source),
                known(max(usage.peak_bytes, usage.footprint_bytes), source),
            )
    info = process.memory_info()._asdict()
    own, peak = info.get("private"), info.get("peak_wset")
    file = None if own is None else max(0, info["rss"] - own)
    return Memory(
        _size(info["rss"], "psutil"), _size(own, "psutil"), _size(file, "psutil"), _size(peak, "psutil")
    )


def _size(value: int | None, source: str = "/proc/<pid>/status") -> Metric[int]:
    return unknown("this system does not report it", source) if value is None else known(value, source)


def _no_memory(reason: str) -> Memory:
    none: Metric[int] = unknown(reason)
    return Memory(none, none, none, none)


def _unknown_process(pid: int, reason: str) -> ProcessReading:
    none = _no_memory(reason)
    return ProcessReading(pid, none.resident, none.anonymous, none.file, none.peak, unknown(reason))
