"""Client of the engine's process: starts it, sends requests, and survives its end."""

import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TypeVar

from tui.engine.child_process import ChildProcess
from tui.engine.failures import EngineFailure
from tui.engine.footprint import Footprint
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import (
    Bandwidth,
    BandwidthRequest,
    Counted,
    CountRequest,
    EngineReady,
    Event,
    Failed,
    Finished,
    GenerateRequest,
    Loaded,
    LoadProgress,
    LoadRequest,
    Planned,
    PlanRequest,
    Prompted,
    PromptProgress,
    Repeating,
    SkippedVocabulary,
    StopRequest,
    Task,
    Text,
    Timed,
    TimeRequest,
)

SingleEvent = TypeVar("SingleEvent", Planned, Counted, Bandwidth, Timed)
ReplyEvent = Prompted | PromptProgress | Text | Repeating | Finished | Failed

_FINAL_EVENTS = (Planned, Counted, Bandwidth, Timed, Loaded, Finished, Failed)
"""Events that end a request."""


class Engine:
    """One engine process. It plans any number of files, or loads one model and answers with it."""

    def __init__(self, child: ChildProcess) -> None:
        self._child = child
        self._ids = itertools.count(1)
        self._current = 0

    @classmethod
    async def start(cls) -> "Engine":
        """Start a process and wait until its engine library is loaded.

        Raises:
            EngineFailure: the engine is not installed, or the process ended before it was ready.
        """
        return cls(await ChildProcess.start())

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._child.process.pid

    @property
    def ready(self) -> EngineReady:
        """The event with which the child reported its build."""
        return self._child.ready

    @property
    def alive(self) -> bool:
        """False once the child has ended."""
        return self._child.death is None

    @property
    def current(self) -> int:
        """Id of the request under way; 0 for none."""
        return self._current

    @property
    def busy(self) -> bool:
        """True while a request is under way."""
        return self._current != 0

    async def ended(self) -> Failed:
        """Wait until the child has ended, and return why."""
        return await self._child.ended()

    @property
    def log_lines(self) -> list[str]:
        """Last lines of the engine's log, oldest first."""
        return self._child.log_lines

    async def plan(
        self, path: Path, settings: LoadSettings, skip: SkippedVocabulary | None = None, offset: int = 0
    ) -> Footprint:
        """Size a file by a dry run; with `skip` much faster, but without the vocabulary's part.

        `offset` is the byte of the file where the model starts, in a llamafile.

        Raises:
            EngineFailure: the engine cannot read the file, or its process ended.
        """
        request = PlanRequest(next(self._ids), str(path.absolute()), settings, skip, offset)
        return (await self._single_event(request, Planned)).footprint

    async def bandwidth(self, threads: int) -> Bandwidth:
        """Measure the memory bandwidth of the engine's threads.

        Raises:
            EngineFailure: its process ended.
        """
        request = BandwidthRequest(next(self._ids), threads)
        return await self._single_event(request, Bandwidth)

    async def time(
        self, path: Path, settings: LoadSettings, skip: SkippedVocabulary | None, seconds: float
    ) -> Timed:
        """Load a file without its vocabulary, time its decode calls, and unload it again.

        Raises:
            EngineFailure: the file cannot be loaded, or the process ended.
        """
        request = TimeRequest(next(self._ids), str(path.absolute()), settings, skip, seconds)
        return await self._single_event(request, Timed)

    async def load(
        self,
        path: Path,
        settings: LoadSettings,
        on_progress: Callable[[float], None] | None = None,
        offset: int = 0,
    ) -> Loaded:
        """Load a model, once in the life of a process; `on_progress` takes fractions from 0 to 1.

        `offset` is the byte of the file where the model starts, in a llamafile.

        Raises:
            EngineFailure: the file cannot be loaded, the load was stopped, or the process ended.
        """
        request = LoadRequest(next(self._ids), str(path.absolute()), settings, offset)
        async with aclosing(self._events(request)) as events:
            async for event in events:
                if isinstance(event, LoadProgress) and on_progress is not None:
                    on_progress(event.fraction)
                if isinstance(event, Loaded):
                    return event
        raise self._child.lost(request.id)

    async def generate(self, answer: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        """Answer with the loaded model.

        Yields progress and text, and at last one `Finished` or `Failed`. A dead process is a `Failed` too, so
        that the text that arrived is kept. Closing the generator stops the reply.
        """
        request = GenerateRequest(next(self._ids), answer)
        try:
            async with aclosing(self._events(request)) as events:
                async for event in events:
                    if isinstance(event, Prompted | PromptProgress | Text | Repeating | Finished):
                        yield event
        except EngineFailure as failure:
            yield failure.failed

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted:
        """Count the tokens of a conversation and of texts; waits for the reply that is under way.

        Raises:
            EngineFailure: no model is loaded, or the process ended.
        """
        request = CountRequest(next(self._ids), messages, texts, think)
        return await self._single_event(request, Counted)

    def stop(self) -> None:
        """Stop the load or reply that is under way; nothing happens when there is none."""
        if self._current:
            with suppress(EngineFailure):
                self._child.send(StopRequest(self._current))

    async def close(self) -> None:
        """End the process; the memory is given back when this returns."""
        await self._child.close()

    def kill(self) -> None:
        """End the process at once."""
        self._child.kill()

    async def _events(self, request: Task) -> AsyncGenerator[Event]:
        """Yield the events of one request up to the one that ends it; raise `Failed` as `EngineFailure`."""
        events = self._child.listen(request.id)
        under_way = False
        try:
            self._child.send(request)
            # A count takes no time, and a stop is meant for the request that it waits behind.
            if not isinstance(request, CountRequest):
                self._current = request.id
            under_way = True
            while under_way:
                event = await events.get()
                under_way = not isinstance(event, _FINAL_EVENTS)
                if not under_way:
                    self._clear_current(request.id)
                if isinstance(event, Failed):
                    raise EngineFailure(event)
                yield event
        finally:
            if under_way:
                # Nobody listens any more, so the engine can stop.
                with suppress(EngineFailure):
                    self._child.send(StopRequest(request.id))
            self._clear_current(request.id)
            self._child.forget(request.id)

    async def _single_event(self, request: Task, kind: type[SingleEvent]) -> SingleEvent:
        """Return the one event that answers a request."""
        async with aclosing(self._events(request)) as events:
            async for event in events:
                if isinstance(event, kind):
                    return event
        raise self._child.lost(request.id)

    def _clear_current(self, request_id: int) -> None:
        if self._current == request_id:
            self._current = 0
