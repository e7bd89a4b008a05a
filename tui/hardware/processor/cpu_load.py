"""Load of the cores: differences of the kernel's counters between two samples."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from tui.hardware.answers import CoreTimes, SenselessAnswerError, checked_answer
from tui.hardware.interfaces import Interfaces
from tui.hardware.memory.cgroup import cpu_limit, cpu_seconds
from tui.hardware.rate import Rate
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import parse_integer, read_text
from tui.sentences import ReasonedError, reason

Times = Mapping[int, tuple[float, float]]
"""CPU number to (busy, total) time since the start, both in the same unit."""

QUOTA_SOURCE = "cgroup cpu.stat"
"""Source of a load that is a share of a quota."""
_TOO_SHORT = 3.0
"""Ticks a core must have lived between two samples; under it one tick is a third of the answer."""


def parse_proc_stat(text: str) -> dict[int, tuple[float, float]]:
    """Parse the `cpuN` lines of `/proc/stat`, in clock ticks; see proc_stat(5).

    Guest time is already inside user time, so the ninth and tenth fields are not added again. Waiting for the
    disk counts as idle.
    """
    times: dict[int, tuple[float, float]] = {}
    for line in text.splitlines():
        name, *fields = line.split()[:9] or [""]
        number = parse_integer(name[3:]) if name.startswith("cpu") and name != "cpu" else None
        values = [parse_integer(field) for field in fields]
        numbers = [value for value in values if value is not None]
        if number is None or len(numbers) < 4 or len(numbers) != len(values):
            continue
        idle = numbers[3] + (numbers[4] if len(numbers) > 4 else 0)
        times[number] = (float(sum(numbers) - idle), float(sum(numbers)))
    return times


def busy_percents(first: Times, second: Times) -> dict[int, float]:
    """Return the load in percent of each core that is in both; a counter that ran backwards gives 0."""
    percents: dict[int, float] = {}
    for number, (busy, total) in second.items():
        if number in first and total > first[number][1]:
            share = (busy - first[number][0]) / (total - first[number][1])
            percents[number] = min(100.0, max(0.0, 100 * share))
    return percents


class CoreLoadMeter:
    """Load of the usable cores since the last sample. The first sample is taken when it is made."""

    def __init__(self, usable: frozenset[int], interfaces: Interfaces) -> None:
        self._usable = usable
        self._interfaces = interfaces
        self._percents: dict[int, float] = {}
        self._last_times: Times = {}
        # A first sample that fails is no harm: the next one counts as the first, or says what is wrong.
        with suppress(OSError, SenselessAnswerError):
            self._last_times = self._times()

    def read(self) -> tuple[Metric[float], tuple[float, ...]]:
        """Return mean load and load per core, 0 to 100; too soon after the last sample, its answer again.

        Raises:
            OSError: the counters cannot be read.
            ReasonedError: they make no sense.
        """
        times = self._times()
        if not times:
            raise ReasonedError(reason("hardware.counters_senseless"))
        elapsed = self._elapsed(times)
        if elapsed < 0:
            # They were started again, as where a recording begins anew.
            self._last_times = times
        elif not self._percents or elapsed >= _TOO_SHORT:
            percents = busy_percents(self._last_times, times)
            if percents:
                self._percents, self._last_times = percents, times
            elif not self._last_times:
                self._last_times = times
        cores = tuple(self._percents[number] for number in sorted(self._percents))
        if not cores:
            return unknown(reason("hardware.load_after_next_sample"), self._source()), ()
        return known(sum(cores) / len(cores), self._source()), cores

    def _elapsed(self, times: Times) -> float:
        return max(
            (total - self._last_times[n][1] for n, (_, total) in times.items() if n in self._last_times),
            default=0.0,
        )

    def _source(self) -> str:
        return "/proc/stat" if self._interfaces.platform == "linux" else "psutil"

    def _times(self) -> Times:
        if self._interfaces.platform == "linux":
            times = parse_proc_stat(read_text(self._interfaces, "/proc/stat"))
        else:
            times = portable_times(checked_answer(self._interfaces, "core_times", CoreTimes))
        usable = {number: pair for number, pair in times.items() if number in self._usable}
        # A container's own /proc/stat may number its cores afresh: better all of those than none.
        return usable or times


class CpuLoadMeter:
    """Load of the cores, and under a quota the load of what the quota allows.

    The kernel's counters are the host's: they say nothing of how much of its own share a container uses.
    """

    def __init__(self, usable: frozenset[int], interfaces: Interfaces) -> None:
        self._cores = CoreLoadMeter(usable, interfaces)
        self._interfaces = interfaces
        self._limit = cpu_limit(interfaces)
        self._rate = Rate()
        self._use_was_read = False
        self._last: Metric[float] = unknown(reason("hardware.load_after_next_sample"), QUOTA_SOURCE)
        self._own()

    def read(self) -> tuple[Metric[float], tuple[float, ...]]:
        """Return percent of what may be used, and the load of each core.

        Where a quota is set and its use cannot be read, the host's load stands in its place.

        Raises:
            OSError: the counters cannot be read.
        """
        own = self._own()
        load, cores = self._cores.read()
        return load if own is None else own, cores

    def _own(self) -> Metric[float] | None:
        """Return the load of the quota; None without a quota, or when its use was never read."""
        limit = self._limit
        seconds = cpu_seconds(limit, self._interfaces) if limit is not None else None
        if limit is None or seconds is None:
            # The host's load in place of one's own would seem a sudden rest.
            return (
                unknown(reason("hardware.container_cpu_use_unreadable"), QUOTA_SOURCE)
                if self._use_was_read
                else None
            )
        self._use_was_read = True
        used = self._rate.next(seconds, self._interfaces.clock())
        if used is not None:
            self._last = known(min(100.0, 100 * used / limit.cores), QUOTA_SOURCE)
        # Where it was started again, as where a recording begins anew, the last answer holds on.
        return self._last


def portable_times(rows: Sequence[Mapping[str, float]]) -> dict[int, tuple[float, float]]:
    """The same from psutil's seconds by kind of each core, for systems without /proc, in hundredths."""
    # 100 ticks a second, as on Linux, so that one threshold serves both.
    totals = [100 * sum(float(value) for value in row.values()) for row in rows]
    return {
        n: (total - 100 * float(row["idle"]), total)
        for n, (row, total) in enumerate(zip(rows, totals, strict=True))
        if "idle" in row
    }
