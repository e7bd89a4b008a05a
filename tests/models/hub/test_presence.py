"""Presence of a file before its download."""

import hashlib
import threading
from pathlib import Path

import msgspec
import pytest

from tui.models.hub.errors import TransferError, TransferStoppedError
from tui.models.hub.part_state import PartState, part_path, write_state
from tui.models.hub.presence import other_source, presence, recorded_download
from tui.models.hub.record import read_record, write_record
from tui.models.hub.remote_file import RemoteFile

DATA = b"GGUF and more"
FILE = RemoteFile("http://hub/m.gguf", "m.gguf", len(DATA), hashlib.sha256(DATA).hexdigest(), "a/b")
WEB = RemoteFile("http://web/m.gguf", "m.gguf", len(DATA), version='"1"')


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "m.gguf"
    path.write_bytes(DATA)
    return path


def test_missing_file_is_absent(tmp_path: Path) -> None:
    assert presence(tmp_path / "m.gguf", FILE) == "absent"
    assert recorded_download(tmp_path / "m.gguf", FILE, threading.Event()) is None


def test_recorded_file_with_the_published_hash_is_the_same(target: Path) -> None:
    record = write_record(target, FILE, FILE.sha256)
    assert presence(target, FILE) == "same"
    assert recorded_download(target, FILE, threading.Event()) == record


def test_recorded_file_with_another_hash_is_older(target: Path) -> None:
    write_record(target, FILE, FILE.sha256)
    newer = msgspec.structs.replace(FILE, sha256="0" * 64)
    assert presence(target, newer) == "older"
    assert recorded_download(target, newer, threading.Event()) is None


def test_web_address_is_the_same_by_its_version(target: Path) -> None:
    write_record(target, WEB, FILE.sha256)
    assert presence(target, WEB) == "same"
    assert presence(target, msgspec.structs.replace(WEB, version='"2"')) == "older"


def test_right_bytes_without_a_record_are_recognised(target: Path) -> None:
    assert presence(target, FILE) == "other"
    record = recorded_download(target, FILE, threading.Event())
    assert record is not None
    assert record.verified
    assert read_record(target) == record


def test_other_bytes_without_a_record_are_left_alone(target: Path) -> None:
    target.write_bytes(DATA[::-1])
    with pytest.raises(TransferError, match=r"hub\.place_taken"):
        recorded_download(target, FILE, threading.Event())
    assert target.read_bytes() == DATA[::-1]


def test_reading_ends_when_the_download_is_stopped(target: Path) -> None:
    halt = threading.Event()
    halt.set()
    with pytest.raises(TransferStoppedError):
        recorded_download(target, FILE, halt)


@pytest.mark.parametrize(
    ("address", "is_another"),
    [
        ("http://web:80/m.gguf", False),
        ("http://web/m.gguf?signature=2", False),
        ("http://web/other/m.gguf", True),
        ("http://web:8080/m.gguf", True),
        ("https://web/m.gguf", True),
        ("http://web/[x", True),
    ],
)
def test_file_of_another_web_address_is_not_replaced(target: Path, address: str, is_another: bool) -> None:
    write_record(target, msgspec.structs.replace(WEB, address=address), FILE.sha256)
    newer = msgspec.structs.replace(WEB, version='"2"')
    assert bool(other_source(target, newer)) is is_another
    if is_another:
        with pytest.raises(TransferError, match=r"hub\.other_source"):
            recorded_download(target, newer, threading.Event())


def test_addresses_that_differ_in_their_query_alone_may_be_two_files(target: Path) -> None:
    write_record(target, msgspec.structs.replace(WEB, address="http://web/get?id=1"), FILE.sha256)
    assert other_source(target, msgspec.structs.replace(WEB, address="http://web/get?id=2"))
    assert not other_source(target, msgspec.structs.replace(WEB, address="http://web/get?id=1"))


def test_begun_download_from_another_web_address_is_not_dropped(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part_path(target).write_bytes(DATA)
    write_state(target, PartState(msgspec.structs.replace(WEB, address="http://web/a/m.gguf"), ((0, 4),)))
    with pytest.raises(TransferError, match=r"hub\.other_source"):
        recorded_download(target, WEB, threading.Event())
    assert part_path(target).read_bytes() == DATA

    # Without a byte there is nothing to lose.
    write_state(target, PartState(msgspec.structs.replace(WEB, address="http://web/a/m.gguf"), ()))
    assert recorded_download(target, WEB, threading.Event()) is None
