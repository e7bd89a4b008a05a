"""Streaming text cut into blocks, Markdown read into rows, rows wrapped into lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.ui.chat.transcript.layout.block_splitter import TAIL_LIMIT, BlockSplitter
from tui.ui.chat.transcript.layout.markdown_rows import markdown_rows, plain_rows
from tui.ui.chat.transcript.layout.wrapping import wrap_rows

DOCUMENT = """# Title

A paragraph
of two lines.

1. one

   continued
2. two

```py
x = 1

y = 2
```
Right after.

Tail"""


def lines(text: str, width: int = 40) -> list[str]:
    return [line.plain.rstrip() for line in wrap_rows(markdown_rows(text), width)]


def split(text: str, size: int) -> tuple[list[str], str]:
    splitter = BlockSplitter()
    pieces = [piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])]
    return [piece.text for piece in pieces], splitter.tail


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_blocks_end_at_blank_lines_and_closed_fences_however_the_text_arrives(size: int):
    blocks, tail = split(DOCUMENT, size)
    assert blocks == [
        "# Title",
        "A paragraph\nof two lines.",
        "1. one\n\n   continued\n2. two",
        "```py\nx = 1\n\ny = 2\n```",
        "Right after.",
    ]
    assert tail == "Tail"


def test_a_fence_that_is_open_stays_in_the_tail():
    blocks, tail = split("Before\n\n```\ncode\n\nmore\n", 4)
    assert blocks == ["Before"]
    assert tail == "```\ncode\n\nmore\n"


def test_a_longer_fence_is_not_closed_by_a_shorter_one():
    blocks, _ = split("````\n```\nx\n````\n", 2)
    assert blocks == ["````\n```\nx\n````"]


@settings(max_examples=60)
@given(st.text(alphabet="ab`~ \n-1.", max_size=300), st.integers(1, 40))
def test_nothing_is_lost_and_how_text_arrives_does_not_matter(text: str, size: int):
    blocks, tail = split(text, size)
    assert (blocks, tail) == split(text, 1)
    assert "".join("".join(blocks).split()) + "".join(tail.split()) == "".join(text.split())


def test_a_line_without_end_is_cut_into_plain_pieces():
    splitter = BlockSplitter()
    text = "x" * 100_000
    pieces = splitter.feed(text)
    assert "".join(piece.text for piece in pieces) + splitter.tail == text
    assert all(piece.plain for piece in pieces)
    assert [piece.continues for piece in pieces] == [False] + [True] * (len(pieces) - 1)
    assert len(splitter.tail) <= TAIL_LIMIT


def test_what_follows_a_cut_block_is_markdown_again():
    splitter = BlockSplitter()
    splitter.feed("word " * 1000)
    pieces = splitter.feed("end\n\n**next**\n\nx")
    assert [(piece.plain, piece.continues) for piece in pieces] == [(True, True), (False, False)]


def test_paragraphs_lists_and_code_read_as_they_should():
    assert lines("# T\n\nOne *two*.\n\n- a\n- b\n  1. c\n\n> q\n\n---\n\n```\nx\n```", 10) == [
        "T", "", "One two.", "", "• a", "• b", "  1. c", "", "▎ q", "", "─" * 10, "", "┌ code · …", "│ x",
    ]  # fmt: skip


def test_wrapped_lines_of_an_item_hang_below_its_text():
    assert lines("- one two three four", 10) == ["• one two", "  three", "  four"]


def test_an_open_fence_shows_its_code():
    assert lines("Look:\n\n```python\nx = 1\n\ny = 2") == [
        "Look:",
        "",
        "┌ python · copy",
        "│ x = 1",
        "│",
        "│ y = 2",
    ]


def test_line_breaks_of_a_poem_stay():
    assert lines("roses\nviolets") == ["roses", "violets"]


def test_html_and_console_markup_are_text():
    assert lines("a <b>bold</b> [red]x[/red] <script>y</script>") == [
        "a <b>bold</b> [red]x[/red]",
        "<script>y</script>",
    ]
    assert lines("<div>\nblock\n</div>") == ["<div>", "block", "</div>"]


def test_a_link_shows_where_it_leads():
    assert lines("[here](https://example.org/a)", 60) == ["here (https://example.org/a)"]
    assert lines("https://example.org", 60) == ["https://example.org"]


def test_a_table_is_aligned_and_its_long_cells_are_wrapped():
    text = "| a | b |\n|---|---|\n| 1 | a long cell that wraps |\n| 22 | x |"
    assert lines(text, 20) == [
        "a   │ b", "────┼─" + "─" * 14, "1   │ a long cell", "    │ that wraps", "22  │ x",
    ]  # fmt: skip


def test_code_is_shown_as_written():
    assert lines("```\na  *b*\n\n    c <d> [e]\n```") == ["┌ code · copy", "│ a  *b*", "│", "│     c <d> [e]"]


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
def test_no_word_is_swallowed(words: list[str]):
    text = "\n".join(f"{'- ' if at % 3 == 0 else ''}{word}" for at, word in enumerate(words))
    drawn = " ".join(line.plain for line in wrap_rows(markdown_rows(text), 30))
    assert [word for word in drawn.split() if word != "•"] == words
