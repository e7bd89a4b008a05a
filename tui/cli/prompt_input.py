"""The prompt of a command: its argument, and the text on standard input."""

import io
import os
import select
import stat
import sys
from contextlib import suppress
from typing import BinaryIO

from tui.chat.text_decoding import LONGEST_MARK, NotTextError, decode_text, unit_bytes
from tui.cli.output import UserError, print_note
from tui.i18n import _
from tui.services.sentences import sentence
from tui.system_errors import system_error

FROM_INPUT = "-"
"""Argument that stands for the text on standard input."""
_PIECE_BYTES = 1 << 16
_PATIENCE = 2.0
"""Seconds without a byte after which the user hears what is waited for."""


class InputTooLongError(Exception):
    """Standard input has more bytes than were asked for; what was read of it is text."""


def argument_text(argument: str) -> str:
    """Return an argument as valid text: a terminal may send what its locale cannot say."""
    return os.fsencode(argument).decode("utf-8", "replace")


def read_prompt(argument: str | None, longest: int) -> str:
    """Return the prompt: the argument first, then the text on standard input.

    Args:
        argument: None or `-` for standard input alone. A keyboard is not read.
        longest: bytes of UTF-8 that standard input may have.

    Raises:
        InputTooLongError: it has more.
        UserError: there is no prompt, or standard input is not text.
    """
    typed = "" if argument is None or argument == FROM_INPUT else argument_text(argument)
    is_keyboard = sys.stdin.isatty()
    if is_keyboard and argument is None:
        raise UserError(_("There is no prompt."), _('Write it after the model: llmtui run MODEL "Hello"'))
    # Whoever writes "-" may type the prompt.
    is_read = not is_keyboard or argument == FROM_INPUT
    piped = _standard_input(longest, expected=not typed) if is_read else ""
    prompt = "\n\n".join(part for part in (typed, piped) if part.strip())
    if not prompt:
        raise UserError(_("The prompt is empty."), _("Write something to ask."))
    return prompt


def piped_text(longest: int) -> str:
    """Return the text on standard input; empty for none, and for a keyboard.

    Raises:
        InputTooLongError: it has more than `longest` bytes of UTF-8.
        UserError: it is not text.
    """
    return "" if sys.stdin.isatty() else _standard_input(longest, expected=False)


def _standard_input(longest: int, *, expected: bool) -> str:
    """Return standard input as text; `expected` is False where the command can do without it."""
    stream = sys.stdin.buffer
    if not expected:
        _say_what_is_waited_for(stream)
    try:
        data, is_whole = _read_at_most(stream, longest)
    except OSError as error:
        raise UserError(
            _("Standard input cannot be read: {why}.").format(why=sentence(system_error(error)))
        ) from error
    try:
        # First: a shorter picture would be no better.
        text = decode_text(data, is_beginning=not is_whole).text
    except NotTextError as error:
        raise _not_text(error) from None
    if not is_whole or (len(text) * 4 > longest and len(text.encode()) > longest):
        raise InputTooLongError
    return text.replace("\r\n", "\n")


def _read_at_most(stream: BinaryIO, longest: int) -> tuple[bytes, bool]:
    """Return the bytes of a stream and True, or its beginning and False where that is too much already."""
    data = bytearray()
    limit_bytes = longest
    while piece := stream.read(_PIECE_BYTES):
        if len(data) < LONGEST_MARK:
            limit_bytes = LONGEST_MARK + longest * unit_bytes(bytes(data) + piece[:LONGEST_MARK])
        data += piece
        if len(data) > limit_bytes:
            return bytes(data), False
    return bytes(data), True


def _not_text(error: NotTextError) -> UserError:
    if error.flaw == "binary":
        return UserError(
            _("Standard input is not text."), _("Pipe a text into it, not an image, an archive or a program.")
        )
    if error.flaw == "unmarked_utf-16":
        return UserError(
            _("Standard input looks like UTF-16 without a byte order mark."),
            _("Convert it: iconv -f utf-16le -t utf-8"),
        )
    return UserError(
        _("Standard input is not UTF-8: byte {offset} does not belong to it.").format(offset=error.offset),
        _("Convert it from its encoding, for instance: iconv -f latin1 -t utf-8"),
    )


def _say_what_is_waited_for(stream: BinaryIO) -> None:
    """Say that standard input is read when nothing comes: a script may have left a pipe open."""
    with suppress(OSError, ValueError, io.UnsupportedOperation):
        mode = os.fstat(stream.fileno()).st_mode
        if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
            return
        if not select.select([stream], [], [], _PATIENCE)[0]:
            print_note(_("Waiting for the text on standard input; < /dev/null leaves it out."))
