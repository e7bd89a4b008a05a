import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.text import clean, clean_line
from tui.ui.kit.cells import end_cut, middle_cut, pad, wrap


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


def test_a_long_name_keeps_its_quantization() -> None:
    assert middle_cut("Llama-3.2-3B-Instruct-Q4_K_M", 16) == "Llama-3…t-Q4_K_M"
    assert middle_cut("short", 16) == "short"


@given(st.text(alphabet="ab模型-é"), st.integers(min_value=0, max_value=30))
def test_cuts_never_take_more_cells_than_they_may(text: str, width: int) -> None:
    assert cell_len(middle_cut(text, width)) <= width
    assert cell_len(end_cut(text, width)) <= width


def test_padding_counts_cells_not_characters() -> None:
    assert pad("模", 4) == "模  "


def test_wrapping_breaks_between_words_and_cuts_the_last_row() -> None:
    assert wrap("no GPU found; models run on the CPU", 20, 3) == ["no GPU found; models", "run on the CPU"]
    assert wrap("no GPU found; models run on the CPU", 12, 2) == ["no GPU", "found; mode…"]
