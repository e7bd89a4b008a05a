"""Footprints: the engine's own, remembered on disk, and the closed form where it cannot be asked."""

import asyncio
import logging
from pathlib import Path

import msgspec

from tui.engine.client import Engine, EngineFailure
from tui.engine.protocol import Footprint, LoadSettings
from tui.fit import formula
from tui.i18n import _
from tui.models.model import Model, ModelFile

log = logging.getLogger(__name__)

_IDLE_SECONDS = 10.0
"""A planner with nothing to do gives its memory back after this long."""
_CACHE_LIMIT = 20_000


class Sized(msgspec.Struct, frozen=True):
    """A footprint, or None and the reason in the user's words."""

    footprint: Footprint | None
    reason: str | None = None


class Sizer:
    """Sizes models, one question at a time, with one engine process that comes and goes as needed."""

    def __init__(self, build: str | None, cache_file: Path | None = None) -> None:
        """`build` identifies the installed engine, None for none; plans of another build do not count."""
        self._build = build
        self._cache_file = cache_file
        self._plans: dict[str, Sized] = _read(cache_file) if cache_file else {}
        self._dirty = False
        self._engine: Engine | None = None
        self._lock = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self.problem: str | None = None
        """Why the engine cannot be asked, once that is known; None while it can."""

    def now(self, model: Model, settings: LoadSettings) -> Sized:
        """What is known without waiting: a remembered plan, else the closed form."""
        if model.file is not None and model.file.error:
            return Sized(None, model.file.error)
        planned = self._plans.get(self._key(model.file, settings)) if model.file else None
        if planned is not None:
            return planned
        if model.shape is None:
            reason = model.file.shape_reason if model.file else None
            return Sized(None, reason or _("its header does not say what it is made of"))
        return Sized(formula.footprint(model.shape, model.weights_bytes, settings))

    def needs_engine(self, model: Model, settings: LoadSettings) -> bool:
        """True when asking the engine would tell more than `now` does."""
        if model.file is None or model.file.error or self._build is None or self.problem:
            return False
        return self._key(model.file, settings) not in self._plans

    async def size(self, model: Model, settings: LoadSettings) -> Sized:
        """The engine's own plan where there can be one, else what `now` says."""
        if model.file is None or not self.needs_engine(model, settings):
            return self.now(model, settings)
        async with self._lock:
            key = self._key(model.file, settings)
            if key not in self._plans:
                sized = await self._ask(model.file, settings)
                if sized is None:
                    return self.now(model, settings)
                self._plans[key] = sized
                self._dirty = True
        return self._plans[key]

    async def close(self) -> None:
        """End the engine process and write down what was learned."""
        self._cancel_idle()
        self.save()
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()
        await asyncio.gather(*self._closing)

    def save(self) -> None:
        """Write the plans down, if there are new ones; a disk that refuses costs only the memory."""
        if self._cache_file is None or not self._dirty:
            return
        # A refusal is asked again next time: the file or the machine may have been mended.
        kept = dict([item for item in self._plans.items() if item[1].footprint][-_CACHE_LIMIT:])
        partial = self._cache_file.with_suffix(".partial")
        try:
            self._cache_file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(msgspec.json.encode(kept))
            partial.replace(self._cache_file)
            self._dirty = False
        except OSError as error:
            log.warning("plans not kept: %s", error)

    async def _ask(self, file: ModelFile, settings: LoadSettings) -> Sized | None:
        """The engine's answer; None when there was none to be had."""
        self._cancel_idle()
        try:
            if self._engine is None or not self._engine.alive:
                self._engine = await Engine.start()
            return Sized(await self._engine.plan(file.path, settings))
        except EngineFailure as failure:
            failed = failure.failed
            log.info("no plan for %s: %s", file.path, failed.message)
            if failed.kind == "engine_missing":
                self.problem = f"{failed.message} {failed.hint}"
                return None
            if failed.kind == "died":
                # A header that kills the engine would kill it again at the load.
                self._engine = None
            return Sized(None, failed.message)
        finally:
            self._idle = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._retire)

    def _retire(self) -> None:
        engine, self._engine = self._engine, None
        self.save()
        if engine is not None:
            task = asyncio.get_running_loop().create_task(engine.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _cancel_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _key(self, file: ModelFile, settings: LoadSettings) -> str:
        options = msgspec.json.encode(settings).decode()
        return f"{file.path}|{file.size_bytes}|{file.modified_ns}|{options}|{self._build}"


def _read(cache_file: Path) -> dict[str, Sized]:
    try:
        return msgspec.json.decode(cache_file.read_bytes(), type=dict[str, Sized])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        log.info("plans not read: %s", error)
        return {}
