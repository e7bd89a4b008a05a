"""State of a partial download: only what is surely on the disk counts."""

from pathlib import Path

import msgspec
import pytest

from tui.models.hub.part_state import (
    PartState,
    drop_part,
    gaps,
    is_same_file,
    merge,
    part_path,
    partial_downloads,
    read_state,
    state_path,
    total,
    write_state,
)
from tui.models.hub.remote_file import RemoteFile

FILE = RemoteFile("http://hub/a/b/resolve/1/m.gguf", "m.gguf", 1000, sha256="1" * 64, repository="a/b")
WEB = RemoteFile("http://web/m.gguf", "m.gguf", 1000, version='"1"')


def test_pieces_that_touch_or_overlap_become_one() -> None:
    assert merge([(5, 9), (0, 3), (3, 4), (7, 12), (20, 20)]) == ((0, 4), (5, 12))
    assert total(merge([(0, 10), (5, 15)])) == 15


def test_gaps_are_what_is_missing() -> None:
    assert gaps([(2, 4), (6, 8)], 10) == ((0, 2), (4, 6), (8, 10))
    assert gaps([(0, 10)], 10) == ()
    assert gaps([], 10) == ((0, 10),)


def test_state_comes_back_as_it_was_written(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part_path(target).write_bytes(bytes(900))
    write_state(target, PartState(FILE, ((0, 100), (500, 900)), (FILE, WEB)))

    state = read_state(target)

    assert state == PartState(FILE, ((0, 100), (500, 900)), (FILE, WEB))
    assert [path for path in tmp_path.iterdir() if path.name.endswith(".new")] == []


def test_bytes_past_the_end_of_the_partial_file_do_not_count(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part_path(target).write_bytes(bytes(600))
    write_state(target, PartState(FILE, ((0, 100), (500, 900), (950, 2000))))

    state = read_state(target)

    assert state is not None
    assert state.pieces == ((0, 100), (500, 600))


@pytest.mark.parametrize("text", [b"", b"{", b'{"file": 1}', b"\xff\xfe"])
def test_broken_state_is_none(tmp_path: Path, text: bytes) -> None:
    target = tmp_path / "m.gguf"
    part_path(target).write_bytes(bytes(1000))
    state_path(target).write_bytes(text)
    assert read_state(target) is None


def test_state_of_a_newer_program_is_none(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part_path(target).write_bytes(bytes(1000))
    write_state(target, PartState(FILE, ((0, 100),), format=2))
    assert read_state(target) is None


def test_state_without_a_partial_file_is_none(tmp_path: Path) -> None:
    write_state(tmp_path / "m.gguf", PartState(FILE, ((0, 100),)))
    assert read_state(tmp_path / "m.gguf") is None


def test_published_hash_decides_that_a_file_is_the_same() -> None:
    moved = msgspec.structs.replace(FILE, address="http://mirror/m.gguf", revision="2")
    assert is_same_file(FILE, moved)
    assert not is_same_file(FILE, msgspec.structs.replace(FILE, sha256="2" * 64))
    assert not is_same_file(FILE, msgspec.structs.replace(FILE, size_bytes=999))


def test_web_address_is_the_same_file_only_with_the_version_that_its_server_names() -> None:
    assert is_same_file(WEB, WEB)
    assert not is_same_file(WEB, msgspec.structs.replace(WEB, version='"2"'))
    nameless = msgspec.structs.replace(WEB, version="")
    assert not is_same_file(nameless, nameless)


def test_partial_downloads_are_found_below_a_folder(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "m.gguf"
    target.parent.mkdir(parents=True)
    part_path(target).write_bytes(bytes(1000))
    write_state(target, PartState(FILE, ((0, 100),)))
    assert [(path, state.file) for path, state in partial_downloads(tmp_path)] == [(target, FILE)]

    drop_part(target)
    assert partial_downloads(tmp_path) == []
    drop_part(target)
