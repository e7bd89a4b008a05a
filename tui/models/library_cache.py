"""Cache of the headers of models, so that the next start does not read them again."""

import os
import tempfile
from pathlib import Path

import msgspec

from tui.models.model import ModelFile
from tui.settings.app_folders import cache_folder

_MODELS_CODE = Path(__file__).parent

FileVersions = tuple[tuple[int, int], ...]
"""Size in bytes and time of change in nanoseconds of every shard."""


class CachedModel(msgspec.Struct, frozen=True):
    """A model as it was read, and the versions of its files at that time."""

    files: FileVersions
    model: ModelFile
    content: str = ""
    """Hash of samples of its content, once it was compared with a file of its size; empty before that."""


class _CacheFile(msgspec.Struct, frozen=True):
    readers: int
    """Time of the last change of the code that reads headers: other code may read other things."""
    entries: dict[str, CachedModel]


def cache_path() -> Path:
    """Return the file of the cache."""
    return cache_folder() / "models.json"


def _readers_changed() -> int:
    return max(path.stat().st_mtime_ns for path in _MODELS_CODE.rglob("*.py"))


def _to_path(kind: type, value: object) -> object:
    return Path(str(value)) if kind is Path else value


def load_cache(path: Path) -> dict[str, CachedModel]:
    """Return the cached models by path of the first shard; none when there is no cache of this code."""
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=_CacheFile, dec_hook=_to_path)
        return stored.entries if stored.readers == _readers_changed() else {}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        # A cache that cannot be read costs time only.
        return {}


def save_cache(path: Path, entries: dict[str, CachedModel]) -> None:
    """Replace the cache in one step; a disk that is full or read-only leaves it unchanged."""
    temporary: str | None = None
    try:
        data = msgspec.json.encode(_CacheFile(_readers_changed(), entries), enc_hook=str)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def file_versions(shards: tuple[Path, ...]) -> FileVersions | None:
    """Return size and time of change of each file; None when one is missing or its name cannot be stored."""
    versions: list[tuple[int, int]] = []
    for shard in shards:
        try:
            str(shard).encode()
            status = shard.stat()
        except (OSError, ValueError):
            return None
        versions.append((status.st_size, status.st_mtime_ns))
    return tuple(versions)
