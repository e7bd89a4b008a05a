"""Check of one entry of the catalogue, with every mistake in it."""

import difflib
from typing import cast

import msgspec

from tui.models.catalogue.consistency import contradictions
from tui.models.catalogue.keys import KEYS, RULES
from tui.models.catalogue.required_keys import required_keys
from tui.models.catalogue.shape import entry_shape
from tui.models.catalogue.toml_entries import RawEntry
from tui.models.model import CatalogueEntry
from tui.models.quantizations import QUANTS
from tui.models.tensors.model_tensors import parameters
from tui.sentences import Fact, Reason, reason

TOLERANCE = 0.005
"""Share by which the parameters counted from the shape may differ from the published number."""


class EntryFault(msgspec.Struct, frozen=True):
    """One mistake in an entry."""

    line: int
    key: str
    value: Fact
    """The value as written, or `models.no_value` for a missing key."""
    expected: Reason


_LARGEST_NUMBER = 10**20
_LONGEST_VALUE = 60


def check_entry(raw: RawEntry) -> CatalogueEntry | tuple[EntryFault, ...]:
    """Return the entry, or every mistake in it."""
    faults = (
        _unknown_keys(raw) + _missing_keys(raw) + _wrong_values(raw)
        or _wrong_together(raw)
        or _miscounted(raw)
    )
    return tuple(faults) or _entry(raw)


def written_value(value: object) -> Fact:
    """Return a value as the file has it, short and without control characters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        # Python refuses to write out thousands of digits.
        return reason("models.number_too_large")
    return _cut(f'"{value}"' if isinstance(value, str) and value.isprintable() else ascii(value))


def written_key(key: str) -> str:
    """Return a key on one line, without control characters."""
    return _cut(key if key.isprintable() else ascii(key))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _unknown_keys(raw: RawEntry) -> list[EntryFault]:
    faults: list[EntryFault] = []
    for key in raw.values:
        if key in RULES:
            continue
        close = difflib.get_close_matches(key, KEYS, 1)
        expected = (
            reason("models.expect_perhaps", key=close[0])
            if close
            else reason("models.expect_one_of", names=", ".join(KEYS))
        )
        line = raw.key_lines.get(key, raw.line)
        faults.append(EntryFault(line, written_key(key), reason("models.unknown_key"), expected))
    return faults


def _missing_keys(raw: RawEntry) -> list[EntryFault]:
    return [
        EntryFault(raw.line, key, reason("models.no_value"), RULES[key].expected)
        for key in required_keys(raw.values)
        if key not in raw.values
    ]


def _wrong_values(raw: RawEntry) -> list[EntryFault]:
    return [
        EntryFault(raw.key_lines.get(key, raw.line), key, written_value(value), RULES[key].expected)
        for key, value in raw.values.items()
        if key in RULES and not RULES[key].fits(value)
    ]


def _wrong_together(raw: RawEntry) -> list[EntryFault]:
    faults: list[EntryFault] = []
    for key, expected in contradictions(raw.values):
        value = written_value(raw.values[key]) if key in raw.values else reason("models.no_value")
        faults.append(EntryFault(raw.key_lines.get(key, raw.line), key, value, expected))
    return faults


def _miscounted(raw: RawEntry) -> list[EntryFault]:
    """Find a shape whose parameters differ from the published number: a dimension of it is wrong."""
    published = _number(raw, "parameters")
    counted = parameters(entry_shape(raw.values))
    if abs(counted - published) <= TOLERANCE * published:
        return []
    expected = reason("models.expect_counted", count=counted)
    return [EntryFault(raw.key_lines.get("parameters", raw.line), "parameters", f"{published:_}", expected)]


def _number(raw: RawEntry, key: str) -> int:
    return cast(int, raw.values.get(key, 0))


def _entry(raw: RawEntry) -> CatalogueEntry:
    quants = cast(list[str], raw.values["quants"])
    return CatalogueEntry(
        name=cast(str, raw.values["name"]),
        publisher=cast(str, raw.values["publisher"]),
        license=cast(str, raw.values["license"]),
        released=cast(str, raw.values["released"]),
        use=cast(str, raw.values["use"]),
        languages=tuple(cast(list[str], raw.values["languages"])),
        shape=entry_shape(raw.values),
        quants=tuple(sorted(quants, key=QUANTS.index)),
        default_quant=cast(str, raw.values["default_quant"]),
        repository=cast(str, raw.values["repository"]),
    )
