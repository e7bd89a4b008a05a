"""What was read from the headers of models last time, so that the next start does not read them again."""

import os
import tempfile
from pathlib import Path

import msgspec

from tui.models.model import ModelFile
from tui.settings.app_folders import cache_folder

_READERS = Path(__file__).parent


Facts = tuple[tuple[int, int], ...]
"""Size in bytes and time of change in nanoseconds of every shard."""


class Entry(msgspec.Struct, frozen=True):
    """A model as it was read, and the files as they were then."""

    files: Facts
    model: ModelFile


class _Stored(msgspec.Struct, frozen=True):
    readers: int
    """When the code that reads headers was last changed: other code may read other things."""
    entries: dict[str, Entry]


def cache_path() -> Path:
    """The file the cache is kept in."""
    return cache_folder() / "models.json"


def _readers_changed() -> int:
    return max(path.stat().st_mtime_ns for path in _READERS.rglob("*.py"))


def _to_path(kind: type, value: object) -> object:
    return Path(str(value)) if kind is Path else value


def load_cache(path: Path) -> dict[str, Entry]:
    """The entries by path of the first shard; none when there is no cache or it is not to be used."""
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=_Stored, dec_hook=_to_path)
        return stored.entries if stored.readers == _readers_changed() else {}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        # A cache that cannot be read costs time only.
        return {}


def save_cache(path: Path, entries: dict[str, Entry]) -> None:
    """Replaces the cache in one step; a disk that is full or read-only leaves things as they are."""
    temporary: str | None = None
    try:
        data = msgspec.json.encode(_Stored(_readers_changed(), entries), enc_hook=str)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def files_now(shards: tuple[Path, ...]) -> Facts | None:
    """Size and time of change of each file; None when one is not there or its name cannot be written down."""
    facts: list[tuple[int, int]] = []
    for shard in shards:
        try:
            str(shard).encode()
            now = shard.stat()
        except (OSError, ValueError):
            return None
        facts.append((now.st_size, now.st_mtime_ns))
    return tuple(facts)
