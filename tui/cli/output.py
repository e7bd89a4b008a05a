"""Output of the plain commands: results on stdout, everything else on stderr."""

import json
import os
import shutil
import sys
import textwrap
from contextlib import suppress
from typing import Any, TextIO

from tui.i18n import _
from tui.sentences import ReasonedError
from tui.services.sentences import sentence
from tui.system_errors import system_error
from tui.text import clean, clean_line


class UserError(Exception):
    """A failure the user can act on: what happened, and what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())


UNWATCHED_REPETITION_TOKENS = 512
"""Tokens that a reply may repeat itself for, once that was noticed, where nobody can stop it."""


def repetition_limit() -> int | None:
    """Return the tokens that a reply may repeat itself for; None where a user at a terminal can stop it."""
    return None if sys.stdin.isatty() and sys.stdout.isatty() else UNWATCHED_REPETITION_TOKENS


def write(text: str) -> None:
    """Text as it is on stdout.

    Raises:
        BrokenPipeError: whoever read it has gone.
        UserError: it cannot be written for another reason, such as a full disk.
    """
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error) from error


def unwritable(error: OSError) -> UserError:
    """Return what to say when stdout does not take the result."""
    return UserError(_("The output cannot be written: {why}.").format(why=sentence(system_error(error))))


def explained(error: ReasonedError) -> UserError:
    """Return a failure of a lower room in the user's words."""
    return UserError(sentence(error.reason), sentence(error.hint) if error.hint else "")


def fail(error: UserError) -> int:
    """Write a failure in one line on stderr and return the exit code for it."""
    with suppress(OSError):
        sys.stdout.flush()
    _write_beside(f"llmtui: {clean_line(str(error))}\n")
    return 1


def print_json(value: Any) -> None:
    """One JSON document on stdout, indented for people, stable for scripts.

    All but ASCII is escaped: no file name steers the terminal, every locale can print it, and a name that is
    not valid Unicode survives.
    """
    write(json.dumps(value, indent=2, allow_nan=False) + "\n")


def print_line(text: str = "") -> None:
    """One line on stdout; what came from outside cannot steer the terminal."""
    write(clean(text) + "\n")


def print_wrapped(text: str) -> None:
    """One sentence on stdout, wrapped between words on a terminal; in a pipe it stays one line."""
    if sys.stdout.isatty():
        lines = textwrap.wrap(clean(text), shutil.get_terminal_size().columns, break_on_hyphens=False)
        text = "\n".join(lines) or text
    print_line(text)


def print_note(text: str) -> None:
    """One line beside the result, on stderr; where that cannot be written, the result still counts."""
    _write_beside(clean(text) + "\n")


def print_table(rows: list[list[str]], right: frozenset[int] = frozenset()) -> None:
    """Rows in aligned columns; `right` are the columns whose values stand at the right."""
    if not rows:
        return
    rows = [[clean_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        write("  ".join(cells).rstrip() + "\n")


def drop_output(stream: TextIO) -> None:
    """Send what is still to be written to a stream nowhere, so that Python's own last flush does not fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _write_beside(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(text)


def unused_gpu(name: str) -> str:
    """Return what to say of a GPU that the engine's build cannot use, and what to do about it."""
    return _(
        "This build of the engine cannot use the {gpu}; README says how to install one that can."
    ).format(gpu=name)
