"""Downloads of one file against a hub with every fault: the right bytes, or a clear sentence.

The bytes that the hub serves are counted, and no test serves one twice beyond what its fault loses.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.models.hub.loopback_hub import Behaviour, HubFile, LoopbackHub, ServedPart
from tests.models.hub.samples import FILE, REPOSITORY, SMALL, published, random_bytes, remote
from tests.waiting import wait_for
from tui.models.hub import download as download_module
from tui.models.hub.download import FileDownload, TransferOptions, only_process
from tui.models.hub.errors import TransferError, TransferStoppedError
from tui.models.hub.part_state import part_path, read_state, state_path, total
from tui.models.hub.record import read_record
from tui.models.hub.remote_file import RemoteFile
from tui.services.sentences import sentence
from tui.units import KIB, MIB

ONE = msgspec.structs.replace(SMALL, connections=1)


def fetch(file: RemoteFile, target: Path, options: TransferOptions = SMALL) -> None:
    FileDownload(file, target, options).run()


def failed(file: RemoteFile, target: Path, options: TransferOptions = SMALL) -> TransferError:
    with pytest.raises(TransferError) as caught:
        fetch(file, target, options)
    assert not target.exists()
    assert sentence(caught.value.reason) != caught.value.reason.code
    assert caught.value.hint is not None
    assert sentence(caught.value.hint) != caught.value.hint.code
    return caught.value


def fetch_missing(hub: LoopbackHub, file: RemoteFile, target: Path) -> FileDownload:
    """Go on with a download, which asks for the bytes that are not on the disk and for no other."""
    state = read_state(target)
    assert state is not None
    requests = len(hub.parts)
    download = FileDownload(file, target, SMALL)
    download.run()
    assert target.read_bytes() == data_of(hub)
    assert download.progress().resumed_bytes == total(state.pieces)
    assert hub.served_since(requests) == file.size_bytes - total(state.pieces)
    return download


def once(*behaviours: Behaviour) -> Callable[[ServedPart], Behaviour | None]:
    """Return the behaviour of the first answers; the next ones are as they should be."""
    faults = list(behaviours)
    lock = threading.Lock()

    def choose(_part: ServedPart) -> Behaviour | None:
        with lock:
            return faults.pop(0) if faults else None

    return choose


def data_of(hub: LoopbackHub) -> bytes:
    return hub.files[REPOSITORY][FILE].data


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / REPOSITORY / FILE


def test_file_is_fetched_in_parts_and_each_byte_once(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 5 * MIB)
    received: list[int] = []
    download = FileDownload(file, target, SMALL, on_received=received.append)

    record = download.run()

    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes
    assert len(hub.parts) > 3
    assert sum(received) == file.size_bytes
    assert (record.sha256, record.verified) == (file.sha256, True)
    assert read_record(target) == record
    assert download.progress().phase == "done"
    # Nothing else stays behind.
    assert sorted(path.name for path in target.parent.iterdir()) == [FILE, f"{FILE}.llmtui.json"]


@pytest.mark.parametrize("size", [1, 4, 100 * KIB, 128 * KIB, MIB + 1])
def test_small_files_are_fetched_whole(hub: LoopbackHub, target: Path, size: int) -> None:
    file = remote(hub, hub.add(REPOSITORY, FILE, b"GGUF"[:size] + bytes(max(0, size - 4))))
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == size


def test_finished_file_is_not_fetched_again(hub: LoopbackHub, target: Path) -> None:
    file = published(hub)
    fetch(file, target)
    request_count = len(hub.requests)
    fetch(file, target)
    assert len(hub.requests) == request_count


def test_cut_connections_go_on_where_they_broke_off(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 3 * MIB)
    hub.on_bytes = once(*[Behaviour(cut_after=100 * KIB)] * 6)
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


def test_connections_cut_for_ever_end_in_a_sentence_and_lose_no_byte(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 3 * MIB)
    hub.on_bytes = lambda part: Behaviour(cut_after=0) if part.start > MIB else None
    error = failed(file, target)
    assert error.reason.code == "hub.cut"
    assert error.hint is not None
    assert "goes on where it stopped" in sentence(error.hint)
    served = hub.served_bytes()
    assert served >= MIB

    hub.on_bytes = lambda _part: None
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


def test_stalled_connections_are_tried_again(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 2 * MIB)
    hub.on_bytes = once(*[Behaviour(stall_after=64 * KIB)] * 3)
    fetch(file, target, msgspec.structs.replace(SMALL, read_seconds=0.3))
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


def test_server_that_stops_sending_ends_in_a_sentence(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 2 * MIB)
    hub.on_bytes = lambda _part: Behaviour(stall_after=0)
    error = failed(file, target, msgspec.structs.replace(SMALL, read_seconds=0.1, tries=2))
    assert error.reason.code == "hub.stalled"


def test_slow_server_is_waited_for(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, MIB)
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=512 * KIB)
    download = FileDownload(file, target, SMALL)
    thread = threading.Thread(target=download.run)
    thread.start()
    wait_for(lambda: 0 < download.progress().received_bytes < MIB)
    assert download.progress().phase == "downloading"
    thread.join()
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


def test_shorter_answers_than_asked_for_are_put_together(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, MIB)
    hub.on_bytes = lambda _part: Behaviour(most=50_000)
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


def test_other_length_on_the_server_ends_in_a_sentence(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, MIB)
    hub.on_bytes = lambda part: Behaviour(claimed_total=2 * MIB, cut_after=0)
    error = failed(file, target)
    assert error.reason.code == "hub.other_length"
    assert (error.reason.facts["length"], error.reason.facts["expected"]) == (2 * MIB, MIB)


def test_wrong_hash_deletes_what_arrived(hub: LoopbackHub, target: Path) -> None:
    data = random_bytes(MIB)
    file = remote(hub, hub.add(REPOSITORY, FILE, data, sha256="0" * 64))
    assert failed(file, target).reason.code == "hub.wrong_hash"
    assert not part_path(target).exists()
    assert not state_path(target).exists()

    right = hub.add(REPOSITORY, FILE, data)
    fetch(remote(hub, right), target)
    assert target.read_bytes() == data
    assert hub.served_bytes() == 2 * MIB


def test_part_from_another_place_is_not_believed(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, MIB)
    hub.on_bytes = once(Behaviour(shift=1000, cut_after=0), Behaviour(shift=1000, cut_after=0))
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)


def test_file_that_changed_on_the_hub_is_fetched_anew(hub: LoopbackHub, target: Path) -> None:
    # GIVEN a third of a file
    old = published(hub, 3 * MIB)
    hub.on_bytes = lambda part: Behaviour(status=404) if part.start >= MIB else None
    failed(old, target, ONE)
    assert hub.served_bytes() == MIB

    # WHEN the hub has another file of that name and length
    hub.on_bytes = lambda _part: None
    new = remote(hub, hub.add(REPOSITORY, FILE, random_bytes(3 * MIB, seed=8)))
    fetch(new, target)

    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == MIB + 3 * MIB


def test_file_that_is_the_same_at_another_commit_is_resumed(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 3 * MIB)
    hub.on_bytes = lambda part: Behaviour(status=404) if part.start >= MIB else None
    failed(file, target, ONE)

    hub.on_bytes = lambda _part: None
    moved = msgspec.structs.replace(file, address=file.address.replace("a" * 40, "main"), revision="b" * 40)
    fetch(moved, target)

    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


def test_newer_version_replaces_the_one_that_llmtui_downloaded(hub: LoopbackHub, target: Path) -> None:
    fetch(published(hub, MIB), target)
    new = remote(hub, hub.add(REPOSITORY, FILE, random_bytes(MIB, seed=8)))
    fetch(new, target)
    assert target.read_bytes() == data_of(hub)


def test_file_of_the_user_is_never_replaced(hub: LoopbackHub, target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.write_bytes(b"mine")
    with pytest.raises(TransferError, match=r"hub\.place_taken"):
        fetch(published(hub, MIB), target)
    assert target.read_bytes() == b"mine"
    assert hub.served_bytes() == 0


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        (404, {}, "hub.refused"),
        (416, {"Content-Range": "bytes */10"}, "hub.range_refused"),
        (200, {"Content-Type": "text/html; charset=utf-8"}, "hub.page_instead"),
        (206, {"Content-Encoding": "gzip"}, "hub.compressed"),
    ],
)
def test_answer_that_is_no_part_of_the_file_ends_in_a_sentence(
    hub: LoopbackHub, target: Path, status: int, headers: dict[str, str], code: str
) -> None:
    file = published(hub, MIB)
    hub.on_bytes = lambda part: Behaviour(status, headers, b"<html>no</html>") if part.start else None
    assert failed(file, target, ONE).reason.code == code
    kept_bytes = total(state.pieces) if (state := read_state(target)) else 0
    assert kept_bytes == hub.served_bytes()

    hub.on_bytes = lambda _part: None
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


@pytest.mark.parametrize(
    "content_range", [f"bytes {'9' * 5000}-5/10", f"bytes 0-5/{'9' * 30}", "bytes 0-5/9000000000000000000"]
)
def test_part_that_no_file_has_ends_in_a_sentence(hub: LoopbackHub, target: Path, content_range: str) -> None:
    file = published(hub, MIB)
    hub.on_bytes = lambda _part: Behaviour(206, {"Content-Range": content_range}, b"x")
    assert failed(file, target).reason.code == "hub.wrong_length"


def test_unexpected_error_of_a_connection_ends_the_download(
    hub: LoopbackHub, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("nobody thought of it")

    file = published(hub, MIB)
    monkeypatch.setattr(FileDownload, "_check_answer", fail)
    with pytest.raises(ZeroDivisionError):
        fetch(file, target)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("download-")]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_server_that_fails_for_a_while_is_asked_again(hub: LoopbackHub, target: Path, status: int) -> None:
    file = published(hub, 2 * MIB)
    hub.on_bytes = once(*[Behaviour(status)] * 5)
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


def test_server_is_waited_for_as_long_as_it_asks(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, MIB)
    times: list[float] = []

    def busy_at_first(_part: ServedPart) -> Behaviour | None:
        times.append(time.monotonic())
        return Behaviour(429, {"Retry-After": "1"}) if len(times) == 1 else None

    hub.on_bytes = busy_at_first
    fetch(file, target, ONE)
    assert times[1] - times[0] >= 1
    assert hub.served_bytes() == file.size_bytes


def test_wait_that_is_too_long_ends_in_a_sentence(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, MIB)
    hub.on_bytes = lambda _part: Behaviour(429, {"Retry-After": "3600"})
    error = failed(file, target)
    assert error.reason.code == "hub.too_many_requests"
    assert "1 h" in sentence(error.reason)


def test_signed_addresses_that_expire_are_renewed(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 4 * MIB)
    hub.signature_uses = 3
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes


def test_access_that_ends_in_mid_download_keeps_what_arrived(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 4 * MIB)
    hub.signature_uses = 2

    def close_gate(part: ServedPart) -> None:
        if part.start >= MIB:
            hub.gated[REPOSITORY] = "manual"

    hub.on_bytes = close_gate
    assert failed(file, target, ONE).reason.code == "hub.gated"
    served = hub.served_bytes()

    hub.gated.clear()
    hub.signature_uses = None
    hub.on_bytes = lambda _part: None
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert 0 < served < file.size_bytes == hub.served_bytes()


def test_server_that_sends_no_parts_is_read_from_the_start(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 2 * MIB)
    hub.on_bytes = lambda _part: Behaviour(ignore_range=True)
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)
    assert hub.served_bytes() == file.size_bytes
    assert len(hub.parts) == 1


def test_server_that_no_longer_sends_parts_is_read_anew(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 3 * MIB)
    hub.on_bytes = lambda part: Behaviour(status=404) if part.start >= MIB else None
    failed(file, target, ONE)
    hub.on_bytes = lambda _part: Behaviour(ignore_range=True)
    fetch(file, target)
    assert target.read_bytes() == data_of(hub)


def test_stopped_download_goes_on_later(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 3 * MIB)
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=MIB)
    download = FileDownload(file, target, SMALL)
    threading.Thread(
        target=lambda: (wait_for(lambda: download.progress().received_bytes > MIB // 2), download.stop())
    ).start()
    with pytest.raises(TransferStoppedError):
        download.run()
    state = read_state(target)
    assert state is not None
    assert total(state.pieces) == download.progress().received_bytes

    hub.on_bytes = lambda _part: None
    fetch_missing(hub, file, target)


def test_stop_does_not_wait_for_a_silent_server(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, MIB)
    hub.on_bytes = lambda _part: Behaviour(stall_after=1000)
    download = FileDownload(file, target, msgspec.structs.replace(SMALL, read_seconds=60))
    threading.Thread(
        target=lambda: (wait_for(lambda: download.progress().received_bytes > 0), download.stop())
    ).start()
    with pytest.raises(TransferStoppedError):
        download.run()
    assert all(not thread.name.startswith("download-") for thread in threading.enumerate())


def test_second_process_does_not_fetch_the_same_file(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, MIB)
    target.parent.mkdir(parents=True)
    with only_process(target), pytest.raises(TransferError, match=r"hub\.in_use"):
        fetch(file, target)
    assert hub.served_bytes() == 0
    fetch(file, target)


def test_disk_that_is_too_small_is_told_before_the_first_byte(
    hub: LoopbackHub, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = published(hub, MIB)
    monkeypatch.setattr(download_module, "DISK_MARGIN_BYTES", 1 << 60)
    error = failed(file, target)
    assert error.reason.code == "hub.disk_short"
    assert hub.served_bytes() == 0


def test_limit_of_the_user_ends_the_download_and_keeps_what_arrived(hub: LoopbackHub, target: Path) -> None:
    file = published(hub, 3 * MIB)
    received: list[int] = []

    def limit(count: int) -> None:
        received.append(count)
        if sum(received) > MIB:
            from tui.sentences import reason

            raise TransferError(reason("services.over_allowance", need=0, used=1, limit=1))

    with pytest.raises(TransferError, match=r"services\.over_allowance"):
        FileDownload(file, target, SMALL, on_received=limit).run()
    state = read_state(target)
    assert state is not None
    assert total(state.pieces) >= MIB

    fetch_missing(hub, file, target)


def test_offline_mode_is_honoured(hub: LoopbackHub, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    file = published(hub, MIB)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert failed(file, target).reason.code == "hub.offline"
    assert hub.requests == []


def test_web_address_is_resumed_while_its_etag_stays(hub: LoopbackHub, target: Path) -> None:
    data = random_bytes(3 * MIB)
    hub.plain["m.gguf"] = HubFile(data, etag='"1"')
    file = RemoteFile(f"{hub.url}/plain/m.gguf", "m.gguf", len(data), version='"1"')
    hub.on_bytes = lambda part: Behaviour(status=404) if part.start >= MIB else None
    failed(file, target, ONE)

    hub.on_bytes = lambda _part: None
    record = FileDownload(file, target, SMALL).run()

    assert target.read_bytes() == data
    assert hub.served_bytes() == len(data)
    assert (record.verified, record.sha256) == (False, hashlib.sha256(data).hexdigest())


def test_web_address_whose_file_changes_in_mid_download_ends_in_a_sentence(
    hub: LoopbackHub, target: Path
) -> None:
    old, new = random_bytes(3 * MIB), random_bytes(3 * MIB, seed=8)
    hub.plain["m.gguf"] = HubFile(old, etag='"1"')
    file = RemoteFile(f"{hub.url}/plain/m.gguf", "m.gguf", len(old), version='"1"')

    def change(part: ServedPart) -> None:
        if part.start >= MIB:
            hub.plain["m.gguf"] = HubFile(new, etag='"2"')

    hub.on_bytes = change
    assert failed(file, target, ONE).reason.code == "hub.changed"

    hub.on_bytes = lambda _part: None
    fetch(msgspec.structs.replace(file, version='"2"'), target)
    assert target.read_bytes() == new


def test_full_disk_ends_in_a_sentence_and_goes_on_when_there_is_room(
    hub: LoopbackHub, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real disk fills in `test_faults.py`; here its answer comes from the writer."""
    import errno

    from tui.models.hub.part_file import PartFile

    file = published(hub, 3 * MIB)
    write = PartFile.write

    def full(self: PartFile, writer: object, claim: object, data: object) -> bool:
        if self.written_bytes > MIB:
            with download_module.disk_failures(target):
                raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, writer, claim, data)  # type: ignore[arg-type]

    monkeypatch.setattr(PartFile, "write", full)
    assert failed(file, target).reason.code == "hub.disk_full"
    monkeypatch.setattr(PartFile, "write", write)
    fetch_missing(hub, file, target)
