"""Picture of the screen as an SVG file, in a folder that is there."""

import errno
import os
import time
from collections.abc import Sequence
from pathlib import Path

import platformdirs


def picture_folders() -> tuple[Path, ...]:
    """Return the folders for a picture, the preferred one first: the current one, pictures, home."""
    return (Path.cwd(), Path(platformdirs.user_pictures_dir()), Path.home())


def save_picture(svg: str, folders: Sequence[Path] | None = None) -> Path:
    """Write a picture into the first folder that takes it, and return its path.

    Raises:
        OSError: no folder takes it; that of the first one.
    """
    name = time.strftime("llmtui-%Y-%m-%d-%H%M%S")
    first_error: OSError | None = None
    for folder in picture_folders() if folders is None else folders:
        try:
            return _write_new(folder, name, svg)
        except OSError as error:
            first_error = first_error or error
    raise first_error or FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)


def _write_new(folder: Path, name: str, svg: str) -> Path:
    """Write a file of a new name; raise OSError where that cannot be."""
    number = 1
    while True:
        path = folder / (f"{name}.svg" if number == 1 else f"{name}-{number}.svg")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(svg)
        except FileExistsError:
            number += 1
        except OSError:
            # A full disk leaves no half of it.
            if path.is_file() and os.access(path, os.W_OK):
                path.unlink(missing_ok=True)
            raise
        else:
            return path
