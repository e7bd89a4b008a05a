"""Line wrapping: rows broken into lines of a width, ready to be drawn."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from textual.content import Content

from tui.ui.chat.transcript.layout.markdown_rows import Row

MIN_CELL = 3
"""Cells a column of a table keeps, however narrow the screen."""
_SEPARATOR = Content.styled(" │ ", "dim")


class WrappedRows:
    """Lines of a growing list of rows at one width; what was wrapped once is not wrapped again."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[Content] = []
        self._starts: list[int] = []

    @property
    def count(self) -> int:
        """Rows that are wrapped."""
        return len(self._starts)

    def extend(self, rows: Sequence[Row]) -> None:
        """Wrap the rows after those that are wrapped already."""
        for row in rows:
            self._starts.append(len(self.lines))
            self.lines += wrap_rows((row,), self.width)

    def wrap_again(self, index: int, row: Row) -> None:
        """Put a row in the place of one that takes as many lines."""
        lines = self.lines_of(index)
        self.lines[lines.start : lines.stop] = wrap_rows((row,), self.width)

    def row_at(self, line: int) -> int:
        """Return the index of the row that a line belongs to; -1 for none."""
        return bisect_right(self._starts, line) - 1 if 0 <= line < len(self.lines) else -1

    def lines_of(self, row: int) -> range:
        """Return the lines of a row that is wrapped."""
        end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self.lines)
        return range(self._starts[row], end)


def reuse_equal_lines(lines: list[Content], drawn: Sequence[Content]) -> int:
    """Put the lines that were drawn in place of their equals at the beginning, and count them.

    The painter knows a line that it has painted by being the very same object.
    """
    for index, (line, drawn_line) in enumerate(zip(lines, drawn, strict=False)):
        if line.plain != drawn_line.plain or line.spans != drawn_line.spans:
            return index
        lines[index] = drawn_line
    return min(len(lines), len(drawn))


def wrap_rows(rows: Iterable[Row], width: int) -> list[Content]:
    """Return the lines of the rows.

    Each is at most `width` cells wide, or 8 cells so that deep indents stay readable.
    """
    lines: list[Content] = []
    width = max(width, 8)
    for row in rows:
        # Hostile nesting may leave no room at all; then the text is drawn without its prefixes.
        room = width - max(row.first_prefix.cell_length, row.next_prefix.cell_length)
        has_room = room >= 4
        first, following = (row.first_prefix, row.next_prefix) if has_room else (Content(), Content())
        for number, line in enumerate(_body(row, room if has_room else width)):
            lines.append((following if number else first) + line)
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
    """Return the last cells of a line that is too long."""
    if content.cell_length <= width:
        return content
    start = max(0, len(content) - width + 1)
    while content[start:].cell_length > width - 1:
        start += 1
    return Content.styled("…", "dim") + content[start:]


def _table_lines(cells: tuple[tuple[Content, ...], ...], width: int) -> list[Content]:
    """Return a table with its columns aligned, a rule below the header, and long cells wrapped."""
    count = max((len(row) for row in cells), default=0)
    if not count:
        return []
    widths = _column_widths(
        [[row[column].cell_length for row in cells if column < len(row)] for column in range(count)], width
    )
    lines: list[Content] = []
    for number, row in enumerate(cells):
        wrapped = [_wrap(cell, size) for cell, size in zip(row, widths, strict=False)]
        for line_number in range(max((len(cell) for cell in wrapped), default=0)):
            parts = [
                _padded(cell[line_number] if line_number < len(cell) else Content(), size)
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
    """Return the widths that columns get: what they need, or the widest made narrower until all fit."""
    widths = [max(max(column, default=0), MIN_CELL) for column in lengths]
    room = width - 3 * (len(widths) - 1)
    excess = sum(widths) - room
    while excess > 0 and (widest := max(widths)) > MIN_CELL:
        column = widths.index(widest)
        next_widest = max((size for size in widths if size < widest), default=MIN_CELL)
        cut = min(excess, max(1, widest - max(next_widest, MIN_CELL)))
        widths[column] -= cut
        excess -= cut
    return widths
