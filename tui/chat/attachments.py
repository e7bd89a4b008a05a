"""Files that go along with a question as text: found, read, or refused in one sentence."""

import os
import re
import shlex
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from tui.chat.messages import Attachment
from tui.i18n import _
from tui.text import clean_line, full_path
from tui.units import MIB, format_bytes

LIMIT_BYTES = 2 * MIB
"""A larger file has more than half a million tokens, more than any context here."""
PASTE_CHARACTERS = 2_000
"""Pasted text that is longer goes along as an attachment."""
PASTE_LINES = 40
"""So does text with more lines."""
_MOST_PATHS = 20
"""Files that are dropped at once; more is a text that looks like it."""
_LONGEST_PATHS = 20_000
"""A longer text is no list of paths."""
_SOME_CONTROLS = 0.02
"""Share of control characters from which bytes are no text in Latin-1."""
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b") | {127}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"))
_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")


class ReadFile(msgspec.Struct, frozen=True):
    """A file that was read, and what there is to say about that."""

    attachment: Attachment
    note: str = ""
    """A sentence where the text had to be guessed at; empty for none."""


class AttachmentError(Exception):
    """A file cannot go along; the text is one sentence for the user."""


def read_file(path: Path) -> ReadFile:
    """The text of a file; may wait for the disk.

    Raises:
        AttachmentError: it is missing, no file, not text, too large, or cannot be read.
    """
    name = clean_line(path.name) or clean_line(str(path))
    data = _bytes_of(path, name)
    text, note = _decoded(data, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise AttachmentError(_("{name} is empty.").format(name=name))
    return ReadFile(Attachment(name, text), note)


def _bytes_of(path: Path, name: str) -> bytes:
    try:
        # Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise AttachmentError(_("There is no file {path}.").format(path=clean_line(str(path)))) from None
    except IsADirectoryError:
        raise AttachmentError(_("{name} is a folder.").format(name=name)) from None
    except (OSError, ValueError) as error:
        if path.is_dir():
            # Windows refuses to open one, with another reason.
            raise AttachmentError(_("{name} is a folder.").format(name=name)) from None
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise AttachmentError(_("{name} cannot be read: {why}.").format(name=name, why=why)) from None
    try:
        state = os.fstat(handle)
        if stat.S_ISDIR(state.st_mode):
            raise AttachmentError(_("{name} is a folder.").format(name=name))
        if not stat.S_ISREG(state.st_mode):
            raise AttachmentError(_("{name} is no file but a device or a pipe.").format(name=name))
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        message = _("{name} cannot be read: {why}.")
        raise AttachmentError(message.format(name=name, why=error.strerror or error)) from None
    finally:
        os.close(handle)
    if len(data) > LIMIT_BYTES:
        message = _("{name} has {size}; at most {limit} of text can go along.")
        size = format_bytes(max(state.st_size, len(data)))
        raise AttachmentError(message.format(name=name, size=size, limit=format_bytes(LIMIT_BYTES)))
    return data


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    encoding = next((each for mark, each in _MARKS if data.startswith(mark)), None)
    if encoding is None and data.startswith(_MARKS_16):
        encoding = "utf-16"
    not_text = AttachmentError(_("{name} is not text.").format(name=name))
    if encoding is None and b"\0" in data:
        raise not_text
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        controls = sum(byte in _CONTROLS for byte in data)
        if encoding is not None or controls > _SOME_CONTROLS * len(data):
            raise not_text from None
        note = _("{name} is not UTF-8 and was read as Latin-1; look whether accents are right.")
        return data.decode("latin-1"), note.format(name=name)
    if "\0" in text:
        raise not_text
    return text, ""


def is_long_paste(text: str) -> bool:
    """Whether pasted text is so long that it goes along as an attachment."""
    return len(text) > PASTE_CHARACTERS or text.count("\n") >= PASTE_LINES


def pasted_paths(text: str) -> tuple[Path, ...]:
    """The existing files that a pasted text names, as terminals paste what is dropped on them; else none.

    Quoted, with backslashes before blanks, as `file://` addresses, or plain; several with blanks or line ends
    between them. May wait for the disk.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_PATHS:
        return ()
    # As it stands first: a path with blanks that nobody escaped, or one of Windows.
    if "\n" not in text and (path := _existing(text)):
        return (path,)
    try:
        words = shlex.split(text)
    except ValueError:
        return ()
    if not words or len(words) > _MOST_PATHS:
        return ()
    paths = [_existing(word) for word in words]
    found = tuple(path for path in paths if path is not None)
    return found if len(found) == len(words) else ()


def typed_path(text: str) -> Path:
    """The path that the user typed: with `~` for the home folder, quoted or not, also as `file://`."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if text.lower().startswith("file://"):
        text = unquote(urlsplit(text).path)
        # Windows writes file:///C:/…
        text = text[1:] if re.match(r"/[A-Za-z]:", text) else text
    return full_path(Path(text))


def _existing(text: str) -> Path | None:
    # A word alone is more often a word than a file that lies here.
    if not re.search(r"[/\\]", text) or "\0" in text:
        return None
    try:
        path = typed_path(text)
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None
