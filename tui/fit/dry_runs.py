"""Dry runs of models, in an engine process that starts when it is needed and ends when it is idle."""

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
"""Seconds without a question after which the process ends and gives its memory back."""


class DryRuns:
    """One process for any number of dry runs, one at a time and in the order they were asked for."""

    def __init__(self, on_ready: Callable[[EngineReady], None], on_idle: Callable[[], None]) -> None:
        """Pass what each process says of its build to `on_ready`; call `on_idle` when an idle one ends."""
        self._on_ready = on_ready
        self._on_idle = on_idle
        self._engine: Engine | None = None
        self._lock = asyncio.Lock()
        self._closed = False
        self._idle_timer: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self.problem: Reason | None = None
        """Reason why the engine cannot be asked; None while it can."""

    async def ask(
        self, path: Path, settings: LoadSettings, skip: SkippedVocabulary | None, offset: int = 0
    ) -> Sized | None:
        """Return the engine's answer; None when it cannot give one.

        `offset` is the byte of the file where the model starts.
        """
        async with self._lock:
            return None if self._closed else await self._ask(path, settings, skip, offset)

    async def close(self) -> None:
        """End the process once it has answered; later questions get no answer."""
        self._closed = True
        async with self._lock:
            self._cancel_idle_timer()
            engine, self._engine = self._engine, None
            if engine is not None:
                await engine.close()
        await asyncio.gather(*self._closing)

    async def _ask(
        self, path: Path, settings: LoadSettings, skip: SkippedVocabulary | None, offset: int
    ) -> Sized | None:
        self._cancel_idle_timer()
        try:
            if self._engine is None or not self._engine.alive:
                self._engine = await Engine.start()
                self._on_ready(self._engine.ready)
            return Sized(await self._engine.plan(path, settings, skip, offset))
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
            self._idle_timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._end_idle_process)

    def _end_idle_process(self) -> None:
        engine, self._engine = self._engine, None
        self._on_idle()
        if engine is not None:
            task = asyncio.get_running_loop().create_task(engine.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _cancel_idle_timer(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
