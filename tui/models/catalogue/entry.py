"""What an entry of the catalogue must hold, and how each mistake in one is told."""

import difflib
from typing import cast

import msgspec

from tui.models.catalogue.consistency import objections
from tui.models.catalogue.keys import KEYS, RULES
from tui.models.catalogue.required_keys import required_keys
from tui.models.catalogue.shape import entry_shape
from tui.models.catalogue.toml_entries import RawEntry
from tui.models.model import CatalogueEntry
from tui.models.quantizations import QUANTS
from tui.models.tensors.model_tensors import parameters

TOLERANCE = 0.005
"""How far the parameters counted from the shape may be from the published number."""


class Fault(msgspec.Struct, frozen=True):
    """One mistake in an entry."""

    line: int
    key: str
    found: str
    """What stands there, as written; `nothing` for a missing key."""
    expected: str


_SHOWN_WHOLE = 10**20


def check_entry(raw: RawEntry) -> CatalogueEntry | tuple[Fault, ...]:
    """The entry that stands there, or everything that is wrong with it."""
    faults = (
        _unknown_keys(raw) + _missing_keys(raw) + _wrong_values(raw)
        or _wrong_together(raw)
        or _miscounted(raw)
    )
    return tuple(faults) or _entry(raw)


def shown(value: object) -> str:
    """A value as the file has it, short and without control characters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > _SHOWN_WHOLE:
        # Python refuses to write out thousands of digits.
        return "a number too large"
    text = f'"{value}"' if isinstance(value, str) and value.isprintable() else ascii(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def shown_key(key: str) -> str:
    """A key on one line, without control characters."""
    return key if key.isprintable() and len(key) <= 60 else shown(key)


def _unknown_keys(raw: RawEntry) -> list[Fault]:
    faults: list[Fault] = []
    for key in raw.values:
        if key in RULES:
            continue
        close = difflib.get_close_matches(key, KEYS, 1)
        expected = f"{close[0]}, perhaps" if close else f"one of {', '.join(KEYS)}"
        faults.append(Fault(raw.key_lines.get(key, raw.line), shown_key(key), "an unknown key", expected))
    return faults


def _missing_keys(raw: RawEntry) -> list[Fault]:
    return [
        Fault(raw.line, key, "nothing", RULES[key].expected)
        for key in required_keys(raw.values)
        if key not in raw.values
    ]


def _wrong_values(raw: RawEntry) -> list[Fault]:
    return [
        Fault(raw.key_lines.get(key, raw.line), key, shown(value), RULES[key].expected)
        for key, value in raw.values.items()
        if key in RULES and not RULES[key].fits(value)
    ]


def _wrong_together(raw: RawEntry) -> list[Fault]:
    """What is right by itself and wrong beside the rest."""
    faults: list[Fault] = []
    for key, expected in objections(raw.values):
        found = shown(raw.values[key]) if key in raw.values else "nothing"
        faults.append(Fault(raw.key_lines.get(key, raw.line), key, found, expected))
    return faults


def _miscounted(raw: RawEntry) -> list[Fault]:
    """A shape whose parameters don't come out at the published number has a wrong dimension in it."""
    published = _number(raw, "parameters")
    counted = parameters(entry_shape(raw.values))
    if abs(counted - published) <= TOLERANCE * published:
        return []
    expected = f"about {counted:_}, the count from its shape: check every dimension, and tied"
    return [Fault(raw.key_lines.get("parameters", raw.line), "parameters", f"{published:_}", expected)]


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
