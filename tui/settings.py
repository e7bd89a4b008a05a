"""The user's settings: one TOML file into one frozen struct. A bad key costs only itself."""

import difflib
import re
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
import platformdirs
import tomli

from tui.i18n import _
from tui.text import clean_line

APP = "llmtui"


class MachineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine of the user's own, for the question "what if": a table `[machines.NAME]`.

    GB of memory are 2^30 bytes, GB a second are 10^9 bytes, as makers count.
    """

    ram_gb: float
    """System memory in GB that programs can use."""
    gpu: str = ""
    """Name of the GPU, as it should be shown."""
    vram_gb: float | None = None
    """Memory of its own, for a graphics card."""
    shared_gb: float | None = None
    """The most RAM the GPU may use, for one that shares it."""
    unified: bool = False
    """True for Apple Silicon: the GPU shares the RAM, up to the ceiling that Metal puts on its part."""
    cores: int = 4
    """Physical cores of the processor."""
    bandwidth_gbs: float | None = None
    """GB a second of the system's memory."""
    gpu_bandwidth_gbs: float | None = None
    """GB a second of the memory the GPU uses."""


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
    when_full: Literal["stop", "drop_oldest", "keep_pinned"] = "stop"
    """When the context is full: send nothing, leave out the oldest turns, or those that are not pinned."""
    refresh_seconds: float = 1.0
    """Time between two readings of the gauges."""
    measure_speed: bool = True
    """Measure how fast this machine is, once, at the first quiet moment; it takes about ten seconds."""
    keys: dict[str, str] = {}
    """Other keys for actions, by the id that the help shows: `"chat.stop" = "ctrl+x"`."""
    machines: dict[str, MachineSettings] = {}
    """Machines of your own to judge models for: `[machines.NAME]` with `ram_gb` and what else it has."""


_GB = (1, 4096, "a number of GB from 1 to 4096")
_GB_PER_SECOND = (1, 100_000, "a number of GB a second from 1 to 100000")
_CHECKS: dict[str, tuple[float, float, str]] = {
    "context": (256, 16_777_216, "a whole number of tokens from 256 up"),
    "threads": (0, 1024, "a whole number from 0 to 1024"),
    "temperature": (0, 5, "a number from 0 to 5"),
    "max_tokens": (0, 16_777_216, "a whole number from 0 up"),
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
    "gpu": 'a name in quotes: "RTX 3060"',
    "unified": "true or false",
}
_NAME = r"""((?:"[^"]*"|'[^']*'|[\w\s.-])+?)"""
_KEY = re.compile(rf"\s*{_NAME}\s*=")
_HEADER = re.compile(rf"\s*\[\s*{_NAME}\s*\]")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def settings_file() -> Path:
    """Where the settings are read from."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "settings.toml"


def cache_folder() -> Path:
    """Where what can be found out again is kept."""
    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


def data_folder() -> Path:
    """Where what cannot be found out again is kept: models, measurements."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


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
        if key == "machines" and isinstance(value, dict):
            good[key], found = _machines(cast("dict[str, Any]", value))
        else:
            wrong = _wrong(key, value, Settings, _("it is left out"))
            found = [((key,), wrong)] if wrong else []
            if not wrong:
                good[key] = value
        problems += [f"{path}, {_line(text, place)}: {wrong}" for place, wrong in found]
    return msgspec.convert(good, Settings), tuple(problems)


def _machines(tables: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[tuple[str, ...], str]]]:
    """The machines that are right, and of the others what is wrong and at which key."""
    good: dict[str, Any] = {}
    problems: list[tuple[tuple[str, ...], str]] = []
    for name, given in tables.items():
        place = ("machines", name)
        title = f"machines.{clean_line(name)}"
        if not isinstance(given, dict):
            message = _("{key} is {value}; expected a table with ram_gb = 16")
            problems.append((place, message.format(key=title, value=_as_written(given))))
            continue
        values = cast("dict[str, Any]", given)
        found = [
            ((*place, key), wrong)
            for key, value in values.items()
            if (wrong := _wrong(key, value, MachineSettings, _("the machine is left out"), f"{title}."))
        ]
        if not found and (wrong := _contradiction(values, bool(clean_line(name)))):
            found = [(place, f"{title} {wrong}")]
        if not found:
            good[name] = values
        problems += found
    return good, problems


def _contradiction(given: dict[str, Any], named: bool) -> str | None:
    """What keys that are right one by one say wrong together, or None."""
    shares = "shared_gb" in given or given.get("unified", False)
    if not named:
        return _("needs a name: [machines.mine]")
    if "ram_gb" not in given:
        return _("has no ram_gb; expected {expected}").format(expected=_GB[2])
    if "vram_gb" in given and shares:
        return _("has vram_gb beside shared_gb or unified; a GPU has its own memory or shares the RAM")
    if not shares and "vram_gb" not in given and ("gpu" in given or "gpu_bandwidth_gbs" in given):
        return _("has a GPU without memory; add vram_gb, shared_gb or unified = true")
    if given.get("shared_gb", 0) > given["ram_gb"]:
        return _("has more shared_gb than ram_gb; the GPU's part is in the RAM")
    return None


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
    return repr(value) if isinstance(value, float) else msgspec.json.encode(value).decode()


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
