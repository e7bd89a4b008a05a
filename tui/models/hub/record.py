"""Records beside downloaded files: llmtui knows its own files by them, and where they are from."""

import os
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from tui.models.hub.remote_file import RemoteFile
from tui.models.plain_files import read_record_file
from tui.units import MIB

_SUFFIX = ".llmtui.json"
_LONGEST_BYTES = MIB
_CLOCK_NS = 2_000_000_000
"""Steps in which the coarsest file systems keep times."""


class DownloadRecord(msgspec.Struct, frozen=True):
    """Origin and hash of a file that llmtui downloaded, kept in `FILE.llmtui.json` beside it."""

    address: str
    size_bytes: int
    sha256: str
    """Of the bytes on the disk, in hexadecimal."""
    verified: bool
    """True when it is the published one; False where none is published."""
    downloaded: str
    """Date and time in UTC, ISO 8601."""
    modified_ns: int
    """Time of the last change of the file, in nanoseconds since 1970. A copy of a record vouches for no other
    file of the same size."""
    repository: str = ""
    revision: str = ""
    path: str = ""
    """Path in the repository."""
    version: str = ""
    """ETag or date of change of a web address."""
    format: int = 1


def record_path(file: Path) -> Path:
    """Return the path of the record of a downloaded file."""
    return file.with_name(file.name + _SUFFIX)


def read_record(file: Path) -> DownloadRecord | None:
    """Return the record of a file; None for a file that llmtui did not download, or that has changed."""
    record = read_record_file(record_path(file), DownloadRecord, _LONGEST_BYTES)
    if record is None:
        return None
    try:
        status = file.stat()
    except OSError:
        return None
    is_unchanged = abs(status.st_mtime_ns - record.modified_ns) <= _CLOCK_NS
    return record if is_unchanged and status.st_size == record.size_bytes else None


def write_record(file: Path, source: RemoteFile, sha256: str) -> DownloadRecord:
    """Write the record of a file that has just been downloaded, or recognised by its hash.

    Raises:
        OSError: it cannot be written.
    """
    record = DownloadRecord(
        address=source.address,
        size_bytes=source.size_bytes,
        sha256=sha256,
        verified=bool(source.sha256),
        downloaded=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        modified_ns=file.stat().st_mtime_ns,
        repository=source.repository,
        revision=source.revision,
        path=source.path,
        version=source.version,
    )
    write_safely(record_path(file), msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
    return record


def new_path(path: Path) -> Path:
    """Return the path of the contents that are about to replace a file; a kill may leave it there."""
    return path.with_name(path.name + ".new")


def write_safely(path: Path, data: bytes) -> None:
    """Replace a small file in one step: after a crash it has the old contents or the new ones.

    The caller makes sure that no other process replaces it at the same time.

    Raises:
        OSError: it cannot be written.
    """
    partial = new_path(path)
    try:
        # For the user alone: an address may have a signed query.
        with open(partial, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
