"""Queue of downloads: one after another, each paused, resumed and cancelled at any time."""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from tui.models.hub.download import (
    DISK_MARGIN_BYTES,
    FileDownload,
    FileProgress,
    Phase,
    TransferOptions,
    only_process,
)
from tui.models.hub.errors import TransferError, TransferStoppedError
from tui.models.hub.part_file import disk_failures
from tui.models.hub.part_state import drop_part, is_same_file, partial_downloads, read_state, total
from tui.models.hub.presence import other_source, presence
from tui.models.hub.record import DownloadRecord, record_path
from tui.models.hub.remote_file import RemoteFile, target_path
from tui.models.model_file import model_file
from tui.models.model_folders import models_folder
from tui.sentences import Reason, reason
from tui.services.downloads.allowance import DownloadAllowance
from tui.services.downloads.line_speed import LineSpeed
from tui.services.downloads.network_call import call_network
from tui.settings.app_folders import log_file

log = logging.getLogger(__name__)

DownloadState = Literal["queued", "running", "paused", "done", "failed", "cancelled"]

_Wish = Literal["paused", "queued", "cancelled"]

_PROGRESS_SECONDS = 0.25


class DownloadRequest(msgspec.Struct, frozen=True):
    """A model to download: one file, or all its shards."""

    title: str
    """Its name for a person: `owner/repository Q4_K_M`."""
    files: tuple[RemoteFile, ...]

    @property
    def key(self) -> str:
        """Identity in the queue: the repository and the path of the first file, or its web address."""
        first = self.files[0]
        return f"{first.repository}/{first.path}" if first.repository else first.address

    @property
    def size_bytes(self) -> int:
        """Size of all files together."""
        return sum(file.size_bytes for file in self.files)


class DownloadStatus(msgspec.Struct, frozen=True):
    """A download of the queue at one moment."""

    request: DownloadRequest
    state: DownloadState
    phase: Phase | None = None
    """Part of the work while it runs; None otherwise."""
    done_bytes: int = 0
    """Of all its files, what earlier runs had fetched included."""
    resumed_bytes: int = 0
    """Bytes that earlier runs had fetched."""
    bytes_per_second: float | None = None
    """Speed of the line over the last seconds; None until it is known."""
    seconds_left: float | None = None
    waiting_for: Reason | None = None
    """Failure after which it waits for the next try."""
    error: Reason | None = None
    """Reason of the failure; None unless it failed."""
    hint: Reason | None = None
    """Remedy for the failure."""
    path: Path | None = None
    """The finished model, its first file; None before."""
    verified: bool = False
    """True when every file is the published one by its SHA-256; False where none is published."""
    model_error: Reason | None = None
    """Reason why the finished file cannot be used as a model; None for a good one."""

    @property
    def key(self) -> str:
        """Identity in the queue."""
        return self.request.key

    @property
    def total_bytes(self) -> int:
        """Size of all its files."""
        return self.request.size_bytes

    @property
    def has_ended(self) -> bool:
        """True when nothing more happens unless the user asks for it."""
        return self.state in ("done", "failed", "cancelled")


