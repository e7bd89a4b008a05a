"""The partial file of a download: several writers, a hash that follows them, and a state that never lies."""

import errno
import hashlib
import io
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui.models.hub.errors import TransferError, TransferStoppedError
from tui.models.hub.part_state import (
    PartState,
    Piece,
    drop_part,
    gaps,
    is_same_file,
    merge,
    part_path,
    read_state,
    state_path,
    total,
    write_state,
)
from tui.models.hub.remote_file import RemoteFile
from tui.sentences import reason
from tui.system_errors import system_error
from tui.units import MIB

_HASH_BYTES = 2 * MIB
"""Bytes that are read and hashed at a time."""
_HASH_SECONDS = 0.05
"""Time after which the hash looks for more bytes in front of it."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Claim:
    """A part of the file that one connection fetches, in order."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.position = start
        """Bytes before it are written."""


class PartFile:
    """A partial file that this process alone writes.

    Bytes that are written and not yet recorded in the state are fetched again after a kill. There are never
    more than `block_bytes` of them.
    """

    def __init__(
        self, target: Path, file: RemoteFile, block_bytes: int, group: tuple[RemoteFile, ...] = ()
    ) -> None:
        """Go on with what is safely on the disk, or begin anew where that is of another file.

        `group` are all files of the download.

        Raises:
            OSError: the partial file cannot be opened.
        """
        self._target = target
        self._file = file
        self._group = group
        self._block_bytes = block_bytes
        self._path = part_path(target)
        self._changed = threading.Condition()
        self._commit_lock = threading.Lock()
        self._claims: list[Claim] = []
        self._unsafe_bytes = 0
        """Bytes written and not yet recorded."""
        self._hashed_bytes = 0
        self._sha256 = hashlib.sha256()
        self._hash_error: Exception | None = None
        self._closed = False
        state = read_state(target)
        self.began_anew = state is not None and not is_same_file(state.file, file)
        """True when a partial file of another version was there and is dropped."""
        self._pieces: tuple[Piece, ...] = ()
        if state is None or self.began_anew:
            drop_part(target)
        else:
            self._pieces = state.pieces
        self.resumed_bytes = total(self._pieces)
        """Bytes that an earlier run had fetched."""
        # Made where it is missing, and not emptied where it is there.
        self._sync_handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        self._hasher = threading.Thread(target=self._hash_front, name="download-hash", daemon=True)
        self._hasher.start()

    @property
    def written_bytes(self) -> int:
        """Bytes that are in the file."""
        with self._changed:
            return total(self._written())

    @property
    def hashed_bytes(self) -> int:
        """Bytes that are hashed, from the start."""
        return self._hashed_bytes

    @property
    def is_complete(self) -> bool:
        """True when no byte is missing."""
        with self._changed:
            return not gaps(self._written(), self._file.size_bytes)

    def claim(self, connections: int, largest: int, smallest: int) -> Claim | None:
        """Return the next part that is missing and that nobody fetches; None for none.

        Parts become smaller towards the end, so that all connections finish at about the same time.
        """
        with self._changed:
            taken = [*self._pieces, *((claim.start, claim.end) for claim in self._claims)]
            missing = gaps(taken, self._file.size_bytes)
            if not missing:
                return None
            start, end = missing[0]
            length = min(largest, max(smallest, total(missing) // (2 * connections)))
            claim = Claim(start, min(end, start + length))
            self._claims.append(claim)
            return claim

    def release(self, claim: Claim) -> None:
        """Give back a part: what is written of it stays, what is missing can be claimed again."""
        with self._changed:
            if claim in self._claims:
                self._claims.remove(claim)
                self._pieces = merge([*self._pieces, (claim.start, claim.position)])

    def open_writer(self) -> io.FileIO:
        """Return a handle of its own for one connection.

        Raises:
            OSError: the partial file is gone.
        """
        return io.FileIO(self._path, "r+")

    def write(self, writer: io.FileIO, claim: Claim, data: bytes | memoryview) -> bool:
        """Write the next bytes of a part; True when the state was written, too.

        Raises:
            TransferError: the disk is full, or does not take them for another reason.
        """
        view = memoryview(data)
        with disk_failures(self._target):
            writer.seek(claim.position)
            while view:
                count = writer.write(view)
                view = view[count:]
                with self._changed:
                    claim.position += count
                    self._unsafe_bytes += count
            return self._unsafe_bytes >= self._block_bytes // 2 and self.commit()

    def commit(self) -> bool:
        """Flush what is written to the disk, then record it; False when another thread is at it.

        Raises:
            TransferError: the disk does not take it.
        """
        # With nearly a block unrecorded a writer waits, so that never more than a block is at stake.
        if not self._commit_lock.acquire(blocking=self._unsafe_bytes >= self._block_bytes * 7 // 8):
            return False
        try:
            with self._changed:
                pieces, unsafe_bytes = self._written(), self._unsafe_bytes
            with disk_failures(self._target):
                # Only bytes that are on the disk may be in the state: a hole reads as zeros.
                getattr(os, "fdatasync", os.fsync)(self._sync_handle)
                write_state(self._target, PartState(self._file, pieces, self._group))
            with self._changed:
                self._unsafe_bytes -= unsafe_bytes
        finally:
            self._commit_lock.release()
        return True

    def restart(self) -> None:
        """Forget every byte: the server sends the file only from its start."""
        with self._changed:
            self._pieces = ()
            self._claims.clear()
            self._unsafe_bytes = 0
            self._hashed_bytes = 0
            self._sha256 = hashlib.sha256()
            self.resumed_bytes = 0
        state_path(self._target).unlink(missing_ok=True)

    def adopt(self, claim: Claim) -> None:
        """Take back a part that `restart` forgot."""
        with self._changed:
            self._claims.append(claim)

    def digest(self, halt: threading.Event) -> str:
        """Return the SHA-256 of the complete file, once all of it is hashed.

        Raises:
            TransferStoppedError: `halt` was set meanwhile.
            TransferError: the file cannot be read back.
        """
        while self._hasher.is_alive() and not halt.is_set():
            self._hasher.join(_HASH_SECONDS)
        if halt.is_set():
            raise TransferStoppedError
        with disk_failures(self._target):
            if self._hash_error is not None:
                raise self._hash_error
        return self._sha256.hexdigest()

    def finish(self) -> None:
        """Give the complete file its name.

        Raises:
            TransferError: the disk does not take it.
        """
        with disk_failures(self._target):
            os.fsync(self._sync_handle)
            self.close()
            self._path.replace(self._target)
            _sync_folder(self._target.parent)

    def drop(self) -> None:
        """Delete the partial file: its bytes are wrong."""
        self.close()
        drop_part(self._target)

    def close(self) -> None:
        """Release the file; what is not recorded is lost to the next run."""
        self._closed = True
        self._hasher.join()
        if self._sync_handle >= 0:
            os.close(self._sync_handle)
            self._sync_handle = -1

    def _written(self) -> tuple[Piece, ...]:
        return merge([*self._pieces, *((claim.start, claim.position) for claim in self._claims)])

    def _front(self) -> int:
        """Return the end of the bytes that are there from the start without a gap."""
        with self._changed:
            written = self._written()
        return written[0][1] if written and written[0][0] == 0 else 0

    def _hash_front(self) -> None:
        """Hash the file from its start as far as it is there, until it is complete.

        The bytes are read back: parts arrive out of order, and an earlier run may have left some. What was
        just written is still in memory, so that costs little.
        """
        buffer = bytearray(_HASH_BYTES)
        try:
            with io.FileIO(self._path, "r") as reader:
                while not self._closed and self._hashed_bytes < self._file.size_bytes:
                    if not self._hash_more(reader, buffer):
                        threading.Event().wait(_HASH_SECONDS)
        except Exception as error:  # noqa: BLE001 - `digest` raises it; the hash would look wrong otherwise
            self._hash_error = error

    def _hash_more(self, reader: io.FileIO, buffer: bytearray) -> bool:
        """Hash the next bytes; False when there are too few yet."""
        position, sha256 = self._hashed_bytes, self._sha256
        ready = self._front() - position
        if ready <= 0 or (ready < _HASH_BYTES and position + ready < self._file.size_bytes):
            return False
        reader.seek(position)
        count = reader.readinto(memoryview(buffer)[: min(ready, _HASH_BYTES)]) or 0
        if count == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sha256.update(memoryview(buffer)[:count])
        with self._changed:
            # After a restart these bytes no longer count.
            if sha256 is self._sha256:
                self._hashed_bytes = position + count
        return True


@contextmanager
def disk_failures(target: Path) -> Generator[None]:
    """Turn failures of the disk in the block into transfer errors."""
    try:
        yield
    except OSError as error:
        folder = str(target.parent)
        if error.errno in _FULL:
            raise TransferError(
                reason("hub.disk_full", folder=folder), reason("hub.free_disk_and_go_on")
            ) from error
        raise TransferError(
            reason("hub.unwritable", folder=folder, why=system_error(error)),
            reason("hub.check_disk"),
        ) from error


def _sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    # Some file systems have no such thing; the name is then safe a little later.
    with suppress(OSError):
        os.fsync(handle)
    os.close(handle)
