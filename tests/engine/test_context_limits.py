"""The edges of the context, on a model whose tokens are bytes, so that lengths are known exactly."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.requests import Answer, ask
from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.services.sentences import sentence, sentences

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTEXT = 2048
START = 1
"""The token that every prompt begins with."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tiny: dict[str, Path]) -> AsyncIterator[Engine]:
    engine = await Engine.start()
    await engine.load(tiny["llama"], LoadSettings(context=CONTEXT, threads=1))
    yield engine
    await engine.close()


async def short(engine: Engine) -> Answer:
    return await ask(engine, raw_text="What then?", ignore_end=True, max_tokens=8)


async def test_full_context_ends_the_reply_and_does_not_change_the_next_one(engine: Engine) -> None:
    reference = await short(engine)
    answer = await ask(engine, raw_text="x" * (CONTEXT - 40), ignore_end=True, max_tokens=None)

    assert answer.finished.reason == "context_full"
    assert answer.metrics.context_used == CONTEXT
    # The last token needs no cell: nothing follows it.
    assert answer.metrics.generated_tokens == CONTEXT - (CONTEXT - 40 + START) + 1
    assert answer.text
    assert (await short(engine)).text == reference.text


async def test_a_prompt_that_is_too_long_is_refused_with_both_numbers(engine: Engine) -> None:
    reference = await short(engine)
    failed = (await ask(engine, raw_text="x" * 5000)).failed

    assert failed.kind == "prompt_too_long"
    assert sentence(failed.reason) == "The conversation is 5,001 tokens long and the context holds 2,048."
    assert "Shorten it by 2,954 tokens" in sentences(failed.reasons)
    assert (await short(engine)).text == reference.text


@pytest.mark.parametrize("over", [0, 1, 100])
async def test_prompt_as_long_as_the_context_is_refused(engine: Engine, over: int) -> None:
    failed = (await ask(engine, raw_text="x" * (CONTEXT - START + over))).failed

    assert failed.kind == "prompt_too_long"
    assert f"Shorten it by {over + 1} token" in sentences(failed.reasons)


async def test_a_prompt_one_token_shorter_is_answered(engine: Engine) -> None:
    answer = await ask(engine, raw_text="x" * (CONTEXT - START - 1), max_tokens=5, ignore_end=True)

    assert answer.metrics.prompt_tokens == CONTEXT - 1
    assert answer.finished.reason == "context_full"
    assert answer.metrics.generated_tokens == 2


async def test_context_is_rounded_up_and_reported(tiny: dict[str, Path]) -> None:
    engine = await Engine.start()
    try:
        loaded = await engine.load(tiny["llama"], LoadSettings(context=300, threads=1))
        answer = await short(engine)
    finally:
        await engine.close()

    assert loaded.context == 512
    assert answer.metrics.context == 512


async def test_the_shortest_context_works(tiny: dict[str, Path]) -> None:
    engine = await Engine.start()
    try:
        await engine.load(tiny["llama"], LoadSettings(context=1, threads=1))
        answer = await short(engine)
    finally:
        await engine.close()

    assert answer.metrics.generated_tokens == 8
