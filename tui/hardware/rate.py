"""How fast a counter grows, from look to look."""

TOO_SHORT = 0.05
"""Seconds; between two looks closer than this the step of a counter is too coarse to divide."""


class Rate:
    """Follows one counter.

    A counter that ran backwards was started again. One that is known to wrap has wrapped only if it grew by
    less than half of its range meanwhile.
    """

    def __init__(self, wrap: int | None = None) -> None:
        """`wrap` is the number of values the counter has before it begins again at 0."""
        self._wrap = wrap
        self._before: tuple[float, float] | None = None
        self._per_second: float | None = None

    def next(self, value: float, now: float) -> float | None:
        """Units a second since the last look; None at the first look, and after a restart.

        A look too soon after the last one gives the last answer again.
        """
        if self._before is None:
            self._before = (value, now)
            return None
        grown, elapsed = value - self._before[0], now - self._before[1]
        if elapsed < TOO_SHORT:
            return self._per_second
        if grown < 0 and self._wrap is not None and value < self._wrap and grown < -self._wrap // 2:
            grown += self._wrap
        self._before = (value, now)
        self._per_second = grown / elapsed if grown >= 0 else None
        return self._per_second
