"""Splitter of a growing Markdown text into finished blocks and one that is still being written."""

import re
from typing import NamedTuple

from tui.ui.chat.transcript.layout.tables import begins_table

_FENCE = re.compile(r"(\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)*)(`{3,}(?=[^`]*$)|~{3,})(.*)", re.DOTALL)
_ITEM = re.compile(r"( {0,3})(?:([-*+])|\d{1,9}([.)]))[ \t]+\S")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\n?\Z")


class BlockPart(NamedTuple):
    """A block that will not change any more."""

    text: str
    is_tight: bool = False
    """True for a block right below the one before, such as an item of a list."""
    is_table: bool = False


class BlockSplitter:
    """Takes text as it arrives and returns blocks as they end.

    A block ends at a blank line outside a code fence, before a line that is not indented, or where its fence
    closes. Each item of a list is a block, and so is a table. All blocks together are the text, but for blank
    lines around them.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        """Whole lines of the block that is being written."""
        self.is_tight = False
        """True when that block stands right below the one before."""
        self._partial: list[str] = []
        self._fence = ""
        self._blank = False
        self._item: tuple[str, str] | None = None
        self._is_table = False

    @property
    def partial(self) -> str:
        """The line that is being written, so far."""
        if len(self._partial) > 1:
            self._partial = ["".join(self._partial)]
        return self._partial[0] if self._partial else ""

    @property
    def tail(self) -> str:
        """The text that belongs to no finished block yet."""
        return "".join(self.lines) + self.partial

    def feed(self, text: str) -> list[BlockPart]:
        """Take more text and return the blocks that it finished, in order."""
        parts: list[BlockPart] = []
        first, *lines = text.split("\n")
        if first:
            self._partial.append(first)
        for line in lines:
            whole_line, self._partial = f"{self.partial}\n", [line] if line else []
            self._take(whole_line, parts)
        # The first character of a line tells already that it begins another block.
        if self._blank and self._partial and self._partial[0] and not self._partial[0][0].isspace():
            self._end(parts)
        return parts

    def finish(self) -> list[BlockPart]:
        """Return the blocks of a text that has come to its end."""
        parts: list[BlockPart] = []
        line, self._partial = self.partial, []
        if line:
            self._take(line, parts)
        self._end(parts)
        return parts

    def cut(self) -> list[BlockPart]:
        """Return the whole lines so far as a block, for one that is too long to be kept."""
        parts: list[BlockPart] = []
        self._end(parts)
        self.is_tight = True
        return parts

    def _take(self, line: str, parts: list[BlockPart]) -> None:
        if self._fence:
            self._take_code(line, parts)
        elif not line.strip():
            if self.lines:
                self.lines.append(line)
                self._blank = True
        else:
            self._take_text(line, parts)

    def _take_code(self, line: str, parts: list[BlockPart]) -> None:
        self.lines.append(line)
        mark = line.strip()
        if mark.startswith(self._fence) and not mark.strip(self._fence[0]):
            self._fence = ""
            # An indented fence belongs to a list item that may go on.
            if not line[0].isspace():
                self._end(parts)

    def _take_text(self, line: str, parts: list[BlockPart]) -> None:
        fence = _FENCE.match(line)
        item = _ITEM.match(line) if not _RULE.match(line) else None
        marker = (item[1], item[2] or item[3]) if item else None
        if not line[0].isspace() and (self._blank or (fence and not fence[1])):
            self._end(parts)
        elif self.lines and marker is not None and marker == self._item:
            is_tight = not self._blank
            self._end(parts)
            self.is_tight = is_tight
        elif self._is_table and (self._blank or "|" not in line):
            self._end(parts)
        elif len(self.lines) > 1 and not self._is_table and begins_table(self.lines[-1], line):
            header = self.lines.pop()
            self._end(parts)
            self.lines.append(header)
        if not self.lines:
            self._item = marker
        self._fence = fence[2] if fence else ""
        self.lines.append(line)
        self._is_table = self._is_table or (len(self.lines) == 2 and begins_table(*self.lines))
        self._blank = False

    def _end(self, parts: list[BlockPart]) -> None:
        if text := "".join(self.lines).strip("\n"):
            parts.append(BlockPart(text, self.is_tight, self._is_table))
        self.lines, self._blank, self._item = [], False, None
        self.is_tight = self._is_table = False
