"""Our own engine behind the port: one real process that loads, answers, counts, stops, dies and ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import msgspec
import psutil
import pytest
import pytest_asyncio

from tests.engine.random_models import random_llama
from tests.engine.requests import gone
from tests.fit.machines import NOT_SIZED
from tests.ui.model_samples import model as sample
from tests.waiting import until
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings, SamplingSettings
from tui.engine.protocol import Failed, Finished, Loaded, Text
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.services.child_engine import ChildEngine
from tui.services.engine_port import EnginePort, PlaceUnknowns

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = LoadSettings(context=2048, threads=1)
QUESTION = (ChatMessage("user", "Count from one to a thousand."),)
LONG = AnswerRequest(QUESTION, SamplingSettings(temperature=0, max_tokens=1900), text_interval=0.0)
SHORT = msgspec.structs.replace(LONG, sampling=SamplingSettings(temperature=0, max_tokens=5))


class OpenChild(msgspec.Struct):
    """The one process of this module with its model."""

    place: EnginePort
    loaded: Loaded
    fractions: list[float]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A random model that goes on until it is stopped."""
    path = random_llama(tmp_path_factory.mktemp("tiny") / "tiny.gguf")
    file = model_file(path, "test")
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def child(smollm2: Path) -> AsyncIterator[OpenChild]:
    """The real model in a process, for the tests that leave it as it is."""
    file = model_file(smollm2, "test")
    model = Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)
    place = await ChildEngine.open(model)
    fractions: list[float] = []
    loaded = await place.load(model, SETTINGS, fractions.append)
    yield OpenChild(place, loaded, fractions)
    await place.close()


async def answer(place: EnginePort, request: AnswerRequest) -> list[ReplyEvent]:
    return [event async for event in place.answer(request)]


async def test_a_load_tells_its_progress_and_the_memory_that_the_engine_took(child: OpenChild) -> None:
    assert child.fractions == sorted(child.fractions)
    assert child.fractions[-1] == 1.0
    assert (child.loaded.context, child.loaded.template) == (2048, "model")
    assert child.loaded.footprint.source == "engine"
    assert child.loaded.footprint.weights_bytes > 50_000_000


async def test_own_engine_reports_everything_and_has_a_local_process(child: OpenChild) -> None:
    assert child.place.unknowns == PlaceUnknowns()
    assert child.place.alive
    assert psutil.Process(child.place.pid).ppid() == psutil.Process().pid


async def test_an_answer_ends_with_its_figures_and_has_a_number_while_it_is_written(child: OpenChild) -> None:
    numbers: list[int] = []
    for _time in range(2):
        async with aclosing(child.place.answer(SHORT)) as events:
            last = None
            async for event in events:
                if isinstance(event, Text):
                    numbers.append(child.place.current)
                last = event
        assert isinstance(last, Finished)
        assert (last.reason, last.metrics.generated_tokens) == ("max_tokens", 5)
        assert child.place.current == 0
    assert 0 not in numbers
    # Each request has another number, by which a late stop knows that it was not meant.
    assert len(set(numbers)) == 2


async def test_tokens_are_counted_without_being_read(child: OpenChild) -> None:
    counted = await child.place.count(QUESTION, ("one", "one two three four five", ""))
    assert counted.prompt_tokens > 5
    first, five, none = counted.texts
    assert (first < five, none) == (True, 0)


async def test_stop_ends_an_answer_and_leaves_later_ones(
    child: OpenChild,
) -> None:
    child.place.stop()
    events: list[ReplyEvent] = []
    async for event in child.place.answer(LONG):
        events.append(event)
        if isinstance(event, Text):
            child.place.stop()
    end = events[-1]
    assert isinstance(end, Finished)
    assert end.reason == "stopped"
    assert 0 < end.metrics.generated_tokens < 1900
    # AND the next one is whole
    after = (await answer(child.place, SHORT))[-1]
    assert isinstance(after, Finished)
    assert after.reason == "max_tokens"


async def test_answer_without_a_listener_is_stopped(child: OpenChild) -> None:
    async with aclosing(child.place.answer(LONG)) as events:
        async for event in events:
            if isinstance(event, Text):
                break
    assert child.place.current == 0
    # The next one waits for no thousand tokens of the one before.
    after = (await asyncio.wait_for(answer(child.place, SHORT), 60))[-1]
    assert isinstance(after, Finished)


@pytest.mark.parametrize(
    "model",
    [
        sample("Llama-3.2-3B-Instruct"),
        sample("Broken", error=NOT_SIZED),
        msgspec.structs.replace(sample("Llama-3.2-3B-Instruct", is_local=True), place="localhost:8080"),
    ],
    ids=["without a file", "with a file that cannot be used", "that runs elsewhere"],
)
async def test_a_model_is_refused_with_a_reason(child: OpenChild, model: Model) -> None:
    with pytest.raises(EngineFailure) as caught:
        await child.place.load(model, SETTINGS, lambda _fraction: None)
    failed = caught.value.failed
    assert (failed.kind, failed.reason.code) == ("missing", "services.no_file_to_load")
    assert failed.reason.facts == {"model": model.label}
    # AND the process is none the worse for it
    assert child.place.alive


async def test_reply_of_a_dead_process_ends_with_the_reason_and_keeps_its_text(
    tiny: Model,
) -> None:
    place = await ChildEngine.open(tiny)
    # GIVEN a process that holds nothing yet, which is said
    (failed,) = await answer(place, SHORT)
    assert isinstance(failed, Failed)
    assert failed.reason.code == "engine.no_model"
    with pytest.raises(EngineFailure, match=r"engine\.no_model"):
        await place.count(QUESTION)
    await place.load(tiny, SETTINGS, lambda _fraction: None)
    ended = asyncio.create_task(place.ended())
    # WHEN it is killed in the middle of a reply
    events: list[ReplyEvent] = []
    async for event in place.answer(LONG):
        events.append(event)
        if isinstance(event, Text):
            place.kill()
    # THEN the text stays, and everybody who waits hears the same
    assert any(isinstance(event, Text) for event in events)
    end = events[-1]
    assert isinstance(end, Failed)
    assert (end.kind, end.reason.code) == ("died", "engine.died")
    assert (await ended).reason == end.reason
    assert (place.alive, place.current) == (False, 0)
    # AND whatever is asked of it afterwards has the same reason, as often as it is asked
    for _time in range(2):
        (late,) = await answer(place, SHORT)
        assert isinstance(late, Failed)
        assert late.reason == end.reason
    with pytest.raises(EngineFailure, match=r"engine\.died"):
        await place.count(QUESTION)
    place.stop()
    await place.close()
    await place.close()


async def test_closing_during_a_reply_frees_the_memory(tiny: Model) -> None:
    place = await ChildEngine.open(tiny)
    await place.load(tiny, SETTINGS, lambda _fraction: None)
    reply = asyncio.create_task(answer(place, LONG))
    await until(lambda: place.current, "the reply")
    pid = place.pid
    assert pid is not None
    await place.close()
    assert await gone(pid)
    assert isinstance((await reply)[-1], Failed)
