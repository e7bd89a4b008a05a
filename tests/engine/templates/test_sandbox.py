"""Chat templates as programs: what they are given, and what they cannot do."""

import pytest

from tui.engine.templates.sandbox import CompiledTemplate, TemplateFailedError, TemplateRefusedError
from tui.services.sentences import sentence

HI = [{"role": "user", "content": "Hi"}]


def render(source: str, messages: list[dict[str, str]] = HI, **arguments: object) -> str:
    return CompiledTemplate(source, "<s>", "</s>").render(messages, arguments)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}", "<s>Hi</s>"),
        ("{% set bos_token = 'B' %}{{ bos_token }}", "B"),
        ("{{ add_generation_prompt }} {{ tools is none }} {{ documents is none }}", "True True True"),
        ("{{ custom is defined }}", "False"),
        ("{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% if i == 3 %}{% break %}"
         "{% endif %}{% endfor %}", "013"),
        ("{% generation %}a{{ messages|length }}{% endgeneration %}b", "a1b"),
        ("{{ {'é': '<b>'}|tojson }}", '{"é": "<b>"}'),
        ("{{ {'é': 1}|tojson(ensure_ascii=true) }}", '{"\\u00e9": 1}'),
        ("{{ [1, 2]|tojson(indent=1) }}", "[\n 1,\n 2\n]"),
        ("{{ [1, {'b': 2, 'a': 1}]|tojson(separators=(',', ':'), sort_keys=true) }}", '[1,{"a":1,"b":2}]'),
        ("{{ strftime_now('%Y')|length }}", "4"),
        ("  {% if true %}\n  a\n  {% endif %}\nb\n", "  a\nb"),
        ("{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = 1 %}{% endfor %}{{ ns.n }}", "1"),
        ("{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ twice('a') ~ 1 ~ no }}", "aa1"),
        ("{% for a in [[1, [2]]] recursive %}{{ a is iterable and loop(a) or a }}{% endfor %}", "12"),
        ("{% for i in [1, 2] %}{{ i }}{{ ',' if not loop.last }}{{ loop.length }}{% endfor %}", "1,222"),
        ("{{ 'a%sb' % 'x' }} {{ 'a{}b{:>3}'.format('x', 1) }} {{ '-'.join(['a']) }}", "axb axb  1 a"),
        ("{{ messages[0].content.replace('H', 'h') }} {{ messages[::-1][0].role }}", "hi user"),
        ("{{ ['a', 'b']|map('upper')|join }} {{ 'a\nb'|indent(2) }} {{ [1, 2]|sum }}", "AB a\n  b 3"),
        ("{{ messages|selectattr('role', 'equalto', 'user')|list|length }}", "1"),
        ("{{ tools|selectattr('a')|list }} {{ missing|map('upper')|list }}", "[] []"),
        ("{{ 7 // 2 }} {{ 7 / 2 }} {{ 7 - 2 }} {{ 1|format }} {{ 'A' is upper }}", "3 3.5 5 1 True"),
        ("{{ 2 ** 10 }} {{ 3 * 'ab' }} {{ [1] + [2] }} {{ 7 % 4 }}", "1024 ababab [1, 2] 3"),
    ],
)  # fmt: skip
def test_template_has_the_functions_and_values_of_upstream(source: str, text: str) -> None:
    assert render(source) == text


@pytest.mark.parametrize(
    ("source", "sentence_part"),
    [
        ("a\n{% for m in messages %}", "line 2 cannot be read: Unexpected end of template"),
        ("a\n\n{% nonsense %}", "line 3 cannot be read: Encountered unknown tag 'nonsense'"),
        ("{{ 1|no_such }}", "line 1 cannot be read: No filter named 'no_such'"),
        ("{{ messages.no.such }}", "something it needs is missing: 'list object' has no attribute 'no'"),
        ("{{ missing('a') }}", "something it needs is missing: 'missing' is undefined"),
        ("{{ ''.__class__.__mro__ }}", "it does what a template must not do"),
        ("{{ messages.append(1) }}", "it does what a template must not do"),
        ("{% include '/etc/passwd' %}", "it fails while it runs: no loader for this environment specified"),
        ("{{ 1 // 0 }}", "it fails while it runs: integer division or modulo by zero"),
        ("{% for a in range(9999) %}{{ range(9999)|list }}{% endfor %}", "it makes a text without end"),
        ("{{ 'ab' * 999999999 }}", "it makes a text without end"),
        ("{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}", "it does not come to an end"),
        ("{{ raise_exception('Roles must\\nalternate.') }}", "Roles must alternate"),
        ("{{ raise_exception('\x1b[31m' ~ 'x' * 500) }}", "x" * 159 + "…"),
    ],
)  # fmt: skip
def test_template_failure_has_a_sentence(source: str, sentence_part: str) -> None:
    with pytest.raises(TemplateFailedError) as failed:
        render(source)

    assert sentence(failed.value.reason) == sentence_part
    assert isinstance(failed.value, TemplateRefusedError) == ("raise_exception" in source)


def test_variables_of_a_template_are_found() -> None:
    source = (
        "{% if enable_thinking is not defined %}{% set enable_thinking = true %}{% endif %}"
        "{% set own = 1 %}{% for m in messages %}{{ m.thinking ~ own }}{% endfor %}"
    )

    assert CompiledTemplate(source).variables == {"enable_thinking", "messages"}
