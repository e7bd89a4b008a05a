"""Reading of files that anybody may have put there: plain ones only, and no more of them than expected."""

import errno
import io
import os
import stat
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


def open_plain(path: Path) -> io.FileIO:
    """Open a plain file without ever waiting: a pipe in its place would wait for somebody who writes to it.

    Raises:
        OSError: it cannot be opened, or is no plain file.
        ValueError: no file can have such a name.
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    file = io.FileIO(os.open(path, flags), "r")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "no plain file", str(path))
    return file


def begins_with(path: Path, mark: bytes) -> bool:
    """Return True if the first bytes of a plain file are these."""
    try:
        with open_plain(path) as file:
            return file.read(len(mark)) == mark
    except (OSError, ValueError):
        return False


def read_record_file(path: Path, kind: type[T], most_bytes: int) -> T | None:
    """Return the record in a JSON file; None where there is none, or one longer or of another form."""
    try:
        with open_plain(path) as file:
            data = file.read(most_bytes + 1)
        return msgspec.json.decode(data, type=kind) if len(data) <= most_bytes else None
    except (OSError, ValueError, RecursionError):
        # Mistakes of the JSON are a ValueError, too.
        return None
