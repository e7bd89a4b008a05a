"""Environment of a user, from which each program derives the folders of its models."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from tui.models.model_folders import models_folder, package_folders

System = Literal["linux", "macos", "windows"]
_SYSTEMS: dict[str, System] = {"darwin": "macos", "win32": "windows", "cygwin": "windows"}


class Environment(msgspec.Struct, frozen=True):
    """Home, variables and system of a user; a test gives the ones of a recorded tree."""

    home: Path
    variables: Mapping[str, str] = {}
    system: System = "linux"
    root: Path = Path("/")
    """Folder above all others, for the folders of services."""
    is_superuser: bool = False
    models_folder: Path | None = None
    """Folder of llmtui's own downloads; None for none."""
    package_folders: tuple[Path, ...] = ()
    """Folders that hold installed packages."""
    folders: tuple[Path, ...] = ()
    """Folders that the user named."""
    files: tuple[Path, ...] = ()
    """Files that the user named."""

    def path(self, *names: str) -> Path | None:
        """Return the path in the first of these variables that is set; None where none is."""
        texts = (self.variables.get(name, "").strip() for name in names)
        return next((self.expand(text) for text in texts if text), None)

    def expand(self, text: str) -> Path:
        """Return the path that a program's setting means, with `~` for the user's home."""
        if text == "~" or text.startswith(("~/", "~\\")):
            return self.home / text[2:]
        return Path(text)

    @property
    def cache_folder(self) -> Path:
        """Folder of caches."""
        if self.system == "windows":
            return self.local_folder
        if self.system == "macos":
            return self.home / "Library" / "Caches"
        return self.path("XDG_CACHE_HOME") or self.home / ".cache"

    @property
    def data_folder(self) -> Path:
        """Folder of the data of programs: on Windows the one that stays on this machine."""
        if self.system == "windows":
            return self.local_folder
        if self.system == "macos":
            return self.home / "Library" / "Application Support"
        return self.path("XDG_DATA_HOME") or self.home / ".local" / "share"

    @property
    def config_folder(self) -> Path:
        """Folder in which desktop programs made with web technology keep everything."""
        if self.system == "windows":
            return self.path("APPDATA") or self.home / "AppData" / "Roaming"
        if self.system == "macos":
            return self.home / "Library" / "Application Support"
        return self.path("XDG_CONFIG_HOME") or self.home / ".config"

    @property
    def local_folder(self) -> Path:
        """Folder of Windows for data that stay on this machine."""
        return self.path("LOCALAPPDATA") or self.home / "AppData" / "Local"


def this_environment() -> Environment:
    """Return the environment of the user who runs the program."""
    return Environment(
        home=Path.home(),
        variables=dict(os.environ),
        system=_SYSTEMS.get(sys.platform, "linux"),
        root=Path(Path.home().anchor or "/"),
        is_superuser=hasattr(os, "geteuid") and os.geteuid() == 0,
        models_folder=models_folder(),
        package_folders=tuple(package_folders()),
    )
