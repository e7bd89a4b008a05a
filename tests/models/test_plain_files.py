"""Reading of files that anybody may have put there."""

import os
import sys
from pathlib import Path

import pytest

from tui.models.plain_files import begins_with, open_plain, read_record_file


@pytest.mark.skipif(sys.platform == "win32", reason="has no such pipes")
def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(OSError, match="no plain file"):
        open_plain(pipe)
    assert not begins_with(pipe, b"GGUF")
    assert read_record_file(pipe, dict, 100) is None


def test_the_first_bytes_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"GGUF and more")

    assert begins_with(path, b"GGUF")
    assert not begins_with(path, b"PK")
    assert not begins_with(tmp_path / "missing", b"GGUF")
    assert not begins_with(tmp_path, b"GGUF")
    assert not begins_with(Path("\0"), b"GGUF")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[1]", b"\xff", b'{"x":' + b"[" * 100_000, b"{}" + b" " * 999_999]
)
def test_what_is_no_such_record_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(data)

    assert read_record_file(path, dict[str, str], 500_000) is None


def test_a_record_is_read(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(b'{"name": "x"}')

    assert read_record_file(path, dict[str, str], 500) == {"name": "x"}
