"""Sizes models by dry run: the engine plans every buffer, reads only the header, allocates nothing."""

from pathlib import Path

from tui.engine import llama, process
from tui.engine.breakdown import Breakdown
from tui.engine.footprint import Footprint
from tui.engine.log import log_warnings_only
from tui.engine.options import LoadSettings
from tui.engine.protocol import SkippedVocabulary
from tui.engine.unplanned_buffers import unplanned_bytes
from tui.units import MIB

_TALK_BYTES = 4 * MIB
"""What a context's graph, the template and the prompts add, measured on Linux: nearer to a full context than
to a first prompt, which leaves part of the attention mask untouched."""


class DryRunPlanner:
    """Answers many questions in one process; keeps the last model, so that new settings cost milliseconds."""

    def __init__(self) -> None:
        self._baseline = _own_bytes()
        """Memory of its own before any model: what a fresh engine process starts from."""
        self._key: tuple[str, SkippedVocabulary | None, int, int, int, int] | None = None
        self._model: llama.LlamaModel | None = None
        self._quick = False
        """True once a vocabulary was left out: then time counts, and not what stays in the heap."""
        self._before = 0
        self._vocabulary = 0
        self._stray = 0
        """Bytes that its first context left for good: not part of its vocabulary's tables."""
        self._tables: dict[int, int] = {}
        """Bytes that the first vocabulary of a kind leaves for good: tables that are built once a process."""
        self._process: int | None = None
        """Resident size of a process with this model's vocabulary, known from its first context on."""

    def plan(self, path: str, settings: LoadSettings, skip: SkippedVocabulary | None = None) -> Footprint:
        """The footprint of a file for the very settings it would be loaded with.

        With `skip`, the vocabulary is not read and its part is missing from `process_bytes`.

        Raises:
            llama.EngineError: the engine cannot read the file, or cannot make such a context.
        """
        model = self._open(path, settings, skip)
        first = self._process is None
        loaded = _own_bytes() if first and skip is None else 0
        context = llama.LlamaContext(model, settings, settings.threads or process.usable_cores(), None)
        try:
            parts = llama.breakdown(model, context)
            # A card keeps rows of its own among its buffers.
            scratch = 0 if parts.device_bytes else unplanned_bytes(model, context.batch)
            if self._process is None:
                # Code that earlier models brought in stays, and a fresh process brings it in too.
                own = self._baseline + self._vocabulary + _TALK_BYTES
                self._process = own + process.file_bytes()
        finally:
            context.close()
            if first and skip is None:
                process.give_back_free_memory()
                self._stray = max(0, _own_bytes() - loaded)
        return Footprint(
            weights_bytes=_mapped_once(parts, model, path),
            kv_bytes=parts.kv_bytes,
            compute_bytes=parts.compute_bytes,
            process_bytes=self._process + scratch,
            source="engine",
            device_bytes=parts.device_bytes,
            devices=parts.devices,
            vocabulary_bytes=self._vocabulary,
        )

    def _open(self, path: str, settings: LoadSettings, skip: SkippedVocabulary | None) -> llama.LlamaModel:
        key = (path, skip, settings.gpu_layers, settings.cpu_experts, *_marks(path))
        if self._model is None or key != self._key:
            self._close()
            self._process = None
            self._stray = self._vocabulary = 0
            self._key = key
            if skip is None:
                self._model = self._read_whole(path, settings)
            else:
                if not self._quick:
                    self._quick = True
                    log_warnings_only()
                    process.keep_free_memory()
                self._model = llama.LlamaModel(path, settings, dry=True, skip=skip)
        return self._model

    def _read_whole(self, path: str, settings: LoadSettings) -> llama.LlamaModel:
        """The model with its vocabulary, and what that takes."""
        # Freed memory that stays in the heap would hide what the vocabulary takes.
        process.give_back_free_memory()
        self._before = _own_bytes()
        model = llama.LlamaModel(path, settings, dry=True)
        # What reading the header freed stays in a heap that has been used before, not in a fresh one.
        process.give_back_free_memory()
        tables = self._tables.get(model.vocabulary_kind, 0)
        self._vocabulary = max(0, _own_bytes() - self._before) + tables
        return model

    def _close(self) -> None:
        model, self._model = self._model, None
        if model is None:
            return
        model.close()
        if self._key is not None and self._key[1] is None:
            process.give_back_free_memory()
            left = _own_bytes() - self._before - self._stray
            self._tables.setdefault(model.vocabulary_kind, max(0, left))


def _mapped_once(parts: Breakdown, model: llama.LlamaModel, path: str) -> int:
    """Bytes of the weights, of which the host's memory takes no more than there is in the file.

    A dry run counts every tensor that the engine makes. Where it makes two of one, as of Gemma 3n's
    embedding, which is its output matrix too, a mapped file holds both in the same pages.
    """
    on_device = sum(part.weights_bytes for part in parts.devices)
    length = _marks(path)[0]
    if length < 0 or model.metadata("split.count") is not None:
        return parts.weights_bytes
    return on_device + min(parts.weights_bytes - on_device, length)


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
