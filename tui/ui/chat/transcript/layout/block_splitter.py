"""Splitter of a growing Markdown text into finished blocks and a tail that is still being written."""

import re
from typing import NamedTuple

TAIL_LIMIT = 2000
"""Characters the tail may hold. It is wrapped anew at every flush, so this bounds the cost of a flush."""

_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")


class BlockPart(NamedTuple):
    """A block that will not change any more, or a part of one that grew too long."""

    text: str
    plain: bool
    """True for a part of a block that was cut for its length, which Markdown could not read."""
    continues: bool = False
    """True when the part before it is of the same block."""


class BlockSplitter:
    """Takes text as it arrives and returns blocks as they end.

    A block ends at a blank line outside a code fence, before a line that is not indented, or where its fence
    closes. All parts and the tail together are the text, but for blank lines around them.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._size = 0
        self._partial = ""
        self._fence = ""
        self._blank = False
        self._cut = False

    @property
    def tail(self) -> str:
        """The text that belongs to no finished part yet, at most `TAIL_LIMIT` characters."""
        return "".join(self._lines) + self._partial

    @property
    def is_cut(self) -> bool:
        """True when the tail continues the part before it."""
        return self._cut

    def feed(self, text: str) -> list[BlockPart]:
        """Take more text and return the parts that it finished, in order."""
        parts: list[BlockPart] = []
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            self._take(f"{line}\n", parts)
            self._shorten(parts, "")
        # The first character of a line tells already that it begins another block.
        if self._blank and self._partial and not self._partial[0].isspace():
            self._end(parts)
        self._partial = self._shorten(parts, self._partial)
        return parts

    def _take(self, line: str, parts: list[BlockPart]) -> None:
        mark = _FENCE.match(line)
        if self._fence:
            self._keep(line)
            if mark and mark[1].startswith(self._fence) and not mark[2].strip():
                self._fence = ""
                # An indented fence belongs to a list item that may go on.
                if not line[0].isspace():
                    self._end(parts)
        elif not line.strip():
            if self._lines:
                self._keep(line)
                self._blank = True
        else:
            if not line[0].isspace() and (self._blank or mark):
                self._end(parts)
            self._fence = mark[1] if mark else ""
            self._keep(line)
            self._blank = False

    def _keep(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line)

    def _end(self, parts: list[BlockPart]) -> None:
        if text := "".join(self._lines).strip("\n"):
            parts.append(BlockPart(text, self._cut, self._cut))
        self._lines, self._size, self._blank, self._cut = [], 0, False, False

    def _shorten(self, parts: list[BlockPart], partial: str) -> str:
        """Cut plain parts off a tail that grew too long and return the remainder of the unfinished line."""
        if self._size + len(partial) <= TAIL_LIMIT:
            return partial
        text, self._lines, self._size = "".join(self._lines) + partial, [], 0
        start = 0
        while len(text) - start > TAIL_LIMIT:
            end = start + TAIL_LIMIT
            gap = max(text.rfind("\n", start, end), text.rfind(" ", start + TAIL_LIMIT // 2, end)) + 1
            end = gap or end
            parts.append(BlockPart(text[start:end].rstrip("\n"), True, self._cut))
            start = end
            self._cut = True
        *lines, remainder = text[start:].split("\n")
        for line in lines:
            self._keep(f"{line}\n")
        return remainder
