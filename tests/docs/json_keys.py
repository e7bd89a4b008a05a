"""The tables of what `--json` prints: the descriptions in `json_keys.toml`, and the keys of real outputs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli

from tests.docs.blocks import code, markdown_table

_FILE = Path(__file__).with_name("json_keys.toml")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "list": (list,),
}
_TABLES: dict[str, dict[str, Any]] = tomli.loads(_FILE.read_text(encoding="utf-8"))
NONE_KEYS: dict[str, str] = _TABLES["none"]
"""Keys whose null says that there is nothing, with what that means."""


def described() -> dict[str, dict[str, tuple[str, str]]]:
    """Return the type and the meaning of each key, by document; a `?` after the type means: or null."""
    return {
        document: {key: (kind, meaning) for key, (kind, meaning) in keys.items()}
        for document, keys in _TABLES.items()
        if document != "none"
    }


def unexplained_nulls(value: Any) -> set[str]:
    """Return the keys that are null in an output without a reason and its code beside them.

    Those of `NONE_KEYS` need none, wherever they are.
    """
    missing: set[str] = set()
    _collect_nulls(value, "", missing)
    return {key for key in missing if key.rpartition(".")[2] not in NONE_KEYS}


def table(document: str) -> str:
    """Return the keys of a document, such as `run`."""
    rows = [
        (code(key), kind.replace("?", " or null"), meaning)
        for key, (kind, meaning) in described()[document].items()
    ]
    return markdown_table(("key", "type", "means"), rows)


def keys_of(value: Any, path: str = "") -> dict[str, list[Any]]:
    """Return the values that an output has at each key; a reason beside a key, and its code, are none."""
    values: dict[str, list[Any]] = {}
    _collect(value, path, values)
    return values


def wrong_type(kind: str, values: list[Any]) -> list[Any]:
    """Return the values that are not of the described type."""
    types = _TYPES[kind.rstrip("?")]
    return [
        value
        for value in values
        if not (value is None and kind.endswith("?"))
        and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types))
    ]


def _collect_nulls(value: Any, path: str, missing: set[str]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _is_beside_a_key(key, value):
                continue
            place = f"{path}.{key}".lstrip(".")
            if inner is None and not (value.get(f"{key}_reason") and value.get(f"{key}_reason_code")):
                missing.add(place)
            _collect_nulls(inner, place, missing)
    elif isinstance(value, list):
        for inner in value:
            _collect_nulls(inner, f"{path}[]", missing)


def _is_beside_a_key(key: str, keys: Mapping[str, Any]) -> bool:
    """True for the reason of another key, and for the code of a sentence."""
    return any(key.endswith(end) and key.removesuffix(end) in keys for end in ("_reason", "_code"))


def _collect(value: Any, path: str, values: dict[str, list[Any]]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _is_beside_a_key(key, value):
                continue
            place = f"{path}.{key}".lstrip(".")
            values.setdefault(place, []).append(inner)
            _collect(inner, place, values)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, f"{path}[]", values)
