"""Sizes models by dry run: the engine plans every buffer, reads only the header, allocates nothing."""

from tui.engine import llama, process
from tui.engine.protocol import Footprint, LoadSettings


class Planner:
    """Answers many questions in one process; keeps the last model, so that new settings cost milliseconds."""

    def __init__(self) -> None:
        self._baseline = process.resident_bytes() or 0
        """Resident size before any model: what a fresh engine process starts from."""
        self._key: tuple[str, int] | None = None
        self._model: llama.Model | None = None
        self._before = 0
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
                now = process.resident_bytes() or 0
                self._process = self._baseline + max(0, now - self._before)
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
        key = (path, settings.gpu_layers)
        if self._model is None or key != self._key:
            if self._model is not None:
                self._model.close()
                self._model = None
            # Freed memory that stays in the heap would hide what the next vocabulary takes.
            process.give_back_free_memory()
            self._process = None
            self._before = process.resident_bytes() or 0
            self._model = llama.Model(path, settings, dry=True)
            self._key = key
        return self._model
