"""Search in the text of messages, without regard to case and accents, and its highlights."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from textual.content import Content

from tui.ui.chat.transcript.layout.markdown_rows import Row

MATCH_STYLE = "underline $foreground on $warning-muted"
"""Style of every match."""
CURRENT_STYLE = "bold reverse"
"""Style of the match that the search stands at."""


class TextMatch(NamedTuple):
    """Position of a match in a message; matches sort as one reads."""

    is_in_text: bool
    """False for a match above the message's own text: in its thinking or in its attachments."""
    row: int
    """Of the message's own text, or of the rows above it."""
    cell: int
    """Cell of a table, counted along its rows; 0 otherwise."""
    start: int
    """First character."""
    end: int
    """Character after the last one."""


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return plain.casefold()


def fold(text: str) -> str:
    """Return the text without case and accents, as texts are compared."""
    return text.lower() if text.isascii() else "".join(map(_fold_character, text))


def find_in(text: str, folded_query: str) -> list[tuple[int, int]]:
    """Return start and end of each occurrence of a folded query in a text; they do not overlap."""
    folded = fold(text)
    position = folded.find(folded_query) if folded_query else -1
    if position < 0:
        return []
    # A character may fold to several, or to none: an accent of its own.
    origins = None if text.isascii() else [i for i, char in enumerate(text) for _ in _fold_character(char)]
    spans: list[tuple[int, int]] = []
    while position >= 0:
        end = position + len(folded_query)
        spans.append((position, end) if origins is None else (origins[position], origins[end - 1] + 1))
        position = folded.find(folded_query, end)
    return spans


def searchable_texts(row: Row) -> tuple[str, ...]:
    """Return the texts of a row that can be found: its own, or the cells of a table.

    The head of a block of code is no text of the model.
    """
    if row.kind == "table":
        return tuple(cell.plain for line in row.cells for cell in line)
    return () if row.kind == "head" else (row.content.plain,)


def matches_in(
    rows: Iterable[tuple[str, ...]], folded_query: str, *, is_in_text: bool = True
) -> list[TextMatch]:
    """Return every match of a folded query in rows, given as their `searchable_texts`."""
    return [
        TextMatch(is_in_text, row, cell, start, end)
        for row, texts in enumerate(rows)
        for cell, text in enumerate(texts)
        for start, end in find_in(text, folded_query)
    ]


def highlighted(row: Row, matches: Sequence[TextMatch], current: TextMatch | None) -> Row:
    """Return the row with those of its matches set off."""

    def with_styles(content: Content, cell: int) -> Content:
        for match in matches:
            if match.cell == cell:
                style = CURRENT_STYLE if match == current else MATCH_STYLE
                content = content.stylize(style, match.start, match.end)
        return content

    if row.kind != "table":
        return row._replace(content=with_styles(row.content, 0))
    numbers = iter(range(sum(map(len, row.cells))))
    return row._replace(
        cells=tuple(tuple(with_styles(cell, next(numbers)) for cell in line) for line in row.cells)
    )


class Highlights:
    """Matches of a search in one text, and the match that the search stands at."""

    def __init__(self) -> None:
        self.matches: list[TextMatch] = []
        self.current: TextMatch | None = None
        self._by_row: dict[int, list[TextMatch]] = {}

    def replace(self, matches: Sequence[TextMatch], current: TextMatch | None) -> bool:
        """Set off these matches; False when they were set off already."""
        if (list(matches), current) == (self.matches, self.current):
            return False
        self.matches, self.current, self._by_row = list(matches), current, {}
        for match in matches:
            self._by_row.setdefault(match.row, []).append(match)
        return True

    @property
    def rows(self) -> set[int]:
        """The rows that have matches."""
        return set(self._by_row)

    def applied(self, row: Row, index: int) -> Row:
        """Return the row of that index with its matches set off."""
        matches = self._by_row.get(index)
        return highlighted(row, matches, self.current) if matches else row
