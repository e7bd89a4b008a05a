"""Tokens counted without reading them, replies that go on, and the prompt exactly as it was sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.requests import ask, user
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.engine.protocol import Text

pytestmark = pytest.mark.asyncio(loop_scope="module")
SLEEP = "Give me tips for better sleep."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def smollm(smollm2: Path) -> AsyncIterator[Engine]:
    engine = await Engine.start()
    await engine.load(smollm2, LoadSettings(context=2048))
    yield engine
    await engine.close()


async def test_count_equals_the_prompt_tokens_of_the_reply(smollm: Engine) -> None:
    counted = await smollm.count(user(SLEEP, system="Be brief."), ("Hello there", ""))
    answer = await ask(smollm, user(SLEEP, system="Be brief."), max_tokens=8)

    assert counted.prompt_tokens == answer.metrics.prompt_tokens
    assert counted.texts == (2, 0)

    # AND what is in the cache afterwards is told before the next question is asked
    following = user(SLEEP, answer.text, "And for naps?", system="Be brief.")
    counted = await smollm.count(following)
    again = await ask(smollm, following, max_tokens=1)
    assert 0 < counted.cached_tokens == again.metrics.cached_tokens
    assert counted.prompt_tokens == again.metrics.prompt_tokens


async def test_count_does_not_change_the_cache(smollm: Engine) -> None:
    await ask(smollm, user(SLEEP), max_tokens=4)
    await smollm.count(user("Something else altogether"))

    assert (await ask(smollm, user(SLEEP), max_tokens=1)).metrics.cached_tokens > 10


async def test_prompt_is_reported_as_the_model_reads_it(smollm: Engine) -> None:
    answer = await ask(smollm, user("What is 2+2?"), max_tokens=200)

    assert answer.prompt.text == (
        # What the model's own template puts first where there is no system prompt.
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        "<|im_start|>user\nWhat is 2+2?<|im_end|>\n<|im_start|>assistant\n"
    )
    assert answer.prompt.tokens == answer.metrics.prompt_tokens
    # AND the reply with the token that ended it
    assert answer.finished.reason == "end"
    assert answer.finished.raw == answer.text + "<|im_end|>"


async def test_interrupted_reply_continues_at_its_end(smollm: Engine) -> None:
    first = await ask(smollm, user(SLEEP), max_tokens=20)
    continuation = await ask(smollm, user(SLEEP), continued_text=first.text, max_tokens=20)

    assert continuation.prompt.text.endswith(f"<|im_start|>assistant\n{first.text}")
    assert continuation.text
    assert not continuation.text.startswith(first.text[:20])
    # Nearly all of it was in the cache: written text may fall into other tokens than it was written in.
    assert continuation.metrics.prompt_tokens - continuation.metrics.cached_tokens <= 5


async def test_count_during_a_reply_does_not_take_its_stop(smollm: Engine) -> None:
    counts = []

    def at_text(event: object) -> None:
        if isinstance(event, Text) and not counts:
            counts.append(smollm.count(user(SLEEP)))
            smollm.stop()

    answer = await ask(smollm, user("Count to a hundred."), max_tokens=400, on_event=at_text)
    assert answer.finished.reason == "stopped"
    assert (await counts[0]).prompt_tokens > 5


async def test_count_without_a_model_is_a_failure(planner: Engine) -> None:
    with pytest.raises(EngineFailure):
        await planner.count(user("Hello"))
