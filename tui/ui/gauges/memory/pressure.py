"""How hard memory is pressed, in one word, whichever way the system tells it."""

from typing import NamedTuple

from tui.hardware.reading import Reading
from tui.ui.gauges.thresholds import PRESSURE, PRESSURE_LEVELS, PRESSURE_ROLES, PRESSURE_WORDS, step_at


class Pressure(NamedTuple):
    """A step of pressure as it is shown."""

    step: str
    """`low`, `some` or `high`."""
    percent: float | None
    """Percent of the last 10 s in which some task waited for memory; None where only a level is told."""

    @property
    def word(self) -> str:
        """The step in the user's language."""
        return PRESSURE_WORDS[self.step]

    @property
    def role(self) -> str:
        """The gauge colour of the word."""
        return PRESSURE_ROLES[self.step]


def pressure_of(reading: Reading | None) -> Pressure | None:
    """By Linux's share of stalled time, else by the level that macOS tells; None where neither is known."""
    if reading is None:
        return None
    percent = reading.pressure_percent.value
    if percent is not None:
        return Pressure(step_at(percent, PRESSURE), percent)
    step = PRESSURE_LEVELS.get(reading.pressure_level.value or "")
    return Pressure(step, None) if step else None