class DownloadQueue:
    """Downloads of one front end. Its methods are called on the event loop; `run` works through the queue.

    Use it so: `task = create_task(queue.run())`, then `add`, `pause`, `resume` and `cancel` with the key of a
    status, and `close` at the end, which pauses what runs. `on_change` is called on the event loop with all
    statuses, some four times a second while bytes arrive. A download in state `done` has a new file in the
    models folder: look for models again.
    """

    def __init__(
        self,
        on_change: Callable[[tuple[DownloadStatus, ...]], None],
        allowance: DownloadAllowance,
        *,
        folder: Path | None = None,
        options: TransferOptions | None = None,
    ) -> None:
        """Make an empty queue.

        Args:
            on_change: hears of every change.
            allowance: the account of received bytes, and their limit.
            folder: the models folder; llmtui's own when None.
            options: how to transfer.
        """
        self._on_change = on_change
        self._allowance = allowance
        self._folder = folder or models_folder()
        self._options = options or TransferOptions()
        self._statuses: dict[str, DownloadStatus] = {}
        self._wake = asyncio.Event()
        self._current: FileDownload | None = None
        self._current_key = ""
        self._wish: _Wish = "paused"
        """State of the running download once it has stopped."""
        self._drops: set[asyncio.Task[None]] = set()
        """Deletions of what has arrived of cancelled downloads."""
        self._transfers: set[asyncio.Task[DownloadRecord]] = set()
        """Transfers that have not ended; one of them outlives a `run` that is cancelled."""
        self._stopping = False
        self._received_bytes = 0
        """Bytes that this queue has received since it began."""

    @property
    def statuses(self) -> tuple[DownloadStatus, ...]:
        """All downloads, in the order they were added."""
        return tuple(self._statuses.values())

    def add(self, request: DownloadRequest) -> str:
        """Queue a download and return its key; one that is in the queue goes on, with the newest address."""
        status = self._statuses.get(request.key)
        if status is None or status.has_ended:
            self._statuses.pop(request.key, None)
            self._put(DownloadStatus(request, "queued"))
        elif status.state != "running":
            self._put(DownloadStatus(request, "queued", done_bytes=status.done_bytes))
        self._wake.set()
        return request.key

    async def add_unfinished(self) -> None:
        """Add what earlier runs of the program left unfinished, as paused downloads."""

        def find() -> Sequence[DownloadStatus]:
            return [
                DownloadStatus(request, "paused", done_bytes=self._done_bytes(request))
                for request in unfinished_downloads(self._folder)
            ]

        for status in await asyncio.to_thread(find):
            if status.key not in self._statuses:
                self._put(status)

    def pause(self, key: str) -> None:
        """Stop a download and keep what has arrived."""
        self._stop(key, "paused")

    def resume(self, key: str) -> None:
        """Queue a download again that is paused or failed."""
        status = self._statuses.get(key)
        if status is not None and status.state in ("paused", "failed"):
            self._put(DownloadStatus(status.request, "queued", done_bytes=status.done_bytes))
            self._wake.set()

    def cancel(self, key: str) -> None:
        """Stop a download and delete what has arrived of it."""
        status = self._statuses.get(key)
        if status is None or status.state in ("done", "cancelled"):
            return
        if status.state == "running":
            self._stop(key, "cancelled")
        else:
            self._put(DownloadStatus(status.request, "cancelled"))
            task = asyncio.get_running_loop().create_task(self._drop(status.request))
            self._drops.add(task)
            task.add_done_callback(self._drops.discard)

    def prefer(self, key: str) -> None:
        """Download this one first; the one that runs goes on after it."""
        status = self._statuses.get(key)
        if status is None or status.state in ("running", "done", "cancelled"):
            return
        del self._statuses[key]
        self._statuses = {key: status, **self._statuses}
        if self._current_key:
            self._stop(self._current_key, "queued")
        if status.state == "queued":
            self._on_change(self.statuses)
        else:
            self.resume(key)

    def remove(self, key: str) -> None:
        """Take a download that has ended out of the list."""
        if key in self._statuses and self._statuses[key].has_ended:
            del self._statuses[key]
            self._on_change(self.statuses)

    async def run(self) -> None:
        """Work through the queue, for ever."""
        while True:
            queued = next((status for status in self.statuses if status.state == "queued"), None)
            if queued is None:
                self._wake.clear()
                await self._wake.wait()
            else:
                await self._run_one(queued.request)

    async def close(self) -> None:
        """Pause everything; return once nothing is written any more."""
        for status in self.statuses:
            if status.state in ("queued", "running"):
                self.pause(status.key)
        while self._current_key or self._drops or self._transfers:
            await asyncio.sleep(_PROGRESS_SECONDS / 5)

    def _stop(self, key: str, state: _Wish) -> None:
        status = self._statuses.get(key)
        if status is None:
            return
        if status.state == "queued":
            self._put(msgspec.structs.replace(status, state=state))
        elif status.state == "running" and self._current_key == key:
            self._wish = state
            self._stopping = True
            if self._current is not None:
                self._current.stop()

    def _ends_as(self) -> _Wish:
        return self._wish

    def _put(self, status: DownloadStatus) -> None:
        self._statuses[status.key] = status
        self._on_change(self.statuses)

    async def _run_one(self, request: DownloadRequest) -> None:
        self._current_key, self._wish, self._stopping = request.key, "paused", False
        self._put(DownloadStatus(request, "running", "starting"))
        speed = LineSpeed()
        try:
            if self._drops:
                await asyncio.wait(self._drops)
            await asyncio.to_thread(self._check, request)
            verified = [await self._run_file(request, number, speed) for number in range(len(request.files))]
            # A file that is no model is worth knowing before it is loaded.
            path = target_path(request.files[0], self._folder)
            model = await asyncio.to_thread(model_file, path, "own")
        except TransferStoppedError:
            state = self._ends_as()
            if state == "cancelled":
                self._put(DownloadStatus(request, "cancelled"))
                await self._drop(request)
            else:
                self._put(DownloadStatus(request, state, done_bytes=self._done_bytes(request)))
        except TransferError as error:
            self._put(self._failed(request, error))
        except Exception:
            # One download that goes wrong in a way nobody thought of must not end the queue.
            log.exception("download of %s", request.title)
            why, hint = reason("services.download_broke"), reason("services.see_log", file=str(log_file()))
            self._put(self._failed(request, TransferError(why, hint)))
        else:
            finished = DownloadStatus(
                request,
                "done",
                done_bytes=request.size_bytes,
                resumed_bytes=self._statuses[request.key].resumed_bytes,
                path=path,
                verified=all(verified),
                model_error=model.error,
            )
            self._put(finished)
        finally:
            self._current, self._current_key = None, ""

    async def _run_file(self, request: DownloadRequest, number: int, speed: LineSpeed) -> bool:
        """Download one file of a request; True when it is verified by a published hash."""
        file = request.files[number]
        download = FileDownload(
            file,
            target_path(file, self._folder),
            self._options,
            group=request.files,
            on_received=self._receive,
        )
        self._current = download
        if self._stopping:
            raise TransferStoppedError
        task = asyncio.create_task(call_network(download.run))
        self._transfers.add(task)
        task.add_done_callback(self._forget)
        earlier_bytes = sum(earlier.size_bytes for earlier in request.files[:number])
        later_bytes = self._done_bytes(DownloadRequest(request.title, request.files[number + 1 :]))
        received_before = self._received_bytes
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_PROGRESS_SECONDS)
                progress = download.progress()
                speed.add(time.monotonic(), received_before + progress.received_bytes)
                self._received_bytes = received_before + progress.received_bytes
                self._show(request, progress, earlier_bytes + later_bytes, speed)
            record = await task
        finally:
            if not task.done():
                download.stop()
                with suppress(TransferError, TransferStoppedError):
                    await asyncio.shield(task)
        if bytes_per_second := speed.bytes_per_second:
            await asyncio.to_thread(self._allowance.add, 0, bytes_per_second)
        return record.verified

    def _forget(self, transfer: asyncio.Task[DownloadRecord]) -> None:
        self._transfers.discard(transfer)
        if not transfer.cancelled():
            # Nobody may be left to ask for it, and then it would be reported as lost.
            transfer.exception()

    def _show(
        self, request: DownloadRequest, progress: FileProgress, other_bytes: int, speed: LineSpeed
    ) -> None:
        missing_bytes = request.size_bytes - other_bytes - progress.done_bytes
        self._put(
            DownloadStatus(
                request,
                "running",
                progress.phase,
                other_bytes + progress.done_bytes,
                progress.resumed_bytes,
                speed.bytes_per_second,
                speed.seconds_left(missing_bytes),
                progress.waiting_for,
            )
        )

    def _receive(self, count: int) -> None:
        if count:
            self._allowance.add(count)
            # All of it may be used up by another process meanwhile.
            self._allowance.check(0)

    def _check(self, request: DownloadRequest) -> None:
        """Return if the disk and the user's limit allow what is missing.

        Raises:
            TransferError: they do not.
        """
        missing_bytes = request.size_bytes - self._done_bytes(request)
        self._allowance.check(missing_bytes)
        check_room(self._folder, missing_bytes)

    def _done_bytes(self, request: DownloadRequest) -> int:
        """Return the bytes of a request that are on the disk."""
        return sum(done_bytes(file, self._folder) for file in request.files)

    async def _drop(self, request: DownloadRequest) -> None:
        """Delete what has arrived of a download; where that fails, it has failed for this reason."""
        try:
            await asyncio.to_thread(drop_files, request, self._folder)
        except TransferError as error:
            self._put(self._failed(request, error))

    def _failed(self, request: DownloadRequest, error: TransferError) -> DownloadStatus:
        """Return the status of a failed download; what arrived may be deleted, if its hash was wrong."""
        count = 0
        with suppress(TransferError):
            count = self._done_bytes(request)
        return DownloadStatus(request, "failed", done_bytes=count, error=error.reason, hint=error.hint)


