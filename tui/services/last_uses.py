"""Times at which models were loaded last, as llmtui itself remembers them.

The times of last access that file systems keep are no help: most systems write them once a day at best, and
every scan reads the files.
"""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tui.models.model import ModelFile
from tui.settings.app_folders import state_folder
from tui.settings.state_file import read_state, write_state

_LIMIT = 2000
"""Number of models whose last use is kept, the newest."""


class LastUses:
    """The file of the times; whatever is wrong with it costs only what it would have kept."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._path = path or state_folder() / "last_uses.json"
        self._clock = clock

    def read(self) -> dict[str, float]:
        """Return the times in seconds since 1970, by `use_key`; none from a missing or broken file."""
        return read_state(self._path, dict[str, float]) or {}

    def add(self, file: ModelFile) -> None:
        """Remember that a model was loaded now."""
        times = self.read() | {use_key(file): self._clock()}
        newest = dict(sorted(times.items(), key=lambda item: item[1])[-_LIMIT:])
        write_state(self._path, newest)


def use_key(file: ModelFile) -> str:
    """Return what identifies a model in the file: its content where that is known, else its path."""
    return f"sha256:{file.sha256}" if file.sha256 else os.fsencode(file.path).decode(errors="replace")


def last_use(file: ModelFile, times: Mapping[str, float]) -> float | None:
    """Return when a model was loaded last, under any of its names; None when it never was."""
    keys = [use_key(file), str(file.path), *(str(place.path) for place in file.elsewhere)]
    return max((times[key] for key in keys if key in times), default=None)
