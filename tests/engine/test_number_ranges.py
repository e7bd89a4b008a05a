"""Bounds of numbers, compared with the numbers themselves."""

import pytest

from tests.engine.gbnf import Grammar
from tui.engine.number_ranges import integer_range, number_range

BOUNDS = [None, -125, -100, -11, -10, -1, 0, 1, 9, 10, 99, 100, 123]
NUMBERS = [
    "0",
    "0.0",
    "0.5",
    "-0.5",
    "1",
    "1.0",
    "1.5",
    "-1",
    "-1.0",
    "9",
    "9.99",
    "10",
    "10.0",
    "10.01",
    "99.5",
    "100.0",
    "-9.5",
    "-10",
    "-10.5",
    "-100.0",
    "-124.9",
    "123",
    "123.5",
    "-125",
    "-125.5",
    "0.001",
    "250.5",
]


def grammar(rule: str | None) -> Grammar:
    return Grammar(f"root ::= {rule}")


@pytest.mark.parametrize("low", BOUNDS)
def test_pattern_matches_only_integers_within_the_bounds(low: int | None) -> None:
    for high in BOUNDS:
        rule = integer_range(low, high)
        for value in (*range(-130, 131), -1000, 1000, 99_999):
            is_within = (low is None or value >= low) and (high is None or value <= high)
            assert (rule is not None and grammar(rule).matches(str(value))) == is_within, (low, high, value)


@pytest.mark.parametrize("low", BOUNDS)
def test_pattern_matches_only_numbers_within_the_bounds(low: int | None) -> None:
    for high in BOUNDS:
        for above, below in ((False, False), (low is not None, False), (False, high is not None)):
            rule = number_range(low, high, above=above, below=below)
            for text in NUMBERS:
                value = float(text)
                is_within = (low is None or (value > low if above else value >= low)) and (
                    high is None or (value < high if below else value <= high)
                )
                assert (rule is not None and grammar(rule).matches(text)) == is_within, (low, high, text)
