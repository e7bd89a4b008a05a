"""Chat templates: the model's own, and the plain transcript where that fails."""

import pytest

from tests.engine.requests import user
from tui.engine.templates.chat_template import NO_TEMPLATE, ChatTemplate, RenderedPrompt
from tui.services.sentences import sentence

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{{ '<|im_start|>assistant\n' }}"
)
TURNS = "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
NO_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    + TURNS
)
DEAF_TO_SYSTEM = "{% for m in messages if m.role != 'system' %}[{{ m.role }}]{{ m.content }}{% endfor %}"
FICKLE = "{% if messages|length > 2 %}{{ raise_exception('One at a time.') }}{% endif %}" + TURNS
PARTS = (
    "{% for m in messages %}[{{ m.role }}]{% for part in m.content %}"
    "{% if part.type == 'text' %}{{ part.text }}{% endif %}{% endfor %}{% endfor %}"
)
STRICT_PARTS = "{% for m in messages %}[{{ m.role }}]{{ m.content[0].text.strip() }}{% endfor %}"
SWITCH = TURNS + "{{ '<think></think>' if enable_thinking is defined and not enable_thinking }}"

HIDDEN_SWITCH = (
    "{% if messages[0].role != 'system' and thinking %}Think in <think></think>.{% endif %}" + TURNS
)
SPOKEN_SWITCH = (
    "{% set ns = namespace(on=true) %}{% for m in messages %}"
    "{% if '/no_think' in m.content %}{% set ns.on = false %}"
    "{% elif '/think' in m.content %}{% set ns.on = true %}{% endif %}"
    "[{{ m.role }}]{{ m.content.replace('/no_think', '').replace('/think', '').strip() }}{% endfor %}"
    "{{ '<think>' if ns.on else '<think></think>' }}"
)


def test_a_models_own_template_is_used() -> None:
    template = ChatTemplate(CHATML)

    assert template.reason is None
    assert template.render(user("Hi")) == RenderedPrompt(
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )


def test_template_gets_the_tokens_at_both_ends_of_a_text() -> None:
    template = ChatTemplate("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}", "<s>", "</s>")

    assert template.render(user("Hi")).text == "<s>Hi</s>"


@pytest.mark.parametrize("source", [None, ""])
def test_without_a_template_the_conversation_is_a_transcript(source: str | None) -> None:
    template = ChatTemplate(source)

    assert template.reason == NO_TEMPLATE
    assert template.render(user("Hi", "Hello", "Bye", system="Be brief")) == RenderedPrompt(
        "System: Be brief\n\nUser: Hi\n\nAssistant: Hello\n\nUser: Bye\n\nAssistant:",
        ("\nUser:",),
        NO_TEMPLATE,
    )


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{% for m in messages %}", "line 1 cannot be read: Unexpected end of template"),
        ("{{ messages[0].content|no_such }}", "line 1 cannot be read: No filter named 'no_such'"),
        (
            "{{ messages.no.such.thing }}",
            "something it needs is missing: 'list object' has no attribute 'no'",
        ),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "it does what a template must not do"),
        ("{% include '/etc/passwd' %}", "it fails while it runs: no loader for this environment specified"),
        ("{{ messages[0].content * 999999999 }}", "it makes a text without end"),
        ("Hello", "it leaves out what the user writes"),
    ],
    ids=["syntax", "filter", "missing", "escape", "include", "endless", "deaf"],
)
def test_failing_template_is_reported_and_replaced(source: str, why: str) -> None:
    template = ChatTemplate(source)

    assert template.reason is not None
    assert sentence(template.reason) == f"its chat template does not work here ({why})"
    assert template.render(user("Hi")) == RenderedPrompt(
        "User: Hi\n\nAssistant:", ("\nUser:",), template.reason
    )


def test_message_of_a_refusing_template_is_reported() -> None:
    template = ChatTemplate("{{ raise_exception('For documents only!') }}")

    assert template.reason is not None
    assert sentence(template.reason) == "its chat template refuses this conversation (For documents only!)"


@pytest.mark.parametrize("source", [NO_SYSTEM, DEAF_TO_SYSTEM], ids=["refuses", "ignores"])
def test_a_system_message_that_would_be_lost_joins_the_first_question(source: str) -> None:
    template = ChatTemplate(source)

    assert template.reason is None
    assert template.render(user("Hi", "Yes", "Go", system="Be brief")) == RenderedPrompt(
        "[user]Be brief\n\nHi[assistant]Yes[user]Go"
    )
    assert template.render(user("Hi")).text == "[user]Hi"


