"""A place without a process, whose loads and answers a test writes, and a view and a listener that note."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from tests.chat.scripted_comparison import metrics
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.footprint import Footprint
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Counted, Failed, Finished, Loaded, Text
from tui.models.model import Model
from tui.sentences import reason
from tui.services.engine_port import PlaceUnknowns

DIED = Failed(0, "died", reason("engine.load_again"))
STOPPED = Failed(0, "stopped", reason("engine.load_stopped"))
PARTS = Footprint(1, 1, 1, 1, "engine", device_bytes=9)
ANSWER = (Text(2, "Good", 1, 0.0), Finished(2, "end", metrics()))


class ScriptedPlace:
    """A place that loads at once and answers with the same events each time, unless it is to wait."""

    unknowns = PlaceUnknowns()

    def __init__(
        self,
        answer: Sequence[ReplyEvent] = ANSWER,
        *,
        load_failure: Failed | None = None,
        load_waits: bool = False,
        answer_waits: bool = False,
        pid: int | None = 7,
        death: Failed = DIED,
    ) -> None:
        """Take what happens.

        Args:
            answer: events of each answer.
            load_failure: why it does not load.
            load_waits: True for a load that goes on until `go_on`, a stop or the end of the place.
            answer_waits: the same for the answer, before its last event.
            pid: id of its process; None for a place elsewhere.
            death: why it ends when it is killed.
        """
        self.pid = pid
        self.alive = True
        self.current = 0
        self.closed = False
        self.loaded_with: list[tuple[Model, LoadSettings]] = []
        self.requests: list[AnswerRequest] = []
        self.template = "model"
        self._answer = answer
        self._failed = death
        self._load_failure = load_failure
        self._load_waits = load_waits
        self._answer_waits = answer_waits
        self._is_stopped = False
        self._may_go_on = asyncio.Event()
        self._death = asyncio.Event()

    def go_on(self) -> None:
        """End the wait of a load or an answer."""
        self._may_go_on.set()

    async def load(
        self, model: Model, settings: LoadSettings, on_progress: Callable[[float], None]
    ) -> Loaded:
        self.loaded_with.append((model, settings))
        self.current = 1
        on_progress(0.01)
        on_progress(0.5)
        if self._load_waits:
            await self._may_go_on.wait()
        self.current = 0
        failure = self._failed if not self.alive else STOPPED if self._is_stopped else self._load_failure
        if failure is not None:
            raise EngineFailure(failure)
        parts, threads = (PARTS, 2) if self.unknowns.footprint is None else (None, None)
        return Loaded(1, parts, None, settings.context, 0.1, threads, self.template)  # type: ignore[arg-type]

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        self.requests.append(request)
        self.current = 1 + len(self.requests)
        self._is_stopped = False
        self._may_go_on.clear()
        try:
            for event in self._answer[:-1]:
                yield event
            if self._answer_waits and self.alive:
                await self._may_go_on.wait()
            if not self.alive:
                yield self._failed
            else:
                yield Finished(2, "stopped", metrics()) if self._is_stopped else self._answer[-1]
        finally:
            self.current = 0

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted:
        return Counted(3, len(messages), 0, tuple(map(len, texts)))

    def stop(self) -> None:
        self._is_stopped = bool(self.current)
        if self.current:
            self._may_go_on.set()

    def kill(self) -> None:
        self.alive = False
        self._death.set()
        self._may_go_on.set()

    async def ended(self) -> Failed:
        await self._death.wait()
        return self._failed

    async def close(self) -> None:
        self.closed = True
        self.kill()


def opening(*places: ScriptedPlace) -> Callable[[Model], Awaitable[ScriptedPlace]]:
    """Open these places, one for each load."""
    waiting = list(places)

    async def open_place(_model: Model) -> ScriptedPlace:
        return waiting.pop(0)

    return open_place
