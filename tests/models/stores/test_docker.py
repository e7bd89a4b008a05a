"""Docker Model Runner: an index, manifests, blobs and bundles."""

from pathlib import Path

import msgspec

from tests.gguf_files import write_split
from tests.models.stores.trees import (
    docker_model,
    environment,
    gguf_bytes,
    places,
    projector_bytes,
    rows,
    scan,
    sha256,
    write,
)

GGUF = "application/vnd.docker.ai.gguf.v3"


def test_names_are_the_tags_and_the_hash_is_the_digest(tmp_path: Path):
    folder = tmp_path / ".docker" / "models"
    data = gguf_bytes("x")
    docker_model(folder, ["ai/tiny:latest"], [(GGUF, data), ("application/vnd.docker.ai.license", b"text")])
    docker_model(
        folder, ["docker.io/ai/other:1B"], [("application/vnd.cncf.model.weight.v1.gguf", gguf_bytes("y"))]
    )
    docker_model(
        folder, ["ai/seeing:4B"], [(GGUF, data), ("application/vnd.docker.ai.mmproj", projector_bytes())]
    )
    docker_model(folder, ["ai/other-format"], [("application/vnd.docker.ai.safetensors", b"weights")])
    docker_model(folder, [], [(GGUF, gguf_bytes("untagged"))])

    library = scan(environment(tmp_path))

    names = [(name, there) for name, _store, there, _error in rows(library)]
    assert [name for name, _there in names[:-1]] == ["ai/other:1B", "ai/seeing:4B", "ai/tiny:latest"]
    assert names[-1][0].startswith("sha256:")
    tiny = next(model for model in library.files if model.name == "ai/tiny:latest")
    assert (tiny.sha256, places(tiny)) == (sha256(data), [("docker", "ai/seeing:4B")])


def test_a_split_model_is_read_from_its_bundle(tmp_path: Path):
    folder = tmp_path / ".docker" / "models"
    parts = [path.read_bytes() for path in write_split(tmp_path, "model", 2)]
    layers = [(GGUF, part) for part in parts]
    bundle = {f"model-0000{number}-of-00002.gguf": part for number, part in enumerate(parts, 1)}
    docker_model(folder, ["ai/big:70B"], layers, bundle=bundle)
    docker_model(folder, ["ai/never-run:70B"], [(GGUF, part + b"\x00") for part in parts])

    library = scan(environment(tmp_path, MODELS_PATH=str(folder)))

    # The variable is LocalAI's, too, whose reader passes over what the index names.
    docker = [model for model in library.files if model.found_in == "docker"]
    assert [(model.name, len(model.shards), model.error is None) for model in docker] == [
        ("ai/big:70B", 2, True),
        ("ai/never-run:70B", 1, False),
    ]


def test_missing_blobs_partial_ones_and_a_broken_index(tmp_path: Path):
    folder = tmp_path / ".docker" / "models"
    data = gguf_bytes("x")
    docker_model(folder, ["ai/gone"], [(GGUF, data)])
    (folder / "blobs" / "sha256" / sha256(data)).unlink()
    write(folder / "blobs" / "sha256" / f"{'a' * 64}.incomplete", b"")

    assert [(name, error) for name, _store, _there, error in rows(scan(environment(tmp_path)))] == [
        ("aaaaaaaaaaaa", "This is a part of a download that did not finish (Docker Model Runner)"),
        ("ai/gone", "The file of ai/gone is missing in its store"),
    ]
    write(folder / "models.json", "[")
    assert scan(environment(tmp_path)).files == ()


def test_the_volume_of_the_service_is_looked_at_by_its_administrator_only(tmp_path: Path):
    volume = tmp_path / "root/var/lib/docker/volumes/docker-model-runner-models/_data"
    docker_model(volume, ["ai/tiny"], [(GGUF, gguf_bytes("x"))])

    assert scan(environment(tmp_path)).files == ()
    administrator = msgspec.structs.replace(environment(tmp_path), is_superuser=True)
    assert [name for name, *_other in rows(scan(administrator))] == ["ai/tiny"]
