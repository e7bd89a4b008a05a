"""Rows of the attachments above a question: a line for each, and the line of the file with a match."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from textual.content import Content

from tui.chat.messages import Attachment
from tui.i18n import _
from tui.text import clean, clean_line
from tui.ui.chat.transcript.layout.markdown_rows import Row
from tui.ui.chat.transcript.layout.text_search import (
    CURRENT_STYLE,
    MATCH_STYLE,
    Highlights,
    TextMatch,
)
from tui.ui.kit.cells import middle_cut
from tui.units import format_bytes, format_number

_NAME_CELLS = 48
_CONTEXT_CHARACTERS = 80
"""Characters of a line of a file that are shown before and after a match in it."""
_BAR = Content.styled("┆ ", "$dim")


class AttachmentRows:
    """The attachments of one question; `rows` draws them."""

    def __init__(self, attachments: Sequence[Attachment] = ()) -> None:
        self._attachments = attachments
        self._lines: list[list[str]] | None = None
        self._starts: list[int] = []
        """For each attachment its first row, as matches count them: its name, then its lines."""
        self._highlights = Highlights()

    def __bool__(self) -> bool:
        """Return False where nothing is attached."""
        return bool(self._attachments)

    def texts(self) -> Iterable[tuple[str, ...]]:
        """Return the searchable rows: of each its name, then its lines; may run on another thread."""
        if self._lines is None:
            lines = [
                [clean_line(attachment.name), *clean(attachment.text).split("\n")]
                for attachment in self._attachments
            ]
            self._starts = list(accumulate(map(len, lines), initial=0))
            self._lines = lines
        return ((line,) for lines in self._lines for line in lines)

    def highlight(self, matches: Sequence[TextMatch], current: TextMatch | None) -> bool:
        """Show the number of matches, and the line of the current one; False for no change."""
        return self._highlights.replace(matches, current)

    def rows(self) -> list[Row]:
        """Return a line for each, and below it the line of the current match."""
        counts = [0] * len(self._attachments)
        for match in self._highlights.matches:
            counts[self._owner(match)] += 1
        rows: list[Row] = []
        current = self._highlights.current
        for index, attachment in enumerate(self._attachments):
            name = middle_cut(clean_line(attachment.name), _NAME_CELLS)
            size = format_bytes(len(attachment.text.encode(errors="replace")))
            own_match = current if current and self._owner(current) == index else None
            if counts[index]:
                style = CURRENT_STYLE if own_match is not None else MATCH_STYLE
                matches = _("{count} found").format(count=format_number(counts[index], ","))
                rows.append(Row(Content.assemble("▪ ", (name, style), f" · {size} · {matches}")))
            else:
                rows.append(Row(Content(f"▪ {name} · {size}")))
            if own_match is not None and own_match.row > self._starts[index]:
                rows.append(self._excerpt(index, own_match))
        return rows

    def _owner(self, match: TextMatch) -> int:
        return bisect_right(self._starts, match.row) - 1

    def _excerpt(self, index: int, match: TextMatch) -> Row:
        """Return the line of the file, or the surroundings of the match in a long one."""
        number = match.row - self._starts[index]
        line = self._lines[index][number] if self._lines is not None else ""
        start = max(0, match.start - _CONTEXT_CHARACTERS)
        end = min(len(line), match.end + _CONTEXT_CHARACTERS)
        content = Content.assemble(
            (_("line {number}: ").format(number=format_number(number, ",")), "$dim"),
            ("…" if start else "", "$dim"),
            (line[start : match.start], "$dim"),
            (line[match.start : match.end], CURRENT_STYLE),
            (line[match.end : end], "$dim"),
            ("…" if end < len(line) else "", "$dim"),
        )
        return Row(content, _BAR, _BAR)
