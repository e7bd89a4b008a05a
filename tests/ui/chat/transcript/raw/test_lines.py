import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.chat.transcript.raw.test_screen import PROMPT
from tui.ui.chat.transcript.raw.lines import ESCAPE_STYLE, TOKEN_STYLE, raw_lines


def plain(text: str, width: int = 60) -> list[str]:
    return [line.plain for line in raw_lines(text, width)]


def styled(text: str, style: str) -> list[str]:
    lines = raw_lines(text, 200)
    return [line.plain[span.start : span.end] for line in lines for span in line.spans if span.style == style]


def test_line_ends_are_visible() -> None:
    assert plain("a\n\nb") == ["a↵", "↵", "b"]
    assert plain("a\n") == ["a↵"]
    assert plain("") == [""]
    assert plain("abcdefghij" * 2, 8) == ["abcdefgh", "ijabcdef", "ghij"]


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("a\tb", r"a\tb"),
        ("\x1b[2J\x07\x00", r"\x1b[2J\x07\x00"),
        ("\u202ex\u200b\ufeff", r"\u202ex\u200b\ufeff"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("niño 漢字 🙂", "niño 漢字 🙂"),
        ("[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_an_invisible_character_is_an_escape(text: str, visible: str) -> None:
    assert plain(text) == [visible]


def test_escapes_and_special_tokens_are_set_apart() -> None:
    assert styled(PROMPT, TOKEN_STYLE) == ["<|im_start|>", "<|im_end|>", "<|im_start|>"]
    assert styled(PROMPT, ESCAPE_STYLE) == [r"\x1b", r"\t", r"\u202e"]
    for token in ("<s>", "</s>", "[INST]", "[/INST]", "<start_of_turn>", "<think>", "</think>", "<｜User｜>"):
        assert styled(f"a {token} b", TOKEN_STYLE) == [token]
    assert styled("a < b | c > d <p> [x]", TOKEN_STYLE) == []


def test_stacked_combining_marks_are_escaped_beyond_a_few() -> None:
    assert plain("e" + "\u0301" * 10) == ["e" + "\u0301" * 8 + r"\u0301\u0301"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.integers(0, 50))
def test_any_text_is_drawn_within_its_width_and_without_controls(text: str, width: int) -> None:
    for line in raw_lines(text, width):
        assert line.cell_length <= max(width, 8)
        assert all(char.isprintable() for char in line.plain)
