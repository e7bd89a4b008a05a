"""The user's settings: one TOML file into one frozen struct. A bad key costs only itself."""

import difflib
import re
from pathlib import Path
from typing import Any, Literal

import msgspec
import platformdirs
import tomli

from tui.i18n import _

APP = "llmtui"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the user may set in settings.toml. The command line overrides it."""

    folders: tuple[str, ...] = ()
    """Folders or GGUF files to look for models in, besides llmtui's own models folder."""
    context: int = 8192
    """Context length, in tokens, that models are sized for and loaded with."""
    kv_type: Literal["f16", "q8_0", "q4_0"] = "f16"
    """Type of the KV cache: smaller types take less memory and lose a little quality."""
    theme: str = "llmtui-dark"
    """Name of a theme; the command palette lists them."""
    threads: int = 0
    """Threads the engine uses; 0 for the physical cores."""
    temperature: float = 0.8
    """How freely the model chooses its words; 0 for always the likeliest."""
    max_tokens: int = 0
    """Longest reply, in tokens; 0 for no limit."""
    refresh_seconds: float = 1.0
    """Time between two readings of the gauges."""
    keys: dict[str, str] = {}
    """Other keys for actions, by the id that the help shows: `"chat.stop" = "ctrl+x"`."""


_CHECKS: dict[str, tuple[float, float, str]] = {
    "context": (256, 16_777_216, "a whole number of tokens from 256 up"),
    "threads": (0, 1024, "a whole number from 0 to 1024"),
    "temperature": (0, 5, "a number from 0 to 5"),
    "max_tokens": (0, 16_777_216, "a whole number from 0 up"),
    "refresh_seconds": (0.2, 60, "a number of seconds from 0.2 to 60"),
}
_EXPECTED = {
    "folders": 'a list of paths: ["~/models"]',
    "kv_type": '"f16", "q8_0" or "q4_0"',
    "theme": 'a name in quotes: "llmtui-dark"',
    "keys": 'a table of action = key: "chat.stop" = "ctrl+x"',
}


def settings_file() -> Path:
    """Where the settings are read from."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "settings.toml"


def cache_folder() -> Path:
    """Where what can be found out again is kept."""
    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


def log_file() -> Path:
    """Where everything that went wrong is told in full."""
    return Path(platformdirs.user_log_dir(APP, appauthor=False)) / "llmtui.log"


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
    except tomli.TOMLDecodeError as error:
        problem = _("{path} is not valid TOML: {why}; the default settings are used")
        return Settings(), (problem.format(path=path, why=error),)
    good: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in table.items():
        wrong = _wrong(key, value)
        if wrong is None:
            good[key] = value
        else:
            problems.append(f"{path}, {_line(text, key)}: {wrong}")
    return msgspec.convert(good, Settings), tuple(problems)


def _wrong(key: str, value: Any) -> str | None:
    """What is wrong with one key, or None."""
    if key not in Settings.__struct_fields__:
        near = difflib.get_close_matches(key, Settings.__struct_fields__, 1)
        hint = _("did you mean {near}?").format(near=near[0]) if near else _("it is left out")
        return _("there is no setting {key}; {hint}").format(key=key, hint=hint)
    expected = _CHECKS[key][2] if key in _CHECKS else _EXPECTED[key]
    message = _("{key} is {value}; expected {expected}").format(
        key=key, value=_as_written(value), expected=expected
    )
    try:
        msgspec.convert({key: value}, Settings)
    except msgspec.ValidationError:
        return message
    if key in _CHECKS and not _CHECKS[key][0] <= value <= _CHECKS[key][1]:
        return message
    return None


def _as_written(value: Any) -> str:
    """The value nearly as the file has it: `true` and double quotes, not Python's own way."""
    return repr(value) if isinstance(value, float) else msgspec.json.encode(value).decode()


def _line(text: str, key: str) -> str:
    found = re.search(rf"^\s*\[?\s*[\"']?{re.escape(key)}[\"']?\s*[=\]]", text, re.MULTILINE)
    if found is None:
        return _("somewhere")
    start = found.end() - 1
    return _("line {number}").format(number=text.count("\n", 0, start) + 1)
