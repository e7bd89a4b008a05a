"""Tables as their source: which lines are one, and the cells of a line."""

import re

_DELIMITER = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\n?\Z")
_NO_HEADER = re.compile(r" {0,3}(?:[-*+>#]|\d{1,9}[.)])(?:\s|$)")
_NESTED = re.compile(r"(?:^|\n)(?:[ \t]{2,}|[ \t]*>)[ \t>]*\|?[ \t]*:?-+:?[ \t]*\|[ \t:|-]*(?:\n|$)")
_BAR = re.compile(r"(?<!\\)\|")


def cells_of(line: str) -> list[str]:
    """Return the cells of a table's line, as they were written."""
    cells = _BAR.split(line.strip())
    if cells and not cells[0]:
        cells = cells[1:]
    if cells and not cells[-1]:
        cells = cells[:-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]


def begins_table(header: str, delimiter: str) -> bool:
    """Return whether two lines are the header of a table and the line below it."""
    return (
        "|" in header
        and "|" in delimiter
        and _DELIMITER.match(delimiter) is not None
        and _NO_HEADER.match(header) is None
        and not header.startswith("    ")
        and len(cells_of(header)) == len(cells_of(delimiter))
    )


def has_nested_table(text: str) -> bool:
    """Return whether an item of a list or a quotation seems to have a table in it."""
    return _NESTED.search(text) is not None


def fitted_cells(cells: list[str], count: int) -> list[str]:
    """Return the cells of a line as so many cells: what is too much stays in sight in the last one."""
    if len(cells) > count > 0:
        return [*cells[: count - 1], " | ".join(cells[count - 1 :])]
    return cells + [""] * (count - len(cells))
