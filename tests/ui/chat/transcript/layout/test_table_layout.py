from textual.content import Content

from tui.ui.chat.transcript.layout.table_layout import TableLayout

ROWS = tuple((Content(f"row {number}"), Content("word " * number)) for number in range(1, 12))


def test_growing_table_looks_like_a_complete_one() -> None:
    for width in (8, 20, 60):
        layout = TableLayout()
        for count in range(1, len(ROWS) + 1):
            grown = [line.plain for line in layout.lines(ROWS[:count], width)]
            assert grown == [line.plain for line in TableLayout().lines(ROWS[:count], width)]


def test_rows_are_laid_out_once_while_the_columns_stay() -> None:
    layout = TableLayout()
    rows = ((Content("a long header"), Content("another header")), (Content("1"), Content("2")))
    lines = layout.lines(rows, 60)
    more = layout.lines((*rows, (Content("3"), Content("4"))), 60)
    assert all(line is old_line for line, old_line in zip(more, lines, strict=False))
    assert len(more) == len(lines) + 1
    # AND another width lays all of them out again
    assert layout.lines(rows, 12)[0].plain != lines[0].plain
