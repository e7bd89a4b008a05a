"""The catalogue: models known by name, on this disk or not, from models.toml and the user's own."""

import re
import stat
from pathlib import Path

import msgspec

from tui.models.catalogue.entry import Fault, check_entry, shown, shown_key
from tui.models.catalogue.toml_entries import ENTRY, RawEntry, split_entries
from tui.models.model import CatalogueEntry
from tui.settings.app_folders import config_folder

_FILE = "models.toml"
_LARGEST = 4 << 20
"""Bytes of a catalogue that a person could have meant; more is some other file."""


class Problem(msgspec.Struct, frozen=True):
    """One mistake in a catalogue file; the rest of the file is used all the same."""

    path: Path
    line: int | None
    """Counted from 1; None when the file as a whole can't be used."""
    entry: str | None
    """The name of the entry it is in, which is left out; None when it has none."""
    key: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        """One line for a person: where, which entry and key, what stands there, what should."""
        place = self.path.name if self.line is None else f"{self.path.name}, line {self.line}"
        subject = ", ".join(part for part in (self.entry, self.key) if part)
        told = f"{self.found}; expected {self.expected}"
        return f"{place}: {subject}: {told}" if subject else f"{place}: {told}"


class Catalogue(msgspec.Struct, frozen=True):
    """The entries that could be used, in the order of the file, and what was wrong with the others."""

    entries: tuple[CatalogueEntry, ...]
    problems: tuple[Problem, ...] = ()


def shipped_path() -> Path:
    """The catalogue that comes with llmtui: beside this module in a wheel, at the top of a checkout."""
    beside = Path(__file__).with_name(_FILE)
    return beside if beside.is_file() else Path(__file__).parents[3] / _FILE


def user_path() -> Path:
    """Where a person's own catalogue is looked for."""
    return config_folder() / _FILE


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read a catalogue, the shipped one if no path is given. Never raises: what is wrong is in `problems`."""
    path = path or shipped_path()
    text = _read(path)
    if isinstance(text, Problem):
        return Catalogue((), (text,))
    raw_file = split_entries(text)
    problems = list(_before_first(path, raw_file.before))
    entries: dict[str, CatalogueEntry] = {}
    lines: dict[str, int] = {}
    for raw in raw_file.entries:
        name = raw.values.get("name")
        label = name if isinstance(name, str) and name.isprintable() else None
        if raw.error is not None:
            problems.append(Problem(path, raw.line, label, None, raw.error, "valid TOML"))
            continue
        if raw.table != ENTRY:
            problems.append(Problem(path, raw.line, None, None, raw.table, ENTRY))
            continue
        checked = check_entry(raw)
        if isinstance(checked, tuple):
            problems += [_problem(path, label, fault) for fault in checked]
            continue
        key = normalised(checked.name)
        if key in entries:
            line = raw.key_lines.get("name", raw.line)
            wanted = f"a name of its own: line {lines[key]} has it already"
            problems.append(Problem(path, line, label, "name", shown(checked.name), wanted))
            continue
        entries[key] = checked
        lines[key] = raw.key_lines.get("name", raw.line)
    if not raw_file.entries and not problems:
        problems.append(Problem(path, None, None, None, "no entry in it", "at least one [[model]] table"))
    return Catalogue(tuple(entries.values()), tuple(sorted(problems, key=lambda one: one.line or 0)))


def load_catalogues(shipped: Path | None = None, own: Path | None = None) -> Catalogue:
    """The shipped catalogue with the user's own on top: same name replaces, new name adds.

    The user's file may be missing; anything else wrong with it is among the problems.
    """
    base = load_catalogue(shipped)
    own = own or user_path()
    try:
        own.stat()
    except (FileNotFoundError, NotADirectoryError):
        return base
    except OSError:
        # Why it can't be read is told with the rest.
        pass
    more = load_catalogue(own)
    entries = {normalised(entry.name): entry for entry in base.entries}
    entries |= {normalised(entry.name): entry for entry in more.entries}
    return Catalogue(tuple(entries.values()), base.problems + more.problems)


def normalised(name: str) -> str:
    """A name without case and punctuation, so that `Phi-4 mini` and `phi_4-mini` are one."""
    return re.sub(r"[\W_]+", "", name.casefold())


def _read(path: Path) -> str | Problem:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a file"
            return Problem(path, None, None, None, kind, "a TOML file")
        if status.st_size > _LARGEST:
            return Problem(path, None, None, None, "a file over 4 MiB", "a TOML file written by hand")
        # A mark at the start is what some editors leave there.
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Problem(path, None, None, None, "no such file", f"a catalogue at {path}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Problem(path, line, None, None, "bytes that are not UTF-8", "a text file saved as UTF-8")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return Problem(path, None, None, None, f"can't be read: {reason}", "a readable file")


def _before_first(path: Path, raw: RawEntry) -> list[Problem]:
    wanted = f"a {ENTRY} line above it"
    if raw.error is not None:
        return [Problem(path, raw.line, None, None, raw.error, wanted)]
    return [
        Problem(path, raw.key_lines.get(key), None, shown_key(key), "outside an entry", wanted)
        for key in raw.values
    ]


def _problem(path: Path, label: str | None, fault: Fault) -> Problem:
    return Problem(path, fault.line, label, fault.key, fault.found, fault.expected)
