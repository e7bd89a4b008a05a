"""What the plain commands print: results on stdout, everything else on stderr."""

import sys
from typing import Any

import msgspec

from tui.text import clean


class UserError(Exception):
    """A failure the user can act on: what happened, and what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())


def fail(error: UserError) -> int:
    """Tell a failure in one line and return the exit code for it."""
    sys.stdout.flush()
    sys.stderr.write(f"llmtui: {clean(str(error))}\n")
    return 1


def print_json(value: Any) -> None:
    """One JSON document on stdout, indented for people, stable for scripts."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_line(text: str = "") -> None:
    """One line on stdout; what came from outside cannot steer the terminal."""
    sys.stdout.write(clean(text) + "\n")


def print_note(text: str) -> None:
    """One line beside the result, on stderr."""
    sys.stderr.write(clean(text) + "\n")


def print_table(rows: list[list[str]], right: frozenset[int] = frozenset()) -> None:
    """Rows in aligned columns; `right` are the columns whose values stand at the right."""
    if not rows:
        return
    rows = [[clean(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
