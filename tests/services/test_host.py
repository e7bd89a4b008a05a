"""The host: one place at a time, reports to its listener, and loads that are stopped before they begin."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.chat.scripted_comparison import model
from tests.services.scripted_place import ScriptedPlace, opening
from tests.waiting import until
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings, SamplingSettings
from tui.engine.protocol import Failed, Finished, Loaded, Text
from tui.models.model import Model
from tui.sentences import reason
from tui.services.host import EngineHost

SMALL = LoadSettings(context=256)
ONE = model("One")
HELLO = AnswerRequest((ChatMessage("user", "Hello"),))


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


async def answered(host: EngineHost, reply_id: int | None = None) -> list[ReplyEvent]:
    return [event async for event in host.answer(HELLO, reply_id)]


async def test_a_load_takes_the_place_of_the_one_before() -> None:
    first, second = ScriptedPlace(), ScriptedPlace()
    host = EngineHost(open_place=opening(first, second))
    await host.load(ONE, SMALL)
    assert (host.model, host.settings, host.card_bytes) == (ONE, SMALL, 9)
    assert host.unknowns == ScriptedPlace.unknowns
    await host.load(model("Two"), SMALL)
    assert (first.closed, second.closed) == (True, False)
    await host.unload()
    assert second.closed
    assert (host.model, host.pid, host.card_bytes) == (None, None, 0)


async def test_time_left_of_a_load_is_reported_once_known() -> None:
    host = EngineHost(open_place=opening(ScriptedPlace()))
    progress: list[tuple[float, bool]] = []
    await host.load(
        ONE, SMALL, lambda fraction, seconds_left: progress.append((fraction, seconds_left is not None))
    )
    assert progress == [(0.01, False), (0.5, True)]


async def test_listener_gets_every_load_and_reply() -> None:
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
    host = EngineHost(ends.append, open_place=opening(ScriptedPlace(answer_waits=True)))
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


async def loads_of(host: EngineHost, first: ScriptedPlace, *names: str) -> "list[asyncio.Task[Loaded]]":
    """Ask for loads one right after another, all but the first one while that is under way."""
    loads = [asyncio.create_task(host.load(model(names[0]), SMALL))]
    await until(lambda: first.current, "the first load")
    loads += [asyncio.create_task(host.load(model(name), SMALL)) for name in names[1:]]
    await asyncio.sleep(0)
    return loads


async def test_only_the_last_of_quick_loads_runs() -> None:
    first, last = ScriptedPlace(load_waits=True), ScriptedPlace()
    host = EngineHost(open_place=opening(first, last))
    loads = await loads_of(host, first, "One", "Two", "Three")
    # WHEN what waits for a load goes on, it is the last one
    await asyncio.wait_for(host.until_loaded(), 10)
    assert host.holds(model("Three"))
    assert (first.closed, last.closed, host.loading) == (True, False, False)
    for stopped in await asyncio.gather(*loads[:2], return_exceptions=True):
        assert isinstance(stopped, EngineFailure)
        assert stopped.failed.reason.code == "engine.load_stopped"


async def test_stop_also_cancels_a_waiting_load() -> None:
    first = ScriptedPlace(load_waits=True)
    host = EngineHost(open_place=opening(first))
    loads = await loads_of(host, first, "One", "Two")
    host.stop()
    ends = await asyncio.wait_for(asyncio.gather(*loads, return_exceptions=True), 10)
    assert [type(end) for end in ends] == [EngineFailure] * 2
    assert (host.loading, host.model, first.closed) == (False, None, True)


async def test_model_unloaded_during_an_answer_makes_way_for_the_next() -> None:
    first, second = ScriptedPlace(answer_waits=True), ScriptedPlace()
    host = EngineHost(open_place=opening(first, second))
    await host.load(ONE, SMALL)
    answer = asyncio.create_task(answered(host))
    await until(lambda: host.answering, "the answer")
    unload, load = asyncio.create_task(host.unload()), asyncio.create_task(host.load(model("Two"), SMALL))
    await asyncio.wait_for(asyncio.gather(unload, load), 10)
    assert isinstance((await answer)[-1], Finished)
    assert (host.holds(model("Two")), first.closed, second.closed) == (True, True, False)


async def test_failed_load_closes_its_place() -> None:
    class BrokenPlace(ScriptedPlace):
        async def load(
            self, model: Model, settings: LoadSettings, on_progress: Callable[[float], None]
        ) -> Loaded:
            raise RuntimeError("not foreseen")

    place = BrokenPlace()
    host = EngineHost(open_place=opening(place))
    with pytest.raises(RuntimeError):
        await host.load(ONE, SMALL)
    assert (place.closed, host.pid, host.loading) == (True, None, False)


async def test_stop_leaves_later_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a host that soon ends an engine which does not obey
    monkeypatch.setattr("tui.services.host._STOP_PATIENCE", 0.02)
    place = ScriptedPlace(answer_waits=True)
    host = EngineHost(open_place=opening(place))
    await host.load(ONE, SMALL)
    first = asyncio.create_task(answered(host))
    await until(lambda: host.answering, "the first answer")
    host.stop()
    assert isinstance((await first)[-1], Finished)
    # WHEN something is asked at once, and goes on for longer than that
    second = asyncio.create_task(answered(host))
    await until(lambda: len(place.requests) == 2, "the second answer")
    await asyncio.sleep(0.06)
    # THEN it is not ended
    assert (place.alive, second.done()) == (True, False)
    place.go_on()
    end = (await second)[-1]
    assert isinstance(end, Finished)
    assert end.reason == "end"


async def test_an_engine_that_does_not_stop_is_ended_with_that_reason(
    monkeypatch: pytest.MonkeyPatch, smollm2: Path
) -> None:
    monkeypatch.setattr("tui.services.host._STOP_PATIENCE", 0.2)
    ends: list[Failed] = []
    host = EngineHost(ends.append, text_interval=0.0)
    await host.load(model("Small", path=smollm2), LoadSettings(context=2048))
    sampling = SamplingSettings(temperature=0, max_tokens=1900)
    events: list[ReplyEvent] = []
    async for event in host.answer(AnswerRequest(HELLO.messages, sampling)):
        # WHEN it hangs, and is to stop
        if isinstance(event, Text) and not any(isinstance(earlier, Text) for earlier in events):
            assert host.pid is not None
            os.kill(host.pid, signal.SIGSTOP)
            host.stop()
        events.append(event)
    # THEN the reply was stopped, as was wanted, and the reason is not that its process died
    end = events[-1]
    assert isinstance(end, Failed)
    assert (end.kind, end.reason.code) == ("stopped", "services.engine_disobeyed")
    await until(lambda: ends, "the end")
    assert (ends, host.pid, host.model) == ([end], None, None)
    await host.close()


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
    return asyncio.create_task(
        host.load(model("Small", path=path), SMALL, lambda _fraction, _seconds_left: None)
    )


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
