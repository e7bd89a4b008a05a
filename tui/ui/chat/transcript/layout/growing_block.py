"""Rows of the block that is being written: a table or code as such, any other text as plain lines."""

import re
from collections.abc import Sequence

from textual.content import Content

from tui.text import without_floods
from tui.ui.chat.transcript.layout.markdown_rows import (
    CODE_BAR,
    MARKDOWN_LANGUAGES,
    Row,
    code_head,
    inline_content,
    language_of,
    markdown_rows,
)
from tui.ui.chat.transcript.layout.table_layout import TableLayout
from tui.ui.chat.transcript.layout.tables import begins_table, cells_of, fitted_cells, has_nested_table

PIECE = 2000
"""Characters of a line without end that are drawn anew at every flush."""
NESTED_LIMIT = 8000
"""Characters of a block with a table inside a list, up to which it is read anew at every line."""
_FENCE = re.compile(r" {0,3}(?:`{3,}(?=[^`]*$)|~{3,})(.*)", re.DOTALL)
_CLOSED = re.compile(r" {0,3}(?:`{3,}|~{3,})\s*\Z")


class GrowingBlock:
    """Draws the block that a splitter has not finished; one for each block."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        """Rows of whole lines; they only grow, but for `unchanged`."""
        self.unchanged = 0
        """Rows that are as they were before the last `take`."""
        self._taken = 0
        self._pieces = 0
        self._language: str | None = None
        """Language of the code that the block is; None for text."""
        self._table: list[tuple[Content, ...]] = []
        self._layout = TableLayout()
        self._has_nested_table = False

    def take(self, lines: Sequence[str], partial: str) -> None:
        """Take the whole lines that are new, and of a long unfinished one all but its end."""
        self.unchanged = len(self.rows)
        for number in range(self._taken, len(lines)):
            if self._pieces:
                self._add_text(lines[number][self._pieces :].rstrip("\n"))
            else:
                self._take_line(lines, number)
            self._pieces, self._taken = 0, number + 1
        while not self._table and len(partial) - self._pieces > PIECE:
            self._add_text(partial[self._pieces : self._pieces + PIECE])
            self._pieces += PIECE

    def finish(self, text: str) -> list[Row]:
        """Return the rows of the block as a whole, without reading it as Markdown."""
        lines = text.split("\n")
        if self._language is not None or _FENCE.match(lines[0]):
            head, *body = lines
            if body and _CLOSED.match(body[-1]):
                del body[-1]
            info = code_head(head.lstrip(" `~"))
            source = "".join(f"{line}\n" for line in body)
            code = [Row(Content(without_floods(line)), kind="code") for line in body]
            return [Row(info, kind="head", source=source), *code]
        self.take(lines, "")
        return self.rows + ([self._table_row()] if self._table else [])

    def tail(self, partial: str, mark: str) -> list[Row]:
        """Return the rows that follow: of a table, and of the unfinished line, with a mark at its end."""
        if not self._table:
            return [self._text_row(partial[self._pieces :] + mark)]
        if partial.lstrip().startswith("|"):
            cells = cells_of(partial[: 2 * PIECE]) or [""]
            cells[-1] += mark
            row = tuple(Content(without_floods(cell)) for cell in fitted_cells(cells, len(self._table[0])))
            return [self._table_row(row)]
        return [self._table_row(), self._text_row(partial + mark)]

    def _take_line(self, lines: Sequence[str], number: int) -> None:
        line = lines[number]
        if number == 0 and (fence := _FENCE.match(line)):
            self._language = language_of(fence[1])
            self.rows.append(Row(code_head(fence[1], can_copy=False), kind="head"))
        elif self._table:
            if "|" in line:
                self._add_to_table(line)
            elif self._language is not None:
                self.rows.append(self._table_row())
                self._table = []
                self._add_text(line.rstrip("\n"))
        elif self._may_have_table(number) and begins_table(lines[number - 1], line):
            del self.rows[-1:]
            self.unchanged = min(self.unchanged, len(self.rows))
            self._layout = TableLayout()
            self._add_to_table(lines[number - 1])
        elif self._is_nested(line) and len(text := "".join(lines[: number + 1])) <= NESTED_LIMIT:
            self.rows, self.unchanged = markdown_rows(text), 0
        else:
            self._add_text(line.rstrip("\n"))

    def _may_have_table(self, number: int) -> bool:
        if self._language is None:
            return number == 1
        return self._language in MARKDOWN_LANGUAGES and number > 1

    def _is_nested(self, line: str) -> bool:
        if self._language is None and not self._has_nested_table:
            self._has_nested_table = has_nested_table(line)
        return self._has_nested_table

    def _add_text(self, text: str) -> None:
        self.rows.append(self._text_row(text))

    def _text_row(self, text: str) -> Row:
        content = Content(without_floods(text))
        kind = "text" if self._language is None else "code"
        return Row(content, kind=kind, continues=self._pieces > 0)

    def _add_to_table(self, line: str) -> None:
        cells = cells_of(line)
        if self._table:
            cells = fitted_cells(cells, len(self._table[0]))
        if self._language is None:
            style = "" if self._table else "bold"
            self._table.append(tuple(inline_content(cell, style) for cell in cells))
        else:
            self._table.append(tuple(Content(without_floods(cell)) for cell in cells))

    def _table_row(self, *more: tuple[Content, ...]) -> Row:
        bar = Content() if self._language is None else CODE_BAR
        return Row(Content(), bar, bar, "table", (*self._table, *more), layout=self._layout)
