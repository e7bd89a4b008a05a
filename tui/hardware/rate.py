"""Rate of a counter from sample to sample."""

TOO_SHORT = 0.05
"""Seconds; between two samples closer than this the step of a counter is too coarse to divide."""


class Rate:
    """Follows one counter.

    A counter that ran backwards was started again. One that is known to wrap has wrapped only if it grew by
    less than half of its range meanwhile.
    """

    def __init__(self, wrap: int | None = None) -> None:
        """`wrap` is the number of values the counter has before it begins again at 0."""
        self._wrap = wrap
        self._last: tuple[float, float] | None = None
        self._per_second: float | None = None

    def next(self, value: float, time: float) -> float | None:
        """Return units a second since the last sample; None at the first one, and after a restart.

        A sample too soon after the last one gives the last answer again.
        """
        if self._last is None:
            self._last = (value, time)
            return None
        grown, elapsed = value - self._last[0], time - self._last[1]
        if elapsed < TOO_SHORT:
            return self._per_second
        if grown < 0 and self._wrap is not None and value < self._wrap and grown < -self._wrap // 2:
            grown += self._wrap
        self._last = (value, time)
        self._per_second = grown / elapsed if grown >= 0 else None
        return self._per_second
