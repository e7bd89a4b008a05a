"""Levels and roles of figures by their thresholds."""

import pytest

from tui.ui.gauges.thresholds import (
    FIGURE_ROLES,
    LOAD,
    MEMORY,
    POWER,
    PRESSURE,
    PRESSURE_LEVELS,
    PRESSURE_ROLES,
    PRESSURE_WORDS,
    SWAP_IN,
    TEMPERATURE,
    figure_role,
    level_at,
)


@pytest.mark.parametrize(
    ("percent", "level"),
    [(-5, "low"), (0, "low"), (79.9, "mid"), (80, "high"), (92, "critical"), (300, "critical")],
)
def test_a_level_begins_exactly_at_its_threshold(percent: float, level: str) -> None:
    assert level_at(percent, MEMORY) == level


def test_full_load_is_no_alarm() -> None:
    assert level_at(100, LOAD) == "busy"
    assert {level_at(load, LOAD) for load in range(101)} == {"calm", "busy"}


@pytest.mark.parametrize("table", [LOAD, MEMORY, TEMPERATURE, POWER, SWAP_IN])
def test_thresholds_rise_and_every_level_has_a_role(table) -> None:
    assert [threshold.percent for threshold in table] == sorted({threshold.percent for threshold in table})
    assert {threshold.name for threshold in table} <= FIGURE_ROLES.keys()


def test_every_level_of_pressure_has_a_word_and_a_role() -> None:
    levels = {threshold.name for threshold in PRESSURE}
    assert levels == set(PRESSURE_WORDS) == set(PRESSURE_ROLES) == set(PRESSURE_LEVELS.values())


def test_a_figure_takes_a_colour_only_where_it_matters() -> None:
    assert figure_role(50, TEMPERATURE) == "value"
    assert figure_role(96, TEMPERATURE) == "critical"
