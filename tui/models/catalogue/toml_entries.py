"""A TOML file of `[[model]]` tables, split into its entries so that a mistake in one costs only that one."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from tui.sentences import Fact, ReasonedError, reason

_TABLE_HEADER = re.compile(r"""[ \t]*(\[\[?)[ \t]*([\w."' -]+?)[ \t]*(\]\]?)[ \t]*(?:#.*)?\r?""")
_KEY = re.compile(r"""[ \t]*["']?([A-Za-z0-9_-]+)["']?[ \t]*=""")
_AT_LINE = re.compile(r" *\(at line (\d+), column \d+\)")
_LONG_STRING = re.compile(r'"""|' + "'''")
_MERGE_LIMIT = 8
"""Headers that one multi-line string may hold before it counts as left open."""


ENTRY = "[[model]]"
"""The header of an entry."""


class _TomlError(ReasonedError):
    """Text that the parser cannot read, and for which it has no words of its own."""


class RawEntry(msgspec.Struct, frozen=True):
    """One table as it stands in the file."""

    table: str
    """Its header: `[[model]]` for an entry; empty for the lines before the first header."""
    line: int
    """Line of its header, counted from 1; of the mistake, where there is an error."""
    values: Mapping[str, object]
    key_lines: Mapping[str, int]
    """The line each key stands on."""
    error: Fact | None = None
    """Objection of the TOML parser; the values then hold the name at most."""


class RawFile(msgspec.Struct, frozen=True):
    """A file as its tables in order, and the keys before the first table."""

    preamble: RawEntry
    """Keys before the first table."""
    entries: tuple[RawEntry, ...]


def split_entries(text: str) -> RawFile:
    """Split a file at the headers of its tables; never raises, an entry keeps its own error."""
    lines = text.split("\n")
    starts = [index for index, line in enumerate(lines) if _TABLE_HEADER.fullmatch(line)]
    ends = [*starts[1:], len(lines)]
    first = starts[0] if starts else len(lines)
    entries = list(_entries(lines, starts, ends))
    return RawFile(_parse(lines, 0, first), tuple(entries))


def _entries(lines: list[str], starts: list[int], ends: list[int]) -> Iterator[RawEntry]:
    index = 0
    while index < len(starts):
        entry, used = _parse(lines, starts[index], ends[index]), 1
        open_string = len(_LONG_STRING.findall("\n".join(lines[starts[index] : ends[index]]))) % 2
        if entry.error is not None and open_string:
            # The header that ended it may be text inside a long string: the parser decides.
            for extra in range(1, min(_MERGE_LIMIT, len(starts) - index)):
                longer = _parse(lines, starts[index], ends[index + extra])
                if longer.error is None:
                    entry, used = longer, extra + 1
                    break
        yield entry
        index += used


def _parse(lines: list[str], start: int, end: int) -> RawEntry:
    key_lines: dict[str, int] = {}
    for number, line in enumerate(lines[start:end], start + 1):
        match = _KEY.match(line)
        if match and match[1] not in key_lines:
            key_lines[match[1]] = number
    header = _TABLE_HEADER.fullmatch(lines[start]) if start < end else None
    table = header[1] + header[2].strip("\"'") + header[3] if header else ""
    try:
        document = _decode("\n".join(lines[start:end]))
    except _TomlError as error:
        line = _last_line(lines, start, end)
        return RawEntry(table, line, _name_alone(lines, key_lines), key_lines, error.reason)
    except ValueError as error:
        line, message = _locate(str(error), start, _last_line(lines, start, end))
        return RawEntry(table, line, _name_alone(lines, key_lines), key_lines, message)
    if table == ENTRY:
        document = cast(list[dict[str, object]], document["model"])[0]
    return RawEntry(table, start + 1, document, key_lines)


def _decode(text: str) -> dict[str, object]:
    """Read TOML; raises ValueError with the parser's message, or _TomlError where it has none."""
    try:
        return cast(dict[str, object], msgspec.toml.decode(text))
    except RecursionError:
        raise _TomlError(reason("models.toml_too_deep")) from None
    except msgspec.DecodeError:
        raise
    except ValueError:
        # Python's own message is about a limit on digits.
        raise _TomlError(reason("models.number_too_large")) from None


def _name_alone(lines: list[str], key_lines: Mapping[str, int]) -> dict[str, object]:
    """Return only the name of an entry that cannot be read, to refer to it."""
    if "name" not in key_lines:
        return {}
    try:
        return _decode(lines[key_lines["name"] - 1])
    except (ValueError, _TomlError):
        return {}


def _locate(message: str, start: int, last: int) -> tuple[int, str]:
    """Return the line in the file and the text of a parser's message, whose line counts from the entry."""
    match = _AT_LINE.search(message)
    if match is None:
        return last, message.replace(" (at end of document)", "")
    return start + int(match[1]), _AT_LINE.sub("", message)


def _last_line(lines: list[str], start: int, end: int) -> int:
    """Return the number of the last line that is not blank, counted from 1."""
    filled = [number for number in range(start, end) if lines[number].strip()]
    return (filled[-1] if filled else start) + 1
