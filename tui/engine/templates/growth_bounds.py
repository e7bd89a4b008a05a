"""Upper bounds of the length of an operation's result in a template, in characters, before it runs."""

import re
from collections.abc import Callable, Sized
from typing import Any, cast

_NUMBER = re.compile(r"\d+")
_TOO_LONG = 1 << 62
_MAX_BITS = 4096


def operation_size(operator: str, first: Any, second: Any) -> int:
    """Bound an operation on texts, lists or numbers; an integer of many digits counts as too long."""
    if isinstance(first, int) and isinstance(second, int):
        bits = first.bit_length() + second.bit_length()
        if operator == "**":
            bits *= max(second, 0)
        return _TOO_LONG if bits > _MAX_BITS else 0
    if operator == "+":
        return own_size(first) + own_size(second)
    for value, times in ((first, second), (second, first)):
        if operator == "*" and isinstance(times, int):
            return own_size(value) * max(times, 0)
    return 0


def formatted_size(pattern: object, *values: Any, **named: Any) -> int:
    """Bound a filled-in pattern of `%` or `format`; any number may be a width."""
    text = str(pattern)
    width = max((int(digits[:9]) for digits in _NUMBER.findall(text)), default=0)
    longest = 0
    stack: list[Any] = [*values, *named.values()]
    while stack:
        value = stack.pop()
        if isinstance(value, tuple | list):
            stack += cast("list[Any]", value)
        elif isinstance(value, dict):
            stack += cast("dict[Any, Any]", value).values()
        elif isinstance(value, int):
            width = max(width, abs(value))
        else:
            longest = max(longest, len(str(value)))
    return (text.count("%") + text.count("{")) * (width + longest)


def own_size(value: object) -> int:
    """Return the length of a text or a list, without its content; 0 for other values."""
    return len(cast("Sized", value)) if isinstance(value, str | list | tuple) else 0


def _padded(_text: object, width: int = 80, *_fill: str) -> int:
    return width


def _replaced(text: object, old: object, new: object, *_count: object, **_named: object) -> int:
    return str(text).count(str(old)) * len(str(new))


def _joined(items: object, d: object = "", *_attribute: object, **_named: object) -> int:
    return own_size(items) * len(str(d))


def _joined_by(separator: object, items: object) -> int:
    return _joined(items, separator)


def _indented(text: object, width: int | str = 4, *_options: bool, **_named: bool) -> int:
    return (str(text).count("\n") + 1) * (width if isinstance(width, int) else len(width))


def _filled(_items: object, count: int, *_fill: object, **_named: object) -> int:
    return count * 16


def _summed(_items: object, _attribute: object = None, start: object = 0, **named: object) -> int:
    # A sum of lists copies them again for each item.
    return 0 if isinstance(named.get("start", start), int | float) else _TOO_LONG


METHODS: dict[str, Callable[..., int]] = {
    "center": _padded,
    "ljust": _padded,
    "rjust": _padded,
    "zfill": _padded,
    "replace": _replaced,
    "join": _joined_by,
    "format": formatted_size,
}
"""Bounds by the name of a text's method; the text is the first argument."""

FILTERS: dict[str, Callable[..., int]] = {
    "center": _padded,
    "replace": _replaced,
    "join": _joined,
    "indent": _indented,
    "format": formatted_size,
    "batch": _filled,
    "slice": _filled,
    "sum": _summed,
}
"""Bounds by the name of a filter."""
