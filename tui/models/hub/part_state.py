"""State of a partial download: which of its bytes are safely on the disk, kept in a small file beside it."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from tui.models.hub.record import new_path, write_safely
from tui.models.hub.remote_file import RemoteFile
from tui.models.plain_files import read_record_file
from tui.units import MIB

Piece = tuple[int, int]
"""Bytes of a file, from the first to before the last."""

_FORMAT = 1
_LONGEST_BYTES = 16 * MIB
"""More than the state of a model of a thousand files takes."""


class PartState(msgspec.Struct, frozen=True):
    """Contents of the state file."""

    file: RemoteFile
    """The file as it was described when the download began or went on last."""
    pieces: tuple[Piece, ...]
    """Bytes that were written and flushed to the disk; everything else in the partial file is a hole."""
    group: tuple[RemoteFile, ...] = ()
    """All files of the download that it is a part of, such as the shards of a model."""
    format: int = _FORMAT


def part_path(target: Path) -> Path:
    """Return the path of the partial file of a download."""
    return target.with_name(target.name + ".part")


def state_path(target: Path) -> Path:
    """Return the path of the state of a partial file."""
    return target.with_name(target.name + ".part.json")


def read_state(target: Path) -> PartState | None:
    """Return the state of a partial download; None where there is none that can be believed.

    Bytes past the end of the partial file are left out: a disk may have lost them.
    """
    state = read_record_file(state_path(target), PartState, _LONGEST_BYTES)
    if state is None:
        return None
    try:
        length = part_path(target).stat().st_size
    except OSError:
        return None
    limit = min(length, state.file.size_bytes)
    pieces = merge(
        (max(0, start), min(end, limit)) for start, end in state.pieces if max(0, start) < min(end, limit)
    )
    return msgspec.structs.replace(state, pieces=pieces) if state.format == _FORMAT else None


def write_state(target: Path, state: PartState) -> None:
    """Replace the state in one step.

    Raises:
        OSError: it cannot be written.
    """
    write_safely(state_path(target), msgspec.json.encode(state))


def drop_part(target: Path) -> None:
    """Delete the partial file of a download and its state."""
    # The state first: without it, the partial file counts as empty.
    for path in (state_path(target), new_path(state_path(target)), part_path(target)):
        path.unlink(missing_ok=True)


def is_same_file(earlier: RemoteFile, current: RemoteFile) -> bool:
    """Return True if bytes of the one are bytes of the other.

    The published hash decides. Without one it takes the same address and a version that the server names;
    a server that names none may have changed the file.
    """
    if earlier.size_bytes != current.size_bytes:
        return False
    if earlier.sha256 or current.sha256:
        return earlier.sha256 == current.sha256
    return bool(current.version) and (earlier.address, earlier.version) == (current.address, current.version)


def merge(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the pieces in order, those that touch joined; empty ones are left out."""
    merged: list[Piece] = []
    for start, end in sorted(pieces):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def gaps(pieces: Iterable[Piece], size_bytes: int) -> tuple[Piece, ...]:
    """Return what is missing between the pieces, in order, up to the end of the file."""
    missing: list[Piece] = []
    position = 0
    for start, end in merge(pieces):
        if start > position:
            missing.append((position, start))
        position = max(position, end)
    if position < size_bytes:
        missing.append((position, size_bytes))
    return tuple(missing)


def total(pieces: Iterable[Piece]) -> int:
    """Return the bytes of pieces that do not overlap."""
    return sum(end - start for start, end in pieces)


def partial_downloads(folder: Path) -> list[tuple[Path, PartState]]:
    """Return the downloads below a folder that have begun and not ended, each with the place of its file."""
    suffix = state_path(Path("x")).name[1:]
    targets = [path.with_name(path.name.removesuffix(suffix)) for path in sorted(folder.rglob(f"*{suffix}"))]
    return [(target, state) for target in targets if (state := read_state(target)) is not None]
