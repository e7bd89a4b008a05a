"""Markdown read into rows."""

import pytest

from tui.ui.chat.transcript.layout.markdown_rows import markdown_rows
from tui.ui.chat.transcript.layout.streaming_rows import CURSOR, StreamingRows
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


def test_paragraphs_lists_and_code_are_laid_out():
    assert lines("# T\n\nOne *two*.\n\n- a\n- b\n  1. c\n\n> q\n\n---\n\n```\nx\n```", 10) == [
        "T", "", "One two.", "", "• a", "• b", "  1. c", "", "▎ q", "", "─" * 10, "", "┌ code · …", "│ x",
    ]  # fmt: skip


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


def test_code_is_shown_as_written():
    assert lines("```\na  *b*\n\n    c <d> [e]\n```") == ["┌ code · copy", "│ a  *b*", "│", "│     c <d> [e]"]


def test_reading_a_paragraph_makes_no_new_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first block that is whole makes this thread's.
    StreamingRows().feed("zero\n\none\n\n")
    rows = StreamingRows()
    rows.feed("one\n\n")
    parsers: list[object] = []
    monkeypatch.setattr("markdown_it.MarkdownIt", lambda *_: parsers.append(1))
    rows.feed("two\n\nthree")
    assert parsers == []
    assert [row.content.plain for row in rows.rows] == ["one", "", "two", "", f"three{CURSOR}"]
