"""llmtui's own models folder: its downloads, each with a record beside it, and what people put there."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.models.hub.record import read_record
from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, plain_file
from tui.models.stores.visit import Visit

CODE = "own"
PART_ENDING = ".part"
STATE_ENDING = ".json"
"""Behind the whole name of a partial file that llmtui downloads: what of it has arrived."""


def read_own_folder(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models in the folder and below it."""
    folder = environment.models_folder
    if folder is None or not visit.look_in(folder):
        return
    for path in visit.model_files(folder):
        if _is_own_part(path):
            # No file to load yet; the list of downloads has it.
            continue
        file = plain_file(path, CODE)
        record = read_record(path)
        if record is not None and path.parent.resolve().is_relative_to(folder.resolve()):
            file = msgspec.structs.replace(
                file, stored_as=record.repository, sha256=record.sha256.lower(), is_own_download=True
            )
        yield file


def _is_own_part(path: Path) -> bool:
    """Return that a file is an unfinished download of llmtui's own: it has a state or, before, a lock."""
    if path.suffix != PART_ENDING:
        return False
    lock = path.with_name(f".{path.name.removesuffix(PART_ENDING)}.lock")
    return path.with_name(path.name + STATE_ENDING).exists() or lock.exists()
