"""Download of one file: several connections, resumed where it broke off, verified while it is written."""

import io
import shutil
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from tui.models.hub.address import READ_SECONDS, FileAddress, check_online, open_client
from tui.models.hub.errors import TransferError, TransferStoppedError, wrong_length
from tui.models.hub.lengths import parse_content_range, parse_length
from tui.models.hub.part_file import Claim, PartFile, disk_failures
from tui.models.hub.part_state import drop_part
from tui.models.hub.presence import recorded_download
from tui.models.hub.record import DownloadRecord, write_record
from tui.models.hub.remote_file import RemoteFile, file_address
from tui.sentences import Reason, reason
from tui.system_errors import system_error
from tui.units import MIB

if TYPE_CHECKING:
    import httpx2

Phase = Literal["starting", "downloading", "waiting", "checking", "done"]

_LAST_SECONDS = 1.0
"""Time that all connections together have to end."""
_GO_ON = {"hub.check_connection": "hub.reconnect_and_go_on", "hub.try_later": "hub.go_on_later"}
"""Hints in place of others, once something has arrived that the next run goes on from."""
DISK_MARGIN_BYTES = 64 * MIB
"""Free space that a download leaves on the disk."""


class TransferOptions(msgspec.Struct, frozen=True):
    """Sizes, counts and times of a transfer; tests make them small."""

    connections: int = 4
    block_bytes: int = 32 * MIB
    """Bytes that a kill at the worst moment makes the next run fetch again, at most."""
    largest_request: int = 64 * MIB
    smallest_request: int = 4 * MIB
    read_seconds: float = READ_SECONDS
    """Silence of a server after which a connection is tried again."""
    tries: int = 7
    """Failures in a row, without a byte between them, after which a connection gives up."""
    first_wait_seconds: float = 1.0
    """Wait after the first failure, doubled after each further one."""
    longest_wait_seconds: float = 30.0
    longest_asked_wait_seconds: float = 300.0
    """Wait that a server may ask for; a longer one ends the download with a sentence."""


class FileProgress(msgspec.Struct, frozen=True):
    """State of a download at one moment."""

    phase: Phase
    done_bytes: int
    total_bytes: int
    resumed_bytes: int = 0
    """Bytes that were there already from an earlier run."""
    received_bytes: int = 0
    """Bytes that this run has received."""
    checked_bytes: int = 0
    """Bytes whose hash is computed."""
    waiting_for: Reason | None = None
    """Failure after which it waits for the next try; None while bytes arrive."""


