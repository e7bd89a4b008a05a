"""Time cut into columns of a fixed number of seconds, each with the means of what was seen in it."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from tui.services.activity.moment import Moment

HISTORY_SECONDS = 900.0
"""Age up to which anything is kept."""

HOLD_SECONDS = 3.0
"""A value stands this long when no newer one has come; after that it is a gap."""

FIGURES = (
    "cpu_percent",
    "gpu_percent",
    "memory_used",
    "memory_total",
    "vram_used",
    "vram_total",
    "engine_bytes",
    "celsius",
    "watts",
)
"""Fields of a `Moment` whose mean a column keeps."""


class Pace(NamedTuple):
    """Tokens that came in some seconds of generation."""

    time: float
    tokens: int
    seconds: float


class Column(msgspec.Struct, frozen=True):
    """Means over one column; None where nothing was known."""

    slot: int
    """Number of the column, counted from the clock's zero."""
    wall: float
    """Time of its last moment, in seconds since 1970."""
    rate: float | None = None
    """Tokens per second over the generation in it."""
    cpu_percent: float | None = None
    gpu_percent: float | None = None
    memory_used: float | None = None
    memory_total: float | None = None
    vram_used: float | None = None
    vram_total: float | None = None
    engine_bytes: float | None = None
    celsius: float | None = None
    watts: float | None = None

    @property
    def memory_percent(self) -> float | None:
        """Share of the memory that programs hold."""
        return _share(self.memory_used, self.memory_total)

    @property
    def vram_percent(self) -> float | None:
        """Share of the cards' memory that is taken."""
        return _share(self.vram_used, self.vram_total)


class _Sums:
    """A column in the making."""

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.wall = 0.0
        self.seen = 0
        self.sums = [0.0] * len(FIGURES)
        self.counts = [0] * len(FIGURES)
        self.tokens = 0
        self.seconds = 0.0

    def add(self, moment: Moment) -> None:
        self.seen += 1
        self.wall = moment.wall
        for index, name in enumerate(FIGURES):
            value = getattr(moment, name)
            if value is not None:
                self.sums[index] += value
                self.counts[index] += 1

    @property
    def rate(self) -> float | None:
        return self.tokens / self.seconds if self.seconds > 0 else None

    def column(self) -> Column:
        means = [
            total / count if count else None for total, count in zip(self.sums, self.counts, strict=True)
        ]
        return Column(self.slot, self.wall, self.rate, *means)


class Columns:
    """The columns of the past, summed up as its moments come."""

    def __init__(self, span: float, moments: Iterable[Moment] = (), paces: Iterable[Pace] = ()) -> None:
        """`span` is the seconds of a column; moments and paces are what is there already."""
        self.span = span
        self.newest: int | None = None
        """Number of the newest column; None before the first moment."""
        self._sums: dict[int, _Sums] = {}
        self._done: dict[int, Column] = {}
        for moment in moments:
            self.add(moment)
        for pace in paces:
            self.add_pace(pace)

    def slot_of(self, time: float) -> int:
        """The number of the column that a time falls into."""
        return math.floor(time / self.span)

    def add(self, moment: Moment) -> None:
        """Take another moment."""
        slot = self.slot_of(moment.time)
        self._at(slot).add(moment)
        if slot != self.newest:
            self.newest = slot
            oldest = slot - math.ceil(HISTORY_SECONDS / self.span)
            for old in [number for number in self._sums if number < oldest]:
                del self._sums[old]
                self._done.pop(old, None)

    def add_pace(self, pace: Pace) -> None:
        """Take tokens that came."""
        sums = self._at(self.slot_of(pace.time))
        sums.tokens += pace.tokens
        sums.seconds += pace.seconds

    def last(self, count: int) -> list[Column | None]:
        """The newest `count` columns, oldest first.

        A column without a moment of its own shows the one before it for as long as that may stand; after that
        and before the first moment it is None.
        """
        if self.newest is None or count < 1:
            return [None] * count
        hold = math.ceil(HOLD_SECONDS / self.span)
        columns: list[Column | None] = []
        last, age = None, hold
        for slot in range(self.newest - count + 1 - hold, self.newest + 1):
            column = self._column(slot)
            if column is not None:
                last, age = column, 0
            else:
                age += 1
                if last is not None:
                    last = msgspec.structs.replace(last, rate=self._rate(slot))
            columns.append(last if age < hold else None)
        return columns[-count:]

    def _rate(self, slot: int) -> float | None:
        sums = self._sums.get(slot)
        return sums.rate if sums else None

    def _at(self, slot: int) -> _Sums:
        sums = self._sums.get(slot)
        if sums is None:
            sums = self._sums[slot] = _Sums(slot)
        self._done.pop(slot, None)
        return sums

    def _column(self, slot: int) -> Column | None:
        done = self._done.get(slot)
        if done is None:
            sums = self._sums.get(slot)
            if sums is None or not sums.seen:
                return None
            done = self._done[slot] = sums.column()
        return done


def peak_of(values: Sequence[float | None]) -> float | None:
    """The greatest that is known."""
    return max((value for value in values if value is not None), default=None)


def _share(used: float | None, total: float | None) -> float | None:
    return 100 * used / total if used is not None and total else None
