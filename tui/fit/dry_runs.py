"""The engine process that sizes models: it comes when it is asked and goes when it is not."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.engine.protocol import EngineReady, SkippedVocabulary
from tui.fit.plans import Sized
from tui.sentences import Reason, reason

log = logging.getLogger(__name__)

_IDLE_SECONDS = 10.0
"""A process with nothing to do gives its memory back after this long."""


class DryRuns:
    """One process for any number of dry runs, one at a time and in the order they were asked for."""

    def __init__(self, on_ready: Callable[[EngineReady], None], on_idle: Callable[[], None]) -> None:
        """`on_ready` is told what each process says of its build, `on_idle` when it has gone for now."""
        self._on_ready = on_ready
        self._on_idle = on_idle
        self._engine: Engine | None = None
        self._lock = asyncio.Lock()
        self._closed = False
        self._idle: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self.problem: Reason | None = None
        """Why the engine cannot be asked, once that is known; None while it can."""

    async def ask(self, path: Path, settings: LoadSettings, skip: SkippedVocabulary | None) -> Sized | None:
        """The engine's answer; None when there was none to be had."""
        async with self._lock:
            return None if self._closed else await self._ask(path, settings, skip)

    async def close(self) -> None:
        """End the process, once it has answered what it was asked; nothing more is asked then."""
        self._closed = True
        async with self._lock:
            self._cancel_idle()
            engine, self._engine = self._engine, None
            if engine is not None:
                await engine.close()
        await asyncio.gather(*self._closing)

    async def _ask(self, path: Path, settings: LoadSettings, skip: SkippedVocabulary | None) -> Sized | None:
        self._cancel_idle()
        try:
            if self._engine is None or not self._engine.alive:
                self._engine = await Engine.start()
                self._on_ready(self._engine.ready)
            return Sized(await self._engine.plan(path, settings, skip))
        except EngineFailure as failure:
            failed = failure.failed
            log.info("no plan for %s: %s", path, failure)
            if failed.kind == "engine_missing":
                self.problem = reason("fit.no_engine", why=failed.reason, hint=failed.hint or "")
                return None
            if failed.kind == "died":
                # A header that kills the engine would kill it again at the load.
                self._engine = None
            return Sized(None, failed.reason)
        finally:
            self._idle = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._retire)

    def _retire(self) -> None:
        engine, self._engine = self._engine, None
        self._on_idle()
        if engine is not None:
            task = asyncio.get_running_loop().create_task(engine.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _cancel_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
