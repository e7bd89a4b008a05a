"""Marks behind a finished answer, taken from the chat template."""

import pytest

from tui.engine.control_text import ControlTexts, SpecialToken
from tui.engine.templates.chat_template import ChatTemplate
from tui.engine.thinking.marks import thinking_format
from tui.engine.turn_end import TurnEnd, turn_end

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
def test_the_mark_behind_an_answer_ends_a_reply(
    template: str | None, controls: list[SpecialToken], expected: TurnEnd
) -> None:
    assert turn_end(ChatTemplate(template), ControlTexts(controls, template or ""), None) == expected


def test_a_mark_that_also_ends_the_thinking_does_not_end_the_reply() -> None:
    template = (
        "<|channel|><|message|>{% for m in messages %}<|start|>{{ m.role }}{{ m.content }}<|end|>{% endfor %}"
    )
    controls = ControlTexts([SpecialToken(1, "<|end|>", is_control=True)], template)

    assert turn_end(ChatTemplate(template), controls, thinking_format(template)) == TurnEnd()
