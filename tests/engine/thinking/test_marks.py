"""Marks of thinking, recognised by the source of a chat template."""

import pytest

from tui.engine.templates.sandbox import CompiledTemplate
from tui.engine.thinking.detection import template_arguments, thinking_mode
from tui.engine.thinking.marks import thinking_format

BODY = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: "
SWITCH = (
    BODY + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
)
HARMONY = (
    "{% if reasoning_effort is not defined %}{% set reasoning_effort = 'medium' %}{% endif %}"
    "Reasoning: {{ reasoning_effort }}" + BODY + "<|channel|>final<|message|>"
)
EFFORTS = "{% if reasoning_effort in ['low', 'minimal'] %}<|think|><|end|>{% endif %}<|content|>" + BODY
GRANITE = "{% if thinking %}Write between <think></think> and <response></response>.{% endif %}" + BODY
CUT_ONLY = "{% for m in messages %}{{ m.content.split('</think>')[-1] }}{% endfor %}"


@pytest.mark.parametrize(
    ("template", "opens", "closes"),
    [
        (SWITCH, "<think>", "</think>"),
        (CUT_ONLY, "<think>", "</think>"),
        (GRANITE, "<think>", "</think>"),
        (HARMONY, "<|channel|>analysis<|message|>", "<|end|>"),
        ("<|channel>thought\n<channel|>", "<|channel>thought", "<channel|>"),
        ("[THINK]a[/THINK]", "[THINK]", "[/THINK]"),
        ("<|START_THINKING|><|END_THINKING|><|START_RESPONSE|>", "<|START_THINKING|>", "<|END_THINKING|>"),
        ("{% set t = '<seed:think>' %}", "<seed:think>", "</seed:think>"),
        ("<mm:think>", "<mm:think>", "</mm:think>"),
        (EFFORTS, "<|think|>", "<|end|>"),
        ("<|inner_prefix|>", "<|inner_prefix|>", "<|inner_suffix|>"),
        ("[BEGIN FINAL RESPONSE]", "Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]"),
        ("<thought></thought>", "<thought>", "</thought>"),
    ],
)
def test_thinking_marks_come_from_the_template(template: str, opens: str, closes: str) -> None:
    format_found = thinking_format(template)

    assert format_found is not None
    assert (format_found.opens, format_found.closes) == (opens, closes)


def test_marks_around_the_answer_are_found_too() -> None:
    assert thinking_format(GRANITE).headers == ("<response>",)  # type: ignore[union-attr]
    assert thinking_format("<think><answer>").footers == ("</answer>",)  # type: ignore[union-attr]
    # What a tool said may stand between the same marks.
    assert thinking_format("<think></think> <tool><response>").headers == ()  # type: ignore[union-attr]


def test_template_without_marks_has_no_thinking_format() -> None:
    assert thinking_format(BODY) is None
    assert thinking_mode(BODY) == "never"
    assert template_arguments(CompiledTemplate(BODY), True) == {}
