"""A model file as the store that has it describes it."""

from pathlib import Path

import msgspec

from tui.models.file_names import model_name, says_nothing
from tui.models.stores.endings import finished_name
from tui.sentences import Reason, reason

_NO_PROGRAMS = ("file", "folder", "own")
"""Codes of the stores into which any program may download."""


class FileFacts(msgspec.Struct, frozen=True):
    """Size, time of change and identity of a file, as one look at the disk gives them."""

    size_bytes: int
    modified_ns: int
    inode: tuple[int, int] | None
    """Device and number on it; None where the file system has no such numbers."""


class StoredFile(msgspec.Struct, frozen=True):
    """One file of a model in a store; a split model has several."""

    path: Path
    """The file to give to the engine: the readable name where the store has one."""
    store: str
    """Code of the store, as in the table of stores: `ollama`."""
    stored_as: str = ""
    """Its name in the store, as the commands of its program take it: `llama3.2:3b`; empty for none."""
    name: str = ""
    """Name for the list where the file's own says nothing; empty where it does."""
    sha256: str = ""
    """Hash of its content where the store knows it; empty where it does not."""
    kind: str = ""
    """Its kind where the store knows that it is no model to talk to, such as `mmproj`; empty for others."""
    problem: Reason | None = None
    """Reason why it cannot be used, where the store knows that; None leaves it to the header."""
    facts: FileFacts | None = None
    """None for a file that could not be looked at, such as a link that leads nowhere."""
    is_own_download: bool = False
    """True for a file that llmtui downloaded itself, and so may delete."""


def file_facts(path: Path | str) -> FileFacts | None:
    """Return the facts of the file that a path or link leads to; None when it cannot be looked at."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    inode = (status.st_dev, status.st_ino) if status.st_ino else None
    return FileFacts(status.st_size, status.st_mtime_ns, inode)


def plain_file(path: Path, store: str, stored_as: str = "", name: str = "") -> StoredFile:
    """Return a file that a store keeps under a readable name, without any record of it.

    `name` is for the list where the file's own name says nothing, such as `model.gguf`.
    """
    finished = path.with_name(finished_name(path.name))
    is_partial = finished != path
    if not says_nothing(finished):
        # The ending of a part would be shown as a part of the model's name.
        name = model_name(finished, None) if is_partial else ""
    problem = unfinished(store) if is_partial else None
    return StoredFile(path, store, stored_as, name, problem=problem, facts=file_facts(path))


def unfinished(store: str) -> Reason:
    """Return that a file is a part of a download, by the program of its store where that is one."""
    if store in _NO_PROGRAMS:
        return reason("models.file_unfinished")
    return reason("models.download_unfinished", program=reason(f"models.store_{store}"))
