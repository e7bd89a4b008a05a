"""Files attached to a question as text, and the reasons why a file cannot be."""

import os
import re
import shlex
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from tui.chat.messages import Attachment
from tui.chat.text_decoding import NotTextError, decode_text
from tui.sentences import Reason, ReasonedError, reason
from tui.system_errors import system_error
from tui.text import clean_line, full_path
from tui.units import MIB

LIMIT_BYTES = 2 * MIB
"""Largest attachment: a larger file has over half a million tokens, more than any context here."""
PASTE_CHARACTERS = 2_000
"""Longest pasted text that does not become an attachment."""
PASTE_LINES = 40
"""Most lines of pasted text that does not become an attachment."""
_PATH_LIMIT = 20
"""Most files that are dropped at once; more paths are a text that looks like it."""
_LONGEST_PATHS = 20_000
"""Longest text that may be a list of paths, in characters."""


class ReadFile(msgspec.Struct, frozen=True):
    """Attachment read from a file, with a remark where there is one."""

    attachment: Attachment
    note: Reason | None = None
    """Set where the encoding was guessed."""


class AttachmentError(ReasonedError):
    """A file cannot be attached."""


def read_file(path: Path) -> ReadFile:
    """Return the text of a file; may wait for the disk.

    Raises:
        AttachmentError: it is missing, a folder or device, not text, empty, too large, or cannot be read.
    """
    name = clean_line(path.name) or clean_line(str(path))
    data, size_bytes = _read_bytes(path, name)
    # First: a smaller picture would be no better.
    is_too_large = len(data) > LIMIT_BYTES
    text, note = _decode(data, name, is_beginning=is_too_large)
    if is_too_large:
        raise AttachmentError(
            reason("chat.attachment_too_large", name=name, size=size_bytes, limit=LIMIT_BYTES)
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise AttachmentError(reason("chat.attachment_empty", name=name))
    return ReadFile(Attachment(name, text), note)


def _read_bytes(path: Path, name: str) -> tuple[bytes, int]:
    """Return the bytes of a file, one more at most than an attachment may have, and the size of the file."""
    try:
        # Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise AttachmentError(reason("chat.attachment_missing", path=str(path))) from None
    except IsADirectoryError:
        raise AttachmentError(reason("chat.attachment_folder", name=name)) from None
    except (OSError, ValueError) as error:
        if path.is_dir():
            # Windows refuses to open one, with another reason.
            raise AttachmentError(reason("chat.attachment_folder", name=name)) from None
        why = reason("chat.attachment_not_read", name=name, error=system_error(error))
        raise AttachmentError(why) from None
    try:
        state = os.fstat(handle)
        if stat.S_ISDIR(state.st_mode):
            raise AttachmentError(reason("chat.attachment_folder", name=name))
        if not stat.S_ISREG(state.st_mode):
            raise AttachmentError(reason("chat.attachment_device", name=name))
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        why = reason("chat.attachment_not_read", name=name, error=system_error(error))
        raise AttachmentError(why) from None
    finally:
        os.close(handle)
    return data, max(state.st_size, len(data))


def _decode(data: bytes, name: str, *, is_beginning: bool) -> tuple[str, Reason | None]:
    try:
        decoded = decode_text(data, guess_latin1=True, is_beginning=is_beginning)
    except NotTextError:
        raise AttachmentError(reason("chat.attachment_not_text", name=name)) from None
    guessed = decoded.encoding == "latin-1"
    return decoded.text, reason("chat.attachment_latin1", name=name) if guessed else None


def is_long_paste(text: str) -> bool:
    """Return True for pasted text that is so long that it becomes an attachment."""
    return len(text) > PASTE_CHARACTERS or text.count("\n") >= PASTE_LINES


def pasted_paths(text: str) -> tuple[Path, ...]:
    """Return the existing files that a pasted text names, as terminals paste dropped files; else none.

    Paths may be quoted, with backslashes before blanks, `file://` addresses, or plain; several are
    separated by blanks or line ends. May wait for the disk.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_PATHS:
        return ()
    # The whole text first: a path with blanks that are not escaped, or one of Windows.
    if "\n" not in text and (path := _existing(text)):
        return (path,)
    try:
        typed_paths = shlex.split(text)
    except ValueError:
        return ()
    if not typed_paths or len(typed_paths) > _PATH_LIMIT:
        return ()
    paths = [_existing(typed) for typed in typed_paths]
    existing = tuple(path for path in paths if path is not None)
    return existing if len(existing) == len(typed_paths) else ()


def typed_path(text: str) -> Path:
    """Return the path that the user typed: with `~` for the home folder, quoted or not, also as `file://`."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if text.lower().startswith("file://"):
        text = unquote(urlsplit(text).path)
        # Windows writes file:///C:/…
        text = text[1:] if re.match(r"/[A-Za-z]:", text) else text
    return full_path(Path(text))


def _existing(text: str) -> Path | None:
    # A single word is rarely meant as a file of the current folder.
    if not re.search(r"[/\\]", text) or "\0" in text:
        return None
    try:
        path = typed_path(text)
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None
