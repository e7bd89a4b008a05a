"""Check of one entry of the catalogue, with every mistake in it."""

import difflib
from collections.abc import Mapping
from typing import cast

import msgspec

from tui.models.catalogue.consistency import contradictions
from tui.models.catalogue.keys import KEYS, RECOMMENDABLE, RULES
from tui.models.catalogue.licenses import commercial_use
from tui.models.catalogue.repositories import entry_repositories, in_size_order
from tui.models.catalogue.required_keys import required_keys
from tui.models.catalogue.shape import entry_shape
from tui.models.catalogue.toml_entries import RawEntry
from tui.models.model import CatalogueEntry, RecommendedSampling, Thinking, Use
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
    values = raw.values
    repositories = entry_repositories(values)
    license_name = cast(str, values["license"])
    return CatalogueEntry(
        name=cast(str, values["name"]),
        publisher=cast(str, values["publisher"]),
        license=license_name,
        released=cast(str | None, values.get("released")),
        use=cast(str, values["use"]),
        languages=tuple(cast(list[str], values.get("languages", []))),
        shape=entry_shape(values),
        quants=in_size_order({quant for repository in repositories for quant in repository.quants}),
        default_quant=cast(str, values["default_quant"]),
        repository=repositories[0].name,
        repositories=repositories,
        uses=tuple(cast(list[Use], values.get("uses", []))),
        chosen_for=tuple(cast(list[str], values.get("chosen_for", []))),
        thinking=cast(Thinking | None, values.get("thinking")),
        tools=cast(bool | None, values.get("tools")),
        commercial=commercial_use(license_name),
        superseded_by=cast(str | None, values.get("superseded_by")),
        sampling=tuple(_sampling(table) for table in _tables(values, "sampling")),
    )


def _sampling(table: Mapping[str, object]) -> RecommendedSampling:
    settings = {key: cast(float, table[key]) for key in RECOMMENDABLE if key in table}
    return RecommendedSampling(settings, cast(str, table["source"]), cast(bool | None, table.get("thinking")))


def _tables(values: Mapping[str, object], key: str) -> list[dict[str, object]]:
    return cast(list[dict[str, object]], values.get(key, []))
