"""Tasks that models were taken for, kept until each model is loaded for the first time."""

from pathlib import Path

import msgspec

from tui.models.model import Model, Use
from tui.settings.app_folders import state_folder
from tui.settings.state_file import read_state, write_state

_LIMIT = 50
"""Number of models whose tasks are kept; those that were taken first give way."""


class ModelTask(msgspec.Struct, frozen=True):
    """Task that a model was taken for."""

    name: str
    """Name of the model in the catalogue, without a quantization."""
    task: Use
    language: str
    """Code of the language."""
    thinks: bool | None = None
    """True to have it think first, False not to; None to leave it to the model."""


class ModelTaskStore:
    """The file of these tasks: a download outlives the program. A broken file costs only what it kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or state_folder() / "model_tasks.json"

    def keep(self, task: ModelTask) -> None:
        """Keep the task of a model in place of an earlier one."""
        tasks = [item for item in self._read() if item.name != task.name]
        self._write([*tasks, task][-_LIMIT:])

    def take(self, model: Model) -> ModelTask | None:
        """Return the task that a model was taken for, and forget it; None for none."""
        name = model.entry.name if model.entry is not None else model.name
        tasks = self._read()
        task = next((item for item in tasks if item.name == name), None)
        if task is not None:
            self._write([item for item in tasks if item is not task])
        return task

    def _read(self) -> list[ModelTask]:
        return read_state(self._path, list[ModelTask]) or []

    def _write(self, tasks: list[ModelTask]) -> None:
        write_state(self._path, tasks)
