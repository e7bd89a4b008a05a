"""Thresholds at which a gauge changes its colour or its word."""

from collections.abc import Sequence
from typing import NamedTuple

from tui.i18n import _


class Threshold(NamedTuple):
    """Name of a level, and the lowest value of the level in percent or in the unit of its table."""

    percent: float
    name: str


LOAD: tuple[Threshold, ...] = (Threshold(0, "calm"), Threshold(60, "busy"))
"""Thresholds of the load of processors and GPUs. Full load is what they are for, and no alarm."""

MEMORY: tuple[Threshold, ...] = (
    Threshold(0, "low"),
    Threshold(60, "mid"),
    Threshold(80, "high"),
    Threshold(92, "critical"),
)
"""Thresholds of memory in use. Above 92 % a desktop starts to swap visible programs."""

TEMPERATURE: tuple[Threshold, ...] = (
    Threshold(0, "low"),
    Threshold(75, "mid"),
    Threshold(85, "high"),
    Threshold(95, "critical"),
)
"""Thresholds in °C. Laptop processors are throttled between 95 and 105, and cards from about 83."""

PRESSURE: tuple[Threshold, ...] = (Threshold(0, "low"), Threshold(5, "some"), Threshold(20, "high"))
"""Thresholds of the share of time in which a task waited for memory; at 20 %, typing visibly stalls."""

PRESSURE_LEVELS = {"normal": "low", "warning": "some", "critical": "high"}
"""Level of pressure for each level of macOS."""

POWER: tuple[Threshold, ...] = (Threshold(0, "low"), Threshold(95, "high"), Threshold(110, "critical"))
"""Thresholds in percent of the driver's power limit. At the limit a GPU is slowed down; far above it,
something is wrong."""

SWAP_IN: tuple[Threshold, ...] = (Threshold(0, "mid"), Threshold(1, "high"), Threshold(20, "critical"))
"""Thresholds in MiB/s. At 1 a program wakes up; at 20 the model itself is read back from swap."""

PRESSURE_WORDS = {"low": _("low"), "some": _("some"), "high": _("high")}
PRESSURE_ROLES = {"low": "value", "some": "high", "high": "critical"}
"""Role of each level of pressure; a low one has no colour."""

FIGURE_ROLES = {
    "calm": "value",
    "busy": "value",
    "low": "value",
    "mid": "value",
    "high": "high",
    "critical": "critical",
}
"""Role of each level of a figure; only high and critical ones have a colour."""


def level_at(percent: float, thresholds: Sequence[Threshold]) -> str:
    """Return the name of the level of a value; below all thresholds, the first name."""
    name = thresholds[0].name
    for threshold in thresholds:
        if percent < threshold.percent:
            break
        name = threshold.name
    return name


def figure_role(value: float, thresholds: Sequence[Threshold]) -> str:
    """Return the role of a figure by its level."""
    return FIGURE_ROLES[level_at(value, thresholds)]
