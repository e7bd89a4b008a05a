"""Layout of a table in lines: columns aligned, long cells wrapped."""

from textual.content import Content

MIN_CELL = 3
"""Cells a column of a table keeps, however narrow the screen."""
_SEPARATOR = Content.styled(" │ ", "$dim")

CellRow = tuple[Content, ...]


class TableLayout:
    """Lays out a table that grows; a row is laid out again only when a column gets another width."""

    def __init__(self) -> None:
        self._widths: list[int] = []
        self._rows: list[CellRow] = []
        self._lengths: list[list[int]] = []
        self._lines: list[list[Content]] = []

    def lines(self, rows: tuple[CellRow, ...], width: int) -> list[Content]:
        """Return the lines of a table, with a rule below its first row."""
        if not max(map(len, rows), default=0):
            return []
        same = self._same_rows(rows)
        self._rows[same:] = rows[same:]
        self._lengths[same:] = [[cell.cell_length for cell in row] for row in rows[same:]]
        widths = _column_widths(self._lengths, width)
        if widths != self._widths:
            self._widths, same = widths, 0
        self._lines[same:] = [_row_lines(row, widths, width) for row in rows[same:]]
        if not same:
            rule = Content.styled("─┼─".join("─" * size for size in widths), "$dim")
            self._lines[0].append(_cut(rule, width))
        return [line for lines in self._lines for line in lines]

    def _same_rows(self, rows: tuple[CellRow, ...]) -> int:
        """Return the number of rows at the beginning that were there at the last call."""
        count = min(len(rows), len(self._rows))
        return next((index for index in range(count) if rows[index] is not self._rows[index]), count)


def _row_lines(row: CellRow, widths: list[int], width: int) -> list[Content]:
    wrapped = [wrap(cell, size) for cell, size in zip(row, widths, strict=False)]
    lines: list[Content] = []
    for number in range(max((len(cell) for cell in wrapped), default=0)):
        parts = [
            _padded(cell[number] if number < len(cell) else Content(), size)
            for cell, size in zip(wrapped, widths, strict=False)
        ]
        lines.append(_cut(_SEPARATOR.join(parts), width))
    return lines


def wrap(content: Content, width: int) -> list[Content]:
    """Return the lines of a text, at least one."""
    # The common short line needs no work; `Content.wrap` would drop an empty one.
    if "\n" not in content.plain and "\t" not in content.plain and content.cell_length <= width:
        return [content]
    return content.expand_tabs(4).wrap(width) or [Content()]


def _cut(line: Content, width: int) -> Content:
    # Too many columns for the screen: the lines are cut rather than the table taken apart.
    return line.truncate(width, ellipsis=True) if line.cell_length > width else line


def _padded(content: Content, width: int) -> Content:
    return content.pad_right(max(0, width - content.cell_length))


def _column_widths(lengths: list[list[int]], width: int) -> list[int]:
    """Return the widths that columns get: what they need, or the widest made narrower until all fit."""
    widths = [MIN_CELL] * max(map(len, lengths))
    for row in lengths:
        for column, length in enumerate(row):
            if length > widths[column]:
                widths[column] = length
    room = width - 3 * (len(widths) - 1)
    excess = sum(widths) - room
    while excess > 0 and (widest := max(widths)) > MIN_CELL:
        column = widths.index(widest)
        next_widest = max((size for size in widths if size < widest), default=MIN_CELL)
        cut = min(excess, max(1, widest - max(next_widest, MIN_CELL)))
        widths[column] -= cut
        excess -= cut
    return widths
