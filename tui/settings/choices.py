"""Choices that the user makes in the dashboard, kept for the next start in the program's own state file."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from tui.settings.app_folders import state_folder
from tui.settings.settings import ColumnName, Settings
from tui.settings.state_file import read_state, write_state


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
        return read_state(self._path, Choices) or Choices()

    def keep(self, **changes: Any) -> None:
        """Change some choices; the others stay as they are in the file, where another dashboard may write."""
        choices = msgspec.structs.replace(self.read(), **changes)
        write_state(self._path, choices)


def apply_choices(settings: Settings, choices: Choices, named: Collection[str]) -> Settings:
    """Return the settings with the choices in place of those that the user's file does not name."""
    values = {
        key: getattr(choices, key) for key in ("theme", "columns", "context", "kv_type") if key not in named
    }
    return msgspec.structs.replace(
        settings, **{key: choice for key, choice in values.items() if choice is not None}
    )
