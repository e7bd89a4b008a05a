"""Reader of the settings file: a bad key costs only itself, and the problem names its line."""

import difflib
import re
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any, cast, get_args

import msgspec
import tomli

from tui.languages import LANGUAGES
from tui.sentences import Reason, reason
from tui.settings.app_folders import settings_file
from tui.settings.key_names import action_ids, is_key_name
from tui.settings.named_tables import (
    STOPS_MOST,
    SYSTEM_EXPECTED,
    MachineSettings,
    PresetSettings,
    machine_problem,
    preset_problem,
)
from tui.settings.settings import SAMPLING_KEYS, UNREADABLE_LIMIT_GB, ColumnName, Settings, StoreName
from tui.settings.theme_names import THEME_NAMES
from tui.settings.toml_errors import toml_error
from tui.system_errors import system_error
from tui.text import clean_line
from tui.units import parse_tokens

KeyPath = tuple[str, ...]
"""A dotted key of TOML, by its parts."""
Problems = list[tuple[KeyPath, Reason]]
"""Mistakes, each with the key it is at."""


class _Range(msgspec.Struct, frozen=True):
    """Numbers that a key may have."""

    least: float
    largest: float
    code: str
    """Of the sentence that says so."""

    @property
    def expected(self) -> Reason:
        """The expected value as a reason."""
        return reason(f"settings.{self.code}", least=self.least, most=self.largest)


def _sampling(key: str, code: str) -> _Range:
    return _Range(*SAMPLING_KEYS[key][:2], code)


_RANGES: dict[str, _Range] = {
    "context": _Range(256, 16_777_216, "expect_tokens"),
    "threads": _Range(0, 1024, "expect_integer"),
    "temperature": _sampling("temperature", "expect_number"),
    "top_k": _sampling("top_k", "expect_integer_from"),
    "top_p": _sampling("top_p", "expect_number"),
    "min_p": _sampling("min_p", "expect_number"),
    "repeat_penalty": _sampling("repeat_penalty", "expect_number"),
    "presence_penalty": _sampling("presence_penalty", "expect_number"),
    "frequency_penalty": _sampling("frequency_penalty", "expect_number"),
    "seed": _sampling("seed", "expect_seed"),
    "max_tokens": _sampling("max_tokens", "expect_integer_from"),
    "refresh_seconds": _Range(0.2, 60, "expect_seconds"),
    "download_limit_gb": _Range(0, 1_000_000, "expect_gb"),
    "ram_gb": _Range(1, 4096, "expect_gb"),
    "vram_gb": _Range(1, 4096, "expect_gb"),
    "shared_gb": _Range(1, 4096, "expect_gb"),
    "cores": _Range(1, 1024, "expect_integer"),
    "bandwidth_gbs": _Range(1, 100_000, "expect_gb_per_second"),
    "gpu_bandwidth_gbs": _Range(1, 100_000, "expect_gb_per_second"),
}
_EXPECTED = {
    "folders": reason("settings.expect_paths"),
    "skip_stores": reason("settings.expect_stores", names=", ".join(get_args(StoreName))),
    "kv_type": reason("settings.expect_kv_type"),
    "columns": reason("settings.expect_columns", names=", ".join(get_args(ColumnName))),
    "when_full": reason("settings.expect_when_full"),
    "measure_speed": reason("settings.expect_bool"),
    "theme": reason("settings.expect_theme"),
    "keys": reason("settings.expect_keys"),
    "machines": reason("settings.expect_machines"),
    "presets": reason("settings.expect_presets"),
    "language": reason("settings.expect_language", codes=", ".join(f'"{code}"' for code in LANGUAGES)),
    "preset_language": reason("settings.expect_preset_language"),
    "stop": reason("settings.expect_stops", most=STOPS_MOST),
    "system": SYSTEM_EXPECTED,
    "json_schema": reason("settings.expect_schema"),
    "gpu": reason("settings.expect_gpu"),
    "unified": reason("settings.expect_bool"),
}
_LONGEST_VALUE = 60
"""Characters of a wrong value that are repeated."""
_NAME = r"""((?:"[^"]*"|'[^']*'|[\w\s.-])+?)"""
_KEY = re.compile(rf"\s*{_NAME}\s*=")
_HEADER = re.compile(rf"\s*\[\s*{_NAME}\s*\]")
_LIMIT = re.compile(r"^\s*download_limit_gb\b", re.MULTILINE)
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def load_settings(path: Path | None = None) -> tuple[Settings, tuple[Reason, ...]]:
    """Read the settings, and each problem of the file; a missing file is no problem."""
    path = path or settings_file()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings(), ()
    except UnicodeDecodeError:
        return Settings(), (reason("settings.not_utf8", file=str(path)),)
    except OSError as error:
        return Settings(), (reason("settings.unreadable", file=str(path), why=system_error(error)),)
    try:
        document = tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        limit_gb = UNREADABLE_LIMIT_GB if _LIMIT.search(text) else Settings().download_limit_gb
        problem = reason("settings.not_toml", file=str(path), why=toml_error(error))
        return Settings(download_limit_gb=limit_gb), (problem,)
    good: dict[str, Any] = {}
    problems: Problems = []
    for key, value in document.items():
        if key in _TABLES and isinstance(value, dict):
            good[key], key_problems = _read_tables(key, cast("dict[str, Any]", value))
        elif key == "keys" and isinstance(value, dict):
            good[key], key_problems = _read_key_bindings(cast("dict[str, Any]", value))
        else:
            value = _as_number(key, value)
            mistake = _find_mistake(key, value, Settings, "settings.key_left_out")
            key_problems = [((key,), mistake)] if mistake else []
            if not mistake:
                good[key] = value
            elif key == "download_limit_gb":
                # Without the limit that the user wanted, a metered connection has none at all.
                good[key] = UNREADABLE_LIMIT_GB
        problems += key_problems
    located = tuple(
        reason("settings.problem", file=str(path), place=_find_line(text, key_path), mistake=mistake)
        for key_path, mistake in problems
    )
    return msgspec.convert(good, Settings), located


