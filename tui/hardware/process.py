"""One process: its memory and its load."""

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from tui.hardware import quantities
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.reading import Metric, ProcessReading, known, unknown
from tui.hardware.system_files import file_error_reason, parse_integer, read_text
from tui.sentences import Reason, reason

_TICKS = float(os.sysconf("SC_CLK_TCK")) if hasattr(os, "sysconf") else 100.0
_SHORT_SECONDS = 0.05
"""Under this, one clock tick of 10 ms would be a fifth of the answer."""
_ENDED = reason("hardware.process_ended")


class ProcessMemory(msgspec.Struct, frozen=True):
    """The memory part of a `ProcessReading`, in bytes."""

    resident: Metric[int]
    anonymous: Metric[int]
    file: Metric[int]
    peak: Metric[int]


def parse_status(text: str) -> ProcessMemory:
    """Parse memory lines of `/proc/<pid>/status`; see proc_pid_status(5). A zombie has none of them.

    Shared memory counts as anonymous: the system cannot drop it and read it again.
    """
    sizes: dict[str, int] = {}
    for line in text.splitlines():
        key, _, amount = line.partition(":")
        fields = amount.split()
        value = parse_integer(fields[0]) if len(fields) == 2 and fields[1] == "kB" else None
        if value is not None and value >= 0:
            sizes[key] = value * 1024
    if "VmRSS" not in sizes:
        return _no_memory(_ENDED)
    own = sizes["RssAnon"] + sizes.get("RssShmem", 0) if "RssAnon" in sizes else None
    return ProcessMemory(
        _size(sizes["VmRSS"]), _size(own), _size(sizes.get("RssFile")), _size(sizes.get("VmHWM"))
    )


def parse_stat_times(text: str) -> tuple[int, int] | None:
    """Of `/proc/<pid>/stat`: (start time, user + system time), in clock ticks; see proc_pid_stat(5)."""
    # The name may hold spaces and brackets; everything after the last bracket is numbers.
    fields = text.rpartition(")")[2].split()
    if len(fields) < 20:
        return None
    user, system, start = parse_integer(fields[11]), parse_integer(fields[12]), parse_integer(fields[19])
    return None if user is None or system is None or start is None else (start, user + system)


class ProcessMeter:
    """Follows one process from tick to tick, but not another one that gets the same number later."""

    def __init__(self, pid: int, interfaces: Interfaces | None = None) -> None:
        self.pid = pid
        self._interfaces = interfaces or LocalInterfaces()
        self._start: float | None = None
        self._last_times: tuple[float, float] | None = None
        self._percent: Metric[float] = unknown(reason("hardware.load_after_next_sample"))

    def read(self) -> ProcessReading:
        """Return its memory now and its load since the last sample; all unknown once it has ended."""
        try:
            linux = self._interfaces.platform == "linux"
            memory, start, seconds = self._linux() if linux else self._portable()
        except OSError as error:
            gone = isinstance(error, FileNotFoundError | ProcessLookupError)
            return _unknown_process(
                self.pid, _ENDED if gone else file_error_reason(error, quantities.PROCESS)
            )
        if self._start is None:
            self._start = start
        if start != self._start:
            return _unknown_process(self.pid, _ENDED)
        self._update_load(seconds)
        return ProcessReading(
            self.pid, memory.resident, memory.anonymous, memory.file, memory.peak, self._percent
        )

    def _update_load(self, seconds: float) -> None:
        time = self._interfaces.clock()
        if self._last_times is None:
            self._last_times = (time, seconds)
            return
        elapsed = time - self._last_times[0]
        if elapsed >= _SHORT_SECONDS:
            self._percent = known(max(0.0, 100 * (seconds - self._last_times[1]) / elapsed), "process times")
            self._last_times = (time, seconds)

    def _linux(self) -> tuple[ProcessMemory, float, float]:
        folder = f"/proc/{self.pid}"
        times = parse_stat_times(read_text(self._interfaces, f"{folder}/stat"))
        if times is None:
            raise ProcessLookupError(self.pid)
        return parse_status(read_text(self._interfaces, f"{folder}/status")), times[0], times[1] / _TICKS

    def _portable(self) -> tuple[ProcessMemory, float, float]:
        accounts = self._interfaces.ask("process_accounts", self.pid)
        return portable_memory(accounts), accounts["started"], accounts["seconds"]


def portable_memory(accounts: Mapping[str, Any]) -> ProcessMemory:
    """The memory part of the answer to `process_accounts`, in bytes; None there is what a system lacks."""
    if "footprint" in accounts:
        # A Mac: Metal's buffers are only in the footprint, mapped weights only in the resident size.
        source = "proc_pid_rusage"
        resident, footprint = int(accounts["resident"]), int(accounts["footprint"])
        return ProcessMemory(
            known(max(resident, footprint), source),
            known(footprint, source),
            known(max(0, resident - footprint), source),
            known(max(int(accounts["peak"]), footprint), source),
        )
    resident, own, peak = (accounts.get(key) for key in ("resident", "private", "peak"))
    file = None if own is None or resident is None else max(0, resident - own)
    return ProcessMemory(*(_size(size, "psutil") for size in (resident, own, file, peak)))


def _size(value: int | None, source: str = "/proc/<pid>/status") -> Metric[int]:
    return unknown(reason("hardware.process_size_missing"), source) if value is None else known(value, source)


def _no_memory(why: Reason) -> ProcessMemory:
    none: Metric[int] = unknown(why)
    return ProcessMemory(none, none, none, none)


def _unknown_process(pid: int, why: Reason) -> ProcessReading:
    none = _no_memory(why)
    return ProcessReading(pid, none.resident, none.anonymous, none.file, none.peak, unknown(why))
