import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.chat.transcript.layout.test_markdown_rows import lines
from tui.ui.chat.transcript.layout.markdown_rows import markdown_rows, plain_rows
from tui.ui.chat.transcript.layout.wrapping import wrap_rows


def test_wrapped_lines_of_an_item_hang_below_its_text():
    assert lines("- one two three four", 10) == ["• one two", "  three", "  four"]


def test_a_table_is_aligned_and_its_long_cells_are_wrapped():
    text = "| a | b |\n|---|---|\n| 1 | a long cell that wraps |\n| 22 | x |"
    assert lines(text, 20) == [
        "a   │ b", "────┼─" + "─" * 14, "1   │ a long cell", "    │ that wraps", "22  │ x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "> " * 500 + "deep",
        "- " * 500 + "deep",
        "[" * 5000,
        "*" * 5000,
        "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|b" * 3000,
        "[x](javascript:alert(1)) [y](file:///etc/passwd) [z](<a'b\"c>)",
        "`" * 4999 + "x",
        "\n".join("#" * 6 + " h" for _ in range(2000)),
        "\t" * 3000,
    ],
)
@pytest.mark.parametrize("width", [0, 1, 10, 80])
def test_hostile_markdown_is_drawn_within_its_width(text: str, width: int):
    drawn = wrap_rows(markdown_rows(text), width)
    assert all(line.cell_length <= max(width, 8) for line in drawn)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab [](){}<>*_`~#|-+.1>!\\\n\t&;:/'\"漢🙂", max_size=200), st.integers(0, 60))
def test_any_text_is_drawn_within_its_width(text: str, width: int):
    for rows in (markdown_rows(text), plain_rows(text)):
        assert all(line.cell_length <= max(width, 8) for line in wrap_rows(rows, width))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=8), min_size=1, max_size=30))
def test_no_word_is_lost(word_list: list[str]):
    text = "\n".join(f"{'- ' if index % 3 == 0 else ''}{word}" for index, word in enumerate(word_list))
    drawn = " ".join(line.plain for line in wrap_rows(markdown_rows(text), 30))
    assert [word for word in drawn.split() if word != "•"] == word_list
