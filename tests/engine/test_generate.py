"""Replies of the real engine with a real model."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.asking import ask, user
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed, Finished, Loaded, PromptProgress, Text
from tui.services.sentences import sentence

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTEXT = 512
SUM = "What is 2+2?"
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


async def test_a_load_tells_its_progress_and_its_result(
    loaded: tuple[Engine, Loaded], progress: list[float]
) -> None:
    engine, said = loaded

    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert said.context == CONTEXT
    assert said.template == "model"
    assert said.template_reason is None
    assert said.threads == 1
    assert said.resident_bytes is None or said.resident_bytes > said.footprint.weights_bytes
    assert engine.ready.pid == engine.pid
    assert engine.ready.build.startswith("llama-cpp-python ")
    assert any(device.kind == "cpu" for device in engine.ready.devices)


async def test_a_process_takes_one_model_in_its_life(engine: Engine, smollm2: Path) -> None:
    with pytest.raises(EngineFailure, match="already_loaded"):
        await engine.load(smollm2, LoadSettings())

    assert (await ask(engine, user("Hi"), max_tokens=2)).metrics.generated_tokens == 2


async def test_the_models_own_template_and_knowledge_answer(engine: Engine) -> None:
    answer = await ask(engine, user(SUM))

    assert "4" in answer.text
    assert "<|im_" not in answer.text
    assert answer.finished.reason == "end"


async def test_temperature_zero_gives_the_same_answer_again(engine: Engine) -> None:
    first = await ask(engine, user("Name three colours."), seed=1)
    await ask(engine, user("Something else."), max_tokens=3)
    second = await ask(engine, user("Name three colours."), seed=2)

    assert first.text
    assert first.text == second.text


async def test_a_seed_gives_the_same_reply_again_and_another_seed_another(engine: Engine) -> None:
    wild = {"temperature": 1.5, "top_p": 1.0, "min_p": 0.0, "max_tokens": 16}
    replies = [(await ask(engine, user("Tell me a story."), seed=seed, **wild)).text for seed in (7, 7, 8)]

    assert replies[0] == replies[1]
    assert replies[0] != replies[2]


async def test_without_a_seed_each_reply_is_drawn_anew(engine: Engine) -> None:
    wild = {"temperature": 1.5, "top_p": 1.0, "min_p": 0.0, "max_tokens": 16}
    replies = {(await ask(engine, user("Tell me a story."), **wild)).text for _ in range(3)}

    assert len(replies) > 1


async def test_a_repeat_penalty_changes_a_repeating_text(engine: Engine) -> None:
    plain = await ask(engine, raw_text=LONG, ignore_end=True)
    penalised = await ask(engine, raw_text=LONG, ignore_end=True, repeat_penalty=1.8)

    assert "quick brown fox jumps" in plain.text
    assert "quick brown fox jumps" not in penalised.text


@pytest.mark.parametrize("unit", ["🦙🐍🎉", "ñandú, cigüeña y corazón. ", "你好，世界。"])
async def test_letters_of_many_bytes_arrive_whole(engine: Engine, unit: str) -> None:
    answer = await ask(engine, raw_text=unit * 12, ignore_end=True, max_tokens=48)

    # THEN the letters of the text come back, none of them in pieces but for one cut off by the limit
    assert set(unit) & set(answer.text)
    assert "\ufffd" not in answer.text[:-1]
    for event in answer.events[:-2]:
        if isinstance(event, Text):
            assert "\ufffd" not in event.text


async def test_metrics_agree_with_the_events(engine: Engine) -> None:
    answer = await ask(engine, user(LONG + "Summarise this."), max_tokens=12, ignore_end=True)
    metrics = answer.metrics
    reading = [event for event in answer.events if isinstance(event, PromptProgress)]
    texts = [event for event in answer.events if isinstance(event, Text)]

    assert answer.finished.reason == "max_tokens"
    assert metrics.generated_tokens == 12 == texts[-1].tokens
    assert metrics.context == CONTEXT
    assert metrics.context_used == metrics.prompt_tokens + 12
    assert 0 <= metrics.cached_tokens < metrics.prompt_tokens
    assert metrics.first_token_seconds is not None
    assert metrics.prompt_seconds <= metrics.first_token_seconds
    assert metrics.generation_seconds >= texts[-1].seconds > 0
    assert metrics.generation_tps == pytest.approx(11 / metrics.generation_seconds)
    assert [event.tokens for event in texts] == sorted(event.tokens for event in texts)
    done = [event.done_tokens for event in reading]
    assert done[0] == metrics.cached_tokens
    assert done == sorted(done)
    assert done[-1] == metrics.prompt_tokens == reading[-1].total_tokens
    assert len(done) > 2
    assert metrics.peak_bytes is None or metrics.peak_bytes > 0


@pytest.mark.parametrize("limit", [0, 1, 5])
async def test_a_reply_is_no_longer_than_asked(engine: Engine, limit: int) -> None:
    answer = await ask(engine, user("Count to a hundred."), max_tokens=limit)

    assert answer.finished.reason == "max_tokens"
    assert answer.metrics.generated_tokens == limit
    assert bool(answer.text) == (limit > 0)
    assert (answer.metrics.first_token_seconds is None) == (limit == 0)


async def test_an_empty_prompt_is_refused_in_words(engine: Engine) -> None:
    failed = (await ask(engine, raw_text="")).failed

    assert sentence(failed.reason) == "The prompt is empty."
    assert failed.hint


async def test_an_empty_message_is_answered(engine: Engine) -> None:
    assert (await ask(engine, user(""), max_tokens=2)).finished.reason in ("end", "max_tokens")


async def test_a_text_that_is_no_text_is_refused_in_words(engine: Engine) -> None:
    failed = (await ask(engine, user("broken \ud800 half"))).failed

    assert "not valid Unicode" in sentence(failed.reason)
    assert not engine.busy
    assert (await ask(engine, user("Hi"), max_tokens=2)).metrics.generated_tokens == 2


async def test_control_characters_and_other_scripts_do_no_harm(engine: Engine) -> None:
    answer = await ask(engine, user("\x00\x01\x1b[31m \u202e ﷽ \U0010ffff" * 5), max_tokens=4)

    assert isinstance(answer.end, Finished)


async def test_generating_without_a_model_is_refused_in_words() -> None:
    engine = await Engine.start()
    try:
        answer = await ask(engine, user("Hi"))
    finally:
        await engine.close()

    assert [type(event) for event in answer.events] == [Failed]
    assert sentence(answer.failed.reason) == "No model is loaded."


async def test_requests_at_once_are_answered_one_after_the_other(engine: Engine) -> None:
    questions = [SUM, "What is the sun?"]
    alone = [(await ask(engine, user(question))).text for question in questions]
    together = await asyncio.gather(*(ask(engine, user(question)) for question in questions))

    assert [answer.text for answer in together] == alone
    assert alone[0] != alone[1]


async def test_a_presence_and_a_frequency_penalty_change_a_repeating_text(engine: Engine) -> None:
    for penalty in ({"presence_penalty": 2.0, "repeat_penalty": 1.5}, {"frequency_penalty": 2.0}):
        penalised = await ask(engine, raw_text=LONG, ignore_end=True, **penalty)
        assert "quick brown fox jumps" not in penalised.text
    # Less than none asks for what was there.
    assert (
        "quick brown fox jumps"
        in (await ask(engine, raw_text=LONG, ignore_end=True, presence_penalty=-1.0)).text
    )


async def test_a_stop_text_ends_the_answer_and_is_no_part_of_it(engine: Engine) -> None:
    whole = await ask(engine, raw_text=LONG, ignore_end=True)
    stop = "fox jumps ov"
    assert stop in whole.text

    # WHEN it ends within a token and began in another
    answer = await ask(engine, raw_text=LONG, ignore_end=True, stop=("never there", stop))

    assert answer.text == whole.text[: whole.text.index(stop)]
    assert answer.finished.reason == "stop_text"
    # AND what was really written can be seen, and what comes next is read as it was
    assert stop in answer.finished.raw
    again = await ask(engine, raw_text=LONG, ignore_end=True)
    assert again.text == whole.text
    assert again.metrics.cached_tokens > 0


async def test_text_that_only_begins_a_stop_text_is_shown(engine: Engine) -> None:
    whole = await ask(engine, raw_text=LONG, ignore_end=True)
    answer = await ask(engine, raw_text=LONG, ignore_end=True, stop=(whole.text[-5:] + "?", "fox jumps off"))

    assert answer.text == whole.text
    assert answer.finished.reason == "max_tokens"
