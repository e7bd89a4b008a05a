"""Sessions of the real engine with a real model."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.requests import ask, user
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed, Loaded
from tui.services.sentences import sentence

pytestmark = pytest.mark.asyncio(loop_scope="module")
CONTEXT = 512
SUM = "What is 2+2?"


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


async def test_load_reports_its_progress_and_its_result(
    loaded: tuple[Engine, Loaded], progress: list[float]
) -> None:
    engine, result = loaded

    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert result.context == CONTEXT
    assert result.template == "model"
    assert result.template_reason is None
    assert result.threads == 1
    assert result.resident_bytes is None or result.resident_bytes > result.footprint.weights_bytes
    assert engine.ready.pid == engine.pid
    assert engine.ready.build.startswith("llama-cpp-python ")
    assert any(device.kind == "cpu" for device in engine.ready.devices)


async def test_process_loads_only_one_model(engine: Engine, smollm2: Path) -> None:
    with pytest.raises(EngineFailure, match="already_loaded"):
        await engine.load(smollm2, LoadSettings())

    assert (await ask(engine, user("Hi"), max_tokens=2)).metrics.generated_tokens == 2


async def test_model_answers_through_its_own_template(engine: Engine) -> None:
    answer = await ask(engine, user(SUM))

    assert "4" in answer.text
    assert "<|im_" not in answer.text
    assert answer.finished.reason == "end"


async def test_empty_prompt_is_refused_with_a_reason(engine: Engine) -> None:
    failed = (await ask(engine, raw_text="")).failed

    assert sentence(failed.reason) == "The prompt is empty."
    assert failed.hint


async def test_an_empty_message_is_answered(engine: Engine) -> None:
    assert (await ask(engine, user(""), max_tokens=2)).finished.reason in ("end", "max_tokens")


async def test_invalid_unicode_is_refused_with_a_reason(engine: Engine) -> None:
    failed = (await ask(engine, user("broken \ud800 half"))).failed

    assert "not valid Unicode" in sentence(failed.reason)
    assert not engine.busy
    assert (await ask(engine, user("Hi"), max_tokens=2)).metrics.generated_tokens == 2


async def test_generating_without_a_model_is_refused_with_a_reason() -> None:
    engine = await Engine.start()
    try:
        answer = await ask(engine, user("Hi"))
    finally:
        await engine.close()

    assert [type(event) for event in answer.events] == [Failed]
    assert sentence(answer.failed.reason) == "No model is loaded."


async def test_concurrent_requests_are_answered_one_after_another(engine: Engine) -> None:
    questions = [SUM, "What is the sun?"]
    alone = [(await ask(engine, user(question))).text for question in questions]
    together = await asyncio.gather(*(ask(engine, user(question)) for question in questions))

    assert [answer.text for answer in together] == alone
    assert alone[0] != alone[1]
