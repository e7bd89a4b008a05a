"""Cache of the catalogue as it was read and weighed, since both take longer than all else of a scan."""

from pathlib import Path

import msgspec

from tui.models.active_weights import ShapeWeights, remember_weights, weigh
from tui.models.catalogue.catalogue import Catalogue, load_catalogues, shipped_path, user_path
from tui.models.library_cache import code_version, replace_file
from tui.models.model import CatalogueEntry
from tui.settings.app_folders import cache_folder

FileIdentity = tuple[str, int, int]
"""Path, size in bytes and time of change in nanoseconds; two zeros for a file that is missing."""


class _StoredCatalogue(msgspec.Struct, frozen=True):
    readers: int
    """Version of the code that read it."""
    files: tuple[FileIdentity, ...]
    entries: tuple[CatalogueEntry, ...]
    default_weights: dict[str, ShapeWeights]
    """Of each entry at its default quantization, by its name."""


def cached_catalogues(file: Path | None = None) -> Catalogue:
    """Return the shipped catalogue with the user's own, from the cache unless one of them has changed.

    Files with mistakes are read each time. `file` is that of the cache; None for the one in the cache folder.
    """
    file = file or cache_folder() / "catalogue.msgpack"
    files = (_identity(shipped_path()), _identity(user_path()))
    try:
        stored = msgspec.msgpack.decode(file.read_bytes(), type=_StoredCatalogue)
        if (stored.readers, stored.files) == (code_version(), files):
            for entry in stored.entries:
                remember_weights(entry.shape, entry.default_quant, stored.default_weights[entry.name])
            return Catalogue(stored.entries, default_bytes=_bytes_of(stored.default_weights))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, KeyError):
        # A cache that cannot be read costs time only.
        pass
    catalogue = load_catalogues()
    weights = {entry.name: weigh(entry.shape, entry.default_quant) for entry in catalogue.entries}
    if not catalogue.problems:
        stored = _StoredCatalogue(code_version(), files, catalogue.entries, weights)
        replace_file(file, msgspec.msgpack.encode(stored))
    return msgspec.structs.replace(catalogue, default_bytes=_bytes_of(weights))


def _bytes_of(weights: dict[str, ShapeWeights]) -> dict[str, int]:
    return {name: item.bytes for name, item in weights.items()}


def _identity(path: Path) -> FileIdentity:
    try:
        status = path.stat()
    except OSError:
        return (str(path), 0, 0)
    return (str(path), status.st_size, status.st_mtime_ns)
