"""Chat templates as programs: what they are given, and what they cannot do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tui.engine.templates.sandbox import CompiledTemplate, TemplateFailedError, TemplateRefusedError
from tui.services.sentences import sentence

HI = [{"role": "user", "content": "Hi"}]
LONG = [{"role": "user", "content": "x" * 100_000}, {"role": "assistant", "content": "y" * 100_000}] * 20


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
def test_a_template_has_what_upstream_gives_it(source: str, text: str) -> None:
    assert render(source) == text


@settings(max_examples=40)
@given(st.integers(-3, 3), st.integers(0, 3), st.lists(st.text("ab ", max_size=3), max_size=3))
def test_counting_changes_no_result(number: int, small: int, words: list[str]) -> None:
    source = (
        "{{ n + s }} {{ n * s }} {{ n ** s }} {{ w + w }} {{ w * s }} {{ 'x' ~ n ~ w }} {{ n < s <= 2 }}"
        "{{ 'a' in w }} {{ w|join('-') }} {{ w|sort }} {{ w|unique|list }} {{ w[1:] }} {{ 'a%d' % n }}"
        "{{ w|batch(2)|list }}"
        " {% for x in w if x %}{{ loop.index }}{{ x|center(5) }}{% else %}none{% endfor %}"
    )
    given = {"n": number, "s": small, "w": words}

    assert render(source, **given) == ImmutableSandboxedEnvironment().from_string(source).render(given)


DOUBLING = "{%% set ns = namespace(x=%s) %%}{%% for i in range(60) %%}{%% set ns.x = %s %%}{%% endfor %%}%s"


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}" + "long " * 99 + "{% endfor %}{% endfor %}",
        "{% for a in range(99999) if range(99999)|select('odd')|list %}{% endfor %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% for a in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
        "{% macro m() %}" + "long " * 999 + "{% endmacro %}{% for a in range(99999) %}{{ m() }}{% endfor %}",
        "{% set x = 'x' * 9999 %}{% for a in range(99999) %}{% set t %}{{ x }}{% endset %}{% endfor %}",
        "{% set x = 'x' * 9999 %}{% for a in range(99999) %}{% set y = x[1:] %}{% endfor %}",
        "{{ 'x' * 999999999999 }}",
        "{{ ['x'] * 99999999 }}",
        "{{ 10 ** (10 ** 10) }}",
        DOUBLING % ("2", "ns.x * ns.x", ""),
        DOUBLING % ("'ab'", "ns.x + ns.x", ""),
        DOUBLING % ("'ab'", "ns.x ~ ns.x", ""),
        DOUBLING % ("'ab'", "ns.x|replace('a', ns.x)", ""),
        DOUBLING % ("'ab'", "ns.x.replace('a', ns.x)", ""),
        DOUBLING % ("'ab'", "ns.x.join([ns.x, ns.x, ns.x])", ""),
        DOUBLING % ("'ab'", "[ns.x, ns.x]|join(ns.x)", ""),
        DOUBLING % ("'ab'", "'%s%s' % (ns.x, ns.x)", ""),
        DOUBLING % ("'ab'", "'{0}{0}'.format(ns.x)", ""),
        DOUBLING % ("['a']", "ns.x + ns.x", ""),
        DOUBLING % ("['a']", "[ns.x, ns.x]", "{{ ns.x }}"),
        DOUBLING % ("['a']", "[ns.x, ns.x]", "{{ ns.x|tojson }}"),
        DOUBLING % ("['a']", "[ns.x, ns.x]", "{{ ns.x|string }}"),
        DOUBLING % ("['a']", "[ns.x, ns.x]", "{{ '%s' % [ns.x] }}"),
        DOUBLING % ("['a']", "{'a': ns.x, 'b': ns.x}", "{{ ns }}"),
        DOUBLING % ("['a']", "[ns.x, ns.x]", "{% set y = [ns.x, ns.x] %}{{ y == [y, y] }}"),
        DOUBLING % ("['a']", "[ns.x, ns.x]", "{{ [ns.x]|map('string')|list }}"),
        DOUBLING % ("['a']", "[ns.x, ns.x]", "{{ ns.x is eq(ns.x) }}"),
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
        "{{ 'x'|center(999999999999) }}",
        "{{ 'x'.zfill(999999999999) }}",
        "{{ '%999999999999d' % 1 }}",
        "{{ '%*d' % (999999999999, 1) }}",
        "{{ '{:999999999999}'.format(1) }}",
        "{{ '{:{}}'.format(1, 999999999999) }}",
        "{{ '%999999999999d'|format(1) }}",
        "{{ [1]|batch(999999999999, 'x')|list }}",
        "{{ [1]|slice(999999999999)|list }}",
        "{{ range(99999)|map('string')|list|indent(999999999999) }}",
        "{{ [range(9999)|list]|tojson(indent=999999999) }}",
        "{{ [[1]]|sum(start=[]) }}",
        "{{ 'x'.translate({120: 'y' * 99999}) }}",
        "{{ (1).to_bytes(999999999999, 'big') }}",
        "{{ 'x'.encode() }}",
        "{{ lipsum(n=999999999) }}",
        "{{ 'x'|wordwrap(1) }}",
        "{{ range(999999999) }}",
        "{% for a in range(99999) %}{{ range(99999)|select('string')|list }}{% endfor %}",
        "{% for a in range(99999) %}{{ range(99999)|map('abs')|select('string')|first }}{% endfor %}",
        "{% for a in range(99999) %}{{ 0.5 in range(99999) }}{% endfor %}",
        "{% set d = dict(range(9999)|batch(2)) %}{% for a in range(9999) %}{{ a in d.values() }}{% endfor %}",
        "{% set x = 'x' * 9999 %}{% for a in range(99999) %}{{ x|int }}{% endfor %}",
        "{% set x = ('f' * 9999)|int(base=16) %}{{ x // 3 }}",
        DOUBLING % ("['a']", "[ns.x, ns.x]", "{{ ns.x is lower }}"),
        DOUBLING % ("['a']", "{'a': ns.x, 'b': ns.x}.values()", "{{ ns.x }}"),
        "x" * 300_000,
    ],
)  # fmt: skip
def test_a_template_without_end_is_stopped(source: str) -> None:
    with pytest.raises(TemplateFailedError):
        render(source)


def test_the_limits_grow_with_the_conversation() -> None:
    source = (
        "{% for m in messages %}{% for n in messages %}{% if n.role == 'user' %}{% endif %}{% endfor %}"
        "{{ m.content.split('</think>')[-1]|trim ~ m.content[1:] }}{% endfor %}"
    )

    assert len(render(source, LONG)) == 2 * 40 * 100_000 - 40


def test_each_run_has_its_limits_for_itself() -> None:
    template = CompiledTemplate("{% for a in range(400) %}{% for b in range(400) %}{% endfor %}{% endfor %}a")

    assert [template.render(HI) for _ in range(3)] == ["a"] * 3


@pytest.mark.parametrize(
    ("source", "words"),
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
def test_a_failure_is_told_in_words(source: str, words: str) -> None:
    with pytest.raises(TemplateFailedError) as failed:
        render(source)

    assert sentence(failed.value.reason) == words
    assert isinstance(failed.value, TemplateRefusedError) == ("raise_exception" in source)


def test_it_tells_what_a_template_asks_for() -> None:
    source = (
        "{% if enable_thinking is not defined %}{% set enable_thinking = true %}{% endif %}"
        "{% set own = 1 %}{% for m in messages %}{{ m.thinking ~ own }}{% endfor %}"
    )

    assert CompiledTemplate(source).variables == {"enable_thinking", "messages"}
