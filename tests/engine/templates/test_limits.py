"""Limits of time and memory for chat templates."""

import pytest

from tui.engine.templates.sandbox import CompiledTemplate, TemplateFailedError

HI = [{"role": "user", "content": "Hi"}]
LONG = [{"role": "user", "content": "x" * 100_000}, {"role": "assistant", "content": "y" * 100_000}] * 20


def render(source: str, messages: list[dict[str, str]] = HI, **arguments: object) -> str:
    return CompiledTemplate(source, "<s>", "</s>").render(messages, arguments)


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
def test_endless_template_is_stopped(source: str) -> None:
    with pytest.raises(TemplateFailedError):
        render(source)


def test_the_limits_grow_with_the_conversation() -> None:
    source = (
        "{% for m in messages %}{% for n in messages %}{% if n.role == 'user' %}{% endif %}{% endfor %}"
        "{{ m.content.split('</think>')[-1]|trim ~ m.content[1:] }}{% endfor %}"
    )

    assert len(render(source, LONG)) == 2 * 40 * 100_000 - 40


def test_every_run_has_its_own_limits() -> None:
    template = CompiledTemplate("{% for a in range(400) %}{% for b in range(400) %}{% endfor %}{% endfor %}a")

    assert [template.render(HI) for _ in range(3)] == ["a"] * 3
