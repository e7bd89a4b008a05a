"""Lengths of files as servers state them: plain decimal numbers of a size that a file can have."""

import re

import msgspec

from tui.units import TIB

LONGEST_FILE = 16 * TIB
"""Bytes that no file of a model has: more than the usual file systems take."""
_LENGTH = re.compile(r"[0-9]{1,15}")
_CONTENT_RANGE = re.compile(r"bytes +([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15}|\*)", re.IGNORECASE)


class ContentRange(msgspec.Struct, frozen=True):
    """The part of a file that an answer has, from a `Content-Range` header."""

    first: int
    """First byte of the part."""
    total: int | None
    """Length of the file; None where the server does not know it."""


def parse_length(text: str) -> int | None:
    """Return the length in a `Content-Length` header; None for one that no file has."""
    text = text.strip()
    if not _LENGTH.fullmatch(text):
        return None
    length = int(text)
    return length if length < LONGEST_FILE else None


def is_possible_length(value: object) -> bool:
    """Return True for a whole number that is the length of a file with something in it."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < LONGEST_FILE


def parse_content_range(text: str) -> ContentRange | None:
    """Return what `bytes 0-99/1000` says; None for anything that cannot be right."""
    match = _CONTENT_RANGE.fullmatch(text.strip())
    if match is None:
        return None
    first, last = int(match[1]), int(match[2])
    total = None if match[3] == "*" else int(match[3])
    if last < first or (total is not None and not last < total < LONGEST_FILE):
        return None
    return ContentRange(first, total)
