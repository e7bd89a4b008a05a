"""Cache of the rows of the last lists, which the next start shows until the disk has been searched."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from tui.models.library_cache import code_version, path_decoder, replace_file
from tui.models.listing import file_model
from tui.models.model import CatalogueEntry, Model, ModelFile, Shape
from tui.settings.app_folders import cache_folder

_KEPT_LISTS = 4
"""Searches whose lists are kept, the latest: with different folders or files."""
_NONE = -1
"""Place of an entry or a shape that a row does not have."""


_Item = TypeVar("_Item")


class _StoredRow(msgspec.Struct, frozen=True, array_like=True):
    """A row of a file, of which the file knows all but the entry, or any other row without its entry."""

    entry: int
    """Place of its entry in the list of entries, which many files share."""
    shape: int
    """Place of its file's shape in the list of shapes, which many files share."""
    file: ModelFile | None
    """Without its shape, and without its shards where it is the only one."""
    model: Model | None


class _StoredList(msgspec.Struct, frozen=True):
    readers: int
    """Version of the code that made the rows: other code may make others."""
    search: str
    """The search that found them."""
    entries: tuple[CatalogueEntry, ...]
    shapes: tuple[Shape, ...]
    rows: tuple[_StoredRow, ...]


def lists_folder() -> Path:
    """Return the folder of the cached lists."""
    return cache_folder() / "lists"


def load_list(
    search: str, folder: Path | None = None, *, most_bytes: int | None = None
) -> list[Model] | None:
    """Return the rows that the same search found last; None when there are none of this code.

    A file may have changed or gone since. A cache longer than `most_bytes` is not read.
    """
    path = _file(search, folder)
    try:
        if most_bytes is not None and path.stat().st_size > most_bytes:
            return None
        data = path.read_bytes()
        stored = msgspec.msgpack.decode(data, type=_StoredList, dec_hook=path_decoder())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        # A cache that cannot be read costs time only.
        return None
    if (stored.readers, stored.search) != (code_version(), search):
        return None
    try:
        return [_row(row, stored) for row in stored.rows]
    except IndexError:
        return None


def _row(row: _StoredRow, stored: _StoredList) -> Model:
    entry, shape = _item(stored.entries, row.entry), _item(stored.shapes, row.shape)
    if row.model is not None:
        return row.model if entry is None else msgspec.structs.replace(row.model, entry=entry)
    if row.file is None:
        raise IndexError(row.entry)
    file = row.file
    return file_model(msgspec.structs.replace(file, shape=shape, shards=file.shards or (file.path,)), entry)


def _item(items: Sequence[_Item], place: int) -> _Item | None:
    """Return the item at a place; None for none.

    Raises:
        IndexError: there is no such place.
    """
    if not _NONE <= place < len(items):
        raise IndexError(place)
    return None if place == _NONE else items[place]


def save_list(search: str, models: Sequence[Model], folder: Path | None = None) -> None:
    """Keep the rows of a search for the next start; a disk that is full or read-only is no harm.

    A row whose name cannot be stored is left out.
    """
    entries: dict[str, CatalogueEntry] = {}
    entry_places: dict[str, int] = {}
    shapes: dict[Shape, int] = {}
    rows: list[_StoredRow] = []
    for model in models:
        entry_place = _NONE
        if model.entry is not None:
            entries.setdefault(model.entry.name, model.entry)
            entry_place = entry_places.setdefault(model.entry.name, len(entry_places))
        file = model.file
        if file is not None and model == file_model(file, model.entry):
            shape_place = _NONE if file.shape is None else shapes.setdefault(file.shape, len(shapes))
            shards = () if file.shards == (file.path,) else file.shards
            stored = msgspec.structs.replace(file, shape=None, shards=shards)
            rows.append(_StoredRow(entry_place, shape_place, stored, None))
        else:
            rows.append(_StoredRow(entry_place, _NONE, None, msgspec.structs.replace(model, entry=None)))

    def encoded(stored_rows: Sequence[_StoredRow]) -> bytes:
        stored = _StoredList(
            code_version(), search, tuple(entries.values()), tuple(shapes), tuple(stored_rows)
        )
        return msgspec.msgpack.encode(stored, enc_hook=str)

    path = _file(search, folder)
    try:
        data = encoded(rows)
    except UnicodeEncodeError:
        data = encoded([row for row in rows if _can_be_stored(row)])
    replace_file(path, data)
    _remove_old(path.parent)


def _can_be_stored(row: _StoredRow) -> bool:
    """Return False for a name that is not UTF-8, as a file on Linux may have."""
    try:
        msgspec.msgpack.encode(row, enc_hook=str)
    except UnicodeEncodeError:
        return False
    return True


def _file(search: str, folder: Path | None) -> Path:
    name = hashlib.sha1(search.encode(errors="replace"), usedforsecurity=False).hexdigest()
    return (folder or lists_folder()) / f"{name}.msgpack"


def _remove_old(folder: Path) -> None:
    """Remove all lists but the latest."""
    try:
        files = sorted(folder.glob("*.msgpack"), key=lambda file: file.stat().st_mtime_ns)
        for file in files[:-_KEPT_LISTS]:
            file.unlink(missing_ok=True)
    except OSError:
        # Another start removes them.
        pass
