"""The host: one place at a time, reports to its listener, and loads that are stopped before they begin."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.chat.compared import metrics, model
from tests.waiting import until
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.footprint import Footprint
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Counted, Failed, Finished, Loaded, Text
from tui.models.model import Model
from tui.sentences import reason
from tui.services.engine_port import PlaceFacts
from tui.services.host import EngineHost

SMALL = LoadSettings(context=256)
ONE = model("One")
HELLO = AnswerRequest((ChatMessage("user", "Hello"),))
DIED = Failed(0, "died", reason("engine.load_again"))
PARTS = Footprint(1, 1, 1, 1, "engine", device_bytes=9)


class ScriptedPlace:
    """A place without a process: it answers with a word, or dies when it is killed."""

    facts = PlaceFacts(footprint_unknown=reason("engine.load_again"))
    pid = 7

    def __init__(self, *, dies: bool = False) -> None:
        self.alive = True
        self.current = 1
        self.requests: list[AnswerRequest] = []
        self.closed = False
        self._dies = dies
        self._death = asyncio.Event()

    async def load(
        self, model: Model, settings: LoadSettings, on_progress: Callable[[float], None]
    ) -> Loaded:
        on_progress(0.01)
        on_progress(0.5)
        return Loaded(1, PARTS, None, settings.context, 0.1, 2, "model")

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        self.requests.append(request)
        yield Text(2, "Good", 1, 0.0)
        if self._dies:
            await self._death.wait()
            yield DIED
        else:
            yield Finished(2, "end", metrics())

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted:
        return Counted(3, len(messages), 0, tuple(map(len, texts)))

    def stop(self) -> None:
        """Nothing is under way for long."""

    def kill(self) -> None:
        self.alive = False
        self._death.set()

    async def ended(self) -> Failed:
        await self._death.wait()
        return DIED

    async def close(self) -> None:
        self.closed = True
        self._death.set()


class Listener:
    """Writes down all that it hears."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    @contextmanager
    def loading(self) -> Generator[None]:
        self.heard.append("load")
        yield
        self.heard.append("loaded")

    def begin(self, reply_id: int | None) -> None:
        self.heard.append(reply_id)

    def hear(self, event: ReplyEvent) -> None:
        self.heard.append(type(event).__name__)


def opening(*places: ScriptedPlace) -> Callable[[Model], Awaitable[ScriptedPlace]]:
    """Open these places, one for each load."""
    waiting = list(places)

    async def open_place(_model: Model) -> ScriptedPlace:
        return waiting.pop(0)

    return open_place


async def answered(host: EngineHost, reply_id: int | None = None) -> list[ReplyEvent]:
    return [event async for event in host.answer(HELLO, reply_id)]


async def test_a_load_takes_the_place_of_the_one_before() -> None:
    first, second = ScriptedPlace(), ScriptedPlace()
    host = EngineHost(open_place=opening(first, second))
    await host.load(ONE, SMALL)
    assert (host.model, host.settings, host.card_bytes) == (ONE, SMALL, 9)
    assert host.facts.footprint_unknown is not None
    await host.load(model("Two"), SMALL)
    assert (first.closed, second.closed) == (True, False)
    await host.unload()
    assert second.closed
    assert (host.model, host.pid, host.card_bytes) == (None, None, 0)


async def test_the_time_left_of_a_load_is_told_once_it_can_be_estimated() -> None:
    host = EngineHost(open_place=opening(ScriptedPlace()))
    progress: list[tuple[float, bool]] = []
    await host.load(ONE, SMALL, lambda fraction, left: progress.append((fraction, left is not None)))
    assert progress == [(0.01, False), (0.5, True)]


async def test_the_listener_hears_of_every_load_and_every_reply() -> None:
    listener = Listener()
    host = EngineHost(listener=listener, open_place=opening(ScriptedPlace()))
    await host.load(ONE, SMALL)
    await answered(host, 5)
    assert listener.heard == ["load", "loaded", 5, "Text", "Finished"]


async def test_text_comes_no_more_often_than_the_front_end_draws() -> None:
    place = ScriptedPlace()
    host = EngineHost(open_place=opening(place), text_interval=0.5)
    await host.load(ONE, SMALL)
    await answered(host)
    assert [request.text_interval for request in place.requests] == [0.5]


async def test_without_a_model_there_is_a_reason_and_nothing_is_counted() -> None:
    listener = Listener()
    host = EngineHost(listener=listener)
    (failed,) = await answered(host)
    assert isinstance(failed, Failed)
    assert failed.reason.code == "engine.no_model"
    assert listener.heard == [None, "Failed"]
    assert await host.count(()) is None


async def test_a_killed_engine_ends_its_reply_with_the_reason_it_was_killed_for() -> None:
    ends: list[Failed] = []
    host = EngineHost(ends.append, open_place=opening(ScriptedPlace(dies=True)))
    await host.load(ONE, SMALL)
    because = Failed(0, "memory", reason("services.memory_short", free=1))
    events: list[ReplyEvent] = []
    async for event in host.answer(HELLO):
        events.append(event)
        host.kill(because)
    assert events[-1] == because
    await until(lambda: ends, "the end")
    assert ends == [because]
    assert host.model is None


def children() -> list[psutil.Process]:
    return psutil.Process().children()


async def hanging() -> asyncio.subprocess.Process:
    """A process that never says that it is ready, as when a driver hangs."""
    pipes = {
        "stdin": asyncio.subprocess.PIPE,
        "stdout": asyncio.subprocess.PIPE,
        "stderr": asyncio.subprocess.PIPE,
    }
    return await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(999)", **pipes)


async def begun(host: EngineHost, path: Path) -> "asyncio.Task[object]":
    return asyncio.create_task(host.load(model("Small", path=path), SMALL, lambda _fraction, _left: None))


async def is_stopped(load: "asyncio.Task[object]") -> None:
    with pytest.raises(EngineFailure, match="load_stopped"):
        await asyncio.wait_for(load, 30)


async def test_a_load_whose_engine_never_gets_ready_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch, smollm2: Path
) -> None:
    host = EngineHost(lambda _failed: None)
    with monkeypatch.context() as patch:
        patch.setattr("tui.engine.child_process._spawn", hanging)
        load = await begun(host, smollm2)
        await until(lambda: len(children()) == 1, "the process")
        host.stop()
        await is_stopped(load)
        await until(lambda: not children(), "its end")
    # AND the next one is loaded
    loaded = await (await begun(host, smollm2))
    assert loaded is host.loaded
    await host.close()


async def test_a_stop_counts_from_the_moment_that_a_load_begins(smollm2: Path) -> None:
    host = EngineHost(lambda _failed: None)
    await (await begun(host, smollm2))
    # WHEN another takes its place, which first has to end it, and is stopped at once
    load = await begun(host, smollm2)
    await asyncio.sleep(0)
    host.stop()
    await is_stopped(load)
    assert host.model is None
    assert not host.loading
    await until(lambda: not children(), "its end")
    await host.close()
