"""Footprints: the engine's own, of files and of models that are not here, else the closed form."""

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
from tui.models.tensors.model_tensors import UnknownArchitectureError
from tui.sentences import Reason, reason

log = logging.getLogger(__name__)


class Sizer:
    """Sizes models, with engine processes that come and go as needed.

    A dry run that reads the vocabulary takes half a second, one without it some milliseconds. So each model
    is planned without, and each vocabulary, which families share, is measured once, in a process that does
    nothing else: what other plans leave in its heap would hide a part of it.
    """

    def __init__(self, build: str | None, cache_file: Path | None = None) -> None:
        """`build` identifies the installed engine, None for none; plans of another build do not count."""
        self._build = build
        self._plans = Plans(build, cache_file)
        self._unmeasured: dict[str, Reason | None] = {}
        """Vocabularies that could not be measured, and why the engine cannot read them, if it cannot."""
        self._unwritable: set[str] = set()
        """Keys of models that no stub can be written of."""
        self._planning = DryRuns(self._engine_ready, self.save)
        self._measuring = DryRuns(self._engine_ready, self.save)
        self._copying = asyncio.Lock()
        self._one_vocabulary = asyncio.Lock()
        self._stubs: tempfile.TemporaryDirectory[str] | None = None

    @property
    def problem(self) -> Reason | None:
        """Why the engine cannot be asked, once that is known; None while it can."""
        return self._planning.problem or self._measuring.problem

    @property
    def gpu_offload(self) -> bool | None:
        """Whether the engine's build can use a GPU; None until an engine has said so."""
        return self._plans.gpu_offload

    def known_size(self, model: Model, settings: LoadSettings) -> Sized:
        """What is known without waiting: a remembered plan, else the closed form."""
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
        """True when asking the engine would tell more than `now` does."""
        if not self._may_ask(model):
            return False
        key = plan_key(model, settings)
        return self._plans.get(key) is None and key not in self._unwritable

    def needs_vocabulary(self, model: Model) -> bool:
        """True when what the vocabulary of its file takes is only estimated so far."""
        if model.source is None or not model.source.vocabulary or not self._may_ask(model):
            return False
        name = model.source.vocabulary
        return name not in self._plans.vocabularies and name not in self._unmeasured

    async def size(self, model: Model, settings: LoadSettings) -> Sized:
        """The engine's own plan where there can be one, its vocabulary measured, else what `now` says."""
        await self.measure_vocabulary(model, settings)
        return await self.size_quickly(model, settings)

    async def measure_vocabulary(self, model: Model, settings: LoadSettings) -> None:
        """See to it that what its vocabulary takes is known, if that can be told at all."""
        async with self._one_vocabulary:
            if self.needs_vocabulary(model):
                await self._measure_vocabulary(model, settings)

    async def size_quickly(self, model: Model, settings: LoadSettings) -> Sized:
        """The engine's own plan, with an estimate of the vocabulary unless it was measured already."""
        if self.needs_engine(model, settings):
            await self._plan(model, settings)
        return self.known_size(model, settings)

    def save(self) -> None:
        """Write down what was learned."""
        self._plans.save()

    async def close(self) -> None:
        """End the engine's processes and write down what was learned."""
        self.save()
        await asyncio.gather(self._planning.close(), self._measuring.close())
        if self._stubs is not None:
            self._stubs.cleanup()
            self._stubs = None

    def _engine_ready(self, ready: EngineReady) -> None:
        self._plans.put_gpu_offload(ready.gpu_offload)

    def _may_ask(self, model: Model) -> bool:
        refused = model.source.error is not None if model.source else model.shape is None
        return self._build is not None and self.problem is None and not refused

    def _with_vocabulary(self, model: Model, planned: Sized) -> Sized:
        """The footprint with its vocabulary's part, where the plan left it out."""
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
        path = await self._bare(model.source) if model.source else self._stub(model, key)
        if path is None:
            self._unwritable.add(key)
            return
        shape = model.shape
        skip = SkippedVocabulary(shape.architecture, shape.vocabulary) if shape else None
        sized = await self._planning.ask(path, settings, skip)
        if sized is not None:
            self._plans.put(key, sized)

    async def _measure_vocabulary(self, model: Model, settings: LoadSettings) -> None:
        assert model.source is not None
        name = model.source.vocabulary
        whole = await self._measuring.ask(model.source.path, settings, None)
        if whole is None:
            return
        if whole.footprint is not None and whole.footprint.vocabulary_bytes:
            self._plans.put_vocabulary(name, whole.footprint.vocabulary_bytes)
            return
        self._unmeasured[name] = None
        await self._plan(model, settings)
        without = self._plans.get(plan_key(model, settings))
        if whole.footprint is None and without is not None and without.footprint is not None:
            # All but the vocabulary is in order, and no model loads without its vocabulary.
            self._unmeasured[name] = whole.reason

    async def _bare(self, file: ModelFile) -> Path:
        """A copy of a file's header without its vocabulary; the file itself where nothing is gained."""
        if not file.vocabulary or file.shape is None or file.layout is None or len(file.shards) > 1:
            return file.path
        marks = f"{file.path}|{file.size_bytes}|{file.modified_ns}"
        # The name stays what it is, for what the engine has to say about it.
        name = hashlib.sha1(marks.encode(), usedforsecurity=False).hexdigest()
        folder = self._folder() / name
        path = folder / file.path.name
        try:
            async with self._copying:
                if not folder.exists():
                    folder.mkdir()
                    await asyncio.to_thread(write_header_copy, file.path, path, file.layout)
        except (OSError, ValueError) as error:
            log.info("no copy of the header of %s: %s", file.path, error)
        return path if path.exists() else file.path

    def _folder(self) -> Path:
        """Where copies and stubs lie for the life of this object."""
        if self._stubs is None:
            self._stubs = tempfile.TemporaryDirectory(prefix="llmtui-")
        return Path(self._stubs.name)

    def _stub(self, model: Model, key: str) -> Path | None:
        """A header of a model that is not here, for the engine to size; None where it cannot be written."""
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
