"""Regular expressions as grammars, compared with Python's own matcher where both mean the same."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.gbnf import Grammar
from tui.engine.grammar import grammar_of
from tui.engine.pattern import PatternError, read_pattern

TEXTS = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "aab",
    "xaby",
    "A1",
    "12",
    "12345",
    "2024-01-31",
    "x@y.org",
    "a b",
    "a\nb",
    "\t",
    'q"q',
    "b\\s",
    "é",
    "日本",
    "🦊",
    "_",
    "-",
    "#ff00aa",
    "+49 (30) 123",
    "a.b.c",
    "...",
    "[x]",
    "$5",
    "^",
    "a|b",
]


def matches(pattern: str, text: str) -> bool:
    grammar = Grammar(grammar_of({"type": "string", "pattern": pattern}))
    return grammar.matches(json.dumps(text, ensure_ascii=False))


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d+$",
        r"\S",
        r"^[a-z]+$",
        r"^[^a-z]*$",
        r"^a|b$",
        r"^(a|b)+$",
        "a",
        "^a",
        "b$",
        "",
        "^$",
        r"\.",
        r"^\d{4}-\d{2}-\d{2}$",
        r"^[\w.+-]+@[\w-]+\.[a-z]{2,}$",
        r"^#?([0-9a-f]{3}|[0-9a-f]{6})$",
        r"^.{2,3}$",
        r"^\+?[\d ()-]{5,20}$",
        r"^(?:a(?:b|c)?)*$",
        r'^[^"\\]+$',
        r"^\\?\w*$",
        r"^[\s\S]*$",
        r"\u00e9",
        r"^[\u4e00-\u9fff]+$",
        r"^[\]\[x]+$",
        r"\$\d",
        r"^\^$",
        r"^a{2}b?$",
        r"^[a\-z_]$",
        r"^(?P<y>a)$".replace("?P<", "?<"),
        r"^\D+$",
        r"^a+?b$",
        r"\x41",
        r"^[^\n]*$",
        r"(^a|b$)",
        r"^\W$",
        r"^[.]{3}$",
        r"\/|a",
        r"^a|^b|c$",
    ],
)
def test_a_pattern_means_what_a_regular_expression_means(pattern: str) -> None:
    meaning = re.compile(
        pattern.replace("?<", "?P<").removesuffix("$") + (r"\Z" if pattern.endswith("$") else ""), re.ASCII
    )
    for text in TEXTS:
        assert matches(pattern, text) == (meaning.search(text) is not None), (pattern, text)


PARTS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\s", r"\\", '"', r"\n"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,2}", "{2}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(PARTS, st.booleans(), st.booleans(), st.text(alphabet='ab1 \n\\"é', max_size=5))
def test_any_pattern_means_what_a_regular_expression_means(
    part: str, begins: bool, ends: bool, text: str
) -> None:
    pattern = ("^" if begins else "") + f"(?:{part})"
    meaning = re.compile(pattern + (r"\Z" if ends else ""), re.ASCII)
    assert matches(pattern + ("$" if ends else ""), text) == (meaning.search(text) is not None)


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        (r"(a)\1", "\\1"),
        (r"\bword\b", "\\b"),
        (r"(?=a)", "(?="),
        (r"(?<!a)b", "(?<"),
        (r"\p{L}", "\\p"),
        (r"a^b", "^"),
        (r"a$b", "$"),
        (r"(", "("),
        (r"[a", "["),
        (r"*a", "*"),
        (r"a{2000}", "{2000}"),
        (r"a{2,1}", "{2,1}"),
        (r"[z-a]", "-"),
        (r")", ")"),
        (r"a**", "**"),
        ("\\", "\\"),
        (r"(?:a{900}){900}", "(?:a{900}){900}"),
        ("(" * 50 + ")" * 50, "("),
    ],
)
def test_part_of_a_pattern_without_a_grammar_is_named(pattern: str, part: str) -> None:
    with pytest.raises(PatternError) as error:
        read_pattern(pattern, 0, None)
    assert str(error.value) == part


def test_pattern_of_one_repeated_character_takes_over_the_length_bounds() -> None:
    grammar = Grammar(grammar_of({"type": "string", "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 3}))
    assert [grammar.matches(f'"{"a" * count}"') for count in range(6)] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
