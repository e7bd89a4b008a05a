"""The settings read from their TOML file: a bad key costs only itself, and is told with its line."""

import difflib
import re
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any, cast

import msgspec
import tomli

from tui.i18n import _
from tui.settings.app_folders import settings_file
from tui.settings.named_tables import (
    GB_EXPECTED,
    STOPS_EXPECTED,
    SYSTEM_EXPECTED,
    MachineSettings,
    PresetSettings,
    machine_problem,
    preset_problem,
)
from tui.settings.settings import SAMPLING_KEYS, Settings
from tui.text import clean_line

_GB = (1, 4096, GB_EXPECTED)
_GB_PER_SECOND = (1, 100_000, "a number of GB a second from 1 to 100000")
_CHECKS: dict[str, tuple[float, float, str]] = {
    "context": (256, 16_777_216, "a whole number of tokens from 256 up"),
    "threads": (0, 1024, "a whole number from 0 to 1024"),
    "temperature": (*SAMPLING_KEYS["temperature"][:2], "a number from 0 to 5"),
    "top_k": (*SAMPLING_KEYS["top_k"][:2], "a whole number from 0 up"),
    "top_p": (*SAMPLING_KEYS["top_p"][:2], "a number from 0 to 1"),
    "min_p": (*SAMPLING_KEYS["min_p"][:2], "a number from 0 to 1"),
    "repeat_penalty": (*SAMPLING_KEYS["repeat_penalty"][:2], "a number from 0.1 to 10"),
    "presence_penalty": (*SAMPLING_KEYS["presence_penalty"][:2], "a number from -2 to 2"),
    "frequency_penalty": (*SAMPLING_KEYS["frequency_penalty"][:2], "a number from -2 to 2"),
    "seed": (*SAMPLING_KEYS["seed"][:2], "a whole number from 0 up, or -1"),
    "max_tokens": (*SAMPLING_KEYS["max_tokens"][:2], "a whole number from 0 up"),
    "refresh_seconds": (0.2, 60, "a number of seconds from 0.2 to 60"),
    "ram_gb": _GB,
    "vram_gb": _GB,
    "shared_gb": _GB,
    "cores": (1, 1024, "a whole number from 1 to 1024"),
    "bandwidth_gbs": _GB_PER_SECOND,
    "gpu_bandwidth_gbs": _GB_PER_SECOND,
}
_EXPECTED = {
    "folders": 'a list of paths: ["~/models"]',
    "kv_type": '"f16", "q8_0" or "q4_0"',
    "when_full": '"stop", "drop_oldest" or "keep_pinned"',
    "measure_speed": "true or false",
    "theme": 'a name in quotes: "llmtui-dark"',
    "keys": 'a table of action = key: "chat.stop" = "ctrl+x"',
    "machines": "a table for each machine: [machines.mine]",
    "presets": "a table for each preset: [presets.mine]",
    "language": '"en" or "es"',
    "stop": STOPS_EXPECTED,
    "system": SYSTEM_EXPECTED,
    "json_schema": 'a JSON schema in quotes: \'{"type": "object"}\'',
    "gpu": 'a name in quotes: "RTX 3060"',
    "unified": "true or false",
}
_LONGEST_VALUE = 60
"""Characters of a wrong value that are repeated."""
_NAME = r"""((?:"[^"]*"|'[^']*'|[\w\s.-])+?)"""
_KEY = re.compile(rf"\s*{_NAME}\s*=")
_HEADER = re.compile(rf"\s*\[\s*{_NAME}\s*\]")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def load_settings(path: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """The settings and each problem of the file in one sentence; a missing file is no problem."""
    path = path or settings_file()
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomli.loads(text)
    except FileNotFoundError:
        return Settings(), ()
    except UnicodeDecodeError:
        return Settings(), (_("{path} is not UTF-8 text; the default settings are used").format(path=path),)
    except OSError as error:
        problem = _("{path} cannot be read ({why}); the default settings are used")
        return Settings(), (problem.format(path=path, why=error.strerror),)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        problem = _("{path} is not valid TOML: {why}; the default settings are used")
        return Settings(), (problem.format(path=path, why=error),)
    good: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in table.items():
        if key in _TABLES and isinstance(value, dict):
            good[key], found = _tables(key, cast("dict[str, Any]", value))
        elif key == "keys" and isinstance(value, dict):
            good[key], found = _keys(cast("dict[str, Any]", value))
        else:
            wrong = _wrong(key, value, Settings, _("it is left out"))
            found = [((key,), wrong)] if wrong else []
            if not wrong:
                good[key] = value
        problems += [f"{path}, {_line(text, place)}: {wrong}" for place, wrong in found]
    return msgspec.convert(good, Settings), tuple(problems)


class _Table(msgspec.Struct, frozen=True):
    """A kind of tables that the user names."""

    owner: type[msgspec.Struct]
    least: str
    """The key that each must have, as it is written."""
    left_out: str
    """What becomes of one that is wrong."""
    contradiction: Callable[[dict[str, Any]], str | None]
    """What keys that are right one by one say wrong together."""


def _tables(kind: str, tables: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[tuple[str, ...], str]]]:
    """The tables of a kind that are right, and of the others what is wrong and at which key."""
    table = _TABLES[kind]
    good: dict[str, Any] = {}
    problems: list[tuple[tuple[str, ...], str]] = []
    for name, given in tables.items():
        place = (kind, name)
        title = f"{kind}.{clean_line(name)}"
        if not isinstance(given, dict):
            message = _("{key} is {value}; expected a table with {least}")
            problems.append((place, message.format(key=title, value=_as_written(given), least=table.least)))
            continue
        values = cast("dict[str, Any]", given)
        found = [
            ((*place, key), wrong)
            for key, value in values.items()
            if (wrong := _wrong(key, value, table.owner, table.left_out, f"{title}."))
        ]
        unnamed = None if clean_line(name) else _("needs a name: [{kind}.mine]").format(kind=kind)
        if not found and (wrong := unnamed or table.contradiction(values)):
            found = [(place, f"{title} {wrong}")]
        if not found:
            good[name] = values
        problems += found
    return good, problems