class FileDownload:
    """Download of one file to its place. `run` does it on the calling thread; other threads look and stop."""

    def __init__(
        self,
        file: RemoteFile,
        target: Path,
        options: TransferOptions | None = None,
        *,
        group: tuple[RemoteFile, ...] = (),
        on_received: Callable[[int], None] | None = None,
    ) -> None:
        """Prepare it.

        Args:
            file: the file on the hub or on a web server.
            target: its place on the disk.
            options: how to transfer.
            group: all files of the download that it is a part of.
            on_received: called now and then with the bytes received since the last call, from any thread;
                it ends the download by raising `TransferError`.
        """
        self._file = file
        self._target = target
        self._group = group
        self._options = options or TransferOptions()
        self._on_received = on_received or _ignore
        self._halt = threading.Event()
        """Set when no connection may write any more: stopped, failed, or complete."""
        self._answered = threading.Event()
        """Set when the first answer has shown how the server sends the file."""
        self._lock = threading.Lock()
        self._responses: set[httpx2.Response] = set()
        self._stopped = False
        self._error: Exception | None = None
        """Failure that ended the transfer; one that is no `TransferError` is a mistake of the program."""
        self._sends_parts = True
        self._last_failure: TransferError | None = None
        """Failure after which a connection gave up, while others went on."""
        self._received_bytes = 0
        self._unreported_bytes = 0
        self._waiting_for: Reason | None = None
        self._phase: Phase = "starting"
        self._part: PartFile | None = None

    def run(self) -> DownloadRecord:
        """Download the file, verify it and give it its name; return its record.

        What has arrived stays on the disk after every failure but a wrong hash, and the next run goes on
        from there.

        Raises:
            TransferError: it failed, with the reason and what to do.
            TransferStoppedError: `stop` was called.
            Exception: something unexpected in one of its threads, which have all ended.
        """
        check_online()
        with disk_failures(self._target):
            self._target.parent.mkdir(parents=True, exist_ok=True)
        with only_process(self._target):
            if record := recorded_download(self._target, self._file, self._halt):
                self._phase = "done"
                _drop_lock(self._target)
                return record
            with disk_failures(self._target):
                part = self._part = PartFile(self._target, self._file, self._options.block_bytes, self._group)
            try:
                record = self._run(part)
            finally:
                self._halt.set()
                self._interrupt()
                part.close()
            _drop_lock(self._target)
            return record

    def stop(self) -> None:
        """End the transfer soon; what has arrived stays."""
        self._stopped = True
        self._halt.set()
        self._interrupt()

    def progress(self) -> FileProgress:
        """Return the state of the download now."""
        part = self._part
        if part is None:
            done_bytes = self._file.size_bytes if self._phase == "done" else 0
            return FileProgress(self._phase, done_bytes, self._file.size_bytes)
        waiting_for = self._waiting_for
        return FileProgress(
            phase="waiting" if waiting_for and self._phase == "downloading" else self._phase,
            done_bytes=part.written_bytes,
            total_bytes=self._file.size_bytes,
            resumed_bytes=part.resumed_bytes,
            received_bytes=self._received_bytes,
            checked_bytes=part.hashed_bytes,
            waiting_for=waiting_for,
        )

    def _run(self, part: PartFile) -> DownloadRecord:
        if not part.is_complete:
            self._check_disk(part)
            self._on_received(0)
            self._phase = "downloading"
            with open_client(self._options.read_seconds) as client:
                self._transfer(part, file_address(self._file, client))
        self._phase = "checking"
        part.commit()
        self._report_received()
        sha256 = part.digest(self._halt)
        if self._file.sha256 and sha256 != self._file.sha256:
            part.drop()
            raise TransferError(
                reason("hub.wrong_hash", file=self._file.name), reason("hub.download_again_hash")
            )
        part.finish()
        with disk_failures(self._target):
            record = write_record(self._target, self._file, sha256)
            drop_part(self._target)
        self._phase = "done"
        return record

    def _transfer(self, part: PartFile, address: FileAddress) -> None:
        """Fetch all that is missing with several connections."""
        workers = [
            threading.Thread(
                target=self._work, args=(number, part, address), name=f"download-{number}", daemon=True
            )
            for number in range(max(1, self._options.connections))
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive() and not self._halt.is_set():
                worker.join(0.2)
        if self._halt.is_set():
            # They end within moments: their connections are closed, and none writes after `_halt`. One that
            # waits for a server to take its call is left to itself.
            self._answered.set()
            self._interrupt()
            end = time.monotonic() + _LAST_SECONDS
            for worker in workers:
                worker.join(max(0.0, end - time.monotonic()))
        self._keep_what_arrived(part)
        if self._stopped:
            raise TransferStoppedError
        failure = self._error or (None if part.is_complete else self._last_failure)
        if isinstance(failure, TransferError) and failure.hint is not None and part.written_bytes:
            failure.hint = reason(_GO_ON.get(failure.hint.code, failure.hint.code), **failure.hint.facts)
        if failure is not None:
            raise failure

    def _keep_what_arrived(self, part: PartFile) -> None:
        """Record all that is written, so that the next run fetches no byte again."""
        try:
            part.commit()
            self._report_received()
        except TransferError as error:
            self._error = self._error or error

    def _work(self, number: int, part: PartFile, address: FileAddress) -> None:
        """Fetch one part after another, until none is missing or the transfer ends."""
        try:
            if number:
                self._answered.wait()
            with part.open_writer() as writer:
                self._fetch_parts(number, part, address, writer)
        except OSError as error:
            why = reason("hub.unwritable", folder=str(self._target.parent), why=system_error(error))
            self._fail(TransferError(why, reason("hub.check_disk")))
        except Exception as error:  # noqa: BLE001 - `run` raises it; a thread that just ends leaves it waiting
            self._fail(error)
        finally:
            if number == 0:
                self._answered.set()

    def _fetch_parts(self, number: int, part: PartFile, address: FileAddress, writer: io.FileIO) -> None:
        failures = 0
        while not self._halt.is_set() and (self._sends_parts or number == 0):
            claim = self._claim(part)
            if claim is None:
                return
            start = claim.position
            try:
                self._fetch(part, claim, address, writer)
                failures = 0
            except TransferStoppedError:
                return
            except TransferError as error:
                if self._halt.is_set():
                    return
                if not error.passes:
                    raise
                failures = 1 if claim.position > start else failures + 1
                if failures >= self._options.tries:
                    # The others may get on; if no one does, this is the reason.
                    self._last_failure = error
                    return
                part.release(claim)
                self._wait(error, failures)
            finally:
                part.release(claim)

    def _claim(self, part: PartFile) -> Claim | None:
        if not self._sends_parts:
            return part.claim(1, self._file.size_bytes, self._file.size_bytes)
        options = self._options
        return part.claim(options.connections, options.largest_request, options.smallest_request)

    def _wait(self, error: TransferError, failures: int) -> None:
        """Wait before the next try, as long as the server asks for or longer from failure to failure."""
        options = self._options
        seconds = min(options.first_wait_seconds * 2 ** (failures - 1), options.longest_wait_seconds)
        if error.wait_seconds:
            if error.wait_seconds > options.longest_asked_wait_seconds:
                raise error
            seconds = error.wait_seconds
        self._waiting_for = error.reason
        self._halt.wait(seconds)

    def _fetch(self, part: PartFile, claim: Claim, address: FileAddress, writer: io.FileIO) -> None:
        """Fetch the missing bytes of a part, as many as one answer has."""
        with address.open(claim.position, claim.end) as response, self._interruptible(response):
            self._check_answer(response, part, claim)
            self._answered.set()
            start = claim.position
            for data in response.iter_raw():
                if self._halt.is_set():
                    raise TransferStoppedError
                # A server may send more than it was asked for.
                wanted = memoryview(data)[: claim.end - claim.position]
                if not wanted:
                    return
                committed = part.write(writer, claim, wanted)
                self._waiting_for = None
                with self._lock:
                    self._received_bytes += len(wanted)
                    self._unreported_bytes += len(wanted)
                if committed:
                    self._report_received()
                    self._check_disk(part)
            if claim.position == start:
                host = response.url.host
                raise TransferError(reason("hub.cut", host=host), reason("hub.check_connection"), passes=True)

    def _check_answer(self, response: "httpx2.Response", part: PartFile, claim: Claim) -> None:
        """Return for an answer whose body is what was asked for.

        Raises:
            TransferError: it is of another file, is none, or begins elsewhere.
        """
        headers = response.headers
        if headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
            raise TransferError(reason("hub.page_instead", host=response.url.host), reason("hub.log_in"))
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise TransferError(reason("hub.compressed", host=response.url.host), reason("hub.check_address"))
        if response.status_code == 206:
            content_range = parse_content_range(headers.get("Content-Range", ""))
            if content_range is None:
                raise wrong_length(response, "Content-Range")
            if content_range.total not in (None, self._file.size_bytes):
                raise self._other_length(content_range.total)
            if content_range.first != claim.position:
                raise TransferError(
                    reason("hub.wrong_part", host=response.url.host),
                    reason("hub.check_connection"),
                    passes=True,
                )
            return
        self._take_whole_file(response, part, claim)

    def _take_whole_file(self, response: "httpx2.Response", part: PartFile, claim: Claim) -> None:
        """Go on with one connection: the server sends the file whole, whatever part was asked for."""
        length_text = response.headers.get("Content-Length", "")
        length = parse_length(length_text)
        version = self._file.version
        if version and version not in (
            response.headers.get("ETag", ""),
            response.headers.get("Last-Modified", ""),
        ):
            raise TransferError(reason("hub.changed", file=self._file.name), reason("hub.start_again_anew"))
        if length_text and length is None:
            raise wrong_length(response, "Content-Length")
        if length is not None and length != self._file.size_bytes:
            raise self._other_length(length)
        if self._answered.is_set() and self._sends_parts:
            # It has sent parts before.
            raise TransferError(
                reason("hub.wrong_part", host=response.url.host), reason("hub.check_connection"), passes=True
            )
        self._sends_parts = False
        if claim.position > 0 or part.written_bytes > 0:
            part.restart()
            claim.start = claim.position = 0
            part.adopt(claim)
        claim.end = self._file.size_bytes

    def _other_length(self, length: int) -> TransferError:
        return TransferError(
            reason("hub.other_length", file=self._file.name, length=length, expected=self._file.size_bytes),
            reason("hub.start_again_anew"),
        )

    def _check_disk(self, part: PartFile) -> None:
        """Return if the disk holds what is missing.

        Raises:
            TransferError: it does not.
        """
        missing_bytes = self._file.size_bytes - part.written_bytes
        try:
            free_bytes = shutil.disk_usage(self._target.parent).free
        except OSError:
            # Where nobody says how much is free, a full disk shows by itself.
            return
        if missing_bytes + DISK_MARGIN_BYTES > free_bytes:
            raise TransferError(
                reason(
                    "hub.disk_short",
                    folder=str(self._target.parent),
                    free=free_bytes,
                    need=missing_bytes + DISK_MARGIN_BYTES,
                ),
                reason("hub.free_disk_and_go_on"),
            )

    def _report_received(self) -> None:
        with self._lock:
            count, self._unreported_bytes = self._unreported_bytes, 0
        if count:
            self._on_received(count)

    def _fail(self, error: Exception) -> None:
        with self._lock:
            self._error = self._error or error
        self._halt.set()
        self._interrupt()

    @contextmanager
    def _interruptible(self, response: "httpx2.Response") -> Generator[None]:
        """Let `_interrupt` end a read of this answer in the block."""
        with self._lock:
            self._responses.add(response)
        try:
            yield
        finally:
            with self._lock:
                self._responses.discard(response)

    def _interrupt(self) -> None:
        """Close the connections that are read from, so that no thread waits for a silent server."""
        with self._lock:
            responses = list(self._responses)
        for response in responses:
            stream = response.extensions.get("network_stream")
            connection = stream.get_extra_info("socket") if stream is not None else None
            if isinstance(connection, socket.socket):
                with suppress(OSError):
                    # Not the method of a TLS socket, which would let its reader go on without TLS.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _ignore(count: int) -> None:
    """Do nothing about received bytes."""
    del count


def _lock_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.lock")


def _drop_lock(target: Path) -> None:
    """Delete the lock of a file that is complete: whoever has it open meanwhile has nothing to download."""
    with suppress(OSError):
        _lock_path(target).unlink(missing_ok=True)


@contextmanager
def only_process(target: Path) -> Generator[None]:
    """Keep other processes from downloading the same file during the block.

    The system releases the lock of a process that is killed.

    Raises:
        TransferError: another process is downloading it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(_lock_path(target))
    with disk_failures(target):
        try:
            lock.acquire(timeout=0)  # pyright: ignore[reportUnknownMemberType]
        except Timeout:
            raise TransferError(
                reason("hub.in_use", file=target.name), reason("hub.wait_for_other")
            ) from None
    try:
        yield
    finally:
        lock.release()
