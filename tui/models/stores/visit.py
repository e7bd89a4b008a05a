"""A visit to a store: reads its folders, and remembers which ones, so that a change of them is noticed."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import tomli

from tui.models.stores.endings import may_be_model
from tui.sentences import Reason, reason
from tui.system_errors import system_error

_DEEPEST = 12
_MOST_FILES = 20_000
"""Most model files of one folder and those below it."""
_LONGEST_RECORD = 4 << 20
"""Bytes of the longest settings file or manifest that is read: theirs are a few kilobytes."""

_SYSTEM_FOLDERS = (Path("/dev"), Path("/proc"), Path("/sys")) if os.name == "posix" else ()
"""Folders of devices and of the kernel's own data, in which every process has folders and links to others."""

OnFolder = Callable[[Path], None]
"""Takes each folder before it is searched."""
Record = TypeVar("Record")


class Visit:
    """Folders that were read for one store, and the problems of those that could not be."""

    def __init__(self, store: str, on_folder: OnFolder = lambda _folder: None) -> None:
        """Begin a visit.

        Args:
            store: its code.
            on_folder: called with each folder of a walk before it is searched.
        """
        self.store = store
        self._on_folder = on_folder
        self.roots: list[Path] = []
        """Folders in which the store was looked for, there or not."""
        self.folders: dict[str, int] = {}
        """Time of change in nanoseconds of every folder and settings file that was looked at; 0 for none."""
        self.problems: list[Reason] = []

    def look_in(self, folder: Path) -> bool:
        """Note that the store is looked for in this folder; return True if the folder is there."""
        if folder not in self.roots:
            self.roots.append(folder)
        try:
            self.folders[str(folder)] = folder.stat().st_mtime_ns
        except PermissionError:
            self.folders[str(folder)] = 0
            self.problems.append(
                reason(
                    "models.store_forbidden",
                    folder=str(folder),
                    store=reason(f"models.store_{self.store}"),
                    code=self.store,
                )
            )
            return False
        except (OSError, ValueError):
            self.folders[str(folder)] = 0
            return False
        return True

    def look_at(self, path: Path) -> bool:
        """Return True if this file or folder is there."""
        return self._remember(path) is not None

    def entries(
        self, folder: Path, *, must_exist: bool = False, quiet: bool = False
    ) -> list[os.DirEntry[str]]:
        """List a folder by name; empty for one that is missing or cannot be read.

        Args:
            folder: the folder.
            must_exist: a missing folder is a problem.
            quiet: an unreadable folder is none.
        """
        try:
            status = folder.stat()
            self.folders[str(folder)] = status.st_mtime_ns
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            self.folders.setdefault(str(folder), 0)
            if must_exist:
                self.problems.append(folder_problem(folder, error))
        except OSError as error:
            self.folders.setdefault(str(folder), 0)
            if not quiet:
                self.problems.append(folder_problem(folder, error))
        return []

    def walk(
        self, folder: Path, *, must_exist: bool = False, hidden: bool = False
    ) -> Iterator[os.DirEntry[str]]:
        """Yield the files in a folder and the folders below it, in the order of their names.

        Links are followed, and each real folder is entered once. Names that start with a dot are passed over
        unless `hidden`, and so are the folders of devices and of the kernel's data.
        """
        entered = _identities(_SYSTEM_FOLDERS)
        pending = [(folder, 0)]
        while pending:
            current, depth = pending.pop()
            try:
                status = current.stat()
            except (OSError, ValueError):
                status = None
            if status is not None and status.st_ino:
                if (status.st_dev, status.st_ino) in entered:
                    continue
                entered.add((status.st_dev, status.st_ino))
            self._on_folder(current)
            below: list[tuple[Path, int]] = []
            for entry in self.entries(current, must_exist=must_exist and depth == 0):
                if entry.name.startswith(".") and not hidden:
                    continue
                # Of a link that is named like a model nobody need ask whether it leads to a folder.
                if not (entry.is_symlink() and may_be_model(entry.name)) and is_folder(entry):
                    if depth < _DEEPEST:
                        below.append((Path(entry.path), depth + 1))
                else:
                    yield entry
            pending += reversed(below)

    def model_files(self, folder: Path, *, must_exist: bool = False) -> Iterator[Path]:
        """Yield the files in a folder and below it whose names are those of models or of downloads."""
        count = 0
        for entry in self.walk(folder, must_exist=must_exist):
            if not may_be_model(entry.name):
                continue
            count += 1
            if count > _MOST_FILES:
                self.problems.append(reason("models.too_many_files", folder=str(folder), most=_MOST_FILES))
                return
            yield Path(entry.path)

    def read_bytes(self, path: Path, *, watched: bool = True) -> bytes:
        """Return the content of a small file; empty when it is missing, too long or unreadable.

        A change of it is noticed, unless it is not `watched`: records whose folder changes with them.
        """
        try:
            status = path.stat()
            if watched:
                self.folders[str(path)] = status.st_mtime_ns
            # Opening a pipe would wait for ever.
            if not stat.S_ISREG(status.st_mode):
                return b""
            with path.open("rb") as file:
                data = file.read(_LONGEST_RECORD + 1)
        except PermissionError:
            self.problems.append(reason("models.store_file_forbidden", file=str(path)))
            return b""
        except (OSError, ValueError):
            if watched:
                self.folders.setdefault(str(path), 0)
            return b""
        return data if len(data) <= _LONGEST_RECORD else b""

    def read_text(self, path: Path, *, watched: bool = True) -> str:
        """Return a small text file of the store; empty when it is missing, too long, or no text."""
        try:
            return self.read_bytes(path, watched=watched).decode("utf-8-sig")
        except UnicodeDecodeError:
            return ""

    def read_json(self, path: Path, kind: type[Record], *, watched: bool = True) -> Record | None:
        """Return a JSON file of the store; None when it is missing or not of that form."""
        data = self.read_bytes(path, watched=watched)
        try:
            return msgspec.json.decode(data, type=kind) if data else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def read_toml(self, path: Path) -> dict[str, object]:
        """Return a TOML file of the store; empty when it is missing or broken."""
        try:
            return tomli.loads(self.read_text(path))
        except (tomli.TOMLDecodeError, RecursionError):
            return {}

    def _remember(self, path: Path) -> int | None:
        """Keep the time of change of a file or folder; None when it is not there."""
        try:
            changed_ns = path.stat().st_mtime_ns
        except (OSError, ValueError):
            self.folders.setdefault(str(path), 0)
            return None
        self.folders.setdefault(str(path), changed_ns)
        return changed_ns


def _identities(folders: Sequence[Path]) -> set[tuple[int, int]]:
    """Return the device and number of each of these folders that is there."""
    identities: set[tuple[int, int]] = set()
    for folder in folders:
        with contextlib.suppress(OSError):
            status = folder.stat()
            identities.add((status.st_dev, status.st_ino))
    return identities


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return True for a folder or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        # A link in a circle: no folder, and the reader of files says what it is.
        return False


def folder_problem(folder: Path, error: OSError | ValueError) -> Reason:
    """Return why a folder cannot be read."""
    if isinstance(error, FileNotFoundError):
        return reason("models.no_such_folder", folder=str(folder))
    if isinstance(error, NotADirectoryError):
        return reason("models.not_a_folder", folder=str(folder))
    if isinstance(error, PermissionError):
        return reason("models.folder_forbidden", folder=str(folder))
    return reason("models.folder_unreadable", folder=str(folder), why=system_error(error))
