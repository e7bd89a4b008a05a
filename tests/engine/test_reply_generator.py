"""Replies of the real engine: pieces of text, metrics, limits and stop texts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.engine.in_process import chat_in_process
from tests.engine.requests import ask, user
from tests.scripted_model import CHATML, Control, Piece, write_scripted
from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.engine.protocol import Finished, Loaded, PromptProgress, Repeating, Text
from tui.engine.reply_generator import repeated_text
from tui.sentences import reason
from tui.services.sentences import sentence

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


@pytest.mark.parametrize("unit", ["🦙🐍🎉", "ñandú, cigüeña y corazón. ", "你好，世界。"])
async def test_characters_of_several_bytes_arrive_whole(engine: Engine, unit: str) -> None:
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
async def test_reply_stops_at_its_token_limit(engine: Engine, limit: int) -> None:
    answer = await ask(engine, user("Count to a hundred."), max_tokens=limit)

    assert answer.finished.reason == "max_tokens"
    assert answer.metrics.generated_tokens == limit
    assert bool(answer.text) == (limit > 0)
    assert (answer.metrics.first_token_seconds is None) == (limit == 0)


async def test_prompt_with_control_characters_and_rare_scripts_is_answered(engine: Engine) -> None:
    answer = await ask(engine, user("\x00\x01\x1b[31m \u202e ﷽ \U0010ffff" * 5), max_tokens=4)

    assert isinstance(answer.end, Finished)


async def test_stop_text_ends_the_answer_and_is_not_part_of_it(engine: Engine) -> None:
    complete = await ask(engine, raw_text=LONG, ignore_end=True)
    stop = "fox jumps ov"
    assert stop in complete.text

    # WHEN it ends within a token and began in another
    answer = await ask(engine, raw_text=LONG, ignore_end=True, stop=("never there", stop))

    assert answer.text == complete.text[: complete.text.index(stop)]
    assert answer.finished.reason == "stop_text"
    # AND what was really written can be seen, and what comes next is read as it was
    assert stop in answer.finished.raw
    again = await ask(engine, raw_text=LONG, ignore_end=True)
    assert again.text == complete.text
    assert again.metrics.cached_tokens > 0


async def test_text_that_only_begins_a_stop_text_is_shown(engine: Engine) -> None:
    complete = await ask(engine, raw_text=LONG, ignore_end=True)
    answer = await ask(
        engine, raw_text=LONG, ignore_end=True, stop=(complete.text[-5:] + "?", "fox jumps off")
    )

    assert answer.text == complete.text
    assert answer.finished.reason == "max_tokens"


RENAMED = CHATML.replace("<|im_end|>", "[|fin|]")


async def test_end_of_turn_mark_of_the_template_ends_a_reply(tmp_path: Path) -> None:
    # GIVEN a model whose file names another token as its end, so that it would write the next turns itself
    pieces = [b"Hello", Control("[|fin|]"), b"\n<", b"user>"]
    ends = {"controls": ["<|im_start|>", "<|endoftext|>"], "end": "<|endoftext|>", "template": RENAMED}
    with chat_in_process(write_scripted(tmp_path / "a.gguf", pieces, **ends)) as model:
        answer = model.ask(user("Hi"))
        assert (answer.text, answer.finished.reason, answer.finished.remark) == ("Hello", "end", None)
        assert answer.finished.raw == "Hello[|fin|]"
        assert model.ask(user("Hi"), ignore_end=True, max_tokens=4).text == "Hello\n<user>"

    # AND where the vocabulary has no token for the mark, its text ends the reply
    pieces = [b"Hello[", b"|fin", b"|]\n", b"user"]
    with chat_in_process(write_scripted(tmp_path / "b.gguf", pieces, **ends)) as model:
        answer = model.ask(user("Hi"))
        assert (answer.text, answer.finished.reason) == ("Hello", "end")


async def test_a_stop_text_that_is_a_special_token_ends_the_reply(tmp_path: Path) -> None:
    pieces = [b"Hel", Control("<|halt|>"), b"lo", b" x", Control("<|done|>"), b"yz"]
    with chat_in_process(write_scripted(tmp_path / "a.gguf", pieces)) as model:
        answers = {
            stop: model.ask(user("Hi"), stop=stop)
            for stop in (("<|halt|>",), ("x<|done|>y",), ("lo<|done|>",), ("l<|halt|>", "z"), ())
        }

    assert {stop: (answer.text, answer.finished.reason) for stop, answer in answers.items()} == {
        ("<|halt|>",): ("Hel", "stop_text"),
        ("x<|done|>y",): ("Hello ", "stop_text"),
        ("lo<|done|>",): ("Hello xyz", "end"),
        ("l<|halt|>", "z"): ("He", "stop_text"),
        (): ("Hello xyz", "end"),
    }


@pytest.mark.parametrize(
    ("script", "fields", "code"),
    [
        ("Yes.", {}, None),
        ("", {}, "engine.reply_empty"),
        ([Control("<|mute|>"), Control("<|mute2|>")], {}, "engine.reply_without_text"),
        ([" \n"], {}, "engine.reply_without_text"),
        ([Control("<|mute|>"), b"Yes"], {"max_tokens": 1}, "engine.reply_without_text"),
        ("<think>\nHm. But no end", {}, "engine.reply_only_thinking"),
        ("<think>\nHm. But no end", {"max_tokens": 8}, "engine.reply_cut_in_thinking"),
        ("<think>\nHm.\n</think>\n\nYes.", {}, None),
        ("Yes.", {"max_tokens": 0}, None),
        ("Yes.", {"stop": ("Y",)}, None),
    ],
)
async def test_anomalies_of_a_reply_are_reported(
    tmp_path: Path, script: str | list[Piece], fields: dict[str, Any], code: str | None
) -> None:
    with chat_in_process(write_scripted(tmp_path / "a.gguf", script)) as model:
        remark = model.ask(user("Hi"), **fields).finished.remark

    assert (remark.code if remark else None) == code
    assert remark is None or sentence(remark)


async def test_repetition_is_reported_while_the_reply_is_generated(tmp_path: Path) -> None:
    with chat_in_process(write_scripted(tmp_path / "a.gguf", ["Hola ", "🌍"], loop_from=1)) as model:
        answer = model.ask(user("Hi"), max_tokens=350)

    reports = [event for event in answer.events if isinstance(event, Repeating)]
    assert [report.text for report in reports] == ["🌍"]
    assert answer.finished.remark == reason("engine.reply_repeats")
    # It is one of the first events: a reader has time to stop the reply.
    assert answer.events.index(reports[0]) < len(answer.events) - 1


@pytest.mark.parametrize("script", [["Hola ", "🌍"], ["  ", "\n\n"], ["<think>", "Hm, ", "wait. "]])
async def test_a_reply_that_repeats_itself_is_ended_after_the_tokens_that_were_asked_for(
    tmp_path: Path, script: list[Piece]
) -> None:
    path = write_scripted(tmp_path / "a.gguf", script, loop_from=1)
    with chat_in_process(path) as model:
        ended = model.ask(user("Hi"), max_tokens=900, repetition_tokens=128)
        limited = model.ask(user("Hi"), max_tokens=900)

    assert ended.finished.reason == "repetition"
    assert 160 + 128 <= ended.finished.metrics.generated_tokens <= 160 + 2 * 64 + 128
    assert ended.finished.remark == reason("engine.reply_repeats")
    assert limited.finished.reason == "max_tokens"


async def test_model_that_computes_no_numbers_is_reported(tmp_path: Path) -> None:
    with chat_in_process(write_scripted(tmp_path / "a.gguf", "Yes.", broken=True)) as model:
        for temperature in (0.0, 0.8):
            failed = model.ask(user("Hi"), temperature=temperature).failed

            assert failed.reason == reason("engine.not_a_number")
            assert failed.hint is not None
            assert sentence(failed.hint)


async def test_a_repeated_text_is_reported_in_whole_characters() -> None:
    flower = "🌻".encode()
    assert repeated_text(flower[1:] + flower[:1]) == "🌻"
    assert repeated_text("Hola 🌍".encode()) == "Hola 🌍"
    assert repeated_text("🌍 y ".encode()[2:] + "🌍".encode()[:2]) == " y 🌍"
