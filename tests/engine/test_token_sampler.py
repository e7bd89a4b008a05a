"""Sampling of the real engine: seeds, temperature and penalties."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.requests import ask, user
from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.engine.protocol import Loaded

pytestmark = pytest.mark.asyncio(loop_scope="module")
CONTEXT = 512
LONG = "The quick brown fox jumps over the lazy dog. " * 14


@pytest.fixture(scope="module")
def progress() -> list[float]:
    """Fractions told while the module's model was loaded."""
    return []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def loaded(smollm2: Path, progress: list[float]) -> AsyncIterator[tuple[Engine, Loaded]]:
    engine = await Engine.start()
    yield (
        engine,
        await engine.load(smollm2, LoadSettings(context=CONTEXT, batch=64, threads=1), progress.append),
    )
    await engine.close()


@pytest.fixture
def engine(loaded: tuple[Engine, Loaded]) -> Engine:
    return loaded[0]


async def test_temperature_zero_gives_the_same_answer_again(engine: Engine) -> None:
    first = await ask(engine, user("Name three colours."), seed=1)
    await ask(engine, user("Something else."), max_tokens=3)
    second = await ask(engine, user("Name three colours."), seed=2)

    assert first.text
    assert first.text == second.text


async def test_reply_depends_only_on_the_seed(engine: Engine) -> None:
    wild = {"temperature": 1.5, "top_p": 1.0, "min_p": 0.0, "max_tokens": 16}
    replies = [(await ask(engine, user("Tell me a story."), seed=seed, **wild)).text for seed in (7, 7, 8)]

    assert replies[0] == replies[1]
    assert replies[0] != replies[2]


async def test_replies_without_a_seed_differ(engine: Engine) -> None:
    wild = {"temperature": 1.5, "top_p": 1.0, "min_p": 0.0, "max_tokens": 16}
    replies = {(await ask(engine, user("Tell me a story."), **wild)).text for _ in range(3)}

    assert len(replies) > 1


async def test_a_repeat_penalty_changes_a_repeating_text(engine: Engine) -> None:
    plain = await ask(engine, raw_text=LONG, ignore_end=True)
    penalised = await ask(engine, raw_text=LONG, ignore_end=True, repeat_penalty=1.8)

    assert "quick brown fox jumps" in plain.text
    assert "quick brown fox jumps" not in penalised.text


async def test_a_presence_and_a_frequency_penalty_change_a_repeating_text(engine: Engine) -> None:
    for penalty in ({"presence_penalty": 2.0, "repeat_penalty": 1.5}, {"frequency_penalty": 2.0}):
        penalised = await ask(engine, raw_text=LONG, ignore_end=True, **penalty)
        assert "quick brown fox jumps" not in penalised.text
    # Less than none asks for what was there.
    assert (
        "quick brown fox jumps"
        in (await ask(engine, raw_text=LONG, ignore_end=True, presence_penalty=-1.0)).text
    )
