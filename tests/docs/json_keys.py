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


def described() -> dict[str, dict[str, tuple[str, str]]]:
    """Return the type and the meaning of each key, by document; a `?` after the type means: or null."""
    tables = tomli.loads(_FILE.read_text(encoding="utf-8"))
    return {
        document: {key: (kind, meaning) for key, (kind, meaning) in keys.items()}
        for document, keys in tables.items()
    }


def table(document: str) -> str:
    """Return the keys of a document, such as `run`."""
    rows = [
        (code(key), kind.replace("?", " or null"), meaning)
        for key, (kind, meaning) in described()[document].items()
    ]
    return markdown_table(("key", "type", "means"), rows)


def keys_of(value: Any, path: str = "") -> dict[str, list[Any]]:
    """Return the values that an output has at each key; a reason beside a key, and its code, are none."""
    found: dict[str, list[Any]] = {}
    _collect(value, path, found)
    return found


def wrong_type(kind: str, values: list[Any]) -> list[Any]:
    """Return the values that are not of the described type."""
    types = _TYPES[kind.rstrip("?")]
    return [
        value
        for value in values
        if not (value is None and kind.endswith("?"))
        and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types))
    ]


def _collect(value: Any, path: str, found: dict[str, list[Any]]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if any(key.endswith(end) and key.removesuffix(end) in value for end in ("_reason", "_code")):
                continue
            place = f"{path}.{key}".lstrip(".")
            found.setdefault(place, []).append(inner)
            _collect(inner, place, found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, f"{path}[]", found)
