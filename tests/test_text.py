"""Text from outside, made safe to show."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.text import (
    MARKS_LIMIT,
    clean,
    clean_line,
    full_path,
    incomplete_end,
    short_path,
    without_controls,
    without_floods,
    without_secrets,
)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]0;no end\nnext", "\nnext"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\u202eevil\u0007\ufeff", "evil"),
        ("tags\U000e0041", "tags"),
    ],
)
def test_terminal_sequences_and_controls_are_removed(text: str, result: str) -> None:
    assert without_controls(text) == result


def test_stacked_combining_marks_are_cut() -> None:
    assert without_floods("e\u0301") == "e\u0301"
    assert without_floods("e" + "\u0301" * 500) == "e" + "\u0301" * MARKS_LIMIT
    assert without_floods("a\u200bb") == "ab"


@given(st.text())
def test_cleaned_text_stays_as_it_is_when_cleaned_again(text: str) -> None:
    assert without_controls(without_controls(text)) == without_controls(text)
    assert clean_line(text).replace("\u202f", "").isprintable()


def test_a_line_has_single_blanks_and_no_ends() -> None:
    assert clean_line("  two\n\nlines\tand\x1b[2J more ") == "two lines and more"
    assert clean("a\x1b[2Jb\u200b") == "ab"


@pytest.mark.parametrize(
    ("text", "index"),
    [("whole", 5), ("half\x1b[3", 4), ("half\x1b", 4), ("end\r", 3), ("done\x1b[31m", 9), ("", 0)],
)
def test_a_sequence_that_is_not_complete_starts_where_it_begins(text: str, index: int) -> None:
    assert incomplete_end(text) == index


def test_the_home_folder_is_put_in_and_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")

    assert full_path(Path("~/models")) == Path("/home/someone/models")
    assert short_path(Path("/home/someone/models")) == "~/models"
    assert short_path(Path("/data/models")) == "/data/models"


def test_the_home_of_nobody_is_left_as_written() -> None:
    path = Path("~no-such-user-here/models")

    assert full_path(path) == path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain [red]text[/]", "plain [red]text[/]"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x00b\x08c\x9bd", "abcd"),
        ("keep\n\tthese", "keep\n\tthese"),
        ("dos\r\nold\rnew", "dos\nold\nnew"),
        ("abc\u202ecba", "abccba"),
        ("half \ud800 pair", "half  pair"),
        ("niño 模型 👩‍🔬", "niño 模型 👩‍🔬"),
    ],
)
def test_external_text_loses_what_would_disturb_the_screen(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text())
def test_cleaned_text_holds_no_control_character(text: str) -> None:
    assert not [c for c in clean(text) if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160]


def test_a_line_has_no_line_ends() -> None:
    assert clean_line("  two\nlines\tand  blanks ") == "two lines and blanks"
    # AND a number keeps the narrow space between its thousands
    assert clean_line(" 32\u202f768\u00a0tokens ") == "32\u202f768 tokens"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("GET https://user:p@ss@host/m.gguf?X-Amz-Signature=abc 200", "GET https://host/m.gguf?… 200"),
        ("'http://user@[::1]:80/a' and 'https://h/b?c'", "'http://[::1]:80/a' and 'https://h/b?…'"),
        ("the token hf_abcdefgh12345678 is wrong", "the token hf_… is wrong"),
        ("https://host/m@n.gguf, mail@host?", "https://host/m@n.gguf, mail@host?"),
    ],
)
def test_secrets_are_removed_from_a_text(text: str, result: str) -> None:
    assert without_secrets(text) == result
