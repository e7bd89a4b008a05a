"""Entries of a folder, for choosing a file by typing part of its name."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from textual.content import Content

from tui.chat.attachments import typed_path
from tui.i18n import _
from tui.services.sentences import sentence
from tui.system_errors import system_error
from tui.text import clean_line, short_path
from tui.units import format_bytes

LISTED_LIMIT = 1_000
"""Highest number of entries that are listed; typing narrows the list down."""


class FolderEntry(msgspec.Struct, frozen=True):
    """A file or a folder in a folder."""

    name: str
    is_folder: bool
    size_bytes: int | None = None
    """Size of the file; None for a folder, and if it cannot be read."""


class FolderContent(msgspec.Struct, frozen=True):
    """Entries of a folder, or the problem of reading them."""

    path: Path
    entries: tuple[FolderEntry, ...] = ()
    """Entries with the folders first, sorted by name."""
    problem: str = ""
    """Sentence about the problem; empty for none."""


class TypedPath(msgspec.Struct, frozen=True):
    """A typed path: the folder, and the beginning of a name in it."""

    folder: Path
    name: str


def read_folder(path: Path) -> FolderContent:
    """Return the entries of a folder; may wait for the disk."""
    try:
        with os.scandir(path) as directory:
            entries = [_entry(item) for item in directory]
    except FileNotFoundError:
        return FolderContent(path, problem=_("There is no folder {path}.").format(path=short_path(path)))
    except (OSError, ValueError) as error:
        problem = _("{path} cannot be read: {reason}.").format(
            path=short_path(path), reason=sentence(system_error(error))
        )
        return FolderContent(path, problem=problem)
    return FolderContent(
        path, tuple(sorted(entries, key=lambda entry: (not entry.is_folder, entry.name.lower())))
    )


def split_typed(text: str, start: Path) -> TypedPath:
    """Split a typed path into folder and beginning of a name; a relative path starts at `start`."""
    if not text.strip():
        return TypedPath(start, "")
    path = start / typed_path(text)
    if text.rstrip().endswith(("/", os.sep, "/.", "/..")) or text.strip() in ("~", ".", ".."):
        return TypedPath(path, "")
    return TypedPath(path.parent, path.name)


def matching(entries: Sequence[FolderEntry], name: str) -> list[FolderEntry]:
    """Return the entries whose names contain `name`; those that begin with it come first.

    Hidden entries only match a name that begins with a dot.
    """
    part = name.lower()
    visible = [entry for entry in entries if part.startswith(".") or not entry.name.startswith(".")]
    begin = [entry for entry in visible if entry.name.lower().startswith(part)]
    within = [entry for entry in visible if part in entry.name.lower() and entry not in begin]
    return (begin + within)[:LISTED_LIMIT]


def completed(entries: Sequence[FolderEntry], name: str) -> str:
    """Return the longest common beginning of the entries that begin with `name`; without any, `name`."""
    begin = [entry.name for entry in entries if entry.name.lower().startswith(name.lower())]
    if not begin:
        return name
    length = min(map(len, begin))
    while len({candidate[:length].lower() for candidate in begin}) > 1:
        length -= 1
    return begin[0][:length] if length > len(name) else name


def typed_text(path: Path, *, is_folder: bool) -> str:
    """Return a path as the user would type it; a folder ends in a slash, so that a name can follow."""
    text = short_path(path)
    return text if not is_folder or text.endswith(os.sep) else text + os.sep


def entry_line(entry: FolderEntry, width: int) -> Content:
    """Return the name, and at the right edge the size."""
    name = clean_line(entry.name) + ("/" if entry.is_folder else "")
    size = format_bytes(entry.size_bytes) if entry.size_bytes is not None else ""
    plain = Content.styled(name, "bold" if entry.is_folder else "")
    gap = width - plain.cell_length - len(size)
    return Content.assemble(plain, " " * max(gap, 2), (size, "$dim")) if size else plain


def _entry(item: os.DirEntry[str]) -> FolderEntry:
    try:
        if item.is_dir():
            return FolderEntry(item.name, is_folder=True)
        return FolderEntry(item.name, is_folder=False, size_bytes=item.stat().st_size)
    except OSError:
        # The entry was deleted in the meantime, or is a broken link.
        return FolderEntry(item.name, is_folder=False)
