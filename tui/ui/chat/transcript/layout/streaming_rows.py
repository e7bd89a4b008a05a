"""Rows of a reply that streams: finished blocks as Markdown, and the block that is being written."""

import re
from collections.abc import Iterator

from textual.content import Content

from tui.i18n import _
from tui.text import incomplete_end, without_controls
from tui.ui.chat.transcript.layout.block_splitter import BlockPart, BlockSplitter
from tui.ui.chat.transcript.layout.growing_block import GrowingBlock
from tui.ui.chat.transcript.layout.markdown_rows import Row, markdown_rows
from tui.units import format_number

CURSOR = "▌"
"""Stands at the end of a reply that is being written."""
DRAWN_ROWS = 10_000
"""Rows of a reply that are drawn at least; of a longer one the first are left out."""
BLOCK_LIMIT = 8_000
"""Characters of a block from which reading it as Markdown would be felt on the screen."""
_OUTER_LINE = re.compile(r"\n(?! {4}\S)")
"""A further line of an item that may not belong to it alone."""


class StreamingRows:
    """Takes text as it arrives; `rows` are all of it, and `changed_from` tells which are new."""

    def __init__(self, block_limit: int = BLOCK_LIMIT) -> None:
        """Read as Markdown only blocks of at most `block_limit` characters."""
        self.rows: list[Row] = []
        """The rows of the finished blocks, then those of the block that is being written."""
        self.finished = 0
        """Rows of the finished blocks: they will not change while the reply streams."""
        self.cuts = 0
        """Number of times that rows at the beginning were left out."""
        self._is_stopping = False
        self._left_out = 0
        self._incomplete = ""
        """The end of the text, where the other half of a line end or of a terminal sequence may follow."""
        self._splitter = BlockSplitter()
        self._growing = GrowingBlock()
        self._block_limit = block_limit
        self._unchanged = 0
        """Rows that are as they were when `changed_from` was asked last."""
        self._draw_end()

    def feed(self, text: str) -> None:
        """Take more of the reply, as the model wrote it."""
        text = self._incomplete + text
        end = incomplete_end(text)
        self._incomplete = text[end:]
        self._add(self._splitter.feed(without_controls(text[:end])))
        self._draw_end()
        if len(self._growing.rows) > DRAWN_ROWS:
            self._add(self._splitter.cut())
            self._draw_end()
        if self.finished > 2 * DRAWN_ROWS:
            self._cut()

    def show_stopping(self) -> None:
        """Show at once that the user has asked for a stop, before the engine has obeyed."""
        self._is_stopping = True
        self._draw_end()

    def changed_from(self) -> int:
        """Return the first row that may differ from those of the last call."""
        first, self._unchanged = self._unchanged, len(self.rows)
        return first

    def close(self) -> list[Row]:
        """Return the rows of the whole text, which has come to its end."""
        parts = self._splitter.feed(without_controls(self._incomplete))
        self._incomplete = ""
        self._add(parts + self._splitter.finish())
        self._keep_only(self.finished)
        return self.rows

    def _add(self, parts: list[BlockPart]) -> None:
        for part in _joined(parts, self._block_limit):
            self._keep_only(self.finished)
            if not part.is_tight:
                self.rows += self._gap()
            if part.is_table or len(part.text) > self._block_limit:
                self.rows += self._growing.finish(part.text)
            else:
                self.rows += markdown_rows(part.text)
            self.finished = len(self.rows)
            self._growing = GrowingBlock()

    def _draw_end(self) -> None:
        """Draw the block that is being written, and the cursor."""
        growing, splitter = self._growing, self._splitter
        growing.take(splitter.lines, splitter.partial)
        gap = [] if splitter.is_tight else self._gap()
        first = self.finished + len(gap)
        if len(self.rows) < first or not growing.unchanged:
            self._keep_only(self.finished)
            self.rows += gap
        self._keep_only(first + growing.unchanged)
        self.rows += growing.rows[growing.unchanged :]
        if not self._is_stopping:
            self.rows += growing.tail(splitter.partial, CURSOR)
            return
        if splitter.partial:
            self.rows += growing.tail(splitter.partial, "")
        self.rows.append(Row(Content.styled(_("stopping…"), "$dim")))

    def _keep_only(self, count: int) -> None:
        del self.rows[count:]
        self._unchanged = min(self._unchanged, len(self.rows))

    def _gap(self) -> list[Row]:
        return [Row(Content())] if self.finished else []

    def _cut(self) -> None:
        # From the second cut on, the first row is the note of the cut before.
        count = self.finished - DRAWN_ROWS
        self._left_out += count - (1 if self.cuts else 0)
        template = _("… {count} lines before this are kept and copied, but not shown")
        note = template.format(count=format_number(self._left_out, ","))
        self.rows = [Row(Content.styled(note, "$dim")), *self.rows[count:]]
        self.finished += 1 - count
        self.cuts, self._unchanged = self.cuts + 1, 0


def _joined(parts: list[BlockPart], limit: int) -> Iterator[BlockPart]:
    """Yield the parts, with items of a list that came together as one: reading each costs more."""
    items: list[str] = []
    first: BlockPart | None = None
    for part in parts:
        is_plain = not part.is_table and _OUTER_LINE.search(part.text) is None
        size = sum(map(len, items)) + len(part.text)
        if first is not None and (not part.is_tight or not is_plain or size > limit):
            yield first._replace(text="\n".join(items))
            first, items = None, []
        if first is None and not is_plain:
            yield part
        else:
            first = first or part
            items.append(part.text)
    if first is not None:
        yield first._replace(text="\n".join(items))
