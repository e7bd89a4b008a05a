"""llmtui's own models folder: its downloads, each with a record beside it, and what people put there."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, plain_file
from tui.models.stores.visit import Visit

CODE = "own"
RECORD_ENDING = ".llmtui.json"
"""Behind the whole name of a file that llmtui downloaded: its record."""


class _OwnRecord(msgspec.Struct):
    size_bytes: int = -1
    sha256: str = ""
    repository: str = ""


def record_path(path: Path) -> Path:
    """Return the path of the record of a downloaded file."""
    return path.with_name(path.name + RECORD_ENDING)


def read_own_folder(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models in the folder and below it."""
    folder = environment.models_folder
    if folder is None or not visit.look_in(folder):
        return
    for path in visit.model_files(folder):
        file = plain_file(path, CODE)
        record = visit.read_json(record_path(path), _OwnRecord, watched=False)
        # A file of another length has taken the place of the one that was downloaded.
        if record is not None and file.facts is not None and file.facts.size_bytes == record.size_bytes:
            file = msgspec.structs.replace(
                file, stored_as=record.repository, sha256=record.sha256.lower(), is_own_download=True
            )
        yield file