def test_refused_conversation_becomes_a_transcript_with_a_reason() -> None:
    template = ChatTemplate(FICKLE)

    assert template.reason is None
    assert template.render(user("Hi", system="S")) == RenderedPrompt("[system]S[user]Hi")
    prompt = template.render(user("Hi", "Yes", "Go", system="S"))
    assert prompt.text == "System: S\n\nUser: Hi\n\nAssistant: Yes\n\nUser: Go\n\nAssistant:"
    assert prompt.stops == ("\nUser:",)
    assert prompt.reason is not None
    assert sentence(prompt.reason) == "its chat template refuses this conversation (One at a time)"
    assert template.render(user("Hi")).reason is None


@pytest.mark.parametrize("source", [PARTS, STRICT_PARTS], ids=["ignores", "fails"])
def test_template_that_needs_content_in_parts_gets_parts(source: str) -> None:
    template = ChatTemplate(source)

    assert template.render(user("Hi", "Yes", "Go", system="S")) == RenderedPrompt(
        "[system]S[user]Hi[assistant]Yes[user]Go"
    )


def test_template_gets_the_choice_of_thinking() -> None:
    template = ChatTemplate(SWITCH)

    assert template.render(user("Hi")).text == "[user]Hi"
    assert template.render(user("Hi"), think=True).text == "[user]Hi"
    assert template.render(user("Hi"), think=False).text == "[user]Hi<think></think>"


def test_thinking_switch_in_the_default_system_message_is_kept_beside_an_own_one() -> None:
    template = ChatTemplate(HIDDEN_SWITCH)

    assert template.render(user("Hi", system="S")).text == "[system]S[user]Hi"
    assert template.render(user("Hi", system="S"), think=False).text == "[system]S[user]Hi"
    assert (
        template.render(user("Hi", system="S"), think=True).text == "Think in <think></think>.[user]S\n\nHi"
    )


def test_thinking_switch_in_the_messages_is_set_there() -> None:
    template = ChatTemplate(SPOKEN_SWITCH)

    assert template.render(user("Hi", "Yes", "Go")).text == "[user]Hi[assistant]Yes[user]Go<think>"
    assert (
        template.render(user("Hi", "Yes", "Go"), think=True).text == "[user]Hi[assistant]Yes[user]Go<think>"
    )
    assert template.render(user("Hi"), think=False).text == "[user]Hi<think></think>"


def test_prompt_has_no_invalid_unicode() -> None:
    template = ChatTemplate("{{ messages[0].content }}{{ '\\ud800' }}")

    assert template.render(user("Hi")).text == "Hi?"


def test_text_of_a_message_is_never_run_as_a_template() -> None:
    template = ChatTemplate(CHATML)

    assert "{{ 7 * 7 }}" in template.render(user("{{ 7 * 7 }}")).text


def test_template_that_requires_a_system_message_is_used_if_there_is_one() -> None:
    demand = "{% if messages[0].role != 'system' %}{{ raise_exception('First say what I am') }}{% endif %}"
    for turns in (TURNS, PARTS):
        template = ChatTemplate(demand + turns)

        assert template.reason is None
        assert template.needs_system
        assert template.render(user("Hi", system="S")) == RenderedPrompt("[system]S[user]Hi")
        without = template.render(user("Hi"))
        assert without.text == "User: Hi\n\nAssistant:"
        assert without.reason is not None
        assert sentence(without.reason).endswith("refuses this conversation (First say what I am)")


def test_template_is_tried_with_the_messages_that_are_sent() -> None:
    # It takes no short questions, with or without a system message.
    picky = "{% if messages[-1].content|length < 9 %}{{ raise_exception('Too short') }}{% endif %}" + TURNS
    template = ChatTemplate(picky)

    assert template.reason is not None
    assert template.render(user("Hi")).reason is not None
    assert template.render(user("Why is the sky blue?")) == RenderedPrompt("[user]Why is the sky blue?")
    # AND not used where it loses what was asked
    lossy = ChatTemplate(picky.replace("{{ m['content'] }}", ""))
    assert lossy.render(user("Why is the sky blue?")).reason == lossy.reason


def test_a_template_may_change_the_case_of_messages() -> None:
    template = ChatTemplate(TURNS.replace("m['content']", "m['content'] | upper"))

    assert template.render(user("Hi", system="S")) == RenderedPrompt("[system]S[user]HI")
