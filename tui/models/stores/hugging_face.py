"""Cache of the Hugging Face hub, which llama.cpp and many other programs share.

Facts from huggingface_hub 2.4: `models--ORG--NAME/snapshots/COMMIT/path` links to `blobs/ETAG`, whose name is
the SHA-256 of a large file. Since 2.4 that blob may itself be a link into a store of the whole cache, under a
name that is no SHA-256, so one link is followed and no more.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tui.models.file_names import says_nothing
from tui.models.plain_files import begins_with
from tui.models.stores.endings import is_model_name
from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, file_facts, unfinished
from tui.models.stores.visit import Visit, is_folder

CODE = "hugging_face"
_REPOSITORY = "models--"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PARTIAL = re.compile(r"[0-9a-f]{40,64}(?:\.[0-9a-f]{8})?\.(?:incomplete|downloadInProgress)")
_GGUF = b"GGUF"
_COMMIT_LENGTH = 7
"""Characters of a commit that name it."""


def read_hugging_face(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the GGUF files of every repository in the cache."""
    yield from read_hub(hub_folder(environment), visit, CODE)


def hub_folder(environment: Environment) -> Path:
    """Return the folder of the cache."""
    own_folder = environment.path("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")
    if own_folder is not None:
        return own_folder
    home = environment.path("HF_HOME")
    if home is None:
        # The same on every system.
        cache = environment.path("XDG_CACHE_HOME") or environment.home / ".cache"
        home = cache / "huggingface"
    return home / "hub"


def read_hub(folder: Path, visit: Visit, store: str) -> Iterator[StoredFile]:
    """Yield the GGUF files of a folder with this layout."""
    if not visit.look_in(folder):
        return
    for entry in visit.entries(folder):
        # `blobs` is the store of the whole cache: what is in it has no name there.
        if entry.name.startswith(_REPOSITORY) and is_folder(entry):
            yield from _repository(Path(entry.path), visit, store)


def _repository(folder: Path, visit: Visit, store: str) -> Iterator[StoredFile]:
    title = folder.name.removeprefix(_REPOSITORY).replace("--", "/")
    wanted = visit.read_text(folder / "refs" / "main", watched=False).strip()
    snapshots = [entry for entry in visit.entries(folder / "snapshots") if is_folder(entry)]
    # The wanted revision first: older ones mostly link to the same blobs.
    snapshots.sort(key=lambda entry: entry.name != wanted)
    listed: set[str] = set()
    for number, snapshot in enumerate(snapshots):
        is_wanted = number == 0 and (snapshot.name == wanted or not wanted or len(snapshots) == 1)
        stored_as = title if is_wanted else f"{title}@{snapshot.name[:_COMMIT_LENGTH]}"
        for entry in visit.walk(Path(snapshot.path)):
            if not is_model_name(entry.name):
                continue
            blob = _blob_name(entry)
            identity = blob or os.path.relpath(entry.path, snapshot.path)
            if identity in listed:
                continue
            listed.add(identity)
            path = Path(entry.path)
            yield StoredFile(
                path,
                store,
                stored_as,
                _model_name(title) if says_nothing(path) else "",
                sha256=blob if _SHA256.fullmatch(blob) else "",
                facts=file_facts(path),
            )
    for entry in visit.entries(folder / "blobs"):
        # A part says nothing of its name, only its first bytes tell a model from the rest of a repository.
        if _PARTIAL.fullmatch(entry.name) and begins_with(Path(entry.path), _GGUF):
            facts = file_facts(entry.path)
            yield StoredFile(
                Path(entry.path), store, title, _model_name(title), problem=unfinished(store), facts=facts
            )


def _blob_name(entry: os.DirEntry[str]) -> str:
    """Return the name of the blob that a snapshot's file links to; empty where files lie there themselves."""
    try:
        return Path(entry.path).readlink().name
    except (OSError, ValueError):
        return ""


def _model_name(title: str) -> str:
    return re.sub(r"[-_.]gguf$", "", title.rpartition("/")[2], flags=re.IGNORECASE)
