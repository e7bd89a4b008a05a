"""A TOML file of `[[model]]` tables taken apart entry by entry, so that a slip in one costs only that one."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

_HEADER = re.compile(r"""[ \t]*(\[\[?)[ \t]*([\w."' -]+?)[ \t]*(\]\]?)[ \t]*(?:#.*)?\r?""")
_KEY = re.compile(r"""[ \t]*["']?([A-Za-z0-9_-]+)["']?[ \t]*=""")
_AT_LINE = re.compile(r" *\(at line (\d+), column \d+\)")
_LONG_STRING = re.compile(r'"""|' + "'''")
_MERGE_LIMIT = 8
"""How many headers one multi-line string may hold before it counts as left open."""


ENTRY = "[[model]]"
"""The header of an entry."""


class RawEntry(msgspec.Struct, frozen=True):
    """One table as it stands in the file."""

    table: str
    """Its header: `[[model]]` if it is an entry; empty for what stands before the first."""
    line: int
    """Of its header, counted from 1; of the mistake, where there is an error."""
    values: Mapping[str, object]
    key_lines: Mapping[str, int]
    """The line each key stands on."""
    error: str | None = None
    """What the TOML parser objects to; the values hold no more than the name then."""


class RawFile(msgspec.Struct, frozen=True):
    """A whole file: its tables in order, and the keys that stand before the first."""

    before: RawEntry
    entries: tuple[RawEntry, ...]


def split_entries(text: str) -> RawFile:
    """Take a file apart at the headers of its tables; never raises, an entry keeps its own error."""
    lines = text.split("\n")
    starts = [index for index, line in enumerate(lines) if _HEADER.fullmatch(line)]
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
            for more in range(1, min(_MERGE_LIMIT, len(starts) - index)):
                longer = _parse(lines, starts[index], ends[index + more])
                if longer.error is None:
                    entry, used = longer, more + 1
                    break
        yield entry
        index += used


def _parse(lines: list[str], start: int, end: int) -> RawEntry:
    key_lines: dict[str, int] = {}
    for number, line in enumerate(lines[start:end], start + 1):
        found = _KEY.match(line)
        if found and found[1] not in key_lines:
            key_lines[found[1]] = number
    header = _HEADER.fullmatch(lines[start]) if start < end else None
    table = header[1] + header[2].strip("\"'") + header[3] if header else ""
    try:
        document = _decode("\n".join(lines[start:end]))
    except ValueError as error:
        line, message = _place(str(error), start, _last_line(lines, start, end))
        return RawEntry(table, line, _name_alone(lines, key_lines), key_lines, message)
    if table == ENTRY:
        document = cast(list[dict[str, object]], document["model"])[0]
    return RawEntry(table, start + 1, document, key_lines)


def _decode(text: str) -> dict[str, object]:
    """Raises ValueError for anything that can't be read as TOML."""
    try:
        return cast(dict[str, object], msgspec.toml.decode(text))
    except RecursionError:
        raise ValueError("Arrays or tables nested too deeply") from None
    except msgspec.DecodeError:
        raise
    except ValueError:
        # Python's own words speak of a limit on digits.
        raise ValueError("A number too large") from None


def _name_alone(lines: list[str], key_lines: Mapping[str, int]) -> dict[str, object]:
    """The name of an entry that can't be read as a whole, to call it by."""
    if "name" not in key_lines:
        return {}
    try:
        return _decode(lines[key_lines["name"] - 1])
    except ValueError:
        return {}


def _place(message: str, start: int, last: int) -> tuple[int, str]:
    """The line in the whole file and the words of a parser's message; its own line counts from the entry."""
    found = _AT_LINE.search(message)
    if found is None:
        return last, message.replace(" (at end of document)", "")
    return start + int(found[1]), _AT_LINE.sub("", message)


def _last_line(lines: list[str], start: int, end: int) -> int:
    """The last line with anything on it, counted from 1."""
    written = [number for number in range(start, end) if lines[number].strip()]
    return (written[-1] if written else start) + 1
