"""Rows wrapped to a width, row by row, so that what was wrapped once is not wrapped again as more follow."""

from bisect import bisect_right
from collections.abc import Sequence

from textual.content import Content

from tui.ui.chat.transcript.layout.markdown_rows import Row
from tui.ui.chat.transcript.layout.wrapping import wrap_rows


class WrappedRows:
    """The lines of a growing list of rows at one width."""

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
        """Take another row in place of one that takes as many lines."""
        lines = self.lines_of(index)
        self.lines[lines.start : lines.stop] = wrap_rows((row,), self.width)

    def row_at(self, line: int) -> int:
        """Index of the row that a line belongs to; -1 for none."""
        return bisect_right(self._starts, line) - 1 if 0 <= line < len(self.lines) else -1

    def lines_of(self, row: int) -> range:
        """The lines of a row that is wrapped."""
        end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self.lines)
        return range(self._starts[row], end)


def keep_same(lines: list[Content], before: Sequence[Content]) -> int:
    """Put the lines of before in place of their equals at the beginning, and count them.

    A line is known as one that was painted by being the very same object.
    """
    for at, (line, old) in enumerate(zip(lines, before, strict=False)):
        if line.plain != old.plain or line.spans != old.spans:
            return at
        lines[at] = old
    return min(len(lines), len(before))
