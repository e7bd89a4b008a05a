"""Cache of the rows of the last lists, which the next start shows until the disk has been searched."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui.models.library_cache import code_version, path_decoder, replace_file
from tui.models.listing import file_model
from tui.models.model import CatalogueEntry, Model, ModelFile
from tui.settings.app_folders import cache_folder

_KEPT_LISTS = 4
"""Searches whose lists are kept, the latest: with different folders or files."""
_NO_ENTRY = -1


class _StoredRow(msgspec.Struct, frozen=True, array_like=True):
    """A row of a file, of which the file knows all but the entry, or any other row without its entry."""

    entry: int
    """Place of its entry in the list of entries, which many files share."""
    file: ModelFile | None
    model: Model | None


class _StoredList(msgspec.Struct, frozen=True):
    readers: int
    """Version of the code that made the rows: other code may make others."""
    search: str
    """The search that found them."""
    entries: tuple[CatalogueEntry, ...]
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
        return [_row(row, stored.entries) for row in stored.rows]
    except IndexError:
        return None


def _row(row: _StoredRow, entries: Sequence[CatalogueEntry]) -> Model:
    if not _NO_ENTRY <= row.entry < len(entries):
        raise IndexError(row.entry)
    entry = None if row.entry == _NO_ENTRY else entries[row.entry]
    if row.model is not None:
        return row.model if entry is None else msgspec.structs.replace(row.model, entry=entry)
    if row.file is None:
        raise IndexError(row.entry)
    return file_model(row.file, entry)


def save_list(search: str, models: Sequence[Model], folder: Path | None = None) -> None:
    """Keep the rows of a search for the next start; a disk that is full or read-only is no harm.

    A row whose name cannot be stored is left out.
    """
    places: dict[str, int] = {}
    entries: list[CatalogueEntry] = []
    rows: list[_StoredRow] = []
    for model in models:
        place = _NO_ENTRY
        if model.entry is not None:
            place = places.setdefault(model.entry.name, len(entries))
            if place == len(entries):
                entries.append(model.entry)
        if model.file is not None and model == file_model(model.file, model.entry):
            rows.append(_StoredRow(place, model.file, None))
        else:
            rows.append(_StoredRow(place, None, msgspec.structs.replace(model, entry=None)))
    path = _file(search, folder)
    try:
        data = _encoded(_StoredList(code_version(), search, tuple(entries), tuple(rows)))
    except UnicodeEncodeError:
        storable = tuple(row for row in rows if _can_be_stored(row))
        data = _encoded(_StoredList(code_version(), search, tuple(entries), storable))
    replace_file(path, data)
    _remove_old(path.parent)


def _encoded(stored: _StoredList) -> bytes:
    return msgspec.msgpack.encode(stored, enc_hook=str)


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
