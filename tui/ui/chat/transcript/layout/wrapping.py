"""Rows wrapped into lines of a width: what a widget draws."""

from collections.abc import Iterable

from textual.content import Content

from tui.ui.chat.transcript.layout.markdown_rows import Row

MIN_CELL = 3
"""Cells a column of a table keeps, however narrow the screen."""
_SEPARATOR = Content.styled(" │ ", "dim")


def wrap_rows(rows: Iterable[Row], width: int) -> list[Content]:
    """The lines of the rows, each at most `width` cells (at least 8, so that deep indents stay readable)."""
    lines: list[Content] = []
    width = max(width, 8)
    for row in rows:
        # Hostile nesting may leave no room at all; then the text takes what is before it as its own.
        room = width - max(row.first.cell_length, row.rest.cell_length)
        first, rest = (row.first, row.rest) if room >= 4 else (Content(), Content())
        for number, line in enumerate(_body(row, room if room >= 4 else width)):
            lines.append((rest if number else first) + line)
    return lines


def _body(row: Row, width: int) -> list[Content]:
    match row.kind:
        case "rule":
            return [Content.styled("─" * width, "dim")]
        case "table":
            return _table_lines(row.cells, width)
        case "head":
            return [(Content.styled("┌ ", "dim") + row.content).truncate(width, ellipsis=True)]
        case "last":
            return [_end_of(row.content, width)]
        case "code":
            bar = Content.styled("│ ", "dim")
            return [bar + line for line in row.content.expand_tabs(4).fold(width - 2)]
        case "text":
            return _wrap(row.content, width)


def _wrap(content: Content, width: int) -> list[Content]:
    # The common short line needs no work; `wrap` would drop an empty one.
    if "\n" not in content.plain and "\t" not in content.plain and content.cell_length <= width:
        return [content]
    return content.expand_tabs(4).wrap(width) or [Content()]


def _end_of(content: Content, width: int) -> Content:
    """The last cells of a line that is too long."""
    if content.cell_length <= width:
        return content
    start = max(0, len(content) - width + 1)
    while content[start:].cell_length > width - 1:
        start += 1
    return Content.styled("…", "dim") + content[start:]


def _table_lines(cells: tuple[tuple[Content, ...], ...], width: int) -> list[Content]:
    """A table with its columns aligned, a rule below the header, and long cells wrapped."""
    count = max((len(row) for row in cells), default=0)
    if not count:
        return []
    widths = _column_widths(
        [[row[at].cell_length for row in cells if at < len(row)] for at in range(count)], width
    )
    lines: list[Content] = []
    for number, row in enumerate(cells):
        wrapped = [_wrap(cell, size) for cell, size in zip(row, widths, strict=False)]
        for at in range(max((len(cell) for cell in wrapped), default=0)):
            parts = [
                _padded(cell[at] if at < len(cell) else Content(), size)
                for cell, size in zip(wrapped, widths, strict=False)
            ]
            lines.append(_SEPARATOR.join(parts))
        if number == 0:
            lines.append(Content.styled("─┼─".join("─" * size for size in widths), "dim"))
    # Too many columns for the screen: the lines are cut rather than the table taken apart.
    return [line.truncate(width, ellipsis=True) if line.cell_length > width else line for line in lines]


def _padded(content: Content, width: int) -> Content:
    return content.pad_right(max(0, width - content.cell_length))


def _column_widths(lengths: list[list[int]], width: int) -> list[int]:
    """The widths that columns get: what they need, or with the widest made narrower until all fit."""
    widths = [max(max(column, default=0), MIN_CELL) for column in lengths]
    room = width - 3 * (len(widths) - 1)
    excess = sum(widths) - room
    while excess > 0 and (widest := max(widths)) > MIN_CELL:
        at = widths.index(widest)
        below = max((size for size in widths if size < widest), default=MIN_CELL)
        cut = min(excess, max(1, widest - max(below, MIN_CELL)))
        widths[at] -= cut
        excess -= cut
    return widths
