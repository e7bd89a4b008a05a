"""Ollama's manifests and blobs, in its own folders and in those of its service and its desktop app."""

import os
from pathlib import Path

import pytest

from tests.models.stores.trees import (
    adapter_bytes,
    embedding_bytes,
    environment,
    gguf_bytes,
    ollama_database,
    ollama_model,
    places,
    projector_bytes,
    rows,
    scan,
    sha256,
    write,
)
from tui.services.sentences import sentence

HUB = "registry.ollama.ai/library"


def test_names_are_those_of_ollama_list_and_the_hash_is_the_digest(tmp_path: Path):
    folder = tmp_path / ".ollama" / "models"
    data = gguf_bytes("Llama 3.2 3B Instruct")
    ollama_model(folder, f"{HUB}/llama3.2/3b", [("model", data), ("license", b"text"), ("params", b"{}")])
    ollama_model(folder, "registry.ollama.ai/someone/own/latest", [("model", gguf_bytes("own"))])
    ollama_model(folder, "hf.co/org/Tiny-GGUF/Q4_0", [("model", gguf_bytes("tiny"))])
    write(folder / "manifests" / ".DS_Store", b"\x00")

    library = scan(environment(tmp_path))

    assert rows(library) == [
        ("hf.co/org/Tiny-GGUF:Q4_0", "ollama", "hf.co/org/Tiny-GGUF:Q4_0", ""),
        ("llama3.2:3b", "ollama", "llama3.2:3b", ""),
        ("someone/own:latest", "ollama", "someone/own:latest", ""),
    ]
    assert library.files[1].sha256 == sha256(data)
    assert library.files[1].header_name == "Llama 3.2 3B Instruct"
    assert library.files[1].path == folder / "blobs" / f"sha256-{sha256(data)}"


def test_two_tags_of_one_blob_are_one_row_by_the_tag_that_tells_more(tmp_path: Path):
    folder = tmp_path / ".ollama" / "models"
    for tag in ("latest", "3b"):
        ollama_model(folder, f"{HUB}/llama3.2/{tag}", [("model", gguf_bytes("x"))])
    ollama_model(folder, f"{HUB}/my-own/latest", [("model", gguf_bytes("x")), ("system", b"Be brief.")])

    (model,) = scan(environment(tmp_path)).files

    assert model.stored_as == "llama3.2:3b"
    assert places(model) == [("ollama", "llama3.2:latest"), ("ollama", "my-own:latest")]


def test_parts_of_models_and_other_formats_say_what_they_are(tmp_path: Path):
    folder = tmp_path / ".ollama" / "models"
    ollama_model(folder, f"{HUB}/llava/7b", [("model", gguf_bytes("x")), ("projector", projector_bytes())])
    ollama_model(folder, f"{HUB}/tuned/latest", [("model", gguf_bytes("y")), ("adapter", adapter_bytes())])
    ollama_model(folder, f"{HUB}/embed/latest", [("model", embedding_bytes())])
    ollama_model(folder, f"{HUB}/mlx/latest", [("tensor", b"weights")], {"model_format": "safetensors"})
    ollama_model(folder, f"{HUB}/big/cloud", [], {"remote_host": "https://ollama.com", "model_format": ""})

    library = scan(environment(tmp_path))

    errors = {(name, error) for name, _store, _there, error in rows(library)}
    assert errors == {
        ("embed:latest", "This is an embedding model; it does not write text"),
        ("llava:7b", ""),
        ("llava:7b", "This is the vision or audio part of a model; it is not a language model by itself"),
        ("mlx:latest", "This model is stored as safetensors, not GGUF"),
        ("tuned:latest", ""),
        ("tuned:latest", "This is a LoRA adapter; it is not a language model by itself"),
    }


