"""Stopping: at any moment, without a trace in what follows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.requests import PATIENCE, Answer, ask, at, user
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, LoadSettings, SamplingSettings
from tui.engine.protocol import PromptProgress, StopRequest, Text

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = LoadSettings(context=4096, batch=128, threads=1)
QUESTION = user("What is 2+2?")
LONG = "The history of the town is long and its people are proud of it. " * 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(smollm2: Path) -> AsyncIterator[Engine]:
    engine = await Engine.start()
    await engine.load(smollm2, SETTINGS)
    yield engine
    await engine.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reference(engine: Engine) -> Answer:
    """The answer of an engine whose cache was empty."""
    answer = await ask(engine, QUESTION)
    assert answer.metrics.cached_tokens == 0
    return answer


async def test_stopped_reply_keeps_its_text(engine: Engine, reference: Answer) -> None:
    answer = await ask(
        engine, user("Tell a long story."), max_tokens=2000, ignore_end=True, on_event=at(Text, engine.stop)
    )

    assert answer.finished.reason == "stopped"
    assert 0 < answer.metrics.generated_tokens < 2000
    assert answer.text
    assert not engine.busy
    assert (await ask(engine, QUESTION)).text == reference.text


async def test_stopped_prompt_is_read_on_from_there_by_the_next_request(
    engine: Engine, reference: Answer
) -> None:
    stopped = await ask(engine, raw_text=LONG, max_tokens=3, on_event=at(PromptProgress, engine.stop))

    # THEN it was cut: not all of it was read, nothing was generated
    progress = [event for event in stopped.events if isinstance(event, PromptProgress)]
    read = stopped.metrics.prompt_tokens
    assert stopped.finished.reason == "stopped"
    assert progress[-1].total_tokens > 2500
    assert 0 < read < progress[-1].total_tokens
    assert stopped.metrics.context_used == read
    assert stopped.metrics.generated_tokens == 0
    assert stopped.text == ""
    # AND what was read is of use to the same prompt, and no harm to another
    again = await ask(engine, raw_text=LONG, max_tokens=3, on_event=at(PromptProgress, engine.stop))
    assert again.events[1] == PromptProgress(again.finished.id, read, progress[-1].total_tokens, read)
    assert (await ask(engine, QUESTION)).text == reference.text


@pytest.mark.parametrize("name", ["gemma3", "mamba", "lfm2"])
async def test_every_kind_of_cache_is_correct_after_a_stop(tiny: dict[str, Path], name: str) -> None:
    text = "abcdefgh" * 40
    draw = {"temperature": 1.0, "seed": 5, "top_k": 0, "min_p": 0.0, "top_p": 1.0, "ignore_end": True}
    settings = LoadSettings(context=2048, batch=32, threads=1)
    texts: list[str] = []
    for stop_first in (True, False):
        engine = await Engine.start()
        try:
            await engine.load(tiny[name], settings)
            if stop_first:
                cut = await ask(engine, raw_text=text * 4, on_event=at(PromptProgress, engine.stop), **draw)
                assert cut.finished.reason == "stopped"
                assert cut.metrics.prompt_tokens < len(text) * 4
            texts.append((await ask(engine, raw_text=text, **draw)).text)
        finally:
            await engine.close()

    assert texts[0] == texts[1]


async def test_stop_before_the_first_event_is_obeyed(engine: Engine, reference: Answer) -> None:
    task = asyncio.create_task(ask(engine, raw_text=LONG, max_tokens=500))
    while not engine.busy:
        await asyncio.sleep(0)
    engine.stop()
    answer = await task

    assert answer.finished.reason == "stopped"
    assert answer.metrics.generated_tokens == 0
    assert (await ask(engine, QUESTION)).text == reference.text


async def test_stop_after_the_end_has_no_effect(engine: Engine, reference: Answer) -> None:
    ended = (await ask(engine, QUESTION)).finished.id
    engine.stop()
    # As it would come when it crosses the last event on the way.
    engine._child.send(StopRequest(ended))
    engine._child.send(StopRequest(ended))

    assert (await ask(engine, QUESTION)).text == reference.text


async def test_stopping_a_waiting_request_does_not_stop_the_running_one(
    engine: Engine, reference: Answer
) -> None:
    first = asyncio.create_task(ask(engine, QUESTION))
    while not engine.busy:
        await asyncio.sleep(0)
    second = asyncio.create_task(ask(engine, user("Tell a long story."), max_tokens=2000, ignore_end=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    engine.stop()

    assert (await first).text == reference.text
    stopped = await second
    assert stopped.finished.reason == "stopped"
    assert stopped.metrics.generated_tokens == 0


async def test_reply_without_a_reader_is_stopped(engine: Engine, reference: Answer) -> None:
    replies = engine.generate(
        AnswerRequest(user("Tell a long story."), SamplingSettings(temperature=0), ignore_end=True)
    )
    async for event in replies:
        if isinstance(event, Text):
            break
    await replies.aclose()

    # THEN the next answer does not wait until the context is full
    assert not engine.busy
    answer = await ask(engine, QUESTION)
    assert answer.text == reference.text


async def test_load_can_be_stopped(smollm2: Path) -> None:
    engine = await Engine.start()
    fractions: list[float] = []

    def on_progress(fraction: float) -> None:
        fractions.append(fraction)
        engine.stop()

    try:
        task = asyncio.create_task(engine.load(smollm2, SETTINGS, on_progress))
        while not engine.busy:
            await asyncio.sleep(0)
        engine.stop()
        with pytest.raises(EngineFailure) as caught:
            await asyncio.wait_for(task, PATIENCE)
        assert caught.value.failed.kind == "stopped"
        assert 1.0 not in fractions
        assert engine.alive
        # AND the same process can load after all
        assert (await engine.load(smollm2, SETTINGS)).context == 4096
    finally:
        await engine.close()


async def test_stop_without_a_request_has_no_effect() -> None:
    engine = await Engine.start()
    engine.stop()
    assert engine.alive
    await engine.close()
    engine.stop()
    assert not engine.alive
