"""Lines of one message at one width: those above its text, the text, and those below it."""

from collections.abc import Callable, Sequence

from textual.content import Content

from tui.ui.chat.transcript.layout.markdown_rows import Row
from tui.ui.chat.transcript.layout.text_search import CURRENT_STYLE, TextMatch
from tui.ui.chat.transcript.layout.wrapping import WrappedRows, reuse_equal_lines, wrap_rows


class MessageLines:
    """Holds the lines, and lays out anew only the parts that were invalidated."""

    def __init__(self) -> None:
        self.text = WrappedRows(0)
        """Lines of the text itself, as far as its rows are wrapped."""
        self._above: list[Content] = []
        self._has_above = False
        self._below: list[Content] | None = None
        self._measured = (0, 0)
        """Width, and the number of lines that it took."""

    def invalidate(self, text: WrappedRows | None = None) -> None:
        """Lay out again all but the lines below the text: lines above move the text.

        `text`: the text where it is wrapped already.
        """
        self.text, self._measured, self._has_above = text or WrappedRows(0), (0, 0), False

    def invalidate_below(self) -> None:
        """Lay out the lines below the text again."""
        self._below = None

    def lay_out(
        self,
        width: int,
        above: Callable[[], Sequence[Row]],
        text: Callable[[int], Sequence[Row]],
        below: Callable[[], Sequence[Row]],
        changed_from: int | None = None,
    ) -> int:
        """Wrap the rows that are not wrapped yet.

        Args:
            width: in cells.
            above: returns the rows above the text.
            text: returns the rows of the text from an index on.
            below: returns the rows below the text.
            changed_from: the first row of the text that may be another one than before; None for none.

        Returns:
            The first line that differs from the layout before.
        """
        if self.text.width != width:
            self.text, self._below, self._has_above = WrappedRows(width), None, False
        start = self.text.start_of(self.text.count if changed_from is None else changed_from)
        dropped = self.text.truncate(self.text.count if changed_from is None else changed_from)
        first_row = self.text.count
        self.text.extend(text(first_row))
        unchanged = min(start, self.text.start_of(first_row))
        if unchanged == start:
            unchanged += reuse_equal_lines(self.text.lines, dropped, start)
        unchanged += len(self._above)
        if not self._has_above:
            self._above, self._has_above, unchanged = wrap_rows(above(), width), True, 0
        if self._below is None:
            self._below = wrap_rows(below(), width)
        self._measured = (width, self.count)
        return unchanged

    def is_done(self, width: int) -> bool:
        """Return whether the lines at that width are there."""
        return self.text.width == width and self._below is not None

    def measured_count(self, width: int) -> int | None:
        """Return the number of lines at that width; None when they were not laid out, or are invalid."""
        return self._measured[1] if self._measured[0] == width else None

    @property
    def count(self) -> int:
        """Number of lines."""
        return len(self._above) + len(self.text.lines) + len(self._below or ())

    def line(self, y: int) -> Content | None:
        """Return a line; None below the last one."""
        for lines in (self._above, self.text.lines, self._below or ()):
            if y < len(lines):
                return lines[y]
            y -= len(lines)
        return None

    def text_of(self, y: int) -> str:
        """Return the plain text of a line."""
        line = self.line(y)
        return line.plain if line is not None else ""

    def row_at(self, y: int) -> int:
        """Return the index of the text's row that has a line there; -1 for none."""
        return self.text.row_at(y - len(self._above))

    def line_of(self, match: TextMatch) -> int:
        """Return the first line on which a match stands."""
        if not match.is_in_text:
            matching = [y for y, line in enumerate(self._above) if _has_current(line)]
            return matching[-1] if matching else 0
        if match.row >= self.text.count:
            return 0
        lines = self.text.lines_of(match.row)
        matching_lines = (y for y in lines if _has_current(self.text.lines[y]))
        return len(self._above) + next(matching_lines, lines.start)


def _has_current(line: Content) -> bool:
    return any(span.style == CURRENT_STYLE for span in line.spans)
