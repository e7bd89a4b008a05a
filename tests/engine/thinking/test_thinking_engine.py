"""Thinking with the real engine: told apart, counted, gone on with, and free of the schema."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.requests import Answer, ask, user
from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.engine.protocol import Loaded, Text

pytestmark = pytest.mark.asyncio(loop_scope="module")

THINKS = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n{% if enable_thinking is not defined or enable_thinking %}<think>\n"
    "{% else %}<think>\n\n</think>\n\n{% endif %}"
)
SHOTS = tuple(
    turn
    for colour, noun in (("Blue", "sky"), ("Green", "grass"), ("Red", "rose"), ("White", "snow"))
    for turn in (
        f"Which colour is the {noun}?",
        f"<think>\nThe {noun} is {colour}.\n</think>\n\n{colour}",
    )
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def thinker(
    smollm2: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Engine, Loaded]]:
    """The small model with a template that opens a block of thinking."""
    content = smollm2.read_bytes()
    position = content.index(b"{% for message in messages %}")
    size = int.from_bytes(content[position - 8 : position], "little")
    new = THINKS.encode()
    assert size > len(new) + 4
    file = tmp_path_factory.mktemp("thinks") / "thinks.gguf"
    file.write_bytes(
        content[:position] + new + b"{#" + b" " * (size - len(new) - 4) + b"#}" + content[position + size :]
    )
    engine = await Engine.start()
    yield engine, await engine.load(file, LoadSettings(context=2048))
    await engine.close()


def thinking_text(answer: Answer) -> str:
    return "".join(event.text for event in answer.events if isinstance(event, Text) and event.thinking)


def answer_text(answer: Answer) -> str:
    return "".join(event.text for event in answer.events if isinstance(event, Text) and not event.thinking)


async def test_loaded_model_reports_that_it_thinks(thinker: tuple[Engine, Loaded]) -> None:
    assert thinker[1].thinking == "optional"


async def test_thinking_is_separated_from_the_answer(thinker: tuple[Engine, Loaded]) -> None:
    answer = await ask(thinker[0], user(*SHOTS, "Which colour is the sun?"), max_tokens=60)

    assert answer.prompt.text.endswith("<|im_start|>assistant\n<think>\n")
    assert thinking_text(answer).startswith("The sun is")
    assert answer_text(answer)
    assert "think>" not in thinking_text(answer) + answer_text(answer)
    assert "</think>" in answer.finished.raw
    assert 3 < answer.metrics.thinking_tokens < answer.metrics.generated_tokens


async def test_thinking_can_be_turned_off(thinker: tuple[Engine, Loaded]) -> None:
    answer = await ask(thinker[0], user("Which colour is the sun?"), think=False, max_tokens=10)

    assert answer.prompt.text.endswith("<think>\n\n</think>\n\n")
    assert not thinking_text(answer)
    assert answer.metrics.thinking_tokens == 0


async def test_interrupted_thinking_continues(thinker: tuple[Engine, Loaded]) -> None:
    question = user(*SHOTS, "Which colour is the sun?")
    answer = await ask(thinker[0], question, continued_thinking="The sun", max_tokens=30)

    assert answer.prompt.text.endswith("<think>\nThe sun")
    assert thinking_text(answer).startswith(" is")
    assert answer_text(answer)


async def test_cut_answer_continues_after_its_thinking(thinker: tuple[Engine, Loaded]) -> None:
    answer = await ask(
        thinker[0],
        user(*SHOTS, "Which colour is the sun?"),
        continued_thinking="Hm",
        continued_text="The sun",
        max_tokens=5,
    )

    assert answer.prompt.text.endswith("<think>\nHm</think>\n\nThe sun")
    assert answer_text(answer)
    assert not thinking_text(answer)


async def test_schema_does_not_constrain_the_thinking(thinker: tuple[Engine, Loaded]) -> None:
    schema = {"type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"]}
    answer = await ask(
        thinker[0], user(*SHOTS, "Which colour is the sun?"), json_schema=json.dumps(schema), max_tokens=100
    )

    assert thinking_text(answer).startswith("The sun is")
    assert list(json.loads(answer_text(answer))) == ["colour"]


async def test_stop_text_ends_the_answer_but_not_the_thinking(thinker: tuple[Engine, Loaded]) -> None:
    question = user(*SHOTS, "Which colour is the sun?")
    complete = await ask(thinker[0], question, max_tokens=60)
    assert "sun" in thinking_text(complete)
    stop = answer_text(complete).strip()[1:3]

    answer = await ask(thinker[0], question, max_tokens=60, stop=("sun", stop))

    assert thinking_text(answer) == thinking_text(complete)
    assert answer_text(answer) == answer_text(complete)[: answer_text(complete).index(stop)]
    assert answer.finished.reason == "stop_text"
