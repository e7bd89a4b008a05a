"""What a scan remembers of the files it read, and when it does not trust its memory."""

import os
from pathlib import Path

import msgspec
import pytest

from tests.gguf_files import write_llama, write_split
from tui.models import library_cache
from tui.models.library import scan_library
from tui.models.library_cache import code_version, load_cache


def test_second_scan_reads_no_header(own_folder: Path, reads: list[Path]) -> None:
    write_llama(own_folder / "a.gguf")
    write_split(own_folder, "Big", 2)
    first = scan_library()
    assert len(reads) == 2
    reads.clear()

    assert scan_library() == first
    assert reads == []


def test_a_changed_file_is_read_again(own_folder: Path, reads: list[Path]) -> None:
    path = write_llama(own_folder / "a.gguf")
    other_file = write_llama(own_folder / "b.gguf")
    scan_library()
    reads.clear()
    facts = other_file.stat()
    write_llama(path, layers=3)
    os.utime(other_file, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    library_read = scan_library()

    assert reads == [path]
    assert library_read.files[0].shape is not None
    assert library_read.files[0].shape.layers == 3


def test_a_shard_that_vanished_is_noticed(own_folder: Path) -> None:
    shards = write_split(own_folder, "Big", 2)
    assert scan_library().files[0].error is None
    shards[1].unlink()

    assert scan_library().files[0].error is not None


def test_a_bad_file_is_not_remembered(own_folder: Path, reads: list[Path]) -> None:
    path = own_folder / "a.gguf"
    path.write_bytes(b"")
    scan_library()
    scan_library()

    assert reads == [path, path]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"\x82\xa7readers\x01\xa7entries\x81\xa1a\x01", b"\x90"]
)
def test_a_broken_cache_is_ignored_and_replaced(own_folder: Path, tmp_path: Path, data: bytes) -> None:
    write_llama(own_folder / "a.gguf")
    cache = tmp_path / "cache.msgpack"
    cache.write_bytes(data)

    assert [model.name for model in scan_library(cache=cache).files] == ["a"]
    assert len(load_cache(cache)) == 1


def test_a_cache_of_other_code_is_ignored(own_folder: Path, tmp_path: Path, reads: list[Path]) -> None:
    write_llama(own_folder / "a.gguf")
    cache = tmp_path / "cache.msgpack"
    scan_library(cache=cache)
    stored = msgspec.msgpack.decode(cache.read_bytes())
    cache.write_bytes(msgspec.msgpack.encode({**stored, "readers": stored["readers"] + 1}))
    reads.clear()

    scan_library(cache=cache)

    assert len(reads) == 1


def test_the_version_of_the_code_is_the_time_of_its_newest_module() -> None:
    room = Path(library_cache.__file__).parent
    assert code_version() == max(path.stat().st_mtime_ns for path in room.rglob("*.py"))


def test_files_of_other_scans_stay_cached_while_they_exist(own_folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.msgpack"
    elsewhere, gone = write_llama(tmp_path / "away.gguf"), write_llama(tmp_path / "gone.gguf")
    scan_library(files=[elsewhere, gone], cache=cache)
    gone.unlink()
    own = write_llama(own_folder / "own.gguf")

    scan_library(cache=cache)

    assert set(load_cache(cache)) == {str(elsewhere), str(own)}


def test_unwritable_cache_is_harmless(own_folder: Path, tmp_path: Path) -> None:
    write_llama(own_folder / "a.gguf")
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")

    library_read = scan_library(cache=blocked / "models.msgpack")

    assert [model.name for model in library_read.files] == ["a"]


def test_the_cache_is_replaced_in_one_step(own_folder: Path, tmp_path: Path) -> None:
    write_llama(own_folder / "a.gguf")

    scan_library(cache=tmp_path / "cache" / "models.msgpack")

    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["models.msgpack"]
