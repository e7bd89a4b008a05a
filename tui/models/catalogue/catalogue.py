"""Catalogue of models known by name, on this disk or not: models.toml and the user's own file."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tui.models.catalogue.entry import EntryFault, check_entry, written_key, written_value
from tui.models.catalogue.toml_entries import ENTRY, RawEntry, split_entries
from tui.models.model import CatalogueEntry
from tui.sentences import Fact, Reason, reason
from tui.settings.app_folders import config_folder
from tui.system_errors import system_error

_FILE = "models.toml"
_LARGEST = 4 << 20
"""Bytes of the largest catalogue; a longer file is something else."""


class CatalogueProblem(msgspec.Struct, frozen=True):
    """One mistake in a catalogue file; the rest of the file is used all the same."""

    path: Path
    line: int | None
    """Counted from 1; None when the file as a whole cannot be used."""
    entry: str | None
    """The name of the entry it is in, which is left out; None when it has none."""
    key: str | None
    value: Fact
    """The value as written, or what stands there instead of one."""
    expected: Fact

    @property
    def reason(self) -> Reason:
        """The mistake as a reason: file and line, entry and key, the value, and the expected one."""
        place: Fact = self.path.name
        if self.line is not None:
            place = reason("models.catalogue_line", file=self.path.name, line=self.line)
        mistake = reason("models.catalogue_mistake", value=self.value, expected=self.expected)
        subject = ", ".join(part for part in (self.entry, self.key) if part)
        if not subject:
            return reason("models.catalogue_problem", place=place, mistake=mistake)
        return reason("models.catalogue_problem_at", place=place, subject=subject, mistake=mistake)


class Catalogue(msgspec.Struct, frozen=True):
    """The entries that can be used, in the order of the file, and the mistakes in the others."""

    entries: tuple[CatalogueEntry, ...]
    problems: tuple[CatalogueProblem, ...] = ()
    default_bytes: Mapping[str, int] = {}
    """Bytes of the weights of entries at their default quantization, by name, where they were weighed."""


def shipped_path() -> Path:
    """Return llmtui's own catalogue: beside this module in a wheel, at the top of a checkout."""
    packaged = Path(__file__).with_name(_FILE)
    return packaged if packaged.is_file() else Path(__file__).parents[3] / _FILE


def user_path() -> Path:
    """Return the file that is read as the user's own catalogue."""
    return config_folder() / _FILE


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read a catalogue, the shipped one if no path is given. Never raises: mistakes are in `problems`."""
    path = path or shipped_path()
    text = _read(path)
    if isinstance(text, CatalogueProblem):
        return Catalogue((), (text,))
    raw_file = split_entries(text)
    problems = list(_before_first_entry(path, raw_file.preamble))
    entries: dict[str, CatalogueEntry] = {}
    lines: dict[str, int] = {}
    for raw in raw_file.entries:
        name = raw.values.get("name")
        label = name if isinstance(name, str) and name.isprintable() else None
        if raw.error is not None:
            problems.append(
                CatalogueProblem(path, raw.line, label, None, raw.error, reason("models.expect_toml"))
            )
            continue
        if raw.table != ENTRY:
            problems.append(CatalogueProblem(path, raw.line, None, None, raw.table, ENTRY))
            continue
        checked = check_entry(raw)
        if isinstance(checked, tuple):
            problems += [_entry_problem(path, label, fault) for fault in checked]
            continue
        key = normalised(checked.name)
        if key in entries:
            line = raw.key_lines.get("name", raw.line)
            expected = reason("models.expect_own_name", line=lines[key])
            value = written_value(checked.name)
            problems.append(CatalogueProblem(path, line, label, "name", value, expected))
            continue
        entries[key] = checked
        lines[key] = raw.key_lines.get("name", raw.line)
    if not raw_file.entries and not problems:
        problems.append(
            _file_problem(path, reason("models.no_entry"), reason("models.expect_entry", header=ENTRY))
        )
    return Catalogue(tuple(entries.values()), tuple(sorted(problems, key=lambda problem: problem.line or 0)))


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
        # The reason is among the problems that loading it returns.
        pass
    added = load_catalogue(own)
    entries = {normalised(entry.name): entry for entry in base.entries}
    entries |= {normalised(entry.name): entry for entry in added.entries}
    return Catalogue(tuple(entries.values()), base.problems + added.problems)


def normalised(name: str) -> str:
    """Return a name without case and punctuation, so that `Phi-4 mini` and `phi_4-mini` are equal."""
    return re.sub(r"[\W_]+", "", name.casefold())


def _read(path: Path) -> str | CatalogueProblem:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "models.found_folder" if stat.S_ISDIR(status.st_mode) else "models.found_no_file"
            return _file_problem(path, reason(kind), reason("models.expect_toml_file"))
        if status.st_size > _LARGEST:
            return _file_problem(
                path,
                reason("models.found_large_file", mib=_LARGEST >> 20),
                reason("models.expect_small_file"),
            )
        # Some editors leave a mark at the start.
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return _file_problem(
            path, reason("models.found_no_such_file"), reason("models.expect_catalogue", path=str(path))
        )
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        value, expected = reason("models.found_not_utf8"), reason("models.expect_utf8")
        return CatalogueProblem(path, line, None, None, value, expected)
    except OSError as error:
        return _file_problem(
            path, reason("models.found_unreadable", why=system_error(error)), reason("models.expect_readable")
        )


def _before_first_entry(path: Path, raw: RawEntry) -> list[CatalogueProblem]:
    expected = reason("models.expect_header_above", header=ENTRY)
    if raw.error is not None:
        return [CatalogueProblem(path, raw.line, None, None, raw.error, expected)]
    return [
        CatalogueProblem(
            path, raw.key_lines.get(key), None, written_key(key), reason("models.found_outside"), expected
        )
        for key in raw.values
    ]


def _file_problem(path: Path, value: Reason, expected: Reason) -> CatalogueProblem:
    return CatalogueProblem(path, None, None, None, value, expected)


def _entry_problem(path: Path, label: str | None, fault: EntryFault) -> CatalogueProblem:
    return CatalogueProblem(path, fault.line, label, fault.key, fault.value, fault.expected)
