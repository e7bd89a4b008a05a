"""The lines of one message at one width: what stands above its text, the text, and what stands below it."""

from collections.abc import Callable, Sequence

from textual.content import Content

from tui.ui.chat.transcript.layout.markdown_rows import Row
from tui.ui.chat.transcript.layout.text_search import CURRENT, TextMatch
from tui.ui.chat.transcript.layout.wrapped import WrappedRows, keep_same
from tui.ui.chat.transcript.layout.wrapping import wrap_rows


class MessageLines:
    """Holds the lines, and lays out anew only what it was told has changed."""

    def __init__(self) -> None:
        self.text = WrappedRows(0)
        """The lines of the text itself, as far as its rows are wrapped."""
        self._above: list[Content] = []
        self._has_above = False
        self._below: list[Content] | None = None
        self._drawn_below: Sequence[Content] = ()
        """What stood below as it was drawn last, while a reply streams."""
        self._known = (0, 0)

    def redo(self, text: WrappedRows | None = None) -> None:
        """Lay out all but what stands below again, as what stands above moves the text.

        `text` is the text as it is wrapped already.
        """
        self.text, self._known, self._has_above = text or WrappedRows(0), (0, 0), False

    def redo_below(self, *, streams: bool = False) -> None:
        """Lay out again what stands below; where a reply `streams`, most of it will be the same."""
        if streams:
            self._drawn_below = self._below or ()
        self._below = None

    def lay_out(
        self,
        width: int,
        above: Callable[[], Sequence[Row]],
        text: Callable[[int], Sequence[Row]],
        below: Callable[[], Sequence[Row]],
    ) -> int:
        """Wrap what is not yet; the first line that is another one than before.

        Args:
            width: in cells.
            above: tells the rows above the text.
            text: tells the rows of the text from one on.
            below: tells the rows below the text.
        """
        kept = len(self._above) + len(self.text.lines)
        if self.text.width != width:
            self.text, self._below, self._has_above = WrappedRows(width), None, False
            self._drawn_below = ()
        if not self._has_above:
            self._above, self._has_above, kept = wrap_rows(above(), width), True, 0
        self.text.extend(text(self.text.count))
        if self._below is None:
            self._below = wrap_rows(below(), width)
            if self._drawn_below and len(self.text.lines) + len(self._above) == kept:
                kept += keep_same(self._below, self._drawn_below)
            self._drawn_below = ()
        self._known = (width, self.count)
        return kept

    def is_done(self, width: int) -> bool:
        """True when the lines at that width are there."""
        return self.text.width == width and self._below is not None

    def known_count(self, width: int) -> int | None:
        """Lines at that width as they were laid out last; None when they were not, or are laid out again."""
        return self._known[1] if self._known[0] == width else None

    @property
    def count(self) -> int:
        """Lines that are drawn."""
        return len(self._above) + len(self.text.lines) + len(self._below or ())

    def line(self, y: int) -> Content | None:
        """A line; None below the last one."""
        for lines in (self._above, self.text.lines, self._below or ()):
            if y < len(lines):
                return lines[y]
            y -= len(lines)
        return None

    def text_of(self, y: int) -> str:
        """The text of a line."""
        line = self.line(y)
        return line.plain if line is not None else ""

    def row_at(self, y: int) -> int:
        """Index of the row of the text that has a line there; -1 for none."""
        return self.text.row_at(y - len(self._above))

    def line_of(self, place: TextMatch) -> int:
        """The first line on which a place stands."""
        if not place.is_own:
            found = [at for at, line in enumerate(self._above) if _has_current(line)]
            return found[-1] if found else 0
        if place.row >= self.text.count:
            return 0
        lines = self.text.lines_of(place.row)
        marked = (at for at in lines if _has_current(self.text.lines[at]))
        return len(self._above) + next(marked, lines.start)


def _has_current(line: Content) -> bool:
    return any(span.style == CURRENT for span in line.spans)
