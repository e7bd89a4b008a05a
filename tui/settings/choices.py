"""Choices that the user makes in the dashboard, kept for the next start in the program's own state file."""

import contextlib
import logging
import os
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from tui.settings.app_folders import state_folder
from tui.settings.settings import ColumnName, Settings

log = logging.getLogger(__name__)


class Choices(msgspec.Struct, frozen=True, omit_defaults=True):
    """The choices; None for one that was never made."""

    theme: str | None = None
    """Name of the theme."""
    sort: str | None = None
    """Column that the list of models is sorted by."""
    context: Annotated[int, msgspec.Meta(ge=256, le=16_777_216)] | None = None
    """Context length, in tokens."""
    kv_type: Literal["f16", "q8_0", "q4_0"] | None = None
    """Type of the KV cache."""
    columns: tuple[ColumnName, ...] | None = None
    """The only columns of the list; empty for those that fit."""


class ChoiceStore:
    """The file of the choices; whatever is wrong with it costs only what it would have kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or state_folder() / "choices.json"

    def read(self) -> Choices:
        """Return the choices; none from a file that is missing or broken."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Choices)
        except FileNotFoundError:
            return Choices()
        except (OSError, msgspec.DecodeError) as error:
            log.warning("The choices in %s are ignored: %s", self._path, error)
            return Choices()

    def keep(self, **changes: Any) -> None:
        """Change some choices; the others stay as they are in the file, where another dashboard may write."""
        choices = msgspec.structs.replace(self.read(), **changes)
        new_file = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new_file.write_bytes(msgspec.json.encode(choices) + b"\n")
            new_file.replace(self._path)
        except OSError as error:
            log.warning("The choices cannot be kept in %s: %s", self._path, error)
            with contextlib.suppress(OSError):
                new_file.unlink(missing_ok=True)


def apply_choices(settings: Settings, choices: Choices, named: Collection[str]) -> Settings:
    """Return the settings with the choices in place of those that the user's file does not name."""
    values = {
        key: getattr(choices, key) for key in ("theme", "columns", "context", "kv_type") if key not in named
    }
    return msgspec.structs.replace(
        settings, **{key: choice for key, choice in values.items() if choice is not None}
    )
