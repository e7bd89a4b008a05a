"""Search in the text of messages: case and accents do not matter."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from textual.content import Content

from tui.ui.chat.transcript.layout.markdown_rows import Row

MATCH = "underline $foreground on $warning-muted"
"""What was found."""
CURRENT = "bold reverse"
"""The one that the search stands at."""


class TextMatch(NamedTuple):
    """Where in a message some text stands; places sort as one reads."""

    is_own: bool
    """False for what stands above the message's own text: thinking, files that go along."""
    row: int
    """Of the message's own text, or of what stands above it."""
    part: int
    """The cell of a table, counted along its rows; 0 otherwise."""
    start: int
    """The first character."""
    end: int
    """After the last character."""


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return plain.casefold()


def fold(text: str) -> str:
    """The text without case and accents, as texts are compared."""
    return text.lower() if text.isascii() else "".join(map(_folded, text))


def find_in(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where a text holds `wanted`, which is folded already: start and end of each, one after the other."""
    folded = fold(text)
    at = folded.find(wanted) if wanted else -1
    if at < 0:
        return []
    # A character may fold to several, or to none: an accent of its own.
    origins = None if text.isascii() else [i for i, char in enumerate(text) for _ in _folded(char)]
    found: list[tuple[int, int]] = []
    while at >= 0:
        end = at + len(wanted)
        found.append((at, end) if origins is None else (origins[at], origins[end - 1] + 1))
        at = folded.find(wanted, end)
    return found


def row_parts(row: Row) -> tuple[str, ...]:
    """What of a row can be found: its text, or the cells of a table. The head of a block of code is ours."""
    if row.kind == "table":
        return tuple(cell.plain for line in row.cells for cell in line)
    return () if row.kind == "head" else (row.content.plain,)


def places_in(rows: Iterable[tuple[str, ...]], wanted: str, *, is_own: bool = True) -> list[TextMatch]:
    """Every place in rows, given as their parts, that holds `wanted`, which is folded already."""
    return [
        TextMatch(is_own, row, part, start, end)
        for row, parts in enumerate(rows)
        for part, text in enumerate(parts)
        for start, end in find_in(text, wanted)
    ]


def highlighted(row: Row, places: Sequence[TextMatch], current: TextMatch | None) -> Row:
    """The row with those of its places set off."""

    def shown(content: Content, part: int) -> Content:
        for place in places:
            if place.part == part:
                style = CURRENT if place == current else MATCH
                content = content.stylize(style, place.start, place.end)
        return content

    if row.kind != "table":
        return row._replace(content=shown(row.content, 0))
    parts = iter(range(sum(map(len, row.cells))))
    return row._replace(cells=tuple(tuple(shown(cell, next(parts)) for cell in line) for line in row.cells))


class Highlights:
    """What a search found in one text, and the place it stands at."""

    def __init__(self) -> None:
        self.places: list[TextMatch] = []
        self.current: TextMatch | None = None
        self._by_row: dict[int, list[TextMatch]] = {}

    def take(self, places: Sequence[TextMatch], current: TextMatch | None) -> bool:
        """Take what was found; False when that was so already."""
        if (list(places), current) == (self.places, self.current):
            return False
        self.places, self.current, self._by_row = list(places), current, {}
        for place in places:
            self._by_row.setdefault(place.row, []).append(place)
        return True

    @property
    def rows(self) -> set[int]:
        """The rows in which something was found."""
        return set(self._by_row)

    def shown(self, row: Row, index: int) -> Row:
        """The row of that index with what was found in it set off."""
        places = self._by_row.get(index)
        return highlighted(row, places, self.current) if places else row
