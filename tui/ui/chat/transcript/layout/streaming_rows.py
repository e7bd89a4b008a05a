"""A reply that streams, as rows: what is finished read as Markdown, what is being written as it is."""

from textual.content import Content

from tui.i18n import _
from tui.text import unfinished, without_controls
from tui.ui.chat.transcript.layout.block_splitter import BlockSplitter
from tui.ui.chat.transcript.layout.markdown_rows import Row, markdown_rows, plain_rows

CURSOR = "▌"
"""Stands at the end of a reply that is being written."""
DRAWN_ROWS = 10_000
"""Rows of a reply that are drawn at least; of a longer one the first are left out."""


class StreamingRows:
    """Feed it text as it arrives. `rows` only grows, but for cuts at its start; `tail` is drawn anew."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        """What will not change while the reply streams."""
        self.is_stopping = False
        """True once the user wants no more of it: that is said at once, before the engine has obeyed."""
        self.cuts = 0
        """How often rows at the beginning were left out since."""
        self._left_out = 0
        self._held = ""
        self._splitter = BlockSplitter()

    def feed(self, text: str) -> None:
        """Take more of the reply, as the model wrote it."""
        text = self._held + text
        # A line end or a terminal sequence may have its other half still to come.
        end = unfinished(text)
        self._held = text[end:]
        for piece in self._splitter.feed(without_controls(text[:end])):
            if self.rows and not piece.continues:
                self.rows.append(Row(Content()))
            self.rows += plain_rows(piece.text) if piece.plain else markdown_rows(piece.text)
        if len(self.rows) > 2 * DRAWN_ROWS:
            self._cut()

    @property
    def tail(self) -> list[Row]:
        """What is being written, with the cursor."""
        if self.is_stopping:
            said = plain_rows(self._splitter.tail) if self._splitter.tail else []
            return self._gap() + said + [Row(Content.styled(_("stopping…"), "dim"))]
        return self._gap() + plain_rows(self._splitter.tail + CURSOR)

    def close(self) -> list[Row]:
        """All rows, with the tail as plain text: for a reply too long to be read again as a whole."""
        tail = self._splitter.tail + without_controls(self._held)
        return self.rows + (self._gap() + plain_rows(tail) if tail else [])

    def _gap(self) -> list[Row]:
        return [Row(Content())] if self.rows and not self._splitter.is_cut else []

    def _cut(self) -> None:
        # Of what was left out before there is a row that says so.
        count = len(self.rows) - DRAWN_ROWS
        self._left_out += count - (1 if self.cuts else 0)
        words = _("… {count} lines before this are kept and copied, but not shown")
        note = words.format(count=f"{self._left_out:,}")
        self.rows = [Row(Content.styled(note, "dim")), *self.rows[count:]]
        self.cuts += 1
