"""Whether a JSON object says what it should, field by field."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from tui.chat.comparing.answers import plain_letters
from tui.i18n import _
from tui.text import clean_line

_VALUE_MOST = 30
"""Characters of a wrong value that are shown."""


class Difference(msgspec.Struct, frozen=True):
    """The first thing that is not as it should be."""

    words: str
    slight: bool = False
    """True where a reader may take it for right."""


def compare_fields(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> Difference | None:
    """How an object differs from what it should be; None when it does not.

    Capitals and white space of a text do not count; a number written as text does. Where only accents
    differ, or only the case of keys, the difference is slight.
    """
    keys = {str(key).casefold(): key for key in got}
    slight: Difference | None = None
    for key, value in wanted.items():
        if key not in got and key.casefold() not in keys:
            return Difference(_('"{key}" is missing').format(key=key))
        actual = got[key] if key in got else got[keys[key.casefold()]]
        if key not in got:
            slight = Difference(_('"{key}" is written in another case').format(key=key), slight=True)
        difference = _compare(key, value, actual)
        if difference is not None and not difference.slight:
            return difference
        slight = slight or difference
    known = {key.casefold() for key in wanted}
    extra = next((key for folded, key in keys.items() if folded not in known), None)
    if extra is not None:
        return Difference(_('"{key}" was not asked for').format(key=plain_value(extra)))
    return slight


def plain_value(value: Any) -> str:
    """A value from outside, short and on one line."""
    text = clean_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _VALUE_MOST else text[: _VALUE_MOST - 1] + "…"


def _compare(key: str, wanted: Any, got: Any) -> Difference | None:
    if isinstance(wanted, str):
        return _compare_texts(key, wanted, got)
    if isinstance(got, bool) or not isinstance(got, int | float):
        told = _('"{key}" is {got}, not the number {wanted}')
        shown = json.dumps(plain_value(got), ensure_ascii=False) if isinstance(got, str) else plain_value(got)
        return Difference(told.format(key=key, got=shown, wanted=f"{wanted:g}"))
    if got != wanted:
        return _wrong(key, wanted, got)
    return None


def _compare_texts(key: str, wanted: str, got: Any) -> Difference | None:
    if not isinstance(got, str):
        return _wrong(key, wanted, got)
    if _folded(got) == _folded(wanted):
        return None
    if plain_letters(got) == plain_letters(wanted):
        return Difference(_('accents are missing in "{key}"').format(key=key), slight=True)
    return _wrong(key, wanted, got)


def _wrong(key: str, wanted: Any, got: Any) -> Difference:
    told = _('"{key}" is {got}, not {wanted}')
    return Difference(told.format(key=key, got=plain_value(got) or '""', wanted=plain_value(wanted)))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
