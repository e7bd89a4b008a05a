"""What a chat template tells about a model's thinking, and what the template is told."""

import pytest

from tui.engine.templates.sandbox import CompiledTemplate
from tui.engine.thinking.detection import template_arguments, thinking_mode

BODY = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: "
SWITCH = (
    BODY + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
)
DEFAULT_OFF = (
    "{% if not thinking is defined %}{% set thinking = false %}{% endif %}"
    + BODY
    + "{{ '<think>' if thinking else '<think></think>' }}"
)
HARMONY = (
    "{% if reasoning_effort is not defined %}{% set reasoning_effort = 'medium' %}{% endif %}"
    "Reasoning: {{ reasoning_effort }}" + BODY + "<|channel|>final<|message|>"
)
EFFORTS = "{% if reasoning_effort in ['low', 'minimal'] %}<|think|><|end|>{% endif %}<|content|>" + BODY
GRANITE = "{% if thinking %}Write between <think></think> and <response></response>.{% endif %}" + BODY
CUT_ONLY = "{% for m in messages %}{{ m.content.split('</think>')[-1] }}{% endfor %}"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (SWITCH, "optional"),
        (DEFAULT_OFF, "optional"),
        (GRANITE, "optional"),
        (EFFORTS, "optional"),
        ("{% if '/think' in m.content %}{% elif '/no_think' in m.content %}{% endif %}<think>", "optional"),
        (HARMONY, "always"),
        (BODY + "<think>\n", "always"),
        ("Think between <think> and </think>.\n" + BODY, "always"),
        (BODY + "<think></think>", "never"),
        (CUT_ONLY, "never"),
        # Its own variable of that name is no switch.
        (
            "{% set ns = namespace(enable_thinking=true) %}" + BODY + "{{ ns.enable_thinking }}<think>",
            "always",
        ),
        ("{% if %}<think>", "never"),
        ("{{ raise_exception('no') }}<think>", "never"),
    ],
)
def test_ability_to_think_is_read_from_the_template(template: str, expected: str) -> None:
    assert thinking_mode(template) == expected


@pytest.mark.parametrize(
    ("template", "on", "off"),
    [
        (SWITCH, {"enable_thinking": True}, {"enable_thinking": False}),
        (DEFAULT_OFF, {"thinking": True}, {"thinking": False}),
        (EFFORTS, {"reasoning_effort": "high"}, {"reasoning_effort": "minimal"}),
        (HARMONY, {"reasoning_effort": "medium"}, {"reasoning_effort": "low"}),
        (
            "{{ thinking_budget }}<seed:think>",
            {"thinking_budget": -1},
            {"thinking_budget": 0},
        ),
        (
            "{% if thinking_mode == 'disabled' %}{% endif %}<mm:think>",
            {"thinking_mode": "enabled"},
            {"thinking_mode": "disabled"},
        ),
        ("{% if reasoning %}{% endif %}<think>", {"reasoning": True}, {"reasoning": False}),
        (BODY + "<think>", {}, {}),
        ("{% if reasoning_effort == 'low' %}{% endif %}<think>", {}, {}),
    ],
)
def test_template_turns_thinking_on_and_off(
    template: str, on: dict[str, object], off: dict[str, object]
) -> None:
    compiled = CompiledTemplate(template)

    assert template_arguments(compiled, True) == on
    assert template_arguments(compiled, False) == off
    assert template_arguments(compiled, None) == {}
