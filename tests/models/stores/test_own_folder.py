"""llmtui's own folder: what it downloaded itself is told from what people put there."""

from pathlib import Path

import msgspec

from tests.models.stores.trees import environment, gguf_bytes, scan, sha256, write
from tui.models.hub.record import DownloadRecord, record_path, write_record
from tui.models.hub.remote_file import RemoteFile


def test_only_a_file_with_a_record_is_a_download_of_its_own(tmp_path: Path):
    user = msgspec.structs.replace(environment(tmp_path), models_folder=tmp_path / "models")
    data = gguf_bytes("downloaded")
    downloaded = write(tmp_path / "models" / "downloaded.gguf", data)
    record = msgspec.json.encode(
        DownloadRecord(
            "x",
            len(data),
            sha256(data),
            verified=True,
            downloaded="2026-11-30",
            modified_ns=downloaded.stat().st_mtime_ns,
            repository="org/x",
        )
    )
    write(record_path(downloaded), record)
    replaced = write(tmp_path / "models" / "replaced.gguf", gguf_bytes("put in its place"))
    write(record_path(replaced), record)
    broken = write(tmp_path / "models" / "broken-record.gguf", gguf_bytes("other"))
    write(record_path(broken), "{")
    write(tmp_path / "models" / "copied.gguf", gguf_bytes("copied"))

    files = {model.name: model for model in scan(user).files}

    assert [name for name, model in files.items() if model.is_own_download] == ["downloaded"]
    assert (files["downloaded"].sha256, files["downloaded"].stored_as) == (sha256(data), "org/x")
    assert {model.found_in for model in files.values()} == {"own"}


def test_a_linked_folder_has_no_downloads_of_its_own(tmp_path: Path):
    user = msgspec.structs.replace(environment(tmp_path), models_folder=tmp_path / "models")
    path = write(tmp_path / "elsewhere" / "Mine-Q4_0.gguf", gguf_bytes("mine"))
    size_bytes = path.stat().st_size
    write_record(path, RemoteFile("http://hub/m.gguf", "m.gguf", size_bytes), sha256(path.read_bytes()))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "linked").symlink_to(path.parent)

    (model,) = scan(user).files

    assert not model.is_own_download


def test_a_part_of_a_download_has_its_reason(tmp_path: Path):
    user = msgspec.structs.replace(environment(tmp_path), models_folder=tmp_path / "models")
    write(tmp_path / "models" / "Tiny-Q4_0.gguf.part", gguf_bytes("x")[:2000])

    (model,) = scan(user).files

    assert model.error is not None
    assert model.error.code == "models.file_unfinished"
    assert (model.name, model.quant, model.size_bytes) == ("Tiny", "Q4_0", 2000)


def test_own_download_is_no_model_before_its_end(tmp_path: Path):
    user = msgspec.structs.replace(environment(tmp_path), models_folder=tmp_path / "models")
    write(tmp_path / "models" / "Tiny-Q4_0.gguf.part", gguf_bytes("x")[:2000])
    write(tmp_path / "models" / "Tiny-Q4_0.gguf.part.json", b"{}")

    assert scan(user).files == ()


def test_no_folder_is_no_problem(tmp_path: Path):
    user = msgspec.structs.replace(environment(tmp_path), models_folder=tmp_path / "models")

    assert (scan(user).files, scan(user).problems) == ((), ())
