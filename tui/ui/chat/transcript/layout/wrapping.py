"""Line wrapping: rows broken into lines of a width, ready to be drawn."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from textual.content import Content

from tui.ui.chat.transcript.layout.markdown_rows import CODE_BAR, Row
from tui.ui.chat.transcript.layout.table_layout import TableLayout, wrap


class WrappedRows:
    """Lines of a growing list of rows at one width; what was wrapped once is not wrapped again."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[Content] = []
        self._starts: list[int] = []
        self._joined: dict[int, Content] = {}
        """The line that was the last one before a row that goes on in it, by the number of that row."""

    @property
    def count(self) -> int:
        """Rows that are wrapped."""
        return len(self._starts)

    def extend(self, rows: Sequence[Row]) -> None:
        """Wrap the rows after those that are wrapped already."""
        for row in rows:
            if row.continues and self.lines:
                self._joined[len(self._starts)] = line = self.lines.pop()
                row = row._replace(
                    content=(line[len(CODE_BAR) :] if row.kind == "code" else line) + row.content
                )
            self._starts.append(len(self.lines))
            self.lines += wrap_rows((row,), self.width)

    def truncate(self, count: int) -> list[Content]:
        """Take away the rows from a number on, and return the lines that are no longer there."""
        if count >= len(self._starts):
            return []
        start = self._starts[count]
        dropped = self.lines[start:]
        del self.lines[start:]
        for number in range(len(self._starts) - 1, count - 1, -1):
            joined = self._joined.pop(number, None)
            if joined is not None and number == count:
                self.lines.append(joined)
        del self._starts[count:]
        return dropped

    def wrap_again(self, index: int, row: Row) -> None:
        """Put a row in the place of one that takes as many lines."""
        lines = self.lines_of(index)
        self.lines[lines.start : lines.stop] = wrap_rows((row,), self.width)

    def row_at(self, line: int) -> int:
        """Return the index of the row that a line belongs to; -1 for none."""
        return bisect_right(self._starts, line) - 1 if 0 <= line < len(self.lines) else -1

    def start_of(self, row: int) -> int:
        """Return the first line of a row; the line after all for a row that is not wrapped."""
        return self._starts[row] if row < len(self._starts) else len(self.lines)

    def lines_of(self, row: int) -> range:
        """Return the lines of a row that is wrapped."""
        end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self.lines)
        return range(self._starts[row], end)


def reuse_equal_lines(lines: list[Content], drawn: Sequence[Content], start: int = 0) -> int:
    """Put the lines that were drawn in place of their equals from `start` on, and count those.

    The painter knows a line that it has painted by being the very same object.
    """
    for index, drawn_line in enumerate(drawn):
        if start + index >= len(lines):
            return index
        line = lines[start + index]
        if line is drawn_line:
            continue
        if line.plain != drawn_line.plain or line.spans != drawn_line.spans:
            return index
        lines[start + index] = drawn_line
    return len(drawn)


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
        body = _body(row, room if has_room else width)
        if first or following:
            body = [(following if number else first) + line for number, line in enumerate(body)]
        lines += body
    return lines


def _body(row: Row, width: int) -> list[Content]:
    match row.kind:
        case "rule":
            return [Content.styled("─" * width, "$dim")]
        case "table":
            return (row.layout or TableLayout()).lines(row.cells, width)
        case "head":
            return [(Content.styled("┌ ", "$dim") + row.content).truncate(width, ellipsis=True)]
        case "last":
            return [_end_of(row.content, width)]
        case "code":
            return [CODE_BAR + line for line in row.content.expand_tabs(4).fold(width - len(CODE_BAR))]
        case "text":
            return wrap(row.content, width)


def _end_of(content: Content, width: int) -> Content:
    """Return the last cells of a line that is too long."""
    if content.cell_length <= width:
        return content
    start = max(0, len(content) - width + 1)
    while content[start:].cell_length > width - 1:
        start += 1
    return Content.styled("…", "$dim") + content[start:]
