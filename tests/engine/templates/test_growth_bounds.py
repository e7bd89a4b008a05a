"""Bounds of the length of an operation's result: never below the real length."""

from typing import Any

import pytest

from tui.engine.templates.growth_bounds import FILTERS, METHODS, formatted_size, operation_size, own_size


@pytest.mark.parametrize(
    ("operator", "left_operand", "right", "length"),
    [
        ("*", "ab", 1000, 2000),
        ("*", 1000, "ab", 2000),
        ("*", [1, 2], 30, 60),
        ("*", "ab", -3, 0),
        ("+", "abc", "de", 5),
        ("+", [1], [2, 3], 3),
        ("-", 5, 3, 0),
    ],
)
def test_the_bound_of_an_operation_is_its_length(
    operator: str, left_operand: Any, right: Any, length: int
) -> None:
    assert operation_size(operator, left_operand, right) == length


@pytest.mark.parametrize(
    ("operator", "left_operand", "right"), [("**", 9, 99_999), ("*", 1 << 4000, 1 << 4000)]
)
def test_an_integer_of_many_digits_is_too_long(operator: str, left_operand: int, right: int) -> None:
    assert operation_size(operator, left_operand, right) > 1 << 40


@pytest.mark.parametrize(
    ("pattern", "values"),
    [("%s and %s", ("a" * 50, "b")), ("%500d", (1,)), ("%*d", (300, 7))],
)
def test_a_filled_in_pattern_is_never_longer_than_its_bound(pattern: str, values: tuple[Any, ...]) -> None:
    assert len(pattern % values) <= len(pattern) + formatted_size(pattern, values)


def test_only_texts_and_lists_have_a_size() -> None:
    assert [own_size(value) for value in ("abc", [1, 2], (1,), 9, None, {"a": 1})] == [3, 2, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("center", ("ab", 40)),
        ("zfill", ("7", 40)),
        ("replace", ("aaaa", "a", "xyz")),
        ("join", (", ", ["a", "b", "c"])),
    ],
)
def test_a_method_adds_no_more_than_its_bound(name: str, arguments: tuple[Any, ...]) -> None:
    text, *parameters = arguments
    length = sum(len(str(argument)) for argument in arguments)

    assert len(getattr(text, name)(*parameters)) <= METHODS[name](*arguments) + length


def test_filters_that_grow_have_bounds() -> None:
    assert FILTERS["indent"]("a\nb\nc", 4) == 12
    assert FILTERS["batch"](["a"], 10) == 160
    assert FILTERS["sum"]([1, 2]) == 0
    # A sum of lists copies them for each item.
    assert FILTERS["sum"]([[1], [2]], start=[]) > 1 << 40
