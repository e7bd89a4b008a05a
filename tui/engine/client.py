"""The dashboard's end of the engine's process: start it, ask it, and survive its end."""

import asyncio
import itertools
import logging
import os
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

import tui
from tui.engine.failures import explain_death, refused
from tui.engine.protocol import (
    Bandwidth,
    BandwidthRequest,
    ChatMessage,
    Event,
    Failed,
    Finished,
    Footprint,
    GenerateRequest,
    Loaded,
    LoadProgress,
    LoadRequest,
    LoadSettings,
    Planned,
    PlanRequest,
    PromptProgress,
    Ready,
    Request,
    SamplingSettings,
    SkippedVocabulary,
    StopRequest,
    Task,
    Text,
    Timed,
    TimeRequest,
)

log = logging.getLogger(__name__)

Answer = TypeVar("Answer", Planned, Bandwidth, Timed)
ReplyEvent = PromptProgress | Text | Finished | Failed

_LAST = (Planned, Bandwidth, Timed, Loaded, Finished, Failed)
"""Events that end a request."""
_LINE_LIMIT = 1 << 22
"""Longest line read from the child; the largest event is a piece of text."""
_LOG_LINES = 200
_END_SECONDS = 0.5
"""How long a child may take to end by itself once its input is closed."""


class EngineFailure(Exception):
    """A request failed; `failed` says what happened and what to do."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(f"{failed.message} {failed.hint}")
        self.failed = failed


class Engine:
    """One engine process. It plans any number of files, or loads one model and answers with it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._queues: dict[int, asyncio.Queue[Event]] = {}
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._encode = msgspec.json.Encoder().encode
        self._check = msgspec.json.Decoder(Request).decode
        self._ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        self._death: Failed | None = None
        self._closing = False
        self._tasks = (asyncio.create_task(self._read_events()), asyncio.create_task(self._read_log()))
        self._current = 0

    @classmethod
    async def start(cls) -> "Engine":
        """Start a process and wait until its engine library is loaded.

        Raises:
            EngineFailure: the engine is not installed, or the process ended before it was ready.
        """
        environment = {**os.environ, "PYTHONSAFEPATH": "1", "GGML_NO_BACKTRACE": "1", "PYTHONUNBUFFERED": "1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tui.engine.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            # Where this package lies: a folder named tui in the user's own folder is not taken for it.
            cwd=Path(tui.__file__).parents[1],
            env=environment,
            # Ctrl+C in the terminal is for the dashboard alone.
            start_new_session=True,
        )
        engine = cls(process)
        try:
            await asyncio.shield(engine._ready)
        except (EngineFailure, asyncio.CancelledError):
            await engine.close()
            raise
        return engine

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    @property
    def ready(self) -> Ready:
        """What the child said of its build when it started."""
        return self._ready.result()

    @property
    def alive(self) -> bool:
        """False once the child has ended."""
        return self._death is None

    @property
    def current(self) -> int:
        """Number of the request under way, another one for each; 0 for none."""
        return self._current

    @property
    def busy(self) -> bool:
        """True while a request is under way."""
        return self._current != 0

    async def ended(self) -> Failed:
        """Wait until the child has ended, and say why it did."""
        await asyncio.shield(self._tasks[0])
        return self._death or explain_death(0, None, ())

    @property
    def log_lines(self) -> list[str]:
        """The last lines of the engine's log."""
        return list(self._log)

    async def plan(
        self, path: Path, settings: LoadSettings, skip: SkippedVocabulary | None = None
    ) -> Footprint:
        """Size a file by a dry run; with `skip` much faster, but without the vocabulary's part.

        Raises:
            EngineFailure: the engine cannot read the file, or its process ended.
        """
        request = PlanRequest(next(self._ids), str(path.absolute()), settings, skip)
        return (await self._answer(request, Planned)).footprint

    async def bandwidth(self, threads: int) -> float:
        """Bytes a second that the engine's threads read from memory.

        Raises:
            EngineFailure: its process ended.
        """
        request = BandwidthRequest(next(self._ids), threads)
        return (await self._answer(request, Bandwidth)).bytes_per_second

    async def time(
        self, path: Path, settings: LoadSettings, skip: SkippedVocabulary | None, seconds: float
    ) -> Timed:
        """Load a file without its vocabulary, time its decode calls, and let go of it again.

        Raises:
            EngineFailure: the file cannot be loaded, or the process ended.
        """
        request = TimeRequest(next(self._ids), str(path.absolute()), settings, skip, seconds)
        return await self._answer(request, Timed)

    async def load(
        self, path: Path, settings: LoadSettings, on_progress: Callable[[float], None] | None = None
    ) -> Loaded:
        """Load a model, once in the life of a process. `on_progress` is told fractions from 0 to 1.

        Raises:
            EngineFailure: the file cannot be loaded, the load was stopped, or the process ended.
        """
        request = LoadRequest(next(self._ids), str(path.absolute()), settings)
        async with aclosing(self._ask(request)) as events:
            async for event in events:
                if isinstance(event, LoadProgress) and on_progress is not None:
                    on_progress(event.fraction)
                if isinstance(event, Loaded):
                    return event
        raise self._lost(request.id)

    async def generate(
        self,
        messages: tuple[ChatMessage, ...],
        sampling: SamplingSettings,
        *,
        text: str = "",
        ignore_end: bool = False,
        text_seconds: float = 0.015,
    ) -> AsyncGenerator[ReplyEvent]:
        """Answer a conversation, or go on with a raw text when `messages` is empty.

        Text comes at most every `text_seconds`.

        Yields progress and text, and at last one `Finished` or `Failed`: a dead process is a `Failed` too, so
        that what had arrived stays in the caller's hands. Closing the generator stops the reply.
        """
        request = GenerateRequest(next(self._ids), messages, sampling, text, ignore_end, text_seconds)
        try:
            async with aclosing(self._ask(request)) as events:
                async for event in events:
                    if isinstance(event, PromptProgress | Text | Finished):
                        yield event
        except EngineFailure as failure:
            yield failure.failed

    def stop(self) -> None:
        """Stop the load or reply that is under way; nothing happens when there is none."""
        if self._current:
            with suppress(EngineFailure):
                self._send(StopRequest(self._current))

    async def close(self) -> None:
        """End the process; the memory is given back when this returns."""
        self._closing = True
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _END_SECONDS)
        except asyncio.TimeoutError:
            self.kill()
            await self._process.wait()
        # Their pipes are at an end, so that whoever still waits is told; a pipe may have been passed on.
        await asyncio.wait(self._tasks, timeout=_END_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def kill(self) -> None:
        """End the process at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def _send(self, request: Request) -> None:
        if self._death is not None or self._process.stdin is None:
            raise self._lost(0)
        try:
            line = self._encode(request)
            # A request that the child could not read would end it.
            self._check(line)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise EngineFailure(refused(request.id, error)) from error
        self._process.stdin.write(line + b"\n")

    async def _ask(self, request: Task) -> AsyncGenerator[Event]:
        """Events of one request up to the one that ends it; `Failed` is raised."""
        events: asyncio.Queue[Event] = asyncio.Queue()
        self._queues[request.id] = events
        under_way = False
        try:
            self._send(request)
            self._current = request.id
            under_way = True
            while under_way:
                event = await events.get()
                under_way = not isinstance(event, _LAST)
                if not under_way:
                    self._done(request.id)
                if isinstance(event, Failed):
                    raise EngineFailure(event)
                yield event
        finally:
            if under_way:
                # Nobody listens any more, so the engine need not go on.
                with suppress(EngineFailure):
                    self._send(StopRequest(request.id))
            self._done(request.id)
            del self._queues[request.id]

    async def _answer(self, request: Task, kind: type[Answer]) -> Answer:
        """The one event of a request that has one."""
        async with aclosing(self._ask(request)) as events:
            async for event in events:
                if isinstance(event, kind):
                    return event
        raise self._lost(request.id)

    def _done(self, request_id: int) -> None:
        if self._current == request_id:
            self._current = 0

    def _lost(self, request_id: int) -> EngineFailure:
        return EngineFailure(self._death or explain_death(request_id, None, ()))

    async def _read_events(self) -> None:
        decoder = msgspec.json.Decoder(Event)
        assert self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                self._deliver(decoder.decode(line))
        except (msgspec.MsgspecError, ValueError):
            # Nothing but our own code writes there, so a bad line means that the child is beyond trust.
            log.exception("unreadable event from the engine")
            self.kill()
        await self._bury()

    def _deliver(self, event: Event) -> None:
        if isinstance(event, Ready):
            if not self._ready.done():
                self._ready.set_result(event)
        elif isinstance(event, Failed) and event.id == 0:
            self._fail_start(event)
        elif event.id in self._queues:
            self._queues[event.id].put_nowait(event)

    async def _bury(self) -> None:
        """The child is gone: say why to everyone who waits."""
        code = await self._process.wait()
        with suppress(asyncio.TimeoutError, asyncio.CancelledError):
            # Its last words may still be on the way.
            await asyncio.wait_for(asyncio.shield(self._tasks[1]), 0.2)
        self._death = explain_death(0, code, self._log)
        if not self._closing:
            log.warning("engine process %d ended with %s: %s", self.pid, code, self._death.message)
        self._fail_start(self._death)
        for events in self._queues.values():
            events.put_nowait(self._death)

    def _fail_start(self, failed: Failed) -> None:
        if not self._ready.done():
            self._ready.set_exception(EngineFailure(failed))
            # Marked as seen: nobody may be waiting any more.
            self._ready.exception()

    async def _read_log(self) -> None:
        assert self._process.stderr is not None
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:
                # Too long a line was dropped; a pipe that nobody reads would block the engine.
                continue
            if not line:
                return
            text = line.decode("utf-8", "replace").rstrip()
            self._log.append(text)
            log.debug("engine: %s", text)
