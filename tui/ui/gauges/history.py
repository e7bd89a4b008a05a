"""History of a percentage over the last minutes, and its braille graph on a fixed scale of 0 to 100."""

import math
from collections import deque
from collections.abc import Sequence
from itertools import groupby

from tui.services.activity.columns import HOLD_SECONDS
from tui.ui.gauges.thresholds import Threshold, level_at
from tui.ui.kit.pieces import Line, Piece, merged

SECONDS = 60.0
"""Seconds that the graph of a gauge covers."""

LONG_SECONDS = 600.0
"""Seconds that the graph on the screen of all gauges can cover."""

_BRAILLE = 0x2800
_LEFT_DOTS = (0x40, 0x04, 0x02, 0x01)
_RIGHT_DOTS = (0x80, 0x20, 0x10, 0x08)
"""Unicode's bits of the dots of a braille cell, from the bottom up."""


class PercentHistory:
    """Samples of a percentage over `seconds`; None is a sample that could not be read."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._samples: deque[tuple[float, float | None]] = deque()

    def add(self, time: float, value: float | None) -> None:
        """Add a sample taken at `time` (monotonic, in seconds), and drop the samples that are too old."""
        samples = self._samples
        if samples and time < samples[-1][0]:
            samples.clear()
        samples.append((time, value))
        while samples[0][0] < time - self.seconds - HOLD_SECONDS:
            samples.popleft()

    @property
    def covered_seconds(self) -> float:
        """Seconds from the oldest sample to the newest."""
        return self._samples[-1][0] - self._samples[0][0] if self._samples else 0.0

    def columns(self, count: int, seconds: float | None = None) -> list[float | None]:
        """Return the mean of the samples in each of `count` columns, newest last; None without any sample.

        `seconds` is the time that the columns cover; None for the whole history. Columns are counted from
        time zero, not from now, so that the graph moves by whole columns and does not flicker. A column
        without samples repeats the column before it for up to `HOLD_SECONDS`.
        """
        if not self._samples or count < 1:
            return [None] * count
        span = (self.seconds if seconds is None else seconds) / count
        newest = math.floor(self._samples[-1][0] / span)
        hold = math.ceil(HOLD_SECONDS / span)
        oldest = newest - count + 1 - hold
        sums: dict[int, list[float | None]] = {}
        for time, value in reversed(self._samples):
            slot = math.floor(time / span)
            if slot < oldest:
                break
            sums.setdefault(slot, []).append(value)
        columns: list[float | None] = []
        last: float | None = None
        age = hold + 1
        for slot in range(oldest, newest + 1):
            values = sums.get(slot)
            if values is not None:
                known_values = [value for value in values if value is not None]
                last, age = (sum(known_values) / len(known_values) if known_values else None), 0
            else:
                age += 1
            columns.append(last if age < hold else None)
        return columns[-count:]


def braille_rows(values: Sequence[float | None], width: int, height: int) -> list[str]:
    """Return a graph as `height` strings of `width` cells, top row first, with the newest value at the right.

    A cell is two values wide and four dots high. The scale is always 0 to 100. A known value has at least its
    lowest dot, and None is a gap.
    """
    levels = [_level(value, 4 * height) for value in _padded(values, width)]
    pairs = list(zip(levels[::2], levels[1::2], strict=True))
    rows: list[str] = []
    for row in range(height):
        below = 4 * (height - 1 - row)
        rows.append(
            "".join(
                _CELLS[min(4, left_level - below) if left_level > below else 0][
                    min(4, right_level - below) if right_level > below else 0
                ]
                for left_level, right_level in pairs
            )
        )
    return rows


def graph_lines(
    values: Sequence[float | None], width: int, height: int, thresholds: Sequence[Threshold]
) -> list[Line]:
    """Return the graph as pieces, each cell in the colour of the higher of its two values."""
    padded = _padded(values, width)
    peaks = [
        max(left_value or 0.0, right_value or 0.0)
        for left_value, right_value in zip(padded[::2], padded[1::2], strict=True)
    ]
    runs = [(role, len(list(run))) for role, run in groupby(level_at(peak, thresholds) for peak in peaks)]
    lines: list[Line] = []
    for row in braille_rows(padded, width, height):
        line: Line = []
        start = 0
        for role, length in runs:
            text = row[start : start + length]
            line.append(Piece(text, "" if text.isspace() else role))
            start += length
        lines.append(merged(line))
    return lines


def _padded(values: Sequence[float | None], width: int) -> list[float | None]:
    """Return the newest values, two per cell, filled up with gaps at the left."""
    newest = list(values)[-2 * width :] if width > 0 else []
    return [None] * (2 * width - len(newest)) + newest


def _level(value: float | None, dots: int) -> int:
    """Return the number of dots for a percentage; 0 for unknown."""
    if value is None:
        return 0
    return max(1, min(dots, round(value / 100 * dots)))


_CELLS = [
    [
        chr(_BRAILLE + sum(_LEFT_DOTS[:left_dots]) + sum(_RIGHT_DOTS[:right])) if left_dots or right else " "
        for right in range(5)
    ]
    for left_dots in range(5)
]
"""Braille cell for the number of dots on its left and on its right."""
