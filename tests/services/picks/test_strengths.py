"""Strengths from comparisons of which some are missing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.services.picks.strengths import Group, relative_strengths

GROUPS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 7)), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(GROUPS, st.data())
def test_solves_its_equations(groups: list[Group], data: st.DataObject):
    balances = [data.draw(st.integers(-5, 5)) for _group in groups]
    strengths = relative_strengths(groups, balances)
    for (level, steps), balance, strength in zip(groups, balances, strengths, strict=True):
        around = sum(
            rival - strength
            for (other_level, other_steps), rival in zip(groups, strengths, strict=True)
            if other_level == level and other_steps & steps
        )
        assert strength == pytest.approx(balance + around, abs=1e-9)


def test_wins_over_strong_models_count_more():
    """The third has both benchmarks and is strong; the first beats it, the fifth beats a weak one."""
    groups = [(0, 1), (0, 2), (0, 3), (0, 2), (0, 4), (0, 4)]
    first, _second, third, _fourth, fifth, _sixth = relative_strengths(groups, [1, -1, 1, -1, 1, -1])
    assert first > third
    assert first > fifth


def test_has_nothing_for_no_models():
    assert relative_strengths([], []) == []