def test_partial_and_missing_blobs_and_broken_manifests_say_so(tmp_path: Path):
    folder = tmp_path / ".ollama" / "models"
    data = gguf_bytes("x")
    ollama_model(folder, f"{HUB}/gone/1b", [("model", data)])
    (folder / "blobs" / f"sha256-{sha256(data)}").unlink()
    write(folder / "blobs" / f"sha256-{'f' * 64}-partial", b"")
    write(folder / "blobs" / f"sha256-{'f' * 64}-partial-0", b"{}")
    for number, text in enumerate(("", "{", "[]", '{"layers": [{"digest": "sha256:../../x"}]}', "\xff")):
        write(folder / "manifests" / HUB / "broken" / str(number), text)

    library = scan(environment(tmp_path))

    assert [(name, error) for name, _store, _there, error in rows(library)] == [
        ("gone:1b", "The file of gone:1b is missing in its store"),
        ("sha256-ffffffffffff", "This is a part of a download that did not finish (Ollama)"),
    ]


def test_very_old_blobs_have_a_colon_in_their_names(tmp_path: Path):
    folder = tmp_path / ".ollama" / "models"
    data = gguf_bytes("x")
    ollama_model(folder, f"{HUB}/old/7b", [("model", data)])
    blob = folder / "blobs" / f"sha256-{sha256(data)}"
    blob.rename(blob.with_name(blob.name.replace("-", ":")))

    (model,) = scan(environment(tmp_path)).files

    assert model.error is None


@pytest.mark.parametrize(
    "folder",
    ["chosen", "root/usr/share/ollama/.ollama/models", "root/var/lib/ollama", "service", "amended"],
)
def test_every_folder_of_linux_is_looked_at(tmp_path: Path, folder: str):
    ollama_model(tmp_path / folder, f"{HUB}/x/1b", [("model", gguf_bytes("x"))])
    systemd = tmp_path / "root" / "etc" / "systemd" / "system"
    variables = {}
    if folder == "chosen":
        variables = {"OLLAMA_MODELS": str(tmp_path / folder)}
    elif folder == "service":
        write(systemd / "ollama.service", f"[Service]\nEnvironment=A=1 OLLAMA_MODELS={tmp_path / folder}\n")
    elif folder == "amended":
        path = systemd / "ollama.service.d" / "override.conf"
        write(path, f'[Service]\nEnvironment="OLLAMA_MODELS={tmp_path / folder}"\n')

    assert [model.stored_as for model in scan(environment(tmp_path, **variables)).files] == ["x:1b"]


@pytest.mark.parametrize(
    ("system", "database"),
    [("macos", "Library/Application Support/Ollama"), ("windows", "AppData/Local/Ollama")],
)
def test_the_desktop_app_has_a_folder_of_its_own_and_nothing_is_written_there(
    tmp_path: Path, system: str, database: str
):
    ollama_model(tmp_path / "big disk", f"{HUB}/x/1b", [("model", gguf_bytes("x"))])
    ollama_database(tmp_path / database / "db.sqlite", str(tmp_path / "big disk"))
    before_scan = sorted((tmp_path / database).iterdir())

    assert [model.stored_as for model in scan(environment(tmp_path, system)).files] == ["x:1b"]  # type: ignore[arg-type]
    assert sorted((tmp_path / database).iterdir()) == before_scan


def test_a_broken_database_is_no_folder(tmp_path: Path):
    write(tmp_path / "Library/Application Support/Ollama/db.sqlite", b"no database")

    assert scan(environment(tmp_path, "macos")).files == ()


def test_a_folder_of_the_service_that_may_not_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    service = tmp_path / "root" / "usr" / "share" / "ollama" / ".ollama" / "models"
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path == service:
            raise PermissionError(13, "Permission denied")
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)

    library = scan(environment(tmp_path))

    (problem,) = map(sentence, library.problems)
    assert problem.startswith(f"You may not read {service}, a folder of models (Ollama)")
    assert 'skip_stores = ["ollama"]' in problem
    # AND a store that is left out is not looked at
    assert scan(environment(tmp_path), skipped=["ollama"]).problems == ()
