"""What is in a folder, for choosing a file by typing part of its name."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from textual.content import Content

from tui.chat.attachments import typed_path
from tui.i18n import _
from tui.text import clean_line, short_path
from tui.units import format_bytes

MOST = 1_000
"""Entries that are listed; typing narrows them down."""


class FolderEntry(msgspec.Struct, frozen=True):
    """A file or a folder in a folder."""

    name: str
    is_folder: bool
    size_bytes: int | None = None
    """None for a folder, and where it cannot be read."""


class FolderContent(msgspec.Struct, frozen=True):
    """What is in a folder, or why that cannot be told."""

    path: Path
    entries: tuple[FolderEntry, ...] = ()
    """Folders first, each in the order of their names."""
    problem: str = ""
    """One sentence; empty for none."""


class TypedPath(msgspec.Struct, frozen=True):
    """What the user has typed: the folder, and the beginning of a name in it."""

    folder: Path
    name: str


def read_folder(path: Path) -> FolderContent:
    """What is in it; may wait for the disk."""
    try:
        with os.scandir(path) as found:
            entries = [_entry(each) for each in found]
    except FileNotFoundError:
        return FolderContent(path, problem=_("There is no folder {path}.").format(path=short_path(path)))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problem = _("{path} cannot be read: {why}.").format(path=short_path(path), why=why)
        return FolderContent(path, problem=problem)
    return FolderContent(
        path, tuple(sorted(entries, key=lambda each: (not each.is_folder, each.name.lower())))
    )


def split_typed(text: str, here: Path) -> TypedPath:
    """Which folder, and which beginning of a name; a path that is not whole starts at `here`."""
    if not text.strip():
        return TypedPath(here, "")
    path = here / typed_path(text)
    if text.rstrip().endswith(("/", os.sep, "/.", "/..")) or text.strip() in ("~", ".", ".."):
        return TypedPath(path, "")
    return TypedPath(path.parent, path.name)


def matching(entries: Sequence[FolderEntry], name: str) -> list[FolderEntry]:
    """The entries with that in their names, those that begin with it first; hidden ones when asked for."""
    part = name.lower()
    seen = [each for each in entries if part.startswith(".") or not each.name.startswith(".")]
    begin = [each for each in seen if each.name.lower().startswith(part)]
    within = [each for each in seen if part in each.name.lower() and each not in begin]
    return (begin + within)[:MOST]


def completed(entries: Sequence[FolderEntry], name: str) -> str:
    """The name as far as it is the same in all entries that begin with it; the name itself for none."""
    begin = [each.name for each in entries if each.name.lower().startswith(name.lower())]
    if not begin:
        return name
    length = min(map(len, begin))
    while len({each[:length].lower() for each in begin}) > 1:
        length -= 1
    return begin[0][:length] if length > len(name) else name


def typed_text(path: Path, *, is_folder: bool) -> str:
    """A path as the user would type it; a folder ends in a slash, so that one types on inside it."""
    text = short_path(path)
    return text if not is_folder or text.endswith(os.sep) else text + os.sep


def entry_line(entry: FolderEntry, width: int) -> Content:
    """The name, and at the right edge its size."""
    name = clean_line(entry.name) + ("/" if entry.is_folder else "")
    size = format_bytes(entry.size_bytes) if entry.size_bytes is not None else ""
    plain = Content.styled(name, "bold" if entry.is_folder else "")
    gap = width - plain.cell_length - len(size)
    return Content.assemble(plain, " " * max(gap, 2), (size, "dim")) if size else plain


def _entry(found: os.DirEntry[str]) -> FolderEntry:
    try:
        if found.is_dir():
            return FolderEntry(found.name, is_folder=True)
        return FolderEntry(found.name, is_folder=False, size_bytes=found.stat().st_size)
    except OSError:
        # Gone meanwhile, or a link to nowhere.
        return FolderEntry(found.name, is_folder=False)
