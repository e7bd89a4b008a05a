"""Models of Ollama: manifests that name blobs. Its desktop app and its service have folders of their own.

Facts from Ollama's manifest/paths.go, manifest/layer.go and envconfig/config.go.
"""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, file_facts, unfinished
from tui.models.stores.visit import Visit
from tui.sentences import Reason, reason

CODE = "ollama"
_LAYER = "application/vnd.ollama.image."
_KINDS = {"model": "", "projector": "mmproj", "adapter": "adapter", "draft": "draft"}
"""Kinds of the layers that are GGUF files; empty for the model itself."""
_HOST, _NAMESPACE, _LATEST = "registry.ollama.ai", "library", "latest"
"""Parts of a name that its commands leave out."""
_DEEPEST_NAME = 6
_PARTIAL = re.compile(r"(sha256[-:][0-9a-f]{64})-partial")
_SHORT_DIGEST = 12
_SERVICE_FILES = ("etc/systemd/system/ollama.service", "etc/systemd/system/ollama.service.d")
_SERVICE_VARIABLE = re.compile(
    r"""^\s*Environment=.*?\bOLLAMA_MODELS=([^"'\s]+|"[^"]*"|'[^']*')""", re.MULTILINE
)


class _Layer(msgspec.Struct):
    digest: str
    mediaType: str = ""
    size: int = 0


class _Manifest(msgspec.Struct):
    layers: list[_Layer] = []
    config: _Layer | None = None


class _Config(msgspec.Struct):
    model_format: str = ""
    remote_host: str = ""


class _Models(msgspec.Struct):
    """Files of one folder of Ollama's, by the name that each is listed under."""

    folder: Path
    store: str


def read_ollama(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the models in every folder that Ollama may keep them in."""
    for folder in dict.fromkeys(_folders(environment, visit)):
        yield from read_ollama_folder(folder, visit, CODE)


def _folders(environment: Environment, visit: Visit) -> Iterator[Path]:
    yield environment.path("OLLAMA_MODELS") or environment.home / ".ollama" / "models"
    if environment.system == "linux":
        root = environment.root
        for name in _SERVICE_FILES:
            yield from _service_folders(root / name, visit)
        yield root / "usr/share/ollama/.ollama/models"
        yield root / "var/lib/ollama"
    else:
        chosen = _desktop_folder(environment.data_folder / "Ollama" / "db.sqlite", visit)
        if chosen:
            yield environment.expand(chosen)


def _service_folders(path: Path, visit: Visit) -> Iterator[Path]:
    """Yield the folders that the service's unit, or the files that amend it, name."""
    units = [Path(entry.path) for entry in visit.entries(path, quiet=True)] if path.is_dir() else [path]
    for unit in units:
        for match in _SERVICE_VARIABLE.finditer(visit.read_text(unit)):
            yield Path(match[1].strip("\"'"))


def _desktop_folder(database: Path, visit: Visit) -> str:
    """Return the folder that the user chose in the desktop app; empty for none.

    The database is opened as a file that nobody changes: otherwise SQLite would write beside it.
    """
    if not visit.look_at(database):
        return ""
    try:
        address = f"{database.absolute().as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
            row = connection.execute("SELECT models FROM settings WHERE id = 1").fetchone()
    except (sqlite3.Error, ValueError):
        return ""
    return row[0].strip() if row and isinstance(row[0], str) else ""


def read_ollama_folder(folder: Path, visit: Visit, store: str) -> Iterator[StoredFile]:
    """Yield the models in a folder with manifests and blobs, each once for each of its names."""
    if not visit.look_in(folder):
        return
    models = _Models(folder, store)
    manifests = folder / "manifests"
    listed: list[tuple[str, Path]] = []
    for entry in visit.walk(manifests):
        parts = Path(entry.path).relative_to(manifests).parts
        if 1 < len(parts) <= _DEEPEST_NAME:
            listed.append((_short_name(parts), Path(entry.path)))
    # A tag of its own tells more than `latest`, where both name one model.
    for name, path in sorted(listed, key=lambda item: (item[0].endswith(f":{_LATEST}"), item[0])):
        manifest = visit.read_json(path, _Manifest, watched=False)
        if manifest is not None:
            yield from _layers(models, name, path, manifest, visit)
    for entry in visit.entries(folder / "blobs"):
        if match := _PARTIAL.fullmatch(entry.name):
            name = match[1].replace(":", "-")[: len("sha256-") + _SHORT_DIGEST]
            path = Path(entry.path)
            yield StoredFile(path, store, "", name, problem=unfinished(store), facts=file_facts(path))


def _short_name(parts: tuple[str, ...]) -> str:
    """Return the name of a manifest as `ollama list` writes it."""
    *path, tag = parts
    if path and path[0].casefold() == _HOST:
        path = path[1:]
        if len(path) > 1 and path[0].casefold() == _NAMESPACE:
            path = path[1:]
    return f"{'/'.join(path)}:{tag}"


def _layers(
    models: _Models, name: str, path: Path, manifest: _Manifest, visit: Visit
) -> Iterator[StoredFile]:
    count = 0
    for layer in manifest.layers:
        kind = _KINDS.get(layer.mediaType.removeprefix(_LAYER))
        blob = _blob(models.folder, layer.digest)
        if kind is None or not layer.mediaType.startswith(_LAYER) or blob is None:
            continue
        count += 1
        facts = file_facts(blob)
        yield StoredFile(
            blob,
            models.store,
            name,
            name,
            sha256=layer.digest.partition(":")[2],
            kind=kind,
            problem=None if facts else reason("models.blob_missing", name=name),
            facts=facts,
        )
    if not count and (problem := _other_format(models, manifest, visit)):
        yield StoredFile(path, models.store, name, name, problem=problem, facts=file_facts(path))


def _other_format(models: _Models, manifest: _Manifest, visit: Visit) -> Reason | None:
    """Return why a model without GGUF layers cannot be loaded; None for one of which nothing is here."""
    blob = _blob(models.folder, manifest.config.digest) if manifest.config else None
    config = visit.read_json(blob, _Config, watched=False) if blob is not None else None
    if config is None or config.remote_host or config.model_format.casefold() in ("", "gguf"):
        return None
    return reason("models.other_format", format=config.model_format)


def _blob(folder: Path, digest: str) -> Path | None:
    """Return the file of a blob; None for a digest that cannot be a file's name."""
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        return None
    path = folder / "blobs" / digest.replace(":", "-")
    older = folder / "blobs" / digest
    # Very old versions wrote a colon, which Windows takes in no name.
    return older if not path.exists() and older.exists() else path
