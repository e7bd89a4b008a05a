"""Memory pressure in one word, from Linux's stalled time or macOS's level."""

from typing import NamedTuple

from tui.hardware.reading import Reading
from tui.ui.gauges.thresholds import PRESSURE, PRESSURE_LEVELS, PRESSURE_ROLES, PRESSURE_WORDS, level_at


class Pressure(NamedTuple):
    """Memory pressure as it is shown."""

    step: str
    """`low`, `some` or `high`."""
    percent: float | None
    """Percent of the last 10 s in which some task waited for memory; None where only a level is known."""

    @property
    def word(self) -> str:
        """The step in the user's language."""
        return PRESSURE_WORDS[self.step]

    @property
    def role(self) -> str:
        """The gauge colour of the word."""
        return PRESSURE_ROLES[self.step]


def pressure_of(reading: Reading | None) -> Pressure | None:
    """Return the pressure by Linux's share of stalled time, else by macOS's level; None without either."""
    if reading is None:
        return None
    percent = reading.pressure_percent.value
    if percent is not None:
        return Pressure(level_at(percent, PRESSURE), percent)
    step = PRESSURE_LEVELS.get(reading.pressure_level.value or "")
    return Pressure(step, None) if step else None
