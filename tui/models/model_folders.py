"""Folders that are searched for models whatever other programs are there: llmtui's own and packages'."""

import sys
from pathlib import Path

from tui.settings.app_folders import data_folder
from tui.text import full_path


def models_folder() -> Path:
    """Return the folder of llmtui's own downloads, whether it exists or not."""
    return data_folder() / "models"


def package_folders() -> list[Path]:
    """Return the folders that hold installed packages."""
    names = ("site-packages", "dist-packages")
    return [path for path in map(Path, dict.fromkeys(sys.path)) if path.name in names and path.is_dir()]


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
