"""Memory pressure as a level, from Linux's stalled time or macOS's level."""

from typing import NamedTuple

from tui.hardware.reading import Reading
from tui.ui.gauges.thresholds import PRESSURE, PRESSURE_LEVELS, PRESSURE_ROLES, PRESSURE_WORDS, level_at


class Pressure(NamedTuple):
    """Level of memory pressure, and the share of stalled time."""

    level: str
    """`low`, `some` or `high`."""
    percent: float | None
    """Percent of the last 10 s in which a task waited for memory; None if only the level is known."""

    @property
    def word(self) -> str:
        """Name of the level in the user's language."""
        return PRESSURE_WORDS[self.level]

    @property
    def role(self) -> str:
        """Role of the word, which gives its colour."""
        return PRESSURE_ROLES[self.level]


def pressure_of(reading: Reading | None) -> Pressure | None:
    """Return the pressure by Linux's share of stalled time, else by macOS's level; None without either."""
    if reading is None:
        return None
    percent = reading.pressure_percent.value
    if percent is not None:
        return Pressure(level_at(percent, PRESSURE), percent)
    level = PRESSURE_LEVELS.get(reading.pressure_level.value or "")
    return Pressure(level, None) if level else None
