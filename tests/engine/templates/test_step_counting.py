"""Counting of steps in the tree of a template."""

from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tui.engine.templates.sandbox import CompiledTemplate

HI = [{"role": "user", "content": "Hi"}]


def render(source: str, messages: list[dict[str, str]] = HI, **arguments: object) -> str:
    return CompiledTemplate(source, "<s>", "</s>").render(messages, arguments)


@settings(max_examples=40)
@given(st.integers(-3, 3), st.integers(0, 3), st.lists(st.text("ab ", max_size=3), max_size=3))
def test_counting_steps_changes_no_result(number: int, small: int, word_list: list[str]) -> None:
    source = (
        "{{ n + s }} {{ n * s }} {{ n ** s }} {{ w + w }} {{ w * s }} {{ 'x' ~ n ~ w }} {{ n < s <= 2 }}"
        "{{ 'a' in w }} {{ w|join('-') }} {{ w|sort }} {{ w|unique|list }} {{ w[1:] }} {{ 'a%d' % n }}"
        "{{ w|batch(2)|list }}"
        " {% for x in w if x %}{{ loop.index }}{{ x|center(5) }}{% else %}none{% endfor %}"
    )
    variables = {"n": number, "s": small, "w": word_list}

    assert render(source, **variables) == ImmutableSandboxedEnvironment().from_string(source).render(
        variables
    )
