"""Chat templates: the model's own, and the plain transcript where that fails."""

from collections.abc import Callable, Sequence

import pytest
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from tests.engine.asking import user
from tui.engine.template import NO_TEMPLATE, ChatTemplate

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{{ '<|im_start|>assistant\n' }}"
)
NO_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
)
FICKLE = (
    "{% if messages|length > 1 %}{{ raise_exception('one at a time') }}{% endif %}"
    "{{ messages[0]['content'] }}"
)


def compile_template(source: str) -> Callable[[Sequence[dict[str, str]]], str]:
    formatter = Jinja2ChatFormatter(template=source, bos_token="<s>", eos_token="</s>")
    return lambda messages: formatter(messages=list(messages)).prompt  # type: ignore[arg-type]


def test_a_models_own_template_is_used() -> None:
    template = ChatTemplate(CHATML, compile_template)

    assert template.reason is None
    assert template.stops == ()
    assert template.render(user("Hi")) == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


@pytest.mark.parametrize("source", [None, ""])
def test_without_a_template_the_conversation_is_a_transcript(source: str | None) -> None:
    template = ChatTemplate(source, compile_template)

    assert template.reason == NO_TEMPLATE
    assert template.stops == ("\nUser:",)
    assert template.render(user("Hi", "Hello", "Bye", system="Be brief")) == (
        "System: Be brief\n\nUser: Hi\n\nAssistant: Hello\n\nUser: Bye\n\nAssistant:"
    )


@pytest.mark.parametrize(
    "source",
    [
        "{% for m in messages %}",
        "{{ messages[0]['content'] | no_such_filter }}",
        "{{ raise_exception('refused') }}",
        "{{ messages.no.such.thing }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% include '/etc/passwd' %}",
    ],
    ids=["syntax", "filter", "raises", "missing", "escape", "include"],
)
def test_a_template_that_fails_is_told_and_replaced(source: str) -> None:
    template = ChatTemplate(source, compile_template)

    assert template.reason is not None
    assert template.reason.startswith("its chat template does not work here (")
    assert template.render(user("Hi")) == "User: Hi\n\nAssistant:"


def test_a_system_message_that_is_refused_joins_the_first_question() -> None:
    template = ChatTemplate(NO_SYSTEM, compile_template)

    assert template.reason is None
    assert template.render(user("Hi", "Yes", "Go", system="Be brief")) == (
        "[user]Be brief\n\nHi[assistant]Yes[user]Go"
    )


def test_a_conversation_that_the_template_refuses_is_a_transcript() -> None:
    template = ChatTemplate(FICKLE, compile_template)

    assert template.render(user("Hi")) == "Hi"
    assert template.render(user("Hi", "Yes", "Go")).startswith("User: Hi\n\nAssistant: Yes")
    assert template.render(user("Hi", "Yes", "Go", system="S")).startswith("System: S\n\nUser: Hi")
    assert template.render(user(system="Only this")) == "Only this"


def test_words_of_a_message_are_never_a_template() -> None:
    template = ChatTemplate(CHATML, compile_template)

    assert "{{ 7 * 7 }}" in template.render(user("{{ 7 * 7 }}"))
