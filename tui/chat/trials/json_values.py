"""JSON values compared with wanted ones, part by part."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from tui.chat.comparing.json_fields import plain_value
from tui.sentences import Reason, reason

_PRECISION = 1e-9
"""Share by which two equal numbers may differ."""


def sound_value(value: Any) -> Any:
    """Return a value that a model wrote as JSON that can be kept and printed.

    Half characters, numbers without end and values of Python alone become text.

    Raises:
        ValueError: it is nested too deeply, or has keys that are no text.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
        return json.loads(text.encode("utf-8", "replace"), parse_constant=str)
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def json_difference(wanted: Any, actual: Any, *, exact: bool, place: str = "") -> Reason | None:
    """Return the first difference of a JSON value from the wanted one; None for none.

    Capitals and runs of white space of a text do not count. Lists are compared in their order.

    Args:
        wanted: the value that is right.
        actual: the value in the answer.
        exact: True where objects may have no other keys.
        place: keys and numbers that lead to the value: `items[0].price`.
    """
    if isinstance(wanted, dict):
        return _object_difference(cast("Mapping[str, Any]", wanted), actual, exact, place)
    if isinstance(wanted, list | tuple):
        return _list_difference(cast("Sequence[Any]", wanted), actual, exact, place)
    return None if _is_equal(wanted, actual) else _wrong(wanted, actual, place)


def _object_difference(wanted: Mapping[str, Any], actual: Any, exact: bool, place: str) -> Reason | None:
    if not isinstance(actual, dict):
        return _wrong(wanted, actual, place)
    fields = cast("dict[str, Any]", actual)
    for key, value in wanted.items():
        inner = f"{place}.{key}" if place else key
        if key not in fields:
            return reason("trials.json_key_missing", key=inner)
        if difference := json_difference(value, fields[key], exact=exact, place=inner):
            return difference
    extra = next((key for key in fields if key not in wanted), None) if exact else None
    if extra is not None:
        return reason("trials.json_key_not_wanted", key=f"{place}.{extra}" if place else extra)
    return None


def _list_difference(wanted: Sequence[Any], actual: Any, exact: bool, place: str) -> Reason | None:
    if not isinstance(actual, list):
        return _wrong(wanted, actual, place)
    items = cast("list[Any]", actual)
    if len(items) != len(wanted):
        return reason("trials.json_list_length", key=place, count=len(items), wanted=len(wanted))
    for number, (value, item) in enumerate(zip(wanted, items, strict=True)):
        if difference := json_difference(value, item, exact=exact, place=f"{place}[{number}]"):
            return difference
    return None


def _is_equal(wanted: Any, actual: Any) -> bool:
    if isinstance(wanted, bool) or wanted is None:
        return actual is wanted
    if isinstance(wanted, int | float):
        if isinstance(actual, bool) or not isinstance(actual, int | float):
            return False
        return abs(actual - wanted) <= _PRECISION * max(1.0, abs(wanted))
    return isinstance(actual, str) and _folded(actual) == _folded(str(wanted))


def _wrong(wanted: Any, actual: Any, place: str) -> Reason:
    return reason("trials.json_value_wrong", key=place, value=_written(actual), wanted=_written(wanted))


def _written(value: Any) -> str:
    """Return a value as JSON writes it, short: a text has quotes, so that "3" is not 3."""
    return plain_value(json.dumps(value, ensure_ascii=False, default=str))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
