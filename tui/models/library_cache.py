"""Cache of the headers of models, so that the next start does not read them again."""

import functools
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from tui.models.model import ModelFile
from tui.settings.app_folders import cache_folder

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
    """Version of the code that reads headers: other code may read other things."""
    entries: dict[str, CachedModel]


@functools.cache
def code_version() -> int:
    """Return the time of the last change of the code that reads models, in nanoseconds."""
    return max(path.stat().st_mtime_ns for path in Path(__file__).parent.rglob("*.py"))


def cache_path() -> Path:
    """Return the file of the cache."""
    return cache_folder() / "models.msgpack"


def path_decoder() -> Callable[[type, object], object]:
    """Return a hook that decodes paths; the first shard is the path of the model, and made once."""
    text, path = "", Path()

    def decode(kind: type, value: object) -> object:
        nonlocal text, path
        if kind is not Path:
            return value
        if value != text:
            text = str(value)
            path = Path(text)
        return path

    return decode


def load_cache(path: Path) -> dict[str, CachedModel]:
    """Return the cached models by path of the first shard; none when there is no cache of this code."""
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=_CacheFile, dec_hook=path_decoder())
        return stored.entries if stored.readers == code_version() else {}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        # A cache that cannot be read costs time only.
        return {}


def save_cache(path: Path, entries: dict[str, CachedModel]) -> None:
    """Replace the cache; a disk that is full or read-only leaves it unchanged."""
    replace_file(path, msgspec.msgpack.encode(_CacheFile(code_version(), entries), enc_hook=str))


def replace_file(path: Path, data: bytes) -> None:
    """Replace a cache in one step; a disk that is full or read-only leaves it unchanged."""
    temporary: str | None = None
    try:
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
