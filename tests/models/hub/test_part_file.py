"""The partial file: parts in any order, a hash of the whole, and a state that never names a hole."""

import errno
import hashlib
import threading
from pathlib import Path

import pytest

from tests.models.hub.samples import random_bytes
from tui.models.hub import part_file as part_file_module
from tui.models.hub.errors import TransferError, TransferStoppedError
from tui.models.hub.part_file import PartFile, disk_failures
from tui.models.hub.part_state import part_path, read_state, total
from tui.models.hub.remote_file import RemoteFile
from tui.units import KIB, MIB

DATA = random_bytes(5 * MIB + 123)
FILE = RemoteFile("http://hub/m.gguf", "m.gguf", len(DATA), hashlib.sha256(DATA).hexdigest(), "a/b")


def write_claims(part: PartFile, target: Path, count: int = 10**6, length: int = MIB) -> None:
    """Write so many parts, the later ones first."""
    claims = []
    while len(claims) < count and (claim := part.claim(1, length, length)):
        claims.append(claim)
    with part.open_writer() as writer:
        for claim in reversed(claims):
            part.write(writer, claim, DATA[claim.start : claim.end])
            part.release(claim)


def test_parts_in_any_order_make_the_file_with_its_hash(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part = PartFile(target, FILE, MIB)
    write_claims(part, target)

    assert part.is_complete
    assert part.digest(threading.Event()) == FILE.sha256
    part.finish()
    assert target.read_bytes() == DATA


def test_next_run_hashes_what_an_earlier_one_wrote(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part = PartFile(target, FILE, MIB)
    write_claims(part, target, count=3)
    part.commit()
    part.close()

    part = PartFile(target, FILE, MIB)
    assert part.resumed_bytes == 3 * MIB
    write_claims(part, target)
    assert part.digest(threading.Event()) == FILE.sha256
    part.close()


def test_never_more_than_a_block_is_unrecorded(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    block = 512 * KIB
    part = PartFile(target, FILE, block)
    claim = part.claim(1, FILE.size_bytes, FILE.size_bytes)
    assert claim is not None
    with part.open_writer() as writer:
        for start in range(0, FILE.size_bytes, 16 * KIB):
            part.write(writer, claim, DATA[start : start + 16 * KIB])
            state = read_state(target)
            recorded = total(state.pieces) if state else 0
            assert part.written_bytes - recorded <= block
    part.close()


def test_hole_before_a_recorded_part_is_never_data(tmp_path: Path) -> None:
    # GIVEN a run that wrote only the end of the file, so that the file has its full length
    target = tmp_path / "m.gguf"
    part = PartFile(target, FILE, MIB)
    first, second = part.claim(1, 4 * MIB, 4 * MIB), part.claim(1, 4 * MIB, 4 * MIB)
    assert first is not None
    assert second is not None
    with part.open_writer() as writer:
        part.write(writer, second, DATA[second.start : second.end])
    part.commit()
    part.close()
    assert part_path(target).stat().st_size == FILE.size_bytes

    part = PartFile(target, FILE, MIB)

    assert part.resumed_bytes == second.end - second.start
    claim = part.claim(1, FILE.size_bytes, FILE.size_bytes)
    assert claim is not None
    assert (claim.start, claim.end) == (0, 4 * MIB)
    part.close()


def test_partial_file_without_its_state_counts_as_empty(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part_path(target).write_bytes(bytes(FILE.size_bytes))
    part = PartFile(target, FILE, MIB)
    assert part.resumed_bytes == 0
    assert part_path(target).stat().st_size == 0
    part.close()


def test_partial_file_of_another_version_is_dropped(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part = PartFile(target, FILE, MIB)
    write_claims(part, target, count=2)
    part.commit()
    part.close()

    changed = RemoteFile("http://hub/m.gguf", "m.gguf", len(DATA), "0" * 64, "a/b")
    part = PartFile(target, changed, MIB)

    assert part.began_anew
    assert part.resumed_bytes == 0
    part.close()


def test_parts_become_smaller_towards_the_end(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "m.gguf", FILE, MIB)
    lengths = []
    while claim := part.claim(3, 2 * MIB, 64 * KIB):
        lengths.append(claim.end - claim.start)
    assert sum(lengths) == FILE.size_bytes
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] < 2 * MIB
    part.close()


def test_released_part_can_be_claimed_from_where_it_broke_off(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "m.gguf", FILE, MIB)
    claim = part.claim(1, MIB, MIB)
    assert claim is not None
    with part.open_writer() as writer:
        part.write(writer, claim, DATA[: 100 * KIB])
    part.release(claim)

    again = part.claim(1, MIB, MIB)

    assert again is not None
    assert again.start == 100 * KIB
    part.close()


def test_restart_forgets_every_byte_and_hashes_from_the_start(tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    part = PartFile(target, FILE, MIB)
    write_claims(part, target, count=4)
    part.commit()

    part.restart()

    assert part.written_bytes == 0
    assert read_state(target) is None
    write_claims(part, target)
    assert part.digest(threading.Event()) == FILE.sha256
    part.close()


def test_hash_ends_when_the_download_is_stopped(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "m.gguf", FILE, MIB)
    halt = threading.Event()
    threading.Timer(0.2, halt.set).start()
    with pytest.raises(TransferStoppedError):
        part.digest(halt)
    part.close()


def test_full_disk_has_a_sentence_of_its_own(tmp_path: Path) -> None:
    def fail(code: int) -> None:
        with disk_failures(tmp_path / "m.gguf"):
            raise OSError(code, "told by the system")

    with pytest.raises(TransferError, match=r"hub\.disk_full"):
        fail(errno.ENOSPC)
    with pytest.raises(TransferError, match=r"hub\.unwritable"):
        fail(errno.EROFS)


def test_nothing_is_recorded_that_is_not_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a disk that fails to flush
    def broken(_handle: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    target = tmp_path / "m.gguf"
    part = PartFile(target, FILE, MIB)
    claim = part.claim(1, 64 * KIB, 64 * KIB)
    assert claim is not None
    with part.open_writer() as writer:
        part.write(writer, claim, DATA[: 64 * KIB])
    monkeypatch.setattr(part_file_module.os, "fdatasync", broken)

    with pytest.raises(TransferError, match=r"hub\.unwritable"):
        part.commit()

    assert read_state(target) is None
    part.close()
