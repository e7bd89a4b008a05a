"""Watch over the folders that a scan read: a change there makes the scan old.

The times of change are compared every few seconds. Notifications of the system would be sooner, but they need
a watch for each of thousands of folders, and there are none for disks of other machines.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping

_INTERVAL_SECONDS = 3.0
"""Shortest time between two looks."""
_SHARE = 400
"""A look that takes a second is followed by at least this many seconds without one: 0.25 % of a core."""

_SCAN_SHARE = 20
"""A scan that takes a second is followed by at least this many seconds without one."""


class DiskWatch:
    """A thread that looks at times of change, and calls once when one of them is another.

    After that call it rests until it is given the times of a new scan.
    """

    def __init__(self, on_change: Callable[[], None], interval: float | None = None) -> None:
        """`on_change` is called on the thread of the watch; `interval` is in seconds, None for the usual."""
        self._on_change = on_change
        self._interval = _INTERVAL_SECONDS if interval is None else interval
        self._lock = threading.Lock()
        self._times: dict[str, int] = {}
        self._pause = self._interval
        """Seconds to the next look."""
        self._changed_at: float | None = None
        """Time of the last change, until the scan that follows has ended."""
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def watch(self, times: Mapping[str, int]) -> None:
        """Look at these paths, whose times of change were these, in nanoseconds; 0 for a missing path."""
        with self._lock:
            self._times = dict(times)
            if self._changed_at is not None:
                # A disk on which much is written is not scanned all the time.
                self._pause = max(self._interval, (time.perf_counter() - self._changed_at) * _SCAN_SHARE)
                self._changed_at = None
            if self._thread is None and self._times and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="disk-watch", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread; it is not waited for, since a disk may hang."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(self._pause):
            with self._lock:
                times = self._times
            start = time.perf_counter()
            changed = any(change_time(path) != changed_ns for path, changed_ns in times.items())
            with self._lock:
                self._pause = max(self._interval, (time.perf_counter() - start) * _SHARE)
                is_current = changed and self._times is times
                if is_current:
                    self._times = {}
                    self._changed_at = time.perf_counter()
            if is_current and not self._closed.is_set():
                self._on_change()


def change_time(path: str) -> int:
    """Return the time of change of a file or folder in nanoseconds; 0 when it is not there."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - many times a second, without a path object
    except (OSError, ValueError):
        return 0
