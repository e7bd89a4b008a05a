"""Folders that are searched for models: the models folder, installed packages, and the user's own."""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tui.sentences import Reason, reason
from tui.settings.app_folders import data_folder
from tui.text import full_path

_DEEPEST = 12
_MOST_FILES = 10_000
_GGUF = b"GGUF"
"""First bytes of every GGUF file."""
_LARGE_BYTES = 64 << 10
"""Size from which a file without the ending may be a model."""
_MOST_OPENED = 1000
"""Most files of a folder that are opened to see what they are: each takes milliseconds on a slow disk."""


def models_folder() -> Path:
    """Return the folder of llmtui's own downloads, whether it exists or not."""
    return data_folder() / "models"


def package_folders() -> list[Path]:
    """Return the folders that hold installed packages."""
    names = ("site-packages", "dist-packages")
    return [path for path in map(Path, dict.fromkeys(sys.path)) if path.name in names and path.is_dir()]


def files_in_packages(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield the GGUF files that installed packages carry at their top level, each with the package's name.

    Looking into the folders takes a tenth of the time of reading every package's list of files.
    """
    for folder in folders:
        for package in _entries(folder):
            if package.name.endswith(".dist-info") or package.name.startswith(("_", ".")):
                continue
            if _is_folder(package):
                yield from (
                    (Path(entry.path), package.name)
                    for entry in _entries(Path(package.path))
                    if _is_gguf(entry)
                )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """List a folder by name; empty for one that cannot be read, since nobody asked for this very folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_gguf(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(".gguf")


def whole_path(path: Path) -> Path:
    """Return a path as it stands on the disk: absolute, without `~` and `..`."""
    path = full_path(path).absolute()
    if ".." not in path.parts:
        return path
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        # A link in a circle: whoever reads the file says so.
        return path


def files_below(folder: Path, problems: list[Reason], *, open_others: bool = False) -> list[Path]:
    """List the GGUF files in a folder and the folders below it; unreadable folders go to `problems`.

    Links are followed, each real folder is entered once, and names that start with a dot are passed over.
    With `open_others`, large files that have another ending or none follow, where they begin as GGUF does.
    """
    files: list[Path] = []
    unnamed_files: list[tuple[int, Path]] = []
    entered: set[tuple[int, int]] = set()
    pending = [(folder, 0)]
    while pending:
        current, depth = pending.pop()
        try:
            status = current.stat()
            if (status.st_dev, status.st_ino) in entered:
                continue
            entered.add((status.st_dev, status.st_ino))
            with os.scandir(current) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            problems.append(_folder_problem(current, error))
            continue
        for entry in children:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                if depth < _DEEPEST:
                    pending.append((Path(entry.path), depth + 1))
            elif _is_gguf(entry):
                files.append(Path(entry.path))
            elif open_others and (size := _file_bytes(entry)) >= _LARGE_BYTES:
                unnamed_files.append((size, Path(entry.path)))
        if len(files) > _MOST_FILES:
            problems.append(reason("models.too_many_files", folder=str(folder), most=_MOST_FILES))
            break
    # The largest first: a model is seldom the smallest file of a folder.
    largest = sorted(unnamed_files, reverse=True)[:_MOST_OPENED]
    files += sorted(path for _size, path in largest if _begins_as_gguf(path))
    return files[:_MOST_FILES]


def _file_bytes(entry: os.DirEntry[str]) -> int:
    """Return the size of a plain file; 0 for a pipe, a device, and what cannot be looked up."""
    try:
        status = entry.stat()
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _begins_as_gguf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_GGUF)) == _GGUF
    except OSError:
        # Nobody named this very file.
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link in a circle: no folder, and the reader of files says what it is.
        return False


def _folder_problem(folder: Path, error: OSError) -> Reason:
    if isinstance(error, FileNotFoundError):
        return reason("models.no_such_folder", folder=str(folder))
    if isinstance(error, NotADirectoryError):
        return reason("models.not_a_folder", folder=str(folder))
    if isinstance(error, PermissionError):
        return reason("models.folder_forbidden", folder=str(folder))
    return reason("models.folder_unreadable", folder=str(folder), why=error.strerror or "")
