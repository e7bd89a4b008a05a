"""Models of RamaLama: records of files by tag, beside blobs and snapshots of links to them.

Facts from ramalama/config.py and ramalama/model_store.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec

from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, file_facts, unfinished
from tui.models.stores.visit import Visit, is_folder
from tui.sentences import reason

CODE = "ramalama"
_KINDS = {"gguf": "", "mmproj": "mmproj"}
_DEEPEST = 8
_HEX = re.compile(r"[0-9a-f]{64}")
_PARTIAL = ".partial"
_SHORT_DIGEST = 12


class _RecordFile(msgspec.Struct):
    hash: str = ""
    name: str = ""
    type: str = ""


class _Reference(msgspec.Struct):
    hash: str = ""
    files: list[_RecordFile] = []


def read_ramalama(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the GGUF files of every model and tag."""
    store = _root(environment, visit) / "store"
    if not visit.look_in(store):
        return
    pending = [(store, 0)]
    while pending:
        folder, depth = pending.pop()
        entries = visit.entries(folder)
        names = {entry.name for entry in entries}
        if "refs" in names:
            yield from _model(folder, folder.relative_to(store).parts, visit)
        elif depth < _DEEPEST:
            pending += [(Path(entry.path), depth + 1) for entry in reversed(entries) if is_folder(entry)]


def _root(environment: Environment, visit: Visit) -> Path:
    for path in (
        environment.config_folder / "ramalama" / "ramalama.conf",
        environment.root / "etc" / "ramalama" / "ramalama.conf",
    ):
        section = visit.read_toml(path).get("ramalama")
        chosen = cast("dict[str, object]", section).get("store") if isinstance(section, dict) else None
        if isinstance(chosen, str) and chosen:
            return environment.expand(chosen)
    if environment.is_superuser:
        return environment.root / "var" / "lib" / "ramalama"
    data = environment.path("XDG_DATA_HOME") or environment.home / ".local" / "share"
    return data / "ramalama"


def _model(folder: Path, parts: tuple[str, ...], visit: Visit) -> Iterator[StoredFile]:
    source, *path = parts
    title = f"{source}://{'/'.join(path)}"
    for entry in visit.entries(folder / "refs"):
        reference = visit.read_json(Path(entry.path), _Reference, watched=False)
        if reference is None:
            continue
        tag = entry.name.removesuffix(".json")
        for file in reference.files:
            kind = _KINDS.get(file.type)
            digest = file.hash.replace(":", "-").removeprefix("sha256-")
            if kind is None or not _HEX.fullmatch(digest):
                continue
            name = f"{path[-1] if path else source}:{tag}"
            # The link has the name by which the files of a split model know one another.
            link = folder / "snapshots" / reference.hash.replace(":", "-") / file.name
            blob = folder / "blobs" / f"sha256-{digest}"
            facts = file_facts(link)
            chosen = link if facts else blob
            facts = facts or file_facts(blob)
            problem = None if facts else reason("models.blob_missing", name=f"{title}:{tag}")
            yield StoredFile(chosen, CODE, f"{title}:{tag}", name, digest, kind, problem, facts)
    for entry in visit.entries(folder / "blobs"):
        if entry.name.endswith(_PARTIAL):
            part = Path(entry.path)
            name = path[-1] if path else entry.name[:_SHORT_DIGEST]
            yield StoredFile(part, CODE, title, name, problem=unfinished(CODE), facts=file_facts(part))
