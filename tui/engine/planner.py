"""Sizes models by dry run: the engine plans every buffer, reads only the header, allocates nothing."""

from pathlib import Path

from tui.engine import llama, process
from tui.engine.protocol import Footprint, LoadSettings


class Planner:
    """Answers many questions in one process; keeps the last model, so that new settings cost milliseconds."""

    def __init__(self) -> None:
        self._baseline = _own_bytes()
        """Memory of its own before any model: what a fresh engine process starts from."""
        self._key: tuple[str, int, int, int] | None = None
        self._model: llama.Model | None = None
        self._before = 0
        self._tables: dict[int, int] = {}
        """Bytes that the first vocabulary of a kind leaves for good: tables that are built once a process."""
        self._process: int | None = None
        """Resident size of a process with this model's vocabulary, known from its first context on."""

    def plan(self, path: str, settings: LoadSettings) -> Footprint:
        """The footprint of a file for the very settings it would be loaded with.

        Raises:
            llama.EngineError: the engine cannot read the file, or cannot make such a context.
        """
        model = self._open(path, settings)
        context = llama.Context(model, settings, settings.threads or process.usable_cores(), None)
        try:
            parts = llama.breakdown(model, context)
            if self._process is None:
                # Code that earlier models brought in stays, and a fresh process brings it in too.
                grown = max(0, _own_bytes() - self._before) + self._tables.get(model.vocabulary_kind, 0)
                self._process = self._baseline + grown + process.file_bytes()
        finally:
            context.close()
        return Footprint(
            weights_bytes=parts.weights_bytes,
            kv_bytes=parts.kv_bytes,
            compute_bytes=parts.compute_bytes,
            process_bytes=self._process,
            source="engine",
            device_bytes=parts.device_bytes,
        )

    def _open(self, path: str, settings: LoadSettings) -> llama.Model:
        key = (path, settings.gpu_layers, *_marks(path))
        if self._model is None or key != self._key:
            self._close()
            self._process = None
            self._before = _own_bytes()
            self._model = llama.Model(path, settings, dry=True)
            self._key = key
        return self._model

    def _close(self) -> None:
        model, self._model = self._model, None
        if model is not None:
            model.close()
        # Freed memory that stays in the heap would hide what the next vocabulary takes.
        process.give_back_free_memory()
        if model is not None:
            self._tables.setdefault(model.vocabulary_kind, max(0, _own_bytes() - self._before))


def _own_bytes() -> int:
    return (process.resident_bytes() or 0) - process.file_bytes()


def _marks(path: str) -> tuple[int, int]:
    """Size and date of a file, so that another one under the same name is read anew."""
    try:
        stat = Path(path).stat()
    except OSError:
        # The engine itself says what is wrong with it.
        return (-1, -1)
    return (stat.st_size, stat.st_mtime_ns)
