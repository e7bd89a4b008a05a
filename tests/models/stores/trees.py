"""Trees of other programs' stores as the facts about each record them: files, names, and traps."""

import hashlib
import json
import sqlite3
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.gguf_files import Typed, header_bytes, llama_metadata, llama_tensors
from tui.models.library import Library, scan_library
from tui.models.model import ModelFile
from tui.models.stores.environment import Environment, System
from tui.services.sentences import sentence

COMMIT, OLDER_COMMIT = "a" * 40, "b" * 40
SIZES = {"layers": 1, "embedding": 32, "feed_forward": 32, "vocabulary": 64}


def gguf_bytes(title: str, **metadata: object) -> bytes:
    """A whole small model; two titles give two contents."""
    tensors = llama_tensors(heads=2, kv_heads=1, **SIZES)
    keys = llama_metadata(heads=2, kv_heads=1, **SIZES) | {"general.name": title, **metadata}
    weights = sum(-(-tensor.bytes // 32) * 32 for tensor in tensors)
    return header_bytes(keys, tensors) + bytes(weights)


def adapter_bytes() -> bytes:
    return gguf_bytes("adapter", **{"general.type": "adapter"})


def projector_bytes(title: str = "projector") -> bytes:
    return gguf_bytes(title, **{"general.architecture": "clip"})


def embedding_bytes() -> bytes:
    return gguf_bytes("embed", **{"llama.pooling_type": Typed("uint32", 1)})


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def hub_repository(
    hub: Path,
    repository: str,
    files: Mapping[str, bytes],
    *,
    commit: str = COMMIT,
    is_main: bool = True,
    links: bool = True,
    shared: bool = False,
) -> Path:
    """A repository in a hub's cache; its snapshot's folder is returned.

    Args:
        hub: folder of the cache.
        repository: `org/name`.
        files: contents by path.
        commit: revision of the snapshot.
        is_main: the revision that `main` is at.
        links: False for a system without links, where the files lie in the snapshot.
        shared: the blobs are links into the store of the whole cache.
    """
    folder = hub / f"models--{repository.replace('/', '--')}"
    snapshot = folder / "snapshots" / commit
    snapshot.mkdir(parents=True, exist_ok=True)
    (folder / "blobs").mkdir(exist_ok=True)
    if is_main:
        write(folder / "refs" / "main", commit)
    for name, data in files.items():
        target = snapshot / name
        if not links:
            write(target, data)
            continue
        blob = folder / "blobs" / sha256(data)
        if shared:
            # The name there is a hash of another kind.
            other_hash = hashlib.blake2b(data, digest_size=32).hexdigest()
            content = write(hub / "blobs" / other_hash[:2] / other_hash, data)
            write(hub / "blobs" / ".huggingface-shared-blobs", "1\n")
            if not blob.is_symlink():
                blob.symlink_to(Path("../../blobs") / other_hash[:2] / content.name)
        else:
            write(blob, data)
        target.parent.mkdir(parents=True, exist_ok=True)
        depth = len(Path(name).parts) + 1
        target.symlink_to(Path(*[".."] * depth) / "blobs" / blob.name)
    return snapshot


def ollama_model(
    folder: Path,
    name: str,
    layers: Sequence[tuple[str, bytes]],
    config: Mapping[str, object] | None = None,
) -> Path:
    """A model in a folder of Ollama's; `name` is the path of its manifest. Returns the manifest."""
    records: list[dict[str, object]] = []
    for kind, data in layers:
        digest = sha256(data)
        write(folder / "blobs" / f"sha256-{digest}", data)
        media_type = f"application/vnd.ollama.image.{kind}"
        records.append({"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)})
    config_data = json.dumps({"model_format": "gguf", **(config or {})}).encode()
    write(folder / "blobs" / f"sha256-{sha256(config_data)}", config_data)
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"digest": f"sha256:{sha256(config_data)}", "size": len(config_data), "mediaType": "x"},
        "layers": records,
    }
    return write(folder / "manifests" / name, json.dumps(manifest))


def ollama_database(path: Path, models: str) -> None:
    """The settings of Ollama's desktop app."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE settings (id INTEGER PRIMARY KEY, models TEXT)")
        connection.execute("INSERT INTO settings VALUES (1, ?)", (models,))
    connection.close()


def docker_model(
    folder: Path,
    tags: Sequence[str],
    layers: Sequence[tuple[str, bytes]],
    *,
    bundle: Mapping[str, bytes] = {},
) -> str:
    """A model of Docker's; its number is returned."""
    records: list[dict[str, str]] = []
    for media_type, data in layers:
        write(folder / "blobs" / "sha256" / sha256(data), data)
        records.append({"mediaType": media_type, "digest": f"sha256:{sha256(data)}"})
    manifest = json.dumps({"schemaVersion": 2, "layers": records}).encode()
    number = sha256(manifest)
    write(folder / "manifests" / "sha256" / number, manifest)
    index_file = folder / "models.json"
    index = json.loads(index_file.read_text()) if index_file.exists() else {"models": []}
    index["models"].append({"id": f"sha256:{number}", "tags": list(tags), "files": []})
    write(index_file, json.dumps(index))
    for name, data in bundle.items():
        write(folder / "bundles" / "sha256" / number / "model" / name, data)
    return number


def llamafile(
    path: Path, data: bytes, *, compressed: bool = False, name: str = "model.gguf", aligned: bool = True
) -> Path:
    """A program that is an archive too, with a model stored in it where it can be mapped."""
    write(path, b"MZqFpD='\n" + bytes(4096))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        archive.writestr(".args", "-m\nmodel.gguf")
        member = zipfile.ZipInfo(name)
        member.compress_type = archive.compression
        start = archive.fp.tell() + 30 + len(name) + 4 if archive.fp else 0
        padding = -start % 4096 if aligned else -start % 4096 + 1
        member.extra = struct.pack("<HH", 0xD935, padding) + bytes(padding)
        archive.writestr(member, data)
    return path


def environment(home: Path, system: System = "linux", **variables: str) -> Environment:
    """A user whose home is a folder of the test's, with services below its own root."""
    return Environment(home=home, variables=variables, system=system, root=home / "root")


def scan(user: Environment, *, cache: Path | None = None, skipped: Sequence[str] = ()) -> Library:
    """A scan of what that user has."""
    cache = cache or user.home / "cache-of-the-test.json"
    return scan_library(environment=user, cache=cache, skipped=skipped)


def row(model: ModelFile) -> tuple[str, str, str, str]:
    """Name, store, name there, and the first sentence of what is wrong; empty for nothing."""
    error = sentence(model.error) if model.error is not None else ""
    return (model.name, model.found_in, model.stored_as, error.partition(". ")[0])


def rows(library: Library) -> list[tuple[str, str, str, str]]:
    return [row(model) for model in library.files]


def places(model: ModelFile) -> list[tuple[str, str]]:
    return [(place.found_in, place.stored_as) for place in model.elsewhere]
