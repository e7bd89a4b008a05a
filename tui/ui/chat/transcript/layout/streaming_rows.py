"""Rows of a reply that streams: finished blocks read as Markdown, the tail as plain text."""

from textual.content import Content

from tui.i18n import _
from tui.text import incomplete_end, without_controls
from tui.ui.chat.transcript.layout.block_splitter import BlockSplitter
from tui.ui.chat.transcript.layout.markdown_rows import Row, markdown_rows, plain_rows

CURSOR = "▌"
"""Stands at the end of a reply that is being written."""
DRAWN_ROWS = 10_000
"""Rows of a reply that are drawn at least; of a longer one the first are left out."""


class StreamingRows:
    """Takes text as it arrives. `rows` only grows, but for cuts at its start; `tail` is drawn anew."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        """The rows that will not change while the reply streams."""
        self.is_stopping = False
        """True once the user has asked for a stop: it is shown at once, before the engine has obeyed."""
        self.cuts = 0
        """Number of times that rows at the beginning were left out."""
        self._left_out = 0
        self._incomplete = ""
        """The end of the text, where the other half of a line end or of a terminal sequence may follow."""
        self._splitter = BlockSplitter()

    def feed(self, text: str) -> None:
        """Take more of the reply, as the model wrote it."""
        text = self._incomplete + text
        end = incomplete_end(text)
        self._incomplete = text[end:]
        for part in self._splitter.feed(without_controls(text[:end])):
            if self.rows and not part.continues:
                self.rows.append(Row(Content()))
            self.rows += plain_rows(part.text) if part.plain else markdown_rows(part.text)
        if len(self.rows) > 2 * DRAWN_ROWS:
            self._cut()

    @property
    def tail(self) -> list[Row]:
        """The rows that are being written, with the cursor."""
        if self.is_stopping:
            tail = plain_rows(self._splitter.tail) if self._splitter.tail else []
            return self._gap() + tail + [Row(Content.styled(_("stopping…"), "dim"))]
        return self._gap() + plain_rows(self._splitter.tail + CURSOR)

    def close(self) -> list[Row]:
        """Return all rows, with the tail as plain text: for a reply too long to be read again."""
        tail = self._splitter.tail + without_controls(self._incomplete)
        return self.rows + (self._gap() + plain_rows(tail) if tail else [])

    def _gap(self) -> list[Row]:
        return [Row(Content())] if self.rows and not self._splitter.is_cut else []

    def _cut(self) -> None:
        # From the second cut on, the first row is the note of the cut before.
        count = len(self.rows) - DRAWN_ROWS
        self._left_out += count - (1 if self.cuts else 0)
        template = _("… {count} lines before this are kept and copied, but not shown")
        note = template.format(count=f"{self._left_out:,}")
        self.rows = [Row(Content.styled(note, "dim")), *self.rows[count:]]
        self.cuts += 1
