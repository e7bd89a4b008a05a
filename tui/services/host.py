"""The dashboard's one engine: at most one model loaded, and its end an ordinary event."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable

import msgspec

from tui.engine.client import Engine, ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Counted, Failed, Loaded
from tui.models.model import Model
from tui.sentences import reason

log = logging.getLogger(__name__)

_STOP_PATIENCE = 10.0
"""An engine that has not obeyed a stop after this many seconds is ended; some GPUs finish a batch first."""
_TEXT_SECONDS = 0.15
"""A little less than lies between two drawings of a reply: nothing is gained by hearing of it more often."""
_STOPPED = Failed(0, "stopped", reason("engine.load_stopped"), reason("services.choose_model_again"))

_DISOBEYED = Failed(
    0,
    "stopped",
    reason("services.engine_disobeyed"),
    reason("services.load_again"),
)


class EngineHost:
    """Loads, answers and unloads by starting and ending engine processes.

    All methods run on the event loop. A new load ends the old process first, so that two models never hold
    memory at once.
    """

    def __init__(self, on_end: Callable[[Failed], None]) -> None:
        """`on_end` is told when a loaded engine's process ends by itself."""
        self._on_end = on_end
        self._engine: Engine | None = None
        self._loading: asyncio.Future[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._killed_because: Failed | None = None
        self._stopped = False
        self._starting: asyncio.Task[Engine] | None = None
        self.model: Model | None = None
        """The loaded model; None while none is, also during a load."""
        self.loaded: Loaded | None = None
        """What the engine said when the model was loaded."""
        self.settings: LoadSettings | None = None
        """How it was loaded."""
        self.answering = False

    @property
    def pid(self) -> int | None:
        """Process id of the engine; None while there is none."""
        return self._engine.pid if self._engine and self._engine.alive else None

    @property
    def loading(self) -> bool:
        """True from the beginning of a load to its end."""
        return self._loading is not None

    async def load(
        self, model: Model, settings: LoadSettings, on_progress: Callable[[float, float | None], None]
    ) -> Loaded:
        """Load a model in place of the one that is loaded.

        `on_progress` is told the fraction and the seconds left, None as long as that is anybody's guess.

        Raises:
            EngineFailure: it cannot be loaded, or the load was stopped; no model is loaded then.
        """
        path = model.load_path
        if path is None:
            raise ValueError("only a model on this disk can be loaded")
        if self.loading or self.answering:
            self.stop()
        async with self._lock:
            self._loading = asyncio.get_running_loop().create_future()
            self._stopped = False
            try:
                await self._end()
                engine = await self._start()
                start = time.monotonic()

                def tell(fraction: float) -> None:
                    spent = time.monotonic() - start
                    on_progress(fraction, spent / fraction - spent if fraction > 0.02 else None)

                self.loaded = await engine.load(path, settings, tell)
                self.model, self.settings = model, settings
                self._watch = asyncio.create_task(self._watch_engine(engine))
            except (EngineFailure, asyncio.CancelledError) as error:
                because = self._killed_because
                await self._end()
                if because is not None and isinstance(error, EngineFailure):
                    raise EngineFailure(because) from error
                raise
            finally:
                self._loading.set_result(None)
                self._loading = None
        return self.loaded

    async def _start(self) -> Engine:
        """Start a process; a stop need not wait for one that hangs, in a driver for instance."""
        starting = self._starting = asyncio.create_task(Engine.start())
        try:
            await asyncio.wait({starting})
        finally:
            self._starting = None
            starting.cancel()
        if not starting.cancelled():
            self._engine = starting.result()
        if self._stopped or self._engine is None:
            raise EngineFailure(_STOPPED)
        return self._engine

    def holds(self, model: Model) -> bool:
        """True when this very model is loaded."""
        return self.model is not None and self.model.key == model.key

    async def until_loaded(self) -> None:
        """Wait for the load that is under way, if one is."""
        if self._loading is not None:
            await asyncio.shield(self._loading)

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        """Answer with the loaded model; the last event is a `Finished` or a `Failed`."""
        async with self._lock:
            if self._engine is None or self.model is None:
                yield Failed(
                    0,
                    "internal",
                    reason("engine.no_model"),
                    reason("services.choose_model"),
                )
                return
            self.answering = True
            try:
                reply = self._engine.generate(msgspec.structs.replace(request, text_interval=_TEXT_SECONDS))
                async with contextlib.aclosing(reply) as events:
                    async for event in events:
                        if isinstance(event, Failed) and event.kind == "died" and self._killed_because:
                            yield self._killed_because
                        else:
                            yield event
            finally:
                self.answering = False

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted | None:
        """Count tokens with the loaded model; None while none is loaded, or while it is busy."""
        if self._engine is None or self.model is None or self.answering:
            return None
        try:
            return await self._engine.count(messages, texts, think)
        except EngineFailure:
            # Whoever watches the engine tells why.
            return None

    def stop(self) -> None:
        """Stop the load or the reply that is under way; an engine that does not obey is ended."""
        engine = self._engine
        self._stopped = True
        if self._starting is not None:
            self._starting.cancel()
        if engine is None or not (self.loading or self.answering):
            return
        engine.stop()
        asyncio.get_running_loop().call_later(_STOP_PATIENCE, self._insist, engine, engine.current)

    def kill(self, because: Failed) -> None:
        """End the engine's process at once, to save the machine; the reason goes to whoever waits."""
        if self._engine is not None and self._engine.alive:
            self._killed_because = because
            self._engine.kill()

    async def unload(self) -> None:
        """End the engine's process; its memory is given back when this returns."""
        self.stop()
        async with self._lock:
            await self._end()

    async def close(self) -> None:
        """End the engine's process on the way out, whatever it is doing."""
        self._stopped = True
        if self._starting is not None:
            self._starting.cancel()
        if self._engine is not None and (self.loading or self.answering):
            self._engine.kill()
        await self.until_loaded()
        await self._end()

    def _insist(self, engine: Engine, request: int) -> None:
        # Not a request that has come since: that one nobody asked to stop.
        if engine is self._engine and engine.alive and request and engine.current == request:
            log.warning("the engine did not stop and is ended")
            self.kill(_DISOBEYED)

    async def _end(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        engine, self._engine = self._engine, None
        self._forget()
        self._killed_because = None
        if engine is not None:
            await engine.close()

    async def _watch_engine(self, engine: Engine) -> None:
        failed = await engine.ended()
        if self._engine is engine:
            because = self._killed_because or failed
            self._forget()
            self._on_end(because)

    def _forget(self) -> None:
        self.model = self.loaded = self.settings = None
