"""A reply that streams, as rows: what is finished read as Markdown, what is being written as it is."""

from textual.content import Content

from tui.text import unfinished, without_controls
from tui.ui.markdown_rows import Row, markdown_rows, plain_rows
from tui.ui.widgets.blocks import BlockSplitter

CURSOR = "▌"
"""Stands at the end of a reply that is being written."""


class GrowingRows:
    """Feed it text as it arrives. `rows` only grows; `tail` is drawn anew each time."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        """What will not change while the reply streams."""
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

    @property
    def tail(self) -> list[Row]:
        """What is being written, with the cursor."""
        return self._gap() + plain_rows(self._splitter.tail + CURSOR)

    def close(self) -> list[Row]:
        """All rows, with the tail as plain text: for a reply too long to be read again as a whole."""
        tail = self._splitter.tail + without_controls(self._held)
        return self.rows + (self._gap() + plain_rows(tail) if tail else [])

    def _gap(self) -> list[Row]:
        return [Row(Content())] if self.rows and not self._splitter.is_cut else []
