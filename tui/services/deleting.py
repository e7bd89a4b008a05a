"""Deleting models: the files that llmtui downloaded, and for others the program that deletes them."""

import logging
import shlex
import stat
from pathlib import Path

import msgspec

from tui.models.hub.record import read_record, record_path
from tui.models.model import Model, ModelFile
from tui.sentences import Reason, ReasonedError, reason
from tui.system_errors import system_error

log = logging.getLogger(__name__)

_BLOCK_BYTES = 512
"""Unit in which POSIX counts the blocks of a file."""


class DeletingError(ReasonedError):
    """A file that could not be deleted."""


class Deletion(msgspec.Struct, frozen=True):
    """The files of a model that llmtui downloaded."""

    model: Model
    paths: tuple[Path, ...]
    """The model's files, each with a record beside it."""
    freed_bytes: int
    """Bytes of the disk that come back: less than the model's size where other names keep the content."""


def deletion_of(model: Model) -> Deletion | Reason:
    """Return what deleting a model would delete, or the reason why llmtui does not.

    The reason names the program that the file belongs to, and how it deletes it.
    """
    file = model.file
    if file is None:
        return reason("services.nothing_to_delete", model=model.label)
    paths = tuple(path for path in file.shards if path.exists() or path.is_symlink())
    # Looked up again: since the list was made, the user may have put a file of his own in the place of one.
    if not file.is_own_download or not all(map(read_record, paths)):
        return removal_hint(file)
    return Deletion(model, paths, sum(map(_freed_bytes, paths)))


def removal_hint(file: ModelFile) -> Reason:
    """Return which program deletes a file that llmtui did not download, and how."""
    name = shlex.quote(file.stored_as or file.name)
    return reason(f"models.remove_{file.found_in}", name=name, path=str(file.path))


def delete(deletion: Deletion) -> None:
    """Delete the files; the records last, so that what is left after a failure can be deleted again.

    Raises:
        DeletingError: a file cannot be deleted.
    """
    for path in deletion.paths:
        if path.exists() and read_record(path) is None:
            raise DeletingError(reason("services.not_own_any_more", path=str(path)))
        _unlink(path)
    for path in deletion.paths:
        _unlink(record_path(path))
    log.info("deleted %s", ", ".join(map(str, deletion.paths)))


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("cannot delete %s: %s", path, error)
        why = reason("services.not_deleted", path=str(path), why=system_error(error))
        raise DeletingError(why) from error


def _freed_bytes(path: Path) -> int:
    """Return the bytes that deleting a name gives back: none for a link, and for one of several names."""
    try:
        status = path.lstat()
    except OSError:
        return 0
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        return 0
    blocks: int | None = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else blocks * _BLOCK_BYTES
