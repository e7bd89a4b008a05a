"""Stop texts as users type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.reasons import raises_sentence
from tui.chat.stop_texts import StopTextsError, format_stop_texts, parse_stop_texts

STOPS = some.lists(some.text(min_size=1, max_size=8), max_size=4).map(tuple)


AWKWARD = some.lists(some.text('"\\\\nrt \n\t,ab', min_size=1, max_size=6), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("line", "stops"),
    [
        ("###", ("###",)),
        (" User: ", ("User:",)),
        ("the end", ("the end",)),
        (r"\n\n", ("\n\n",)),
        (r'"###" "\n\n"', ("###", "\n\n")),
        ('"a", "b","c"', ("a", "b", "c")),
        ('" "', (" ",)),
        (r'"say \"no\""', ('say "no"',)),
        ('say "no"', ('say "no"',)),
        (r"C:\dir", (r"C:\dir",)),
        ('""', ()),
        ("", ()),
    ],
)
def test_a_line_is_one_text_or_several_in_quotes(line: str, stops: tuple[str, ...]):
    assert parse_stop_texts(line) == stops


@given(STOPS | AWKWARD)
def test_shown_values_can_be_typed(stops: tuple[str, ...]):
    assert parse_stop_texts(format_stop_texts(stops)) == stops


@pytest.mark.parametrize("line", ['"###', '"a" b', '"a" "', "x" * 201, '"a" ' * 17])
def test_wrong_input_is_reported_with_the_expectation(line: str):
    with raises_sentence(StopTextsError, r'expected one, or up to 16 in quotes: "###" "\\n\\n"'):
        parse_stop_texts(line)
