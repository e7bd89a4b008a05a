"""Processor time that the engine's threads got while they computed, to tell when other programs were at work.

The threads of a decode wait for one another by spinning, so on a processor that is theirs each of them runs
throughout. Whatever else runs on their cores, a hypervisor and the quota of a container
included, shows as processor time that they did not get.
"""

import sys
import time

_COARSE = sys.platform == "win32"
"""True where processor time is counted in steps as long as a decode."""
_LEAST_SECONDS = 0.2 if _COARSE else 0.02
"""Seconds of computing under which the share is not known."""


class ComputeClock:
    """Adds up the time and the processor time of computing."""

    def __init__(self, threads: int, *, on_processor: bool) -> None:
        """Take the number of threads; without `on_processor`, a GPU computes, and the share is not known."""
        self._threads = threads
        self._on_processor = on_processor
        self.seconds = 0.0
        self._processor_seconds = 0.0
        self._start = (0.0, 0.0)

    def start(self) -> None:
        """Start to count."""
        self._start = (time.perf_counter(), time.process_time())

    def stop(self) -> float:
        """Stop to count, and return the seconds since the start."""
        seconds = time.perf_counter() - self._start[0]
        self.seconds += seconds
        self._processor_seconds += time.process_time() - self._start[1]
        return seconds

    def clear(self) -> None:
        """Forget what was counted."""
        self.seconds = self._processor_seconds = 0.0

    @property
    def share(self) -> float | None:
        """Share of the time of all threads in which they ran, 0 to 1; None where that is not known."""
        if not self._on_processor or self.seconds < _LEAST_SECONDS:
            return None
        return min(1.0, self._processor_seconds / (self.seconds * self._threads))
