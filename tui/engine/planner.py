"""Sizes of models by dry run: the engine plans every buffer, reads only the header, and allocates nothing."""

from pathlib import Path

from tui.engine import llama, process
from tui.engine.breakdown import Breakdown
from tui.engine.footprint import Footprint
from tui.engine.log import log_warnings_only
from tui.engine.options import LoadSettings
from tui.engine.protocol import SkippedVocabulary
from tui.engine.unplanned_buffers import unplanned_bytes
from tui.units import MIB

_RUNTIME_BYTES = 4 * MIB
"""Size of a context's graph, the template and the prompts, measured on Linux: closer to a full context than
to a first prompt, which leaves part of the attention mask untouched."""


class DryRunPlanner:
    """Plans many models in one process; keeps the last one, so that new settings cost milliseconds."""

    def __init__(self) -> None:
        self._baseline = _own_bytes()
        """Memory of the process before any model, as of a fresh engine process."""
        self._key: tuple[str, SkippedVocabulary | None, int, int, int, int] | None = None
        self._model: llama.LlamaModel | None = None
        self._skips_vocabularies = False
        """True once a vocabulary was left out: then time matters more than free memory in the heap."""
        self._bytes_before_model = 0
        self._vocabulary_bytes = 0
        self._context_leftover = 0
        """Bytes that its first context never freed: not part of its vocabulary's tables."""
        self._table_bytes: dict[int, int] = {}
        """Bytes that the first vocabulary of a kind never frees: tables that are built once per process."""
        self._process_bytes: int | None = None
        """Resident size of a process with this model's vocabulary; None before its first context."""

    def plan(
        self, path: str, settings: LoadSettings, skip: SkippedVocabulary | None = None, offset: int = 0
    ) -> Footprint:
        """Return the footprint of a file for the exact settings of its load.

        `offset` is the byte of the file where the model starts, in a llamafile.
        With `skip`, the vocabulary is not read and its part is missing from `process_bytes`.

        Raises:
            llama.EngineError: the engine cannot read the file, or cannot make such a context.
        """
        model = self._open(path, settings, skip, offset)
        first = self._process_bytes is None
        loaded = _own_bytes() if first and skip is None else 0
        context = llama.LlamaContext(model, settings, settings.threads or process.usable_cores(), None)
        try:
            parts = llama.breakdown(model, context)
            # On a card these rows are part of its buffers.
            unplanned = 0 if parts.device_bytes else unplanned_bytes(model, context.batch)
            if self._process_bytes is None:
                # Code that earlier models loaded stays, and a fresh process loads it too.
                own = self._baseline + self._vocabulary_bytes + _RUNTIME_BYTES
                self._process_bytes = own + process.file_bytes()
        finally:
            context.close()
            if first and skip is None:
                process.give_back_free_memory()
                self._context_leftover = max(0, _own_bytes() - loaded)
        return Footprint(
            weights_bytes=_mapped_once(parts, model, path),
            kv_bytes=parts.kv_bytes,
            compute_bytes=parts.compute_bytes,
            process_bytes=self._process_bytes + unplanned,
            source="engine",
            device_bytes=parts.device_bytes,
            devices=parts.devices,
            vocabulary_bytes=self._vocabulary_bytes,
        )

    def _open(
        self, path: str, settings: LoadSettings, skip: SkippedVocabulary | None, offset: int
    ) -> llama.LlamaModel:
        key = (path, skip, settings.gpu_layers, settings.cpu_experts, *_file_version(path))
        if self._model is None or key != self._key:
            self._close()
            self._process_bytes = None
            self._context_leftover = self._vocabulary_bytes = 0
            self._key = key
            if skip is None:
                self._model = self._read_with_vocabulary(path, settings, offset)
            else:
                if not self._skips_vocabularies:
                    self._skips_vocabularies = True
                    log_warnings_only()
                    process.keep_free_memory()
                self._model = llama.LlamaModel(path, settings, dry=True, skip=skip, offset=offset)
        return self._model

    def _read_with_vocabulary(self, path: str, settings: LoadSettings, offset: int) -> llama.LlamaModel:
        """Read the model with its vocabulary, and measure the vocabulary."""
        # Freed memory that stays in the heap would hide the size of the vocabulary.
        process.give_back_free_memory()
        self._bytes_before_model = _own_bytes()
        model = llama.LlamaModel(path, settings, dry=True, offset=offset)
        # Memory freed after the header was read stays in a used heap, not in a fresh one.
        process.give_back_free_memory()
        tables = self._table_bytes.get(model.vocabulary_kind, 0)
        self._vocabulary_bytes = max(0, _own_bytes() - self._bytes_before_model) + tables
        return model

    def _close(self) -> None:
        model, self._model = self._model, None
        if model is None:
            return
        model.close()
        if self._key is not None and self._key[1] is None:
            process.give_back_free_memory()
            leftover = _own_bytes() - self._bytes_before_model - self._context_leftover
            self._table_bytes.setdefault(model.vocabulary_kind, max(0, leftover))


def _mapped_once(parts: Breakdown, model: llama.LlamaModel, path: str) -> int:
    """Return the size of the weights; the host's memory takes no more of them than the file has.

    A dry run counts every tensor that the engine makes. Where it makes two of one, such as of Gemma 3n's
    embedding, which is its output matrix too, a mapped file has both in the same pages.
    """
    on_device = sum(part.weights_bytes for part in parts.devices)
    length = _file_version(path)[0]
    if length < 0 or model.metadata("split.count") is not None:
        return parts.weights_bytes
    return on_device + min(parts.weights_bytes - on_device, length)


def _own_bytes() -> int:
    return (process.resident_bytes() or 0) - process.file_bytes()


def _file_version(path: str) -> tuple[int, int]:
    """Return size and date of a file, so that another one under the same name is read again."""
    try:
        stat = Path(path).stat()
    except OSError:
        # The engine itself explains what is wrong.
        return (-1, -1)
    return (stat.st_size, stat.st_mtime_ns)
