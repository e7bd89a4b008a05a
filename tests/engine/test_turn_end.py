"""Marks behind a finished answer, taken from the chat template."""

from pathlib import Path

import pytest

from tests.engine.families import FAMILIES
from tui.engine.control_text import ControlTexts, SpecialToken
from tui.engine.templates.chat_template import ChatTemplate
from tui.engine.thinking.marks import thinking_format
from tui.engine.turn_end import TurnEnd, sample_prompt, turn_end

TURNS = "{% for m in messages %}<|begin|>{{ m.role }}\n{{ m.content }}[|fin|]\n{% endfor %}"
ALPACA = "{% for m in messages %}### {{ m.role|title }}:\n{{ m.content }}\n\n{% endfor %}"
CONTROLS = [SpecialToken(5, "<|begin|>", is_control=True), SpecialToken(6, "[|fin|]", is_control=True)]
NEEDS_SYSTEM = "{% if messages[0].role != 'system' %}{{ raise_exception('No') }}{% endif %}"


@pytest.mark.parametrize(
    ("template", "controls", "expected"),
    [
        (TURNS, CONTROLS, TurnEnd(frozenset({6}))),
        (NEEDS_SYSTEM + TURNS, CONTROLS, TurnEnd(frozenset({6}))),
        # A mark that is read from plain text too
        (TURNS, [SpecialToken(6, "[|fin|]", is_control=False)], TurnEnd(frozenset({6}))),
        # The beginning of the next question ends an answer that has no mark of its own
        (TURNS.replace("[|fin|]", ""), CONTROLS, TurnEnd(frozenset({5}))),
        # This vocabulary has no token for it
        (TURNS, [], TurnEnd(texts=("[|fin|]",))),
        (ALPACA, CONTROLS, TurnEnd(texts=("\n### User:",))),
        ("{% for m in messages %}{{ m.content }}\n{% endfor %}", CONTROLS, TurnEnd()),
        ("{{ messages[-1].content }}", CONTROLS, TurnEnd()),
        ("no template at all", CONTROLS, TurnEnd()),
        (None, CONTROLS, TurnEnd()),
    ],
)
def test_mark_after_an_answer_ends_a_reply(
    template: str | None, controls: list[SpecialToken], expected: TurnEnd
) -> None:
    prompt = sample_prompt(ChatTemplate(template))

    assert turn_end(prompt, ControlTexts(controls, prompt), None) == expected


def test_a_mark_that_also_ends_the_thinking_does_not_end_the_reply() -> None:
    template = (
        "<|channel|><|message|>{% for m in messages %}<|start|>{{ m.role }}{{ m.content }}<|end|>{% endfor %}"
    )
    controls = ControlTexts([SpecialToken(1, "<|end|>", is_control=True)], template)

    prompt = sample_prompt(ChatTemplate(template))

    assert turn_end(prompt, controls, thinking_format(template)) == TurnEnd()


ENDS = {"llama-3.1": "<|eot_id|>", "gemma-3": "<end_of_turn>", "gemma-4": "<turn|>", "phi-3": "<|end|>"} | {
    "mistral-nemo": "</s>",
    "zephyr": "</s>",
    "llama-2": "</s>",
    "qwen3": "<|im_end|>",
    "smollm3": "<|im_end|>",
    "granite-4": "<|end_of_text|>",
    "deepseek-v3.1": "<｜end▁of▁sentence｜>",
}


@pytest.mark.parametrize("name", ENDS)
def test_the_mark_of_each_family_is_recognised(name: str) -> None:
    source = (Path(__file__).parent / "templates" / f"{name}.jinja").read_text("utf-8")
    family = FAMILIES[name]
    prompt = sample_prompt(ChatTemplate(source, family.bos, family.eos))
    controls = ControlTexts([SpecialToken(9, ENDS[name], is_control=True)], prompt)

    assert turn_end(prompt, controls, thinking_format(source)) == TurnEnd(frozenset({9}))