def named_settings(path: Path | None = None) -> frozenset[str]:
    """Return the keys that the settings file has; none for a file that cannot be read."""
    try:
        return frozenset(tomli.loads((path or settings_file()).read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError, RecursionError):
        return frozenset()


class _TableKind(msgspec.Struct, frozen=True):
    """A kind of tables that the user names."""

    owner: type[msgspec.Struct]
    least: str
    """The key that each must have, as it is written."""
    left_out: str
    """Code of the sentence that a wrong one is left out."""
    contradiction: Callable[[dict[str, Any]], Reason | None]
    """Finds keys that are right one by one and wrong together."""


def _read_tables(kind: str, tables: dict[str, Any]) -> tuple[dict[str, Any], Problems]:
    """Return the tables of a kind that are right, and the mistakes in the others."""
    table_kind = _TABLES[kind]
    good: dict[str, Any] = {}
    problems: Problems = []
    for name, table in tables.items():
        key_path = (kind, name)
        title = f"{kind}.{clean_line(name)}"
        if not isinstance(table, dict):
            expected = reason("settings.expect_table", least=table_kind.least)
            problems.append((key_path, _wrong_value(title, table, expected)))
            continue
        values = cast("dict[str, Any]", table)
        mistakes: Problems = [
            ((*key_path, key), mistake)
            for key, value in values.items()
            if (mistake := _find_mistake(key, value, table_kind.owner, table_kind.left_out, f"{title}."))
        ]
        unnamed = None if clean_line(name) else reason("settings.needs_name", kind=kind)
        if not mistakes and (mistake := unnamed or table_kind.contradiction(values)):
            mistakes = [(key_path, reason("settings.wrong_table", table=title, mistake=mistake))]
        if not mistakes:
            good[name] = values
        problems += mistakes
    return good, problems


def _read_key_bindings(bindings: dict[str, Any]) -> tuple[dict[str, str], Problems]:
    """Return the keys that are names, and the mistakes in the others; `chat.stop` needs no quotes."""
    by_path: dict[KeyPath, Any] = {}
    for name, value in bindings.items():
        nested = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        by_path |= {("keys", name, action): key for action, key in nested.items()} or {("keys", name): value}
    good: dict[str, str] = {}
    problems: Problems = []
    for key_path, key in by_path.items():
        action_id = ".".join(key_path[1:])
        if mistake := _find_mistake_in_binding(action_id, key):
            problems.append((key_path, mistake))
        else:
            good[action_id] = key
    return good, problems


def _find_mistake_in_binding(action_id: str, value: Any) -> Reason | None:
    """Return the mistake in the keys of one action, or None."""
    title = f"keys.{clean_line(action_id)}"
    keys = [key.strip() for key in value.split(",")] if isinstance(value, str) else []
    if not all(keys) or not keys:
        return _wrong_value(title, value, reason("settings.expect_key"))
    if action_id not in action_ids():
        similar = difflib.get_close_matches(action_id, sorted(action_ids()), 1)
        hint = (
            reason("settings.did_you_mean", key=similar[0]) if similar else reason("settings.see_action_ids")
        )
        return reason("settings.unknown_action", id=clean_line(action_id), hint=hint)
    wrong = next((key for key in keys if not is_key_name(key)), None)
    if wrong is None:
        return None
    if is_key_name(wrong.lower()):
        return _wrong_value(title, value, reason("settings.expect_that_key", key=wrong.lower()))
    return _wrong_value(title, value, reason("settings.expect_key_such_as", key=clean_line(wrong)))


_TABLES = {
    "machines": _TableKind(MachineSettings, "ram_gb = 16", "settings.machine_left_out", machine_problem),
    "presets": _TableKind(PresetSettings, 'system = "…"', "settings.preset_left_out", preset_problem),
}


def _find_mistake(
    key: str, value: Any, owner: type[msgspec.Struct], left_out: str, prefix: str = ""
) -> Reason | None:
    """Return the mistake in one key, or None.

    Args:
        key: as in the file.
        value: as in the file.
        owner: the struct whose field it should be.
        left_out: code of the sentence about a key that is like no field.
        prefix: the table that the key is in, with a dot.
    """
    title = prefix + clean_line(key)
    types = {field.name: field.type for field in msgspec.structs.fields(owner)}
    if key not in types:
        similar = difflib.get_close_matches(key, types, 1)
        hint = reason("settings.did_you_mean", key=similar[0]) if similar else reason(left_out)
        return reason("settings.unknown_key", key=title, hint=hint)
    allowed = _RANGES.get(key)
    try:
        msgspec.convert(value, types[key])
    except msgspec.ValidationError:
        return _wrong_value(title, value, allowed.expected if allowed else _EXPECTED[key])
    if allowed and not allowed.least <= value <= allowed.largest:
        return _wrong_value(title, value, allowed.expected)
    if key == "theme" and value not in THEME_NAMES:
        return _wrong_value(title, value, _expected_theme(str(value)))
    if key == "language" and value and value not in LANGUAGES:
        return _wrong_value(title, value, _EXPECTED[key])
    return None


def _expected_theme(name: str) -> Reason:
    similar = difflib.get_close_matches(name.lower(), THEME_NAMES, 1)
    return reason("settings.expect_theme_such_as", theme=similar[0] if similar else Settings().theme)


def _as_number(key: str, value: Any) -> Any:
    """Return a context length that is written as "32k" as a number; any other value as it is."""
    if key != "context" or not isinstance(value, str):
        return value
    try:
        return parse_tokens(value)
    except ValueError:
        return value


def _wrong_value(title: str, value: Any, expected: Reason) -> Reason:
    return reason("settings.wrong_value", key=title, value=_as_written(value), expected=expected)


def _as_written(value: Any) -> str:
    """Return the value nearly as the file has it: `true` and double quotes, not Python's notation."""
    text = repr(value) if isinstance(value, float) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _find_line(text: str, key_path: KeyPath) -> Reason:
    """Return the line that sets a key, or else the line that is closest to it: the header of its table."""
    longest, line_number = 0, 0
    table: KeyPath = ()
    for count, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            line_path = table = _split_key(header[1])
        elif key := _KEY.match(line):
            line_path = table + _split_key(key[1])
        else:
            continue
        equal_parts = takewhile(lambda pair: pair[0] == pair[1], zip(line_path, key_path, strict=False))
        shared = len(list(equal_parts))
        if shared > longest:
            longest, line_number = shared, count
    return reason("settings.line", number=line_number) if line_number else reason("settings.no_line")


def _split_key(key: str) -> KeyPath:
    """Split a dotted key of TOML into its parts."""
    return tuple("".join(match) for match in _PART.findall(key))
