"""Where a gauge changes colour and a word changes: the steps, as data."""

from collections.abc import Sequence
from typing import NamedTuple

from tui.i18n import _


class Step(NamedTuple):
    """From this value on, in percent or in the unit of the table, this name."""

    percent: float
    name: str


LOAD: tuple[Step, ...] = (Step(0, "low"), Step(60, "mid"), Step(85, "high"))
"""Processors are there to be used: full load is no error, so it never turns critical."""

MEMORY: tuple[Step, ...] = (Step(0, "low"), Step(60, "mid"), Step(80, "high"), Step(92, "critical"))
"""Past 92 % a desktop starts to swap what is on the screen."""

TEMPERATURE: tuple[Step, ...] = (Step(0, "low"), Step(75, "mid"), Step(85, "high"), Step(95, "critical"))
"""In °C. Makers throttle laptop processors between 95 and 105, and cards from about 83 on."""

PRESSURE: tuple[Step, ...] = (Step(0, "low"), Step(5, "some"), Step(20, "high"))
"""Share of the time in which some task waited for memory; at a fifth, typing is felt to stall."""

PRESSURE_LEVELS = {"normal": "low", "warning": "some", "critical": "high"}
"""The step of pressure that macOS means by each of its words."""

POWER: tuple[Step, ...] = (Step(0, "low"), Step(95, "high"), Step(110, "critical"))
"""In percent of what the driver allows. At its limit a GPU is held back; well past it something is wrong."""

SWAP_IN: tuple[Step, ...] = (Step(0, "mid"), Step(1, "high"), Step(20, "critical"))
"""MiB a second. One is a program that wakes up; at twenty the model itself is read back from swap."""

PRESSURE_WORDS = {"low": _("low"), "some": _("some"), "high": _("high")}
PRESSURE_ROLES = {"low": "value", "some": "high", "high": "critical"}
"""The gauge colour of each step of pressure; none while there is nothing to see to."""

FIGURE_ROLES = {"low": "value", "mid": "value", "high": "high", "critical": "critical"}
"""The same for a figure, which takes a colour only where there is something to see to."""


def step_at(percent: float, steps: Sequence[Step]) -> str:
    """The name of the last step that `percent` has reached; the first below all of them."""
    name = steps[0].name
    for step in steps:
        if percent < step.percent:
            break
        name = step.name
    return name


def figure_role(value: float, steps: Sequence[Step]) -> str:
    """The role in which a figure is written."""
    return FIGURE_ROLES[step_at(value, steps)]
