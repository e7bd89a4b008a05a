"""Bytes from outside as text: by their byte order mark or as UTF-8, and the reasons against others."""

import codecs
from typing import Literal

import msgspec

Encoding = Literal["utf-8", "utf-16", "utf-32", "latin-1"]
Flaw = Literal["binary", "unmarked_utf-16", "unknown_encoding"]
"""Causes why bytes are no text: other data, UTF-16 without its mark, or an encoding that nothing tells."""

_MARKS: tuple[tuple[bytes, str, Encoding], ...] = (
    (b"\xef\xbb\xbf", "utf-8-sig", "utf-8"),
    # Before UTF-16, whose mark begins in the same way.
    (b"\xff\xfe\x00\x00", "utf-32", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "utf-32"),
    (b"\xff\xfe", "utf-16", "utf-16"),
    (b"\xfe\xff", "utf-16", "utf-16"),
)
LONGEST_MARK = 4
"""Bytes of the longest byte order mark."""
_UNIT_BYTES: dict[Encoding, int] = {"utf-8": 1, "utf-16": 2, "utf-32": 4, "latin-1": 1}
_CONTROL_SHARE = 0.02
"""Share of control characters above which bytes or letters are not text."""
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b") | {127}
_CONTROL_LETTERS = dict.fromkeys(_CONTROLS)
_UNMARKED_SHARE = 0.4
"""Share of zero bytes at every second place from which bytes look like UTF-16 of a western language."""
_SAMPLE_BYTES = 4096


class DecodedText(msgspec.Struct, frozen=True):
    """A text with the encoding that it was in."""

    text: str
    encoding: Encoding
    """Latin-1 was guessed; the others are certain."""


class NotTextError(Exception):
    """The bytes are no text, or in an encoding that is not told."""

    def __init__(self, flaw: Flaw, offset: int = 0) -> None:
        """`offset` is the first byte that does not belong to UTF-8, where that is the flaw."""
        super().__init__(flaw)
        self.flaw: Flaw = flaw
        self.offset = offset


def unit_bytes(start: bytes) -> int:
    """Return the bytes that a letter of ASCII takes in the encoding that the first bytes of a text mark."""
    marked = _marked(start)
    return 1 if marked is None else _UNIT_BYTES[marked[1]]


def decode_text(data: bytes, *, guess_latin1: bool = False, is_beginning: bool = False) -> DecodedText:
    """Return bytes as text by their byte order mark, or else as UTF-8.

    Args:
        data: all of it, or its beginning.
        guess_latin1: take other bytes as Latin-1 where they can be that.
        is_beginning: more bytes would follow; a letter that is cut off at the end is left out.

    Raises:
        NotTextError: they are no text.
    """
    marked = _marked(data)
    if marked is None and b"\0" in data:
        raise NotTextError("unmarked_utf-16" if _looks_like_utf16(data) else "binary")
    codec, encoding = marked or ("utf-8", "utf-8")
    try:
        text = codecs.getincrementaldecoder(codec)().decode(data, final=not is_beginning)
    except UnicodeDecodeError as error:
        if marked is not None or _is_binary(data):
            raise NotTextError("binary") from None
        if guess_latin1:
            return DecodedText(data.decode("latin-1"), "latin-1")
        raise NotTextError("unknown_encoding", error.start) from None
    printable = len(text.translate(_CONTROL_LETTERS))
    if "\0" in text or len(text) - printable > _CONTROL_SHARE * len(text):
        raise NotTextError("binary")
    return DecodedText(text, encoding)


def _marked(data: bytes) -> tuple[str, Encoding] | None:
    """Return the codec and the encoding that a byte order mark tells; None without one."""
    return next(((codec, encoding) for mark, codec, encoding in _MARKS if data.startswith(mark)), None)


def _is_binary(data: bytes) -> bool:
    return sum(byte in _CONTROLS for byte in data) > _CONTROL_SHARE * len(data)


def _looks_like_utf16(data: bytes) -> bool:
    """Return True for zeros at every second place, and letters in between."""
    sample = data[: min(len(data) // 2 * 2, _SAMPLE_BYTES)]
    zeros = [sample[first::2].count(0) for first in (0, 1)]
    codec = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    if max(zeros) < _UNMARKED_SHARE * len(sample) / 2:
        return False
    text = sample.decode(codec, "replace")
    return len(text) - len(text.translate(_CONTROL_LETTERS)) <= _CONTROL_SHARE * len(text)
