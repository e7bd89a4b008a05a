"""Speed of a transfer, averaged so that it neither jumps nor lags, and the time that remains."""

from collections import deque

_WINDOW_SECONDS = 15.0
"""Time that the average covers: bursts of the line and flushes of the disk vanish in it."""
_SHORTEST_SECONDS = 1.0
"""Time from which there is an average."""


class LineSpeed:
    """Average of received bytes over the last seconds.

    It is the mean of all bytes of the window, so one burst counts as much as it brought and no more. A line
    that stands still for the whole window has the speed 0.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, seconds: float, received_bytes: int) -> None:
        """Take the bytes received so far, at a time of a clock that never goes back."""
        self._samples.append((seconds, received_bytes))
        while len(self._samples) > 2 and self._samples[1][0] <= seconds - _WINDOW_SECONDS:
            self._samples.popleft()

    @property
    def bytes_per_second(self) -> float | None:
        """The average; None until there is one."""
        if len(self._samples) < 2:
            return None
        (start, first_bytes), (end, last_bytes) = self._samples[0], self._samples[-1]
        if end - start < _SHORTEST_SECONDS:
            return None
        return (last_bytes - first_bytes) / (end - start)

    def seconds_left(self, missing_bytes: int) -> float | None:
        """Return the time for so many bytes at this speed; None while nothing arrives or none is known."""
        speed = self.bytes_per_second
        return missing_bytes / speed if speed else None
