"""Where models are looked for: the models folder, installed packages, and folders the user names."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tui.settings.app_folders import data_folder

_DEEPEST = 12
_MOST_FILES = 10_000


def models_folder() -> Path:
    """The folder of llmtui's own downloads, there or not."""
    return data_folder() / "models"


def package_folders() -> list[Path]:
    """The folders that hold installed packages."""
    names = ("site-packages", "dist-packages")
    return [path for path in map(Path, dict.fromkeys(sys.path)) if path.name in names and path.is_dir()]


def files_in_packages(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """GGUF files that installed packages carry at their top level, each with the package's name.

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
    """What is in a folder; nothing for one that cannot be read, since nobody asked for this very folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_gguf(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(".gguf")


def files_below(folder: Path, problems: list[str]) -> list[Path]:
    """GGUF files in a folder and the folders below it; what could not be read is added to `problems`.

    Links are followed, each real folder is entered once, and names that start with a dot are passed over.
    """
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    waiting = [(folder, 0)]
    while waiting:
        here, depth = waiting.pop()
        try:
            facts = here.stat()
            if (facts.st_dev, facts.st_ino) in seen:
                continue
            seen.add((facts.st_dev, facts.st_ino))
            with os.scandir(here) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            problems.append(_folder_problem(here, error))
            continue
        for entry in children:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                if depth < _DEEPEST:
                    waiting.append((Path(entry.path), depth + 1))
            elif _is_gguf(entry):
                found.append(Path(entry.path))
        if len(found) > _MOST_FILES:
            problems.append(f"The folder {folder} holds more than {_MOST_FILES} models; the rest is left out")
            break
    return found[:_MOST_FILES]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link in a circle: no folder, and the reader of files says what it is.
        return False


def _folder_problem(folder: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no folder {folder}"
    if isinstance(error, NotADirectoryError):
        return f"{folder} is not a folder"
    if isinstance(error, PermissionError):
        return f"You may not read the folder {folder}"
    return f"The folder {folder} cannot be read: {error.strerror}"
