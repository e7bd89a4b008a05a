"""Comparison of a JSON object with the wanted one, field by field."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from tui.chat.comparing.answers import plain_letters
from tui.sentences import Reason, reason
from tui.text import clean_line

_VALUE_MOST = 30
"""Characters of a wrong value that are shown."""


class Difference(msgspec.Struct, frozen=True):
    """First difference from the wanted object."""

    reason: Reason
    slight: bool = False
    """True where a reader may take it for right."""


def compare_fields(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> Difference | None:
    """Return how an object differs from the wanted one; None for no difference.

    Capitals and white space of a text do not count; a number written as text does. Where only accents
    differ, or only the case of keys, the difference is slight.
    """
    keys = {str(key).casefold(): key for key in got}
    slight: Difference | None = None
    for key, value in wanted.items():
        if key not in got and key.casefold() not in keys:
            return Difference(reason("chat.check_key_missing", key=key))
        actual = got[key] if key in got else got[keys[key.casefold()]]
        if key not in got:
            slight = Difference(reason("chat.check_key_case", key=key), slight=True)
        difference = _compare(key, value, actual)
        if difference is not None and not difference.slight:
            return difference
        slight = slight or difference
    wanted_keys = {key.casefold() for key in wanted}
    extra = next((key for folded, key in keys.items() if folded not in wanted_keys), None)
    if extra is not None:
        return Difference(reason("chat.check_key_not_asked", key=plain_value(extra)))
    return slight


def plain_value(value: Any) -> str:
    """Return a value from outside, short and on one line."""
    text = clean_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _VALUE_MOST else text[: _VALUE_MOST - 1] + "…"


def _compare(key: str, wanted: Any, got: Any) -> Difference | None:
    if isinstance(wanted, str):
        return _compare_texts(key, wanted, got)
    if isinstance(got, bool) or not isinstance(got, int | float):
        value = json.dumps(plain_value(got), ensure_ascii=False) if isinstance(got, str) else plain_value(got)
        return Difference(reason("chat.check_value_no_number", key=key, value=value, wanted=wanted))
    if got != wanted:
        return _wrong(key, wanted, got)
    return None


def _compare_texts(key: str, wanted: str, got: Any) -> Difference | None:
    if not isinstance(got, str):
        return _wrong(key, wanted, got)
    if _folded(got) == _folded(wanted):
        return None
    if plain_letters(got) == plain_letters(wanted):
        return Difference(reason("chat.check_accents_missing", key=key), slight=True)
    return _wrong(key, wanted, got)


def _wrong(key: str, wanted: Any, got: Any) -> Difference:
    value = plain_value(got) or '""'
    return Difference(reason("chat.check_value_wrong", key=key, value=value, wanted=plain_value(wanted)))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
