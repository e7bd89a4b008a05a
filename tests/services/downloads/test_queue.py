"""The queue of downloads: one after another, paused, resumed and cancelled at any time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.gguf_files import write_llama
from tests.models.hub.loopback_hub import Behaviour, LoopbackHub
from tests.models.hub.samples import FILE, REPOSITORY, SMALL, published, random_bytes, remote
from tests.waiting import until
from tui.models.hub import part_file
from tui.models.hub.download import only_process
from tui.models.hub.part_state import PartState, part_path, write_state
from tui.models.hub.record import record_path
from tui.models.hub.remote_file import RemoteFile, target_path
from tui.services.downloads import queue as queue_module
from tui.services.downloads.allowance import DownloadAllowance
from tui.services.downloads.queue import (
    DownloadQueue,
    DownloadRequest,
    DownloadStatus,
    check_room,
    done_bytes,
    free_disk_bytes,
    unfinished_downloads,
)
from tui.units import KIB, MIB


class Heard:
    """Everything that a queue told."""

    def __init__(self) -> None:
        self.statuses: list[tuple[DownloadStatus, ...]] = []

    def __call__(self, statuses: tuple[DownloadStatus, ...]) -> None:
        self.statuses.append(statuses)

    def states(self, key: str) -> list[str]:
        """States of one download, each once, in order."""
        states = [status.state for update in self.statuses for status in update if status.key == key]
        return [state for number, state in enumerate(states) if number == 0 or states[number - 1] != state]


@asynccontextmanager
async def running(folder: Path, heard: Heard, limit_gb: float = 0) -> AsyncIterator[DownloadQueue]:
    allowance = DownloadAllowance(limit_gb, folder / "account.json")
    queue = DownloadQueue(heard, allowance, folder=folder, options=SMALL)
    task = asyncio.create_task(queue.run())
    try:
        yield queue
    finally:
        await queue.close()
        task.cancel()


def status_of(queue: DownloadQueue, key: str) -> DownloadStatus:
    return next(status for status in queue.statuses if status.key == key)


async def ended(queue: DownloadQueue, key: str) -> DownloadStatus:
    await until(lambda: status_of(queue, key).has_ended)
    return status_of(queue, key)


def model_request(hub: LoopbackHub, tmp_path: Path, name: str = FILE) -> DownloadRequest:
    model = write_llama(tmp_path / "made.gguf")
    return DownloadRequest(name, (remote(hub, hub.add(REPOSITORY, name, model.read_bytes()), name),))


async def test_download_ends_with_a_model_that_is_checked(hub: LoopbackHub, tmp_path: Path) -> None:
    heard, request = Heard(), model_request(hub, tmp_path)
    async with running(tmp_path / "models", heard) as queue:
        key = queue.add(request)
        status = await ended(queue, key)
    assert heard.states(key) == ["queued", "running", "done"]
    assert status.path == tmp_path / "models" / REPOSITORY / FILE
    assert (status.verified, status.model_error, status.error) == (True, None, None)
    assert status.done_bytes == status.total_bytes == request.size_bytes


async def test_finished_file_that_is_no_model_says_so(hub: LoopbackHub, tmp_path: Path) -> None:
    request = DownloadRequest("x", (remote(hub, hub.add(REPOSITORY, FILE, b"<!doctype html>" * 100)),))
    async with running(tmp_path, Heard()) as queue:
        status = await ended(queue, queue.add(request))
    assert status.state == "done"
    assert status.model_error is not None


async def test_downloads_run_one_after_another(hub: LoopbackHub, tmp_path: Path) -> None:
    requests = [model_request(hub, tmp_path, f"m{number}-Q8_0.gguf") for number in range(3)]
    heard = Heard()
    async with running(tmp_path / "models", heard) as queue:
        keys = [queue.add(request) for request in requests]
        for key in keys:
            assert (await ended(queue, key)).state == "done"
    assert all(sum(status.state == "running" for status in statuses) <= 1 for statuses in heard.statuses)


async def test_paused_download_goes_on_and_fetches_no_byte_twice(hub: LoopbackHub, tmp_path: Path) -> None:
    file = published(hub, 4 * MIB)
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=MIB)
    heard = Heard()
    async with running(tmp_path, heard) as queue:
        key = queue.add(DownloadRequest("x", (file,)))
        await until(lambda: status_of(queue, key).done_bytes > 512 * KIB)
        queue.pause(key)
        await until(lambda: status_of(queue, key).state == "paused")
        paused_at = status_of(queue, key).done_bytes
        assert 512 * KIB < paused_at < file.size_bytes

        requests = len(hub.parts)
        hub.on_bytes = lambda _part: None
        queue.resume(key)
        status = await ended(queue, key)
    assert status.state == "done"
    assert status.resumed_bytes == paused_at
    assert heard.states(key) == ["queued", "running", "paused", "queued", "running", "done"]
    assert hub.served_since(requests) == file.size_bytes - paused_at


async def test_cancelled_download_leaves_nothing(hub: LoopbackHub, tmp_path: Path) -> None:
    file = published(hub, 4 * MIB)
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=MIB)
    async with running(tmp_path, Heard()) as queue:
        key = queue.add(DownloadRequest("x", (file,)))
        await until(lambda: status_of(queue, key).done_bytes > 512 * KIB)
        queue.cancel(key)
        assert (await ended(queue, key)).state == "cancelled"
        queue.remove(key)
        assert queue.statuses == ()
    assert not part_path(target_path(file, tmp_path)).exists()


async def test_paused_download_can_be_cancelled(hub: LoopbackHub, tmp_path: Path) -> None:
    file = published(hub, 2 * MIB)
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=MIB)
    async with running(tmp_path, Heard()) as queue:
        key = queue.add(DownloadRequest("x", (file,)))
        await until(lambda: status_of(queue, key).done_bytes > 256 * KIB)
        queue.pause(key)
        await until(lambda: status_of(queue, key).state == "paused")
        queue.cancel(key)
        assert status_of(queue, key).state == "cancelled"
    assert not part_path(target_path(file, tmp_path)).exists()


async def test_failure_has_its_reason_and_can_be_tried_again(hub: LoopbackHub, tmp_path: Path) -> None:
    request = model_request(hub, tmp_path)
    hub.gated[REPOSITORY] = "manual"
    async with running(tmp_path / "models", Heard()) as queue:
        key = queue.add(request)
        status = await ended(queue, key)
        assert status.state == "failed"
        assert status.error is not None
        assert status.error.code == "hub.gated"
        assert status.hint is not None

        hub.gated.clear()
        queue.resume(key)
        assert (await ended(queue, key)).state == "done"


async def test_shards_are_one_download(hub: LoopbackHub, tmp_path: Path) -> None:
    names = [f"m-Q8_0-0000{number}-of-00002.gguf" for number in (1, 2)]
    files = tuple(
        remote(hub, hub.add(REPOSITORY, name, random_bytes(MIB, seed=seed)), name)
        for seed, name in enumerate(names)
    )
    heard = Heard()
    async with running(tmp_path, heard) as queue:
        key = queue.add(DownloadRequest("x", files))
        status = await ended(queue, key)
    assert status.state == "done"
    assert status.path == target_path(files[0], tmp_path)
    done = [update[0].done_bytes for update in heard.statuses if update[0].state == "running"]
    assert done == sorted(done)
    assert hub.served_bytes() == 2 * MIB
    assert all(target_path(file, tmp_path).exists() for file in files)


async def test_cancelled_shards_are_all_deleted(hub: LoopbackHub, tmp_path: Path) -> None:
    names = [f"m-Q8_0-0000{number}-of-00002.gguf" for number in (1, 2)]
    files = tuple(
        remote(hub, hub.add(REPOSITORY, name, random_bytes(MIB, seed=seed)), name)
        for seed, name in enumerate(names)
    )
    hub.on_bytes = lambda part: Behaviour(bytes_per_second=256 * KIB) if "00002-of" in part.path else None
    async with running(tmp_path, Heard()) as queue:
        key = queue.add(DownloadRequest("x", files))
        await until(lambda: status_of(queue, key).done_bytes > MIB + 100 * KIB)
        queue.cancel(key)
        assert (await ended(queue, key)).state == "cancelled"
    first = target_path(files[0], tmp_path)
    assert not first.exists()
    assert not record_path(first).exists()


async def test_next_start_of_the_program_knows_what_is_unfinished(hub: LoopbackHub, tmp_path: Path) -> None:
    names = [f"m-Q8_0-0000{number}-of-00002.gguf" for number in (1, 2)]
    files = tuple(
        remote(hub, hub.add(REPOSITORY, name, random_bytes(MIB, seed=seed)), name)
        for seed, name in enumerate(names)
    )
    hub.on_bytes = lambda part: Behaviour(bytes_per_second=256 * KIB) if "00002-of" in part.path else None
    async with running(tmp_path, Heard()) as queue:
        key = queue.add(DownloadRequest("x", files))
        await until(lambda: status_of(queue, key).done_bytes > MIB + 100 * KIB)

    hub.on_bytes = lambda _part: None
    async with running(tmp_path, Heard()) as queue:
        await queue.add_unfinished()
        (status,) = queue.statuses
        assert (status.state, status.request.files) == ("paused", files)
        assert status.done_bytes > MIB
        requests = len(hub.parts)
        queue.resume(status.key)
        assert (await ended(queue, status.key)).state == "done"
    assert unfinished_downloads(tmp_path) == ()
    assert hub.served_since(requests) == 2 * MIB - status.done_bytes


async def test_limit_of_the_month_is_looked_at_before_the_first_byte(
    hub: LoopbackHub, tmp_path: Path
) -> None:
    file = published(hub, 2 * MIB)
    async with running(tmp_path, Heard(), limit_gb=0.001) as queue:
        status = await ended(queue, queue.add(DownloadRequest("x", (file,))))
    assert status.error is not None
    assert status.error.code == "services.over_allowance"
    assert hub.requests == []


async def test_received_bytes_are_in_the_account(hub: LoopbackHub, tmp_path: Path) -> None:
    file = published(hub, 2 * MIB)
    async with running(tmp_path, Heard()) as queue:
        await ended(queue, queue.add(DownloadRequest("x", (file,))))
    assert DownloadAllowance(0, tmp_path / "account.json").used_bytes == file.size_bytes


async def test_disk_is_looked_at_for_all_files_together(
    hub: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = published(hub, 2 * MIB)
    monkeypatch.setattr(queue_module, "free_disk_bytes", lambda _folder: MIB)
    async with running(tmp_path, Heard()) as queue:
        status = await ended(queue, queue.add(DownloadRequest("x", (file,))))
    assert status.error is not None
    assert status.error.code == "hub.disk_short"
    assert hub.requests == []


async def test_impossible_name_fails_and_the_next_one_runs(hub: LoopbackHub, tmp_path: Path) -> None:
    bad = msgspec.structs.replace(published(hub, MIB), path="../up.gguf", address="http://hub/up.gguf")
    async with running(tmp_path / "models", Heard()) as queue:
        first, second = queue.add(DownloadRequest("x", (bad,))), queue.add(model_request(hub, tmp_path))
        assert (await ended(queue, first)).state == "failed"
        assert (await ended(queue, second)).state == "done"


def test_free_space_is_that_of_the_nearest_folder(tmp_path: Path) -> None:
    free_bytes = free_disk_bytes(tmp_path / "not" / "there")
    assert free_bytes is not None
    check_room(tmp_path, 0)
    assert done_bytes(RemoteFile("http://web/m.gguf", "m.gguf", 5), tmp_path) == 0


async def test_download_that_breaks_the_program_ends_alone(
    hub: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = model_request(hub, tmp_path)

    def broken(_self: object) -> None:
        raise ZeroDivisionError

    async with running(tmp_path / "models", Heard()) as queue:
        with monkeypatch.context() as patch:
            patch.setattr(queue_module.FileDownload, "run", broken)
            status = await ended(queue, queue.add(request))
        assert status.error is not None
        assert status.error.code == "services.download_broke"
        queue.resume(request.key)
        assert (await ended(queue, request.key)).state == "done"


async def test_download_that_is_put_first_goes_before_the_one_that_runs(
    hub: LoopbackHub, tmp_path: Path
) -> None:
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=256 * KIB)
    names = ("a-Q8_0.gguf", "b-Q8_0.gguf", "c-Q8_0.gguf")
    files = [remote(hub, hub.add(REPOSITORY, name, random_bytes(2 * MIB)), name) for name in names]
    async with running(tmp_path, Heard()) as queue:
        first, _second, third = [queue.add(DownloadRequest(file.path, (file,))) for file in files]
        await until(lambda: status_of(queue, first).done_bytes > 128 * KIB)
        queue.prefer(third)
        await until(lambda: status_of(queue, third).state == "running")
        assert [status.request.title for status in queue.statuses] == [names[2], names[0], names[1]]
        waiting = status_of(queue, first)
        assert waiting.state == "queued"
        assert waiting.done_bytes > 128 * KIB


async def test_download_of_a_newer_revision_takes_the_place_of_the_paused_one(
    hub: LoopbackHub, tmp_path: Path
) -> None:
    request = model_request(hub, tmp_path)
    (file,) = request.files
    old_address = file.address.replace(file.revision, "0" * 40)
    old = DownloadRequest("old", (msgspec.structs.replace(file, address=old_address),))
    async with running(tmp_path / "models", Heard()) as queue:
        key = queue.add(old)
        queue.pause(key)
        assert queue.add(request) == key
        assert (await ended(queue, key)).state == "done"
        assert len(queue.statuses) == 1


async def test_cancelling_what_another_process_downloads_fails_with_the_reason(
    hub: LoopbackHub, tmp_path: Path
) -> None:
    file = published(hub, MIB)
    target = target_path(file, tmp_path)
    target.parent.mkdir(parents=True)
    async with running(tmp_path, Heard()) as queue:
        key = queue.add(DownloadRequest("x", (file,)))
        queue.pause(key)
        with only_process(target):
            queue.cancel(key)
            await until(lambda: status_of(queue, key).state == "failed")
    error = status_of(queue, key).error
    assert error is not None
    assert error.code == "hub.in_use"


async def test_file_with_a_wrong_hash_counts_no_byte(hub: LoopbackHub, tmp_path: Path) -> None:
    file = remote(hub, hub.add(REPOSITORY, FILE, random_bytes(MIB), sha256="0" * 64))
    async with running(tmp_path, Heard()) as queue:
        status = await ended(queue, queue.add(DownloadRequest("x", (file,))))
    assert (status.state, status.done_bytes) == ("failed", 0)


@pytest.mark.parametrize("cancellations", [1, 2])
async def test_queue_that_is_cancelled_writes_nothing_more(
    hub: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cancellations: int
) -> None:
    """A screen that ends cancels its workers more than once."""

    def record_slowly(target: Path, state: PartState) -> None:
        time.sleep(0.3)
        write_state(target, state)

    monkeypatch.setattr(part_file, "write_state", record_slowly)
    options = msgspec.structs.replace(SMALL, block_bytes=64 * MIB)
    file = published(hub, 4 * MIB)
    hub.on_bytes = lambda _part: Behaviour(bytes_per_second=MIB)
    queue = DownloadQueue(
        Heard(), DownloadAllowance(0, tmp_path / "account.json"), folder=tmp_path, options=options
    )
    task = asyncio.create_task(queue.run())
    key = queue.add(DownloadRequest("x", (file,)))
    await until(lambda: status_of(queue, key).done_bytes > 512 * KIB)
    for _number in range(cancellations):
        task.cancel()
        await asyncio.sleep(0.01)
    await queue.close()
    (request,) = unfinished_downloads(tmp_path)
    assert request.files == (file,)
