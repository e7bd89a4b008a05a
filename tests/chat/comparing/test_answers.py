"""Words, numbers, languages and JSON found in answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.chat.comparing.answers import (
    find_json,
    language_of,
    mentions_term,
    numbers_in,
    plain_letters,
    without_thinking,
    words_in,
)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("The answer is 399.", [399]),
        ("**399**", [399]),
        ("24 × 17 = 408, 408-9=399", [399]),
        ("$8.35", [8.35]),
        ("8,35 €", [8.35]),
        ("It is 1,234,567", [1234567]),
        ("1.234,5 euros", [1234.5]),
        ("1,234.5", [1234.5]),
        ("12 345 km", [12345]),
        ("1.234", [1.234, 1234]),
        ("\\boxed{399}", [399]),
        ("it falls to -5", [-5]),
        ("it falls to \u22125 degrees", [-5]),
        ("399\n", [399]),
        ("Answer:399", [399]),
        ("...399", [399]),
        ("Q4 and x12 and 7", [7]),
    ],
)
def test_last_number_is_found_with_all_its_readings(text: str, last: list[float]):
    assert list(numbers_in(text)[-1]) == pytest.approx(last)


@pytest.mark.parametrize("text", ["", "no number", "on 3.10.2025", "Q4_K_M", "x12"])
def test_texts_without_a_number(text: str):
    assert numbers_in(text) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The library will close for repairs and it opens again in April.", "en"),
        ("La biblioteca cierra por obras y vuelve a abrir el 14 de abril.", "es"),
        ("LA REUNIÓN SE HA MOVIDO DEL MARTES AL JUEVES", "es"),
        ("Die Bibliothek schließt wegen Reparaturen.", None),
        ("399", None),
        ("The word is biblioteca", "en"),
        ("The meeting is on Tuesday. La reunión es el martes y no el jueves.", None),
    ],
)
def test_language_is_recognized_by_common_words(text: str, language: str | None):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("reunión", True),
        ("REUNION", True),
        ("14 de abril", True),
        ("abril", True),
        ("abri", False),
        ("reuniones", False),
        ("(x)", False),
    ],
)
def test_a_term_is_found_as_a_whole_word_without_its_accents(term: str, expected: bool):
    assert mentions_term("La reunión (urgente) es el **14 de\nabril**, dijo.", term) is expected


def test_combining_accents_are_recognized():
    assert mentions_term("la reunio\u0301n", "reunión")
    assert plain_letters("A\u0301 \n B") == "a b"


def test_markdown_marks_are_not_counted_as_words():
    assert words_in("- **It's** 8.35, at 10:00 — _done_ ...") == ["It's", "8.35", "at", "10:00", "done"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>Let me see.\n\n</think>\n\n399", "399"),
        ("\n<think>\n\n</think>\n\n399", "399"),
        ("so it is 408 - 9</think>399", "399"),
        ("<think>so it is", None),
        ("399 <think>", "399 <think>"),
        ("  399 ", "399"),
        ("", ""),
    ],
)
def test_thinking_is_no_part_of_the_answer(text: str, answer: str | None):
    assert without_thinking(text) == answer


@pytest.mark.parametrize(
    ("text", "wrapping"),
    [
        ('{"a": 1}', "bare"),
        (' [{"a": 1}]\n', "bare"),
        ('```json\n{"a": 1}\n```', "fenced"),
        ('```\n{"a": 1}```', "fenced"),
        ('```json\n{"a": 1}', "fenced"),
        ('Here it is:\n```json\n{"a": 1}\n```', "fenced_in_text"),
        ('```json\n{"a": 1}\n```\nAnything else?', "fenced_in_text"),
        ('<tool_call>\n{"a": 1}\n</tool_call>', "marked"),
        ('[TOOL_CALLS][{"a": 1}]', "marked"),
        ('Sure [1]: {"a": 1} as asked', "in_text"),
        ('```python\nprint({})\n```\n{"a": 1}', "in_text"),
    ],
)
def test_json_is_found_inside_other_text(text: str, wrapping: str):
    json_text = find_json(text)
    assert json_text is not None
    assert json_text.wrapping == wrapping


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "{'a': 1}",
        '{"a": 1',
        '{"a": 1,}',
        '{"a": NaN}',
        '{"a": 1e999}',
        "12",
        '"text"',
        "see [1] and [2]",
        '{"a": ' + "[" * 100_000,
        '{"a": ' + "9" * 10_000 + "}",
    ],
)
def test_texts_without_json(text: str):
    assert find_json(text) is None


def test_hostile_text_is_searched_in_finite_time():
    assert find_json("{" * 300_000) is None
    assert find_json("```\n" * 50_000) is None
    assert len(numbers_in("1, " * 100_000)) == 100_000
    assert language_of("the " * 100_000) == "en"


@given(st.text())
def test_any_text_can_be_searched(text: str):
    find_json(without_thinking(text) or "")
    assert all(numbers_in(text)) or not numbers_in(text)
    assert language_of(text) in ("en", "es", None)
    assert not mentions_term(text, "a word that is in no text at all")
