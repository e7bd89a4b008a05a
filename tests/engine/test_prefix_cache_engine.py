"""The cached prefix: quicker, and never another answer than a clean engine's."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.engine.requests import Answer, ask, at, user
from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.engine.protocol import PromptProgress

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = LoadSettings(context=2048, batch=32, threads=1)
DRAW: dict[str, Any] = {
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
    "seed": 5,
    "max_tokens": 32,
    "ignore_end": True,
}
PAST = "abcdefghijklmnopqrstuvwxyz0123456789" * 30


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def smol(smollm2: Path) -> AsyncIterator[Engine]:
    engine = await Engine.start()
    await engine.load(smollm2, LoadSettings(context=2048, threads=1))
    yield engine
    await engine.close()


async def clean(path: Path, settings: LoadSettings, *requests: Any, **sampling: Any) -> Answer:
    """The answer of an engine that has never been asked anything before."""
    engine = await Engine.start()
    try:
        await engine.load(path, settings)
        return await ask(engine, *requests, **sampling)
    finally:
        await engine.close()


async def test_second_turn_reads_only_new_tokens_and_answers_like_a_fresh_engine(
    smol: Engine, smollm2: Path
) -> None:
    first = await ask(smol, user("What is 2+2?"))
    turn = user("What is 2+2?", first.text, "Thank you. What is 3+3?")
    second = await ask(smol, turn)

    assert second.metrics.cached_tokens >= first.metrics.prompt_tokens
    assert second.metrics.cached_tokens > second.metrics.prompt_tokens / 2
    fresh = await clean(smollm2, LoadSettings(context=2048, threads=1), turn)
    assert fresh.metrics.cached_tokens == 0
    assert second.text == fresh.text
    assert second.text


async def test_edited_question_keeps_the_cached_turns_before_it(smol: Engine) -> None:
    system = "You are a teacher who answers in one short sentence."
    first = await ask(smol, user("What is 2+2?", system=system))
    edited = await ask(smol, user("What is the sun?", system=system))
    again = await ask(smol, user("What is 2+2?", system=system))

    assert 0 < edited.metrics.cached_tokens < edited.metrics.prompt_tokens
    assert "sun" in edited.text.lower()
    assert edited.text != first.text
    assert again.text == first.text


async def test_repeated_prompt_reads_one_token(smol: Engine) -> None:
    await ask(smol, user("Hello there."), max_tokens=4)
    again = await ask(smol, user("Hello there."), max_tokens=4)

    assert again.metrics.cached_tokens == again.metrics.prompt_tokens - 1


# How far back each goes with a cache that keeps what it can: to the prefix, or not at all.
BACK = {"llama": True, "olmoe": True, "gemma3": False, "mamba": False, "lfm2": False}


@pytest.mark.parametrize("name", BACK)
async def test_going_far_back_gives_the_answer_of_a_fresh_engine(tiny: dict[str, Path], name: str) -> None:
    # GIVEN an engine that has read a text far longer than any window, and gone on with it
    engine = await Engine.start()
    try:
        await engine.load(tiny[name], SETTINGS)
        await ask(engine, raw_text=PAST, **DRAW)

        # WHEN a prompt parts from it early on
        branched = await ask(engine, raw_text=PAST[:200] + "!", **DRAW)
        # AND one that goes on from there
        on = await ask(engine, raw_text=PAST[:200] + "!?", **DRAW)
    finally:
        await engine.close()

    # THEN nothing of the text that was left is seen in the answer
    assert (branched.metrics.cached_tokens > 0) == BACK[name]
    assert branched.text == (await clean(tiny[name], SETTINGS, raw_text=PAST[:200] + "!", **DRAW)).text
    assert on.text == (await clean(tiny[name], SETTINGS, raw_text=PAST[:200] + "!?", **DRAW)).text
    assert branched.text != on.text


@pytest.mark.parametrize("name", BACK)
async def test_longer_prompt_keeps_the_cache_of_every_kind_of_model(tiny: dict[str, Path], name: str) -> None:
    engine = await Engine.start()
    try:
        await engine.load(tiny[name], SETTINGS)
        first = await ask(engine, raw_text=PAST, **{**DRAW, "max_tokens": 0})
        on = await ask(engine, raw_text=PAST + "more", **DRAW)
    finally:
        await engine.close()

    assert on.metrics.cached_tokens == first.metrics.prompt_tokens
    assert on.text == (await clean(tiny[name], SETTINGS, raw_text=PAST + "more", **DRAW)).text


async def test_a_sliding_window_goes_back_a_little_without_reading_again(tiny: dict[str, Path]) -> None:
    engine = await Engine.start()
    try:
        await engine.load(tiny["gemma3"], SETTINGS)
        await ask(engine, raw_text=PAST, **{**DRAW, "max_tokens": 0})
        branched = await ask(engine, raw_text=PAST[:-10] + "!", **DRAW)
    finally:
        await engine.close()

    assert branched.metrics.cached_tokens > len(PAST) - 20
    assert branched.text == (await clean(tiny["gemma3"], SETTINGS, raw_text=PAST[:-10] + "!", **DRAW)).text


async def test_a_whole_window_cache_goes_back_anywhere(tiny: dict[str, Path]) -> None:
    settings = LoadSettings(context=2048, batch=32, threads=1, swa_full=True)
    engine = await Engine.start()
    try:
        await engine.load(tiny["gemma3"], settings)
        await ask(engine, raw_text=PAST, **DRAW)
        branched = await ask(engine, raw_text=PAST[:200] + "!", **DRAW)
    finally:
        await engine.close()

    assert branched.metrics.cached_tokens == 201
    assert branched.text == (await clean(tiny["gemma3"], settings, raw_text=PAST[:200] + "!", **DRAW)).text


@pytest.mark.parametrize("name", ["llama", "mamba"])
async def test_stopped_prompt_counts_at_least_the_cached_tokens(tiny: dict[str, Path], name: str) -> None:
    engine = await Engine.start()
    try:
        await engine.load(tiny[name], SETTINGS)
        await ask(engine, raw_text=PAST[:300], **{**DRAW, "max_tokens": 0})
        stopped = await ask(engine, raw_text=PAST, on_event=at(PromptProgress, engine.stop), **DRAW)
    finally:
        await engine.close()

    assert stopped.finished.reason == "stopped"
    assert stopped.metrics.cached_tokens > 0
    assert 0 <= stopped.metrics.read_tokens < len(PAST)
