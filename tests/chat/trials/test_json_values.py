"""JSON values compared with wanted ones."""

from typing import Any

import pytest

from tui.chat.trials.json_values import json_difference, sound_value
from tui.services.sentences import sentence


def test_values_that_cannot_be_kept_become_text() -> None:
    value = {"a": "\ud800", "b": float("nan"), "c": (1, {2})}
    assert sound_value(value) == {"a": "?", "b": "NaN", "c": [1, "{2}"]}
    with pytest.raises(ValueError, match="keys must be"):
        sound_value({(1, 2): 3})


@pytest.mark.parametrize(
    ("wanted", "actual", "exact", "difference"),
    [
        ({"a": 1}, {"a": 1.0, "b": 2}, False, None),
        ({"a": 1}, {"a": 1, "b": 2}, True, '"b" was not asked for'),
        ({"a": {"b": [1, "X"]}}, {"a": {"b": [1, " x "]}}, True, None),
        ({"a": {"b": 1}}, {"a": {}}, False, '"a.b" is missing'),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, False, '"a[1].b" is 3, not 2'),
        ({"a": [1]}, {"a": [1, 2]}, False, '"a" has 2 items, not 1'),
        ({"a": 3}, {"a": "3"}, False, '"a" is "3", not 3'),
        ({"a": "3"}, {"a": 3}, False, '"a" is 3, not "3"'),
        ({"a": True}, {"a": 1}, False, '"a" is 1, not true'),
        ({"a": None}, {"a": None}, False, None),
        ({"a": {"b": 1}}, {"a": 5}, False, '"a" is 5, not {"b": 1}'),
        ([1], {"a": 1}, False, '"" is {"a": 1}, not [1]'),
    ],
)
def test_the_first_difference_is_named_with_its_place(
    wanted: Any, actual: Any, exact: bool, difference: str | None
) -> None:
    why = json_difference(wanted, actual, exact=exact)
    assert (why and sentence(why)) == difference
