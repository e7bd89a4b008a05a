"""Tables of plain output, laid out for the width of the terminal, or for 80 columns in a pipe."""

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence

import msgspec

from tui.cli.output import write
from tui.text import clean_line

_PIPE_COLUMNS = 80
_SHORTEST_WRAPPED = 12
"""Cells of the narrowest column whose cells are wrapped."""
_RESET = "\x1b[0m"


class TableColumn(msgspec.Struct, frozen=True):
    """A column with its cells."""

    title: str
    cells: Sequence[str]
    short_title: str = ""
    """Heading where there is little room; empty for the same."""
    right: bool = False
    """Values stand at the right."""
    rank: int = 0
    """Columns with the highest rank are left out first where there is no room; those with 0 always stay."""
    is_extra: bool = False
    """It comes only where there is room beside the full headings of all others."""
    wraps: bool = False
    """Cells are wrapped on a terminal that is too narrow for them; in a pipe they stay whole."""
    colors: Sequence[str] = ()
    """Codes of the colours of its cells on a terminal; empty for none."""
    group: str = ""
    """Heading above its own and those of its neighbours in the same group; empty for none."""


class _Layout(msgspec.Struct, frozen=True):
    columns: Sequence[TableColumn]
    short: bool
    gap: int

    def titles(self) -> list[str]:
        return [
            column.short_title if self.short and column.short_title else column.title
            for column in self.columns
        ]

    def widths(self) -> list[int]:
        pairs = zip(self.titles(), self.columns, strict=True)
        widths = [max(len(title), *map(len, column.cells), 0) for title, column in pairs]
        for group, first, last in self.groups():
            room = sum(widths[first : last + 1]) + self.gap * (last - first)
            # The last column of a group grows where the heading above is longer.
            widths[last] += max(0, len(group) - room)
        return widths

    def groups(self) -> list[tuple[str, int, int]]:
        """Return each group with the places of its first and its last column."""
        groups: list[tuple[str, int, int]] = []
        for place, column in enumerate(self.columns):
            if groups and column.group and groups[-1][0] == column.group and groups[-1][2] == place - 1:
                groups[-1] = (column.group, groups[-1][1], place)
            elif column.group:
                groups.append((column.group, place, place))
        return groups

    def width(self) -> int:
        return sum(self.widths()) + self.gap * (len(self.columns) - 1)


def output_columns() -> int:
    """Return the width to write for: that of the terminal or of `COLUMNS`, else 80."""
    return shutil.get_terminal_size((_PIPE_COLUMNS, 24)).columns


def has_colors() -> bool:
    """Return True for a terminal that shows colours, unless the user wants none."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    # Other consoles of Windows show the codes themselves.
    return sys.platform != "win32" or "WT_SESSION" in os.environ


def write_table(columns: Sequence[TableColumn]) -> None:
    """Write a table with its headings on stdout; nothing without a row."""
    if columns and columns[0].cells:
        for line in table_lines(columns, output_columns(), wrap=sys.stdout.isatty(), colored=has_colors()):
            write(line + "\n")


def table_lines(
    columns: Sequence[TableColumn], width: int, *, wrap: bool = False, colored: bool = False
) -> list[str]:
    """Return the lines of a table that is at most `width` cells wide, if its columns can be.

    Args:
        columns: their cells are cleaned here.
        width: cells of a line.
        wrap: wrap the cells of columns that allow it; else they make the lines longer.
        colored: write the colours.
    """
    cleaned = [
        msgspec.structs.replace(column, cells=[clean_line(cell) for cell in column.cells])
        for column in columns
    ]
    layout = _layout(cleaned, width)
    widths = layout.widths()
    excess = layout.width() - width
    for index, column in enumerate(layout.columns):
        if column.wraps and wrap and excess > 0:
            widths[index] = max(_SHORTEST_WRAPPED, widths[index] - excess)
    lines = _group_lines(layout, widths) + _row_lines(layout, widths, layout.titles(), ())
    for number in range(len(cleaned[0].cells)):
        colors = [column.colors[number] if colored and column.colors else "" for column in layout.columns]
        lines += _row_lines(layout, widths, [column.cells[number] for column in layout.columns], colors)
    return lines


def _layout(columns: Sequence[TableColumn], width: int) -> _Layout:
    """Return the roomiest layout that fits: extra columns go first, then blanks and words of headings."""
    visible = list(columns)
    layout = _Layout(visible, short=False, gap=2)
    while layout.width() > width and (extra := [column for column in visible if column.is_extra]):
        visible.remove(max(extra, key=lambda column: column.rank))
        layout = _Layout(visible, short=False, gap=2)
    for short, gap in ((False, 2), (True, 2), (True, 1)):
        layout = _Layout(visible, short, gap)
        if layout.width() <= width:
            return layout
    while layout.width() > width and any(column.rank for column in visible):
        visible.remove(max(visible, key=lambda column: column.rank))
        layout = _Layout(visible, short=True, gap=1)
    return layout


def _group_lines(layout: _Layout, widths: Sequence[int]) -> list[str]:
    """Return the line of headings of groups; none without a group."""
    line = ""
    for group, first, _last in layout.groups():
        start = sum(widths[:first]) + layout.gap * first
        line = line.ljust(start) + group
    return [line] if line else []


def _row_lines(
    layout: _Layout, widths: Sequence[int], cells: Sequence[str], colors: Sequence[str]
) -> list[str]:
    """Return the lines of a row; more than one where a cell is wrapped."""
    parts = [
        textwrap.wrap(cell, cells_wide) or [""] if len(cell) > cells_wide else [cell]
        for cell, cells_wide in zip(cells, widths, strict=True)
    ]
    lines: list[str] = []
    for number in range(max(map(len, parts))):
        line = ""
        for index, column in enumerate(layout.columns):
            text = parts[index][number] if number < len(parts[index]) else ""
            text = text.rjust(widths[index]) if column.right else text.ljust(widths[index])
            text = text if index < len(layout.columns) - 1 else text.rstrip()
            if text.strip() and colors and colors[index]:
                text = f"\x1b[{colors[index]}m{text}{_RESET}"
            line += text + " " * (layout.gap if index < len(layout.columns) - 1 else 0)
        lines.append(line.rstrip())
    return lines
