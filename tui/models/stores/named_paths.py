"""Files and folders that the user named, on the command line or in the settings."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tui.models.model_folders import whole_path
from tui.models.plain_files import begins_with
from tui.models.stores.endings import may_be_model
from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, file_facts, plain_file
from tui.models.stores.visit import Visit
from tui.sentences import reason
from tui.text import clean_line, full_path

FILE, FOLDER = "file", "folder"
_GGUF = b"GGUF"
_LARGE_BYTES = 64 << 10
"""Size from which a file without the ending may be a model."""
_MOST_OPENED = 1000
"""Most files of a folder that are opened to see what they are: each takes milliseconds on a slow disk."""


def read_named_files(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the files, there or not."""
    del visit
    for path in environment.files:
        path = full_path(path).absolute()
        yield StoredFile(path, FILE, facts=file_facts(path))


def read_named_folders(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models of each folder; one that is missing, unreadable or without a model is a problem."""
    for folder in environment.folders:
        full_folder = whole_path(folder)
        problem_count = len(visit.problems)
        visit.look_in(full_folder)
        files = _files_below(full_folder, visit)
        if not files and len(visit.problems) == problem_count:
            visit.problems.append(reason("models.no_model_in_folder", folder=str(full_folder)))
        yield from (plain_file(path, FOLDER, clean_line(str(folder))) for path in files)


def _files_below(folder: Path, visit: Visit) -> list[Path]:
    """List the models, then the large files without the ending that begin as a GGUF file does."""
    files: list[Path] = []
    unnamed_files: list[tuple[int, Path]] = []
    for entry in visit.walk(folder, must_exist=True):
        if may_be_model(entry.name):
            files.append(Path(entry.path))
        elif (size := _file_bytes(entry)) >= _LARGE_BYTES:
            unnamed_files.append((size, Path(entry.path)))
    # The largest first: a model is seldom the smallest file of a folder.
    largest = sorted(unnamed_files, reverse=True)[:_MOST_OPENED]
    return files + sorted(path for _size, path in largest if begins_with(path, _GGUF))


def _file_bytes(entry: os.DirEntry[str]) -> int:
    """Return the size of a plain file; 0 for a pipe, a device, and what cannot be looked up."""
    try:
        status = entry.stat()
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
