"""Thresholds at which a gauge changes its colour or its word, as data."""

from collections.abc import Sequence
from typing import NamedTuple

from tui.i18n import _


class Threshold(NamedTuple):
    """A level's name and the value it begins at, in percent or in the unit of the table."""

    percent: float
    name: str


LOAD: tuple[Threshold, ...] = (Threshold(0, "low"), Threshold(60, "mid"), Threshold(85, "high"))
"""Processors are there to be used: full load is no error, so it never turns critical."""

MEMORY: tuple[Threshold, ...] = (
    Threshold(0, "low"),
    Threshold(60, "mid"),
    Threshold(80, "high"),
    Threshold(92, "critical"),
)
"""Past 92 % a desktop starts to swap what is on the screen."""

TEMPERATURE: tuple[Threshold, ...] = (
    Threshold(0, "low"),
    Threshold(75, "mid"),
    Threshold(85, "high"),
    Threshold(95, "critical"),
)
"""In °C. Makers throttle laptop processors between 95 and 105, and cards from about 83 on."""

PRESSURE: tuple[Threshold, ...] = (Threshold(0, "low"), Threshold(5, "some"), Threshold(20, "high"))
"""Share of the time in which some task waited for memory; at a fifth, typing is felt to stall."""

PRESSURE_LEVELS = {"normal": "low", "warning": "some", "critical": "high"}
"""The step of pressure that macOS means by each of its words."""

POWER: tuple[Threshold, ...] = (Threshold(0, "low"), Threshold(95, "high"), Threshold(110, "critical"))
"""In percent of what the driver allows. At its limit a GPU is held back; well past it something is wrong."""

SWAP_IN: tuple[Threshold, ...] = (Threshold(0, "mid"), Threshold(1, "high"), Threshold(20, "critical"))
"""MiB a second. One is a program that wakes up; at twenty the model itself is read back from swap."""

PRESSURE_WORDS = {"low": _("low"), "some": _("some"), "high": _("high")}
PRESSURE_ROLES = {"low": "value", "some": "high", "high": "critical"}
"""The gauge colour of each step of pressure; none while there is nothing to see to."""

FIGURE_ROLES = {"low": "value", "mid": "value", "high": "high", "critical": "critical"}
"""The same for a figure, which takes a colour only where there is something to see to."""


def level_at(percent: float, thresholds: Sequence[Threshold]) -> str:
    """Return the name of the last threshold that `percent` has reached; the first below all of them."""
    name = thresholds[0].name
    for threshold in thresholds:
        if percent < threshold.percent:
            break
        name = threshold.name
    return name


def figure_role(value: float, thresholds: Sequence[Threshold]) -> str:
    """Return the role in which a figure is written."""
    return FIGURE_ROLES[level_at(value, thresholds)]
