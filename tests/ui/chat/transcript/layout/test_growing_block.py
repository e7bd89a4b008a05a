"""The block that is being written, as it is drawn."""

import pytest

from tui.ui.chat.transcript.layout.streaming_rows import CURSOR, StreamingRows
from tui.ui.chat.transcript.layout.text_rows import text_rows
from tui.ui.chat.transcript.layout.wrapping import WrappedRows

TABLE = "| Name | What it is |\n|---|---|\n" + "".join(
    f"| Row {number:02d} | value {number * 7919 % 1000} of the **list** |\n" for number in range(40)
)


def drawn(rows: StreamingRows, width: int = 60) -> list[str]:
    wrapped = WrappedRows(width)
    wrapped.extend(rows.rows)
    return [line.plain.rstrip() for line in wrapped.lines]


def streamed(text: str, width: int = 60) -> list[str]:
    rows = StreamingRows()
    for start in range(0, len(text), 9):
        rows.feed(text[start : start + 9])
    return drawn(rows, width)


def test_growing_table_is_drawn_as_a_table() -> None:
    rows = StreamingRows()
    rows.feed("Here:\n\n")
    for number, line in enumerate(TABLE.splitlines(keepends=True)):
        rows.feed(line)
        if number > 1:
            lines = drawn(rows)
            assert lines[2:4] == ["Name   │ What it is" + lines[2][19:], lines[3]]
            assert lines[3].startswith("───────┼──")
            assert len(lines) == 2 + number + 1 + 1
            assert lines[-2] == f"Row {number - 2:02d} │ value {(number - 2) * 7919 % 1000} of the list"
    # A row that is being written is a row, too.
    rows.feed("| Row 40 | val")
    assert drawn(rows)[-1] == f"Row 40 │ val{CURSOR}"


@pytest.mark.parametrize(
    "text",
    [
        "Intro:\n" + TABLE,
        "```markdown\nA table:\n\n" + TABLE + "\nafter\n",
        "1. An item\n\n   | a | b |\n   |---|---|\n   | 1 | 2 |\n",
        "> | a | b |\n> |---|---|\n> | 1 | 2 |\n",
    ],
)
def test_table_anywhere_is_drawn_before_it_has_ended(text: str) -> None:
    lines = streamed(text)
    assert any("──┼──" in line for line in lines)
    assert not any("|--" in line for line in lines)


def test_growing_code_is_drawn_as_code() -> None:
    assert streamed("```python\nx = 1\n\ny = ") == ["┌ python", "│ x = 1", "│", f"│ y = {CURSOR}"]


@pytest.mark.parametrize("prefix", ["", "```\n"])
def test_a_line_without_end_is_drawn_as_one_line(prefix: str) -> None:
    text = prefix + "0123456789" * 1234
    undivided = WrappedRows(57)
    undivided.extend(text_rows(text, is_reply=True))
    lines = streamed(text, 57)
    lines[-1] = lines[-1].removesuffix(CURSOR)
    assert lines[-1:] != [""]
    assert lines[1:] == [line.plain for line in undivided.lines][1:]