def drop_files(request: DownloadRequest, folder: Path) -> None:
    """Delete what has arrived of a download, shards of it that were complete included.

    Raises:
        TransferError: another process is downloading it, or the disk refuses.
    """
    for file in request.files:
        target = target_path(file, folder)
        if not target.parent.exists() or other_source(target, file):
            continue
        with only_process(target), disk_failures(target):
            drop_part(target)
            if len(request.files) > 1 and presence(target, file) == "same":
                target.unlink()
                record_path(target).unlink(missing_ok=True)


def done_bytes(file: RemoteFile, folder: Path) -> int:
    """Return the bytes of a file that are on the disk, complete or as a partial file."""
    target = target_path(file, folder)
    if presence(target, file) == "same":
        return file.size_bytes
    state = read_state(target)
    return total(state.pieces) if state is not None and is_same_file(state.file, file) else 0


def free_disk_bytes(folder: Path) -> int | None:
    """Return the free space where a folder is or will be; None where nobody says."""
    for parent in (folder, *folder.parents):
        try:
            return shutil.disk_usage(parent).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def check_room(folder: Path, missing_bytes: int) -> None:
    """Return if the disk holds so many bytes more.

    Raises:
        TransferError: it does not.
    """
    free_bytes = free_disk_bytes(folder)
    if missing_bytes and free_bytes is not None and missing_bytes + DISK_MARGIN_BYTES > free_bytes:
        raise TransferError(
            reason(
                "hub.disk_short", folder=str(folder), free=free_bytes, need=missing_bytes + DISK_MARGIN_BYTES
            ),
            reason("hub.free_disk_and_go_on"),
        )


def unfinished_downloads(folder: Path) -> Sequence[DownloadRequest]:
    """Return the downloads that earlier runs of the program left unfinished below a folder."""
    requests: dict[str, DownloadRequest] = {}
    for _target, state in partial_downloads(folder):
        files = state.group or (state.file,)
        request = DownloadRequest(_title(files[0]), files)
        requests.setdefault(request.key, request)
    return tuple(requests.values())


def _title(file: RemoteFile) -> str:
    return f"{file.repository} {file.name}".strip()
