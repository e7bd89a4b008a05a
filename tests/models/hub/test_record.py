"""Records beside downloaded files."""

import os
from pathlib import Path

import pytest

from tui.models.hub.record import read_record, record_path, write_record, write_safely
from tui.models.hub.remote_file import RemoteFile

FILE = RemoteFile(
    "http://hub/a/b/resolve/1/m.gguf", "m.gguf", 4, sha256="1" * 64, repository="a/b", revision="1"
)


def test_record_says_where_a_file_is_from(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF")
    record = write_record(path, FILE, "1" * 64)

    assert read_record(path) == record
    assert (record.repository, record.revision, record.path) == ("a/b", "1", "m.gguf")
    assert record.verified
    assert record.downloaded.endswith("+00:00")


def test_file_of_another_size_is_not_the_recorded_one(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF")
    write_record(path, FILE, "1" * 64)
    path.write_bytes(b"another")
    assert read_record(path) is None


def test_record_vouches_for_no_other_file_of_the_same_size(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF")
    write_record(path, FILE, "1" * 64)
    a_minute_ago = path.stat().st_mtime_ns - 60 * 10**9
    os.utime(path, ns=(a_minute_ago, a_minute_ago))
    assert read_record(path) is None


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 200_000, b" " * (2 << 20), b"\xff\xfe"])
def test_file_without_a_readable_record_has_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF")
    assert read_record(path) is None
    record_path(path).write_bytes(data)
    assert read_record(path) is None


def test_failed_replacement_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    write_safely(path, b"old")

    def broken(_handle: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr("tui.models.hub.record.os.fsync", broken)
    with pytest.raises(OSError, match="no space"):
        write_safely(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]


def test_record_is_for_its_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    file.write_bytes(b"GGUF")
    write_record(file, RemoteFile("https://host/m.gguf?signature=1", "m.gguf", 4), "0" * 64)
    assert record_path(file).stat().st_mode & 0o777 == 0o600
