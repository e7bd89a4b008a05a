"""Mistakes in the syntax of TOML in words."""

import pytest
import tomli

from tests.reasons import sentence_of
from tui.settings.toml_errors import toml_error


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = ", "a value is missing or not valid; a text needs quotation marks (at its end)"),
        ("a = 1\nb = x", "a value is missing or not valid; a text needs quotation marks (line 2, column 5)"),
        ("a 1", "a key has no = after it (line 1, column 3)"),
        ("a = 1 b = 2", "something follows a value on its line (line 1, column 7)"),
        ("a = 1\na = 2\n", "a key or a table is there twice (line 2, column 6)"),
        ("[a", "the name of a table has no ] after it (at its end)"),
        ("a = [1", "a list has no ] after it (at its end)"),
        ("a = {b = 1", "a table in a line has no } after it (at its end)"),
        (
            'a = "C:\\models"',
            "a text has a backslash that means nothing; write two, or use single quotes (line 1, column 10)",
        ),
        ('a = "b', "a text has no quotation mark after it (at its end)"),
        ("a = 2026-02-31", "a date or time is not valid (line 1, column 5)"),
        ("!", "a line is neither key = value nor the name of a table (line 1, column 1)"),
        ("a.! = 1", "a key begins with a character that it cannot have (line 1, column 3)"),
        ("a = 'b\x01'", "a character is there that TOML does not allow (line 1, column 7)"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, sentence: str) -> None:
    with pytest.raises(tomli.TOMLDecodeError) as raised:
        tomli.loads(text)
    assert sentence_of(toml_error(raised.value)) == sentence


def test_other_words_of_the_parser_stay() -> None:
    assert sentence_of(toml_error(tomli.TOMLDecodeError("Odd", "a", 0))) == "Odd (line 1, column 1)"
    assert sentence_of(toml_error(RecursionError())) == "lists or tables are nested too deeply"
