"""The engine's child process: its pipes, its log, and its end."""

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
"""Time in which a child may end by itself once its input is closed."""


class ChildProcess:
    """One engine process; the events of each request come out of a queue of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._queues: dict[int, asyncio.Queue[Event]] = {}
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._encode = msgspec.json.Encoder().encode
        self._validate = msgspec.json.Decoder(Request).decode
        self._ready: asyncio.Future[EngineReady] = asyncio.get_running_loop().create_future()
        self._closing = False
        self.death: Failed | None = None
        """Reason for its end; None while it lives."""
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
            # A second cancel may come, and a process that is just starting holds nothing yet.
            child._closing = True
            child._close_pipes()
            raise
        return child

    @property
    def ready(self) -> EngineReady:
        """The event with which the child reported its build."""
        return self._ready.result()

    @property
    def log_lines(self) -> list[str]:
        """Last lines of its log, oldest first."""
        return list(self._log)

    async def ended(self) -> Failed:
        """Wait until the process has ended, and return why."""
        await asyncio.shield(self._tasks[0])
        return self.death or death(None, ())

    def lost(self, request_id: int) -> EngineFailure:
        """Return the failure of a request that can no longer be answered."""
        return EngineFailure(self.death or death(None, (), request_id))

    def listen(self, request_id: int) -> asyncio.Queue[Event]:
        """Return the queue for the events of a request; the end of the process comes there too."""
        return self._queues.setdefault(request_id, asyncio.Queue())

    def forget(self, request_id: int) -> None:
        """Stop listening to a request."""
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
            # A request that the child cannot read would end it.
            self._validate(line)
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
            # Closed pipes end these tasks, unless the child passed a pipe on to a process of its own.
            await asyncio.wait(self._tasks, timeout=_END_SECONDS)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            self._close_pipes()

    def _close_pipes(self) -> None:
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
            # Only our own code writes there, so after a bad line nothing of the child can be trusted.
            log.exception("unreadable event from the engine")
            self.kill()
        await self._report_death()

    def _deliver(self, event: Event) -> None:
        if isinstance(event, EngineReady):
            if not self._ready.done():
                self._ready.set_result(event)
        elif isinstance(event, Failed) and event.id == 0:
            self._fail_start(event)
        elif event.id in self._queues:
            self._queues[event.id].put_nowait(event)

    async def _report_death(self) -> None:
        """Send the reason for the child's end to every request that waits."""
        code = await self.process.wait()
        with suppress(asyncio.TimeoutError, asyncio.CancelledError):
            # The last lines of its log may still be on the way.
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
            # Marks it as retrieved, because nobody may be waiting any more.
            self._ready.exception()

    async def _read_log(self) -> None:
        assert self.process.stderr is not None
        while True:
            try:
                line = await self.process.stderr.readline()
            except ValueError:
                # The line was too long and is dropped; an unread pipe would block the engine.
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
        # The folder of this package, so that a folder named tui in the user's own folder is not imported.
        cwd=Path(tui.__file__).parents[1],
        env=environment,
        # Ctrl+C in the terminal is for the dashboard alone.
        start_new_session=True,
    )
