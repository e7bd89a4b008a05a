"""Cut a growing Markdown text into finished blocks and a tail that is still being written."""

import re
from typing import NamedTuple

TAIL_LIMIT = 2000
"""Characters the tail may hold. It is wrapped anew at every flush, so this is what bounds the cost of one."""

_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")


class BlockPart(NamedTuple):
    """A part of the text that will not change any more."""

    text: str
    plain: bool
    """True for a part of a block that was cut for its length, which Markdown could not read."""
    continues: bool = False
    """True when the piece before it is of the same block."""


class BlockSplitter:
    """Feed it text as it arrives; it gives back blocks as they end.

    A block ends at a blank line outside a code fence, before a line that is not indented, or where its fence
    closes. All pieces and the tail together are the text, but for blank lines around them.
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
        """What belongs to no finished piece yet, at most `TAIL_LIMIT` characters."""
        return "".join(self._lines) + self._partial

    @property
    def is_cut(self) -> bool:
        """True when the tail continues the piece before it."""
        return self._cut

    def feed(self, text: str) -> list[BlockPart]:
        """Take more text; the pieces that it finished, in order."""
        pieces: list[BlockPart] = []
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            self._take(f"{line}\n", pieces)
            self._shorten(pieces, "")
        # The first character of a line tells already that it begins another block.
        if self._blank and self._partial and not self._partial[0].isspace():
            self._end(pieces)
        self._partial = self._shorten(pieces, self._partial)
        return pieces

    def _take(self, line: str, pieces: list[BlockPart]) -> None:
        mark = _FENCE.match(line)
        if self._fence:
            self._keep(line)
            if mark and mark[1].startswith(self._fence) and not mark[2].strip():
                self._fence = ""
                # An indented fence belongs to a list item that may go on.
                if not line[0].isspace():
                    self._end(pieces)
        elif not line.strip():
            if self._lines:
                self._keep(line)
                self._blank = True
        else:
            if not line[0].isspace() and (self._blank or mark):
                self._end(pieces)
            self._fence = mark[1] if mark else ""
            self._keep(line)
            self._blank = False

    def _keep(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line)

    def _end(self, pieces: list[BlockPart]) -> None:
        if text := "".join(self._lines).strip("\n"):
            pieces.append(BlockPart(text, self._cut, self._cut))
        self._lines, self._size, self._blank, self._cut = [], 0, False, False

    def _shorten(self, pieces: list[BlockPart], partial: str) -> str:
        """Cut plain pieces off a tail that grew too long; what is left of the unfinished line."""
        if self._size + len(partial) <= TAIL_LIMIT:
            return partial
        text, self._lines, self._size = "".join(self._lines) + partial, [], 0
        start = 0
        while len(text) - start > TAIL_LIMIT:
            end = start + TAIL_LIMIT
            at = max(text.rfind("\n", start, end), text.rfind(" ", start + TAIL_LIMIT // 2, end)) + 1
            end = at or end
            pieces.append(BlockPart(text[start:end].rstrip("\n"), True, self._cut))
            start = end
            self._cut = True
        *lines, rest = text[start:].split("\n")
        for line in lines:
            self._keep(f"{line}\n")
        return rest