def _keys(given: dict[str, Any]) -> tuple[dict[str, str], list[tuple[tuple[str, ...], str]]]:
    """The keys that are names, and of the others what is wrong; `chat.stop` may go without its quotes."""
    places: dict[tuple[str, ...], Any] = {}
    for name, value in given.items():
        inner = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        places |= {("keys", name, each): key for each, key in inner.items()} or {("keys", name): value}
    good: dict[str, str] = {}
    problems: list[tuple[tuple[str, ...], str]] = []
    for place, key in places.items():
        id = ".".join(place[1:])
        if isinstance(key, str) and all(map(str.strip, key.split(","))):
            good[id] = key
        else:
            message = _('keys.{id} is {value}; expected a key in quotes: "ctrl+x"')
            problems.append((place, message.format(id=clean_line(id), value=_as_written(key))))
    return good, problems


_TABLES = {
    "machines": _Table(MachineSettings, "ram_gb = 16", _("the machine is left out"), machine_problem),
    "presets": _Table(PresetSettings, 'system = "…"', _("the preset is left out"), preset_problem),
}


def _wrong(key: str, value: Any, owner: type[msgspec.Struct], otherwise: str, prefix: str = "") -> str | None:
    """What is wrong with one key, or None.

    Args:
        key: as in the file.
        value: as in the file.
        owner: the struct whose field it should be.
        otherwise: what becomes of a key like no other.
        prefix: the table that the key is in, with a dot.
    """
    shown = prefix + clean_line(key)
    types = {field.name: field.type for field in msgspec.structs.fields(owner)}
    if key not in types:
        near = difflib.get_close_matches(key, types, 1)
        hint = _("did you mean {near}?").format(near=near[0]) if near else otherwise
        return _("there is no setting {key}; {hint}").format(key=shown, hint=hint)
    expected = _CHECKS[key][2] if key in _CHECKS else _EXPECTED[key]
    message = _("{key} is {value}; expected {expected}").format(
        key=shown, value=_as_written(value), expected=expected
    )
    try:
        msgspec.convert(value, types[key])
    except msgspec.ValidationError:
        return message
    if key in _CHECKS and not _CHECKS[key][0] <= value <= _CHECKS[key][1]:
        return message
    return None


def _as_written(value: Any) -> str:
    """The value nearly as the file has it: `true` and double quotes, not Python's own way."""
    text = repr(value) if isinstance(value, float) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _line(text: str, place: tuple[str, ...]) -> str:
    """The line that sets a key, or else the one that comes nearest: the header of its table."""
    best, number = 0, 0
    table: tuple[str, ...] = ()
    for count, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            here = table = _parts(header[1])
        elif key := _KEY.match(line):
            here = table + _parts(key[1])
        else:
            continue
        same = takewhile(lambda pair: pair[0] == pair[1], zip(here, place, strict=False))
        shared = len(list(same))
        if shared > best:
            best, number = shared, count
    return _("line {number}").format(number=number) if number else _("somewhere")


def _parts(key: str) -> tuple[str, ...]:
    """A dotted key of TOML, taken apart."""
    return tuple("".join(found) for found in _PART.findall(key))
