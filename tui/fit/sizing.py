"""Footprints of files and of models to download: planned by the engine, else by the closed form."""

import asyncio
import hashlib
import logging
import tempfile
from pathlib import Path

import msgspec

from tui.engine.options import LoadSettings
from tui.engine.protocol import EngineReady, SkippedVocabulary
from tui.fit import formula
from tui.fit.dry_runs import DryRuns
from tui.fit.plans import Plans, Sized, plan_key
from tui.models.gguf.header_copy import write_header_copy
from tui.models.gguf.stub import write_stub
from tui.models.model import Model, ModelFile
from tui.models.quantizations import UnknownQuantError
from tui.models.stores.stores import OLLAMA_ENGINE, store_title
from tui.models.tensors.model_tensors import UnknownArchitectureError
from tui.sentences import Reason, reason

log = logging.getLogger(__name__)


MADE_FOR_OLLAMA = "fit.made_for_ollama"
"""Code of the reason for a file that only Ollama's own engine loads."""
_FILE_REFUSED = ("engine.unknown_architecture", "engine.not_loadable", "engine.died", "engine.died_saying")
"""Codes of the engine's reasons for a file that it cannot load."""


class Sizer:
    """Sizes models, with engine processes that start and end as needed.

    A dry run that reads the vocabulary takes half a second, one without it some milliseconds. So each model
    is planned without its vocabulary. Each vocabulary, which families share, is measured once, in a process
    that does nothing else: memory that other plans left in its heap would hide a part of it.
    """

    def __init__(self, build: str | None, cache_file: Path | None = None) -> None:
        """Read the plans of `build`, which identifies the installed engine; None when there is none."""
        self._build = build
        self._plans = Plans(build, cache_file)
        self._unmeasured: dict[str, Reason | None] = {}
        """Vocabularies that could not be measured; with the reason where the engine cannot read them."""
        self._unwritable: set[str] = set()
        """Keys of models without a stub, because none can be written."""
        self._planning = DryRuns(self._engine_ready, self.save)
        self._measuring = DryRuns(self._engine_ready, self.save)
        self._copy_lock = asyncio.Lock()
        self._vocabulary_lock = asyncio.Lock()
        self._stub_folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def problem(self) -> Reason | None:
        """Reason why the engine cannot be asked; None while it can."""
        return self._planning.problem or self._measuring.problem

    @property
    def gpu_offload(self) -> bool | None:
        """True when the engine's build can use a GPU; None until an engine has said so."""
        return self._plans.gpu_offload

    def known_size(self, model: Model, settings: LoadSettings) -> Sized:
        """Return the size that is known without waiting: a remembered plan, else the closed form."""
        if model.source is not None and model.source.error:
            return Sized(None, model.source.error)
        if model.source is not None and (unreadable := self._unmeasured.get(model.source.vocabulary)):
            return Sized(None, unreadable)
        planned = self._plans.get(plan_key(model, settings))
        if planned is not None:
            return self._with_vocabulary(model, planned)
        if model.shape is None:
            shape_reason = model.source.shape_reason if model.source else None
            return Sized(None, shape_reason or reason("fit.header_without_shape"))
        return Sized(formula.footprint(model.shape, model.weights_bytes, settings))

    def needs_engine(self, model: Model, settings: LoadSettings) -> bool:
        """Return True when asking the engine would tell more than `known_size`."""
        if not self._may_ask(model):
            return False
        key = plan_key(model, settings)
        return self._plans.get(key) is None and key not in self._unwritable

    def needs_vocabulary(self, model: Model) -> bool:
        """Return True when the bytes of its file's vocabulary are only estimated so far."""
        if model.source is None or not model.source.vocabulary or not self._may_ask(model):
            return False
        name = model.source.vocabulary
        return name not in self._plans.vocabularies and name not in self._unmeasured

    async def size(self, model: Model, settings: LoadSettings) -> Sized:
        """Return the engine's plan with the measured vocabulary where there can be one, else `known_size`."""
        await self.measure_vocabulary(model, settings)
        return await self.size_quickly(model, settings)

    async def measure_vocabulary(self, model: Model, settings: LoadSettings) -> None:
        """Measure the bytes of its vocabulary, unless they are known or cannot be measured."""
        async with self._vocabulary_lock:
            if self.needs_vocabulary(model):
                await self._measure_vocabulary(model, settings)

    async def size_quickly(self, model: Model, settings: LoadSettings) -> Sized:
        """Return the engine's plan, with an estimate of the vocabulary unless it was measured already."""
        if self.needs_engine(model, settings):
            await self._plan(model, settings)
        return self.known_size(model, settings)

    def save(self) -> None:
        """Write the plans to the cache file."""
        self._plans.save()

    async def close(self) -> None:
        """End the engine's processes and write the plans to the cache file."""
        self.save()
        await asyncio.gather(self._planning.close(), self._measuring.close())
        if self._stub_folder is not None:
            self._stub_folder.cleanup()
            self._stub_folder = None

    def _engine_ready(self, ready: EngineReady) -> None:
        self._plans.put_gpu_offload(ready.gpu_offload)

    def _may_ask(self, model: Model) -> bool:
        refused = model.source.error is not None if model.source else model.shape is None
        return self._build is not None and self.problem is None and not refused and model.runs_here

    def _with_vocabulary(self, model: Model, planned: Sized) -> Sized:
        """Return the footprint with its vocabulary, where the plan left that out."""
        plan, shape = planned.footprint, model.shape
        if plan is None or shape is None or plan.vocabulary_bytes:
            return planned
        measured = self._plans.vocabularies.get(model.source.vocabulary) if model.source else None
        if measured is None:
            measured = formula.vocabulary_bytes(shape)
        return Sized(
            msgspec.structs.replace(
                plan, process_bytes=plan.process_bytes + measured, vocabulary_bytes=measured
            )
        )

    async def _plan(self, model: Model, settings: LoadSettings) -> None:
        key = plan_key(model, settings)
        path = await self._header_copy(model.source) if model.source else self._stub(model, key)
        if path is None:
            self._unwritable.add(key)
            return
        shape = model.shape
        skip = SkippedVocabulary(shape.architecture, shape.vocabulary) if shape else None
        sized = await self._planning.ask(path, settings, skip)
        if sized is not None:
            self._plans.put(key, _explained(model, sized))

    async def _measure_vocabulary(self, model: Model, settings: LoadSettings) -> None:
        assert model.source is not None
        name = model.source.vocabulary
        with_vocabulary = await self._measuring.ask(model.source.path, settings, None, model.source.offset)
        if with_vocabulary is None:
            return
        if with_vocabulary.footprint is not None and with_vocabulary.footprint.vocabulary_bytes:
            self._plans.put_vocabulary(name, with_vocabulary.footprint.vocabulary_bytes)
            return
        self._unmeasured[name] = None
        await self._plan(model, settings)
        without = self._plans.get(plan_key(model, settings))
        if with_vocabulary.footprint is None and without is not None and without.footprint is not None:
            # Only the vocabulary is at fault, and no model loads without its vocabulary.
            self._unmeasured[name] = with_vocabulary.reason

    async def _header_copy(self, file: ModelFile) -> Path:
        """Return a header copy without the vocabulary; the file itself where that gains nothing."""
        gains_nothing = not file.vocabulary or file.shape is None or len(file.shards) > 1
        # Of a llamafile a copy is a file that begins with the model.
        if file.layout is None or (gains_nothing and file.span is None):
            return file.path
        identity = f"{file.path}|{file.size_bytes}|{file.modified_ns}"
        # The copy keeps the file's name, since the engine's messages contain it.
        name = hashlib.sha1(identity.encode(), usedforsecurity=False).hexdigest()
        folder = self._folder() / name
        path = folder / file.path.name
        try:
            async with self._copy_lock:
                if not folder.exists():
                    folder.mkdir()
                    await asyncio.to_thread(write_header_copy, file.path, path, file.layout, file.span)
        except (OSError, ValueError) as error:
            log.info("no copy of the header of %s: %s", file.path, error)
        return path if path.exists() else file.path

    def _folder(self) -> Path:
        """Return the folder of copies and stubs, which lives as long as this object."""
        if self._stub_folder is None:
            self._stub_folder = tempfile.TemporaryDirectory(prefix="llmtui-")
        return Path(self._stub_folder.name)

    def _stub(self, model: Model, key: str) -> Path | None:
        """Return a header of a model to download, for the engine to size; None where it cannot be written."""
        if model.shape is None:
            return None
        path = self._folder() / f"{key.partition('|')[0]}-{model.quant}.gguf"
        try:
            if not path.exists():
                write_stub(path, model.shape, model.quant)
        except (UnknownArchitectureError, UnknownQuantError):
            return None
        except OSError as error:
            log.info("no stub of %s: %s", model.name, error)
            return None
        return path


def _explained(model: Model, sized: Sized) -> Sized:
    """Return the engine's answer; a refused file of Ollama's says that it is made for Ollama's own engine.

    Ollama publishes some models in a form that only its patched engine loads.
    """
    file, why = model.file, sized.reason
    if file is None or why is None or why.code not in _FILE_REFUSED or file.found_in not in OLLAMA_ENGINE:
        return sized
    return Sized(
        None,
        reason(
            MADE_FOR_OLLAMA,
            name=file.stored_as or file.name,
            architecture=file.architecture,
            store=store_title(file.found_in),
            why=why,
        ),
    )
