"""The engine's process as the dashboard holds it: its pipes, its log, and its end."""

import asyncio
import logging
import os
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path

import msgspec

import tui
from tui.engine.failures import EngineFailure, death, request_refusal
from tui.engine.protocol import EngineReady, Event, Failed, Request

log = logging.getLogger(__name__)

_LINE_LIMIT = 1 << 22
"""Longest line read from the child; the largest event is a piece of text."""
_LOG_LINES = 200
_END_SECONDS = 0.5
"""How long a child may take to end by itself once its input is closed."""


class ChildProcess:
    """One engine process. Requests go in; the events of each come out of a queue of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._queues: dict[int, asyncio.Queue[Event]] = {}
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._encode = msgspec.json.Encoder().encode
        self._check = msgspec.json.Decoder(Request).decode
        self._ready: asyncio.Future[EngineReady] = asyncio.get_running_loop().create_future()
        self._closing = False
        self.death: Failed | None = None
        """Why it ended; None while it lives."""
        self._tasks = (asyncio.create_task(self._read_events()), asyncio.create_task(self._read_log()))

    @classmethod
    async def start(cls) -> "ChildProcess":
        """Start a process and wait until its engine library is loaded.

        Raises:
            EngineFailure: the engine is not installed, or the process ended before it was ready.
        """
        child = cls(await _spawn())
        try:
            await asyncio.shield(child._ready)
        except EngineFailure:
            await child.close()
            raise
        except asyncio.CancelledError:
            # Whoever cancels may do so again, and a process that is just starting holds nothing yet.
            child._closing = True
            child._let_go()
            raise
        return child

    @property
    def ready(self) -> EngineReady:
        """What it said of its build when it started."""
        return self._ready.result()

    @property
    def log_lines(self) -> list[str]:
        """The last lines of its log."""
        return list(self._log)

    async def ended(self) -> Failed:
        """Wait until it has ended, and say why it did."""
        await asyncio.shield(self._tasks[0])
        return self.death or death(None, ())

    def lost(self, request_id: int) -> EngineFailure:
        """What a request meets that can no longer be answered."""
        return EngineFailure(self.death or death(None, (), request_id))

    def listen(self, request_id: int) -> asyncio.Queue[Event]:
        """The queue that events of a request come to from now on; the end of the process comes there too."""
        return self._queues.setdefault(request_id, asyncio.Queue())

    def forget(self, request_id: int) -> None:
        """Nobody listens to that request any more."""
        del self._queues[request_id]

    def send(self, request: Request) -> None:
        """Send a request.

        Raises:
            EngineFailure: the process has ended, or could not read the request.
        """
        if self.death is not None or self.process.stdin is None:
            raise self.lost(0)
        try:
            line = self._encode(request)
            # A request that the child could not read would end it.
            self._check(line)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise EngineFailure(request_refusal(request.id, error)) from error
        self.process.stdin.write(line + b"\n")

    async def close(self) -> None:
        """End the process; the memory is given back when this returns."""
        self._closing = True
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            try:
                await asyncio.wait_for(self.process.wait(), _END_SECONDS)
            except asyncio.TimeoutError:
                self.kill()
                await self.process.wait()
            # Their pipes are at an end, so that whoever still waits is told; a pipe may have been passed on.
            await asyncio.wait(self._tasks, timeout=_END_SECONDS)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            self._let_go()

    def _let_go(self) -> None:
        """End the process, if it has not ended, and close its pipes, at once."""
        # By itself asyncio closes them a turn later, which may be after the loop has ended.
        self.process._transport.close()  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportAttributeAccessIssue]

    def kill(self) -> None:
        """End the process at once."""
        with suppress(ProcessLookupError):
            self.process.kill()

    async def _read_events(self) -> None:
        decoder = msgspec.json.Decoder(Event)
        assert self.process.stdout is not None
        try:
            while line := await self.process.stdout.readline():
                self._deliver(decoder.decode(line))
        except (msgspec.MsgspecError, ValueError):
            # Nothing but our own code writes there, so a bad line means that the child is beyond trust.
            log.exception("unreadable event from the engine")
            self.kill()
        await self._bury()

    def _deliver(self, event: Event) -> None:
        if isinstance(event, EngineReady):
            if not self._ready.done():
                self._ready.set_result(event)
        elif isinstance(event, Failed) and event.id == 0:
            self._fail_start(event)
        elif event.id in self._queues:
            self._queues[event.id].put_nowait(event)

    async def _bury(self) -> None:
        """The child is gone: say why to everyone who waits."""
        code = await self.process.wait()
        with suppress(asyncio.TimeoutError, asyncio.CancelledError):
            # Its last words may still be on the way.
            await asyncio.wait_for(asyncio.shield(self._tasks[1]), 0.2)
        self.death = death(code, self._log)
        if not self._closing:
            log.warning(
                "engine process %d ended with %s: %s", self.process.pid, code, EngineFailure(self.death)
            )
        self._fail_start(self.death)
        for events in self._queues.values():
            events.put_nowait(self.death)

    def _fail_start(self, failed: Failed) -> None:
        if not self._ready.done():
            self._ready.set_exception(EngineFailure(failed))
            # Marked as seen: nobody may be waiting any more.
            self._ready.exception()

    async def _read_log(self) -> None:
        assert self.process.stderr is not None
        while True:
            try:
                line = await self.process.stderr.readline()
            except ValueError:
                # Too long a line was dropped; a pipe that nobody reads would block the engine.
                continue
            if not line:
                return
            text = line.decode("utf-8", "replace").rstrip()
            self._log.append(text)
            log.debug("engine: %s", text)


async def _spawn() -> asyncio.subprocess.Process:
    environment = {**os.environ, "PYTHONSAFEPATH": "1", "GGML_NO_BACKTRACE": "1", "PYTHONUNBUFFERED": "1"}
    return await asyncio.create_subprocess_exec(
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
