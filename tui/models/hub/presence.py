"""Presence of a file on the disk before it is downloaded: the same file, an older one, or another."""

import hashlib
import threading
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from tui.models.hub.errors import TransferError, TransferStoppedError
from tui.models.hub.logins import origin
from tui.models.hub.part_file import disk_failures
from tui.models.hub.part_state import read_state
from tui.models.hub.record import DownloadRecord, read_record, write_record
from tui.models.hub.remote_file import RemoteFile
from tui.sentences import reason
from tui.text import without_secrets
from tui.units import MIB

Presence = Literal["absent", "same", "older", "other"]
"""`older` is a file that llmtui downloaded and that is another one now; `other` is none of llmtui's."""


def presence(target: Path, file: RemoteFile) -> Presence:
    """Return what is at the place of a file, by the record beside it and without reading it."""
    if not target.exists():
        return "absent"
    record = read_record(target)
    if record is None:
        return "other"
    if file.sha256:
        return "same" if record.sha256 == file.sha256 else "older"
    is_same = (record.address, record.version, record.size_bytes) == (
        file.address,
        file.version,
        file.size_bytes,
    )
    return "same" if is_same and file.version else "older"


def check_source(target: Path, file: RemoteFile) -> None:
    """Return if nothing from another web address has the place of a file, complete or begun.

    Raises:
        TransferError: it has, and would be lost.
    """
    if address := other_source(target, file):
        raise TransferError(
            reason("hub.other_source", file=str(target), address=without_secrets(address)),
            reason("hub.free_place"),
        )


def other_source(target: Path, file: RemoteFile) -> str:
    """Return the web address from which llmtui has another file at the place of this one; empty for none."""
    if file.repository:
        return ""
    record, state = read_record(target), read_state(target)
    addresses = [record.address] if record else []
    # A partial file without a byte is no loss.
    addresses += [state.file.address] if state and state.pieces else []
    return next((address for address in addresses if not _is_same_source(address, file)), "")


def _is_same_source(address: str, file: RemoteFile) -> bool:
    """Return True for the address of a file, whose query may be another signature of the same file."""
    if origin(address) != origin(file.address):
        return False
    earlier, current = urlsplit(address), urlsplit(file.address)
    is_named = unquote(current.path).endswith(f"/{file.name}")
    return earlier.path == current.path and (is_named or earlier.query == current.query)


def recorded_download(target: Path, file: RemoteFile, halt: threading.Event) -> DownloadRecord | None:
    """Return the record of a file that is at its place already; None where it is to be downloaded.

    A file without a record is read and compared with the published hash: a kill may have come between its
    name and its record, or the user has put it there.

    Raises:
        TransferError: another file is at its place; llmtui did not put it there, or from another address.
        TransferStoppedError: `halt` was set while it was read.
    """
    check_source(target, file)
    state = presence(target, file)
    if state in ("absent", "older"):
        return None
    if state == "same":
        return read_record(target)
    with disk_failures(target):
        if file.sha256 and target.stat().st_size == file.size_bytes:
            sha256 = _hash(target, halt)
            if sha256 == file.sha256:
                return write_record(target, file, sha256)
    raise TransferError(reason("hub.place_taken", file=str(target)), reason("hub.move_away"))


def _hash(path: Path, halt: threading.Event) -> str:
    sha256 = hashlib.sha256()
    buffer = bytearray(2 * MIB)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            if halt.is_set():
                raise TransferStoppedError
            sha256.update(memoryview(buffer)[:count])
    return sha256.hexdigest()
