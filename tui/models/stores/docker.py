"""Models of Docker Model Runner: an index, OCI manifests, and blobs.

Facts from pkg/distribution/internal/store of docker/model-runner.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.models.stores.environment import Environment
from tui.models.stores.stored_file import StoredFile, file_facts, unfinished
from tui.models.stores.visit import Visit
from tui.sentences import reason

CODE = "docker"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_WEIGHTS = ("application/vnd.docker.ai.gguf", "application/vnd.cncf.model.weight.v1.gguf")
_PROJECTOR = "application/vnd.docker.ai.mmproj"
_VOLUME = "var/lib/docker/volumes/docker-model-runner-models/_data"
_PREFIXES = ("docker.io/", "index.docker.io/")
_SHORT_DIGEST = 12
_INCOMPLETE = ".incomplete"


class _IndexEntry(msgspec.Struct):
    id: str = ""
    tags: list[str] = []


class _Index(msgspec.Struct):
    models: list[_IndexEntry] = []


class _OciLayer(msgspec.Struct):
    digest: str
    mediaType: str = ""


class _OciManifest(msgspec.Struct):
    layers: list[_OciLayer] = []


def read_docker(environment: Environment, visit: Visit) -> Iterator[StoredFile]:
    """Yield the GGUF models of Docker Desktop's folder, and for the administrator of Docker CE's volume."""
    folders = [environment.path("MODELS_PATH") or environment.home / ".docker" / "models"]
    if environment.is_superuser:
        folders.append(environment.root / _VOLUME)
    for folder in folders:
        if visit.look_in(folder):
            yield from _folder_files(folder, visit)


def _folder_files(folder: Path, visit: Visit) -> Iterator[StoredFile]:
    index = visit.read_json(folder / "models.json", _Index)
    if index is None:
        return
    for entry in index.models:
        name = _short_tag(entry.tags[0]) if entry.tags else entry.id[: len("sha256:") + _SHORT_DIGEST]
        match = _DIGEST.fullmatch(entry.id)
        manifest = (
            visit.read_json(folder / "manifests" / "sha256" / match[1], _OciManifest, watched=False)
            if match
            else None
        )
        if match is None or manifest is None:
            continue
        weights = [layer for layer in manifest.layers if layer.mediaType.startswith(_WEIGHTS)]
        if len(weights) > 1:
            yield from _split(folder, match[1], name, visit)
        else:
            yield from (
                _blob_file(folder, layer, name, "") for layer in weights if _DIGEST.fullmatch(layer.digest)
            )
        for layer in manifest.layers:
            if layer.mediaType.startswith(_PROJECTOR) and _DIGEST.fullmatch(layer.digest):
                yield _blob_file(folder, layer, name, "mmproj")
    for entry in visit.entries(folder / "blobs" / "sha256"):
        if entry.name.endswith(_INCOMPLETE):
            path = Path(entry.path)
            name = entry.name[:_SHORT_DIGEST]
            yield StoredFile(path, CODE, "", name, problem=unfinished(CODE), facts=file_facts(path))


def _blob_file(folder: Path, layer: _OciLayer, name: str, kind: str) -> StoredFile:
    digest = layer.digest.partition(":")[2]
    path = folder / "blobs" / "sha256" / digest
    facts = file_facts(path)
    problem = None if facts else reason("models.blob_missing", name=name)
    return StoredFile(path, CODE, name, name, digest, kind, problem, facts)


def _split(folder: Path, identifier: str, name: str, visit: Visit) -> Iterator[StoredFile]:
    """Yield the files of a split model from its bundle: only there they have names that say their order."""
    bundle = folder / "bundles" / "sha256" / identifier / "model"
    files = list(visit.model_files(bundle))
    if files:
        yield from (StoredFile(path, CODE, name, name, facts=file_facts(path)) for path in files)
    else:
        path = folder / "manifests" / "sha256" / identifier
        problem = reason("models.split_without_names", name=name)
        yield StoredFile(path, CODE, name, name, problem=problem, facts=file_facts(path))


def _short_tag(tag: str) -> str:
    for prefix in _PREFIXES:
        tag = tag.removeprefix(prefix)
    return tag
