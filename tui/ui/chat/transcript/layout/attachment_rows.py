"""What goes along with a question, a line each; of a file in which something was found, that line too."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from textual.content import Content

from tui.chat.messages import Attachment
from tui.i18n import _
from tui.text import clean, clean_line
from tui.ui.chat.transcript.layout.markdown_rows import Row
from tui.ui.chat.transcript.layout.text_search import CURRENT, MATCH, Highlights, TextMatch
from tui.ui.kit.cells import middle_cut
from tui.units import format_bytes

_NAME_CELLS = 48
_AROUND = 80
"""Characters of a line of a file that are shown before and after what was found in it."""
_BAR = Content.styled("┆ ", "dim")


class AttachmentRows:
    """The attachments of one question; `rows` draws them."""

    def __init__(self, attachments: Sequence[Attachment] = ()) -> None:
        self._attachments = attachments
        self._lines: list[list[str]] | None = None
        self._starts: list[int] = []
        """For each attachment its first row, as places count them: its name, then its lines."""
        self._found = Highlights()

    def __bool__(self) -> bool:
        """False where nothing goes along."""
        return bool(self._attachments)

    def texts(self) -> Iterable[tuple[str, ...]]:
        """What can be found: of each its name, then its lines; may run on another thread."""
        if self._lines is None:
            lines = [[clean_line(each.name), *clean(each.text).split("\n")] for each in self._attachments]
            self._starts = list(accumulate(map(len, lines), initial=0))
            self._lines = lines
        return ((line,) for lines in self._lines for line in lines)

    def highlight(self, places: Sequence[TextMatch], current: TextMatch | None) -> bool:
        """Say what a search found, and show the line it stands in; False for no change."""
        return self._found.take(places, current)

    def rows(self) -> list[Row]:
        """A line for each, and below it what was found."""
        counts = [0] * len(self._attachments)
        for place in self._found.places:
            counts[self._owner(place)] += 1
        rows: list[Row] = []
        stands_at = self._found.current
        for at, each in enumerate(self._attachments):
            name = middle_cut(clean_line(each.name), _NAME_CELLS)
            size = format_bytes(len(each.text.encode(errors="replace")))
            current = stands_at if stands_at and self._owner(stands_at) == at else None
            if counts[at]:
                style = CURRENT if current is not None else MATCH
                found = _("{count} found").format(count=f"{counts[at]:,}")
                rows.append(Row(Content.assemble("▪ ", (name, style), f" · {size} · {found}")))
            else:
                rows.append(Row(Content(f"▪ {name} · {size}")))
            if current is not None and current.row > self._starts[at]:
                rows.append(self._excerpt(at, current))
        return rows

    def _owner(self, place: TextMatch) -> int:
        return bisect_right(self._starts, place.row) - 1

    def _excerpt(self, at: int, place: TextMatch) -> Row:
        """The line of the file, or what is around the place in a long one."""
        number = place.row - self._starts[at]
        line = self._lines[at][number] if self._lines is not None else ""
        start, end = max(0, place.start - _AROUND), min(len(line), place.end + _AROUND)
        words = Content.assemble(
            (_("line {number}: ").format(number=f"{number:,}"), "dim"),
            ("…" if start else "", "dim"),
            (line[start : place.start], "dim"),
            (line[place.start : place.end], CURRENT),
            (line[place.end : end], "dim"),
            ("…" if end < len(line) else "", "dim"),
        )
        return Row(words, _BAR, _BAR)
