"""Bytes that downloads received in this month, for a connection that is metered; the speed of the line."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tui.models.hub.errors import TransferError
from tui.models.hub.record import write_safely
from tui.models.plain_files import read_record_file
from tui.sentences import reason
from tui.settings.app_folders import settings_file, state_folder
from tui.settings.settings import UNREADABLE_LIMIT_GB
from tui.units import KIB

_GB = 10**9
"""Bytes of a gigabyte as providers count it."""
_LOCK_SECONDS = 5.0


class Received(msgspec.Struct, frozen=True):
    """Contents of the file."""

    month: str = ""
    """`2026-12`."""
    received_bytes: int = 0
    bytes_per_second: float | None = None
    """Speed of the line when it was measured last."""


class DownloadAllowance:
    """Account of received bytes, shared by all processes of the user.

    A file that cannot be read or written costs only the account.
    """

    def __init__(
        self, limit_gb: float = 0, path: Path | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """`limit_gb` is the limit for a month in GB; 0 for none, `UNREADABLE_LIMIT_GB` for a wrong one."""
        self._is_readable = limit_gb != UNREADABLE_LIMIT_GB
        self.limit_bytes = round(limit_gb * _GB) if self._is_readable else 0
        """0 for no limit."""
        self._path = path or state_folder() / "downloads.json"
        self._clock = clock

    @property
    def used_bytes(self) -> int:
        """Bytes received in this month."""
        return self._read().received_bytes

    @property
    def bytes_per_second(self) -> float | None:
        """Speed of the line when it was measured last; None for never."""
        return self._read().bytes_per_second

    def check_limit(self) -> None:
        """Return if the limit can be read.

        Raises:
            TransferError: the settings have a wrong one, so that nothing may be received.
        """
        if not self._is_readable:
            raise TransferError(
                reason("services.limit_unreadable", file=str(settings_file())),
                reason("services.mend_limit"),
            )

    def check(self, need_bytes: int) -> None:
        """Return if so many bytes may be received.

        Raises:
            TransferError: this month's limit does not allow it, or cannot be read.
        """
        self.check_limit()
        if not self.limit_bytes:
            return
        used_bytes = self.used_bytes
        if used_bytes + need_bytes > self.limit_bytes:
            raise TransferError(
                reason(
                    "services.over_allowance",
                    need=need_bytes,
                    used=used_bytes,
                    limit=self.limit_bytes,
                ),
                reason("services.raise_allowance"),
            )

    def add(self, count: int, bytes_per_second: float | None = None) -> None:
        """Add received bytes, and the speed of the line where it was measured."""
        from filelock import FileLock, Timeout

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path.with_name(f".{self._path.name}.lock"), timeout=_LOCK_SECONDS):
                received = self._read()
                write_safely(
                    self._path,
                    msgspec.json.encode(
                        Received(
                            self._month(),
                            received.received_bytes + count,
                            bytes_per_second or received.bytes_per_second,
                        )
                    ),
                )
        except (OSError, Timeout):
            # The account is only as good as the disk; a download does not fail for it.
            return

    def _read(self) -> Received:
        received = read_record_file(self._path, Received, KIB)
        if received is None:
            return Received(self._month())
        if received.month != self._month():
            return Received(self._month(), 0, received.bytes_per_second)
        return received

    def _month(self) -> str:
        return time.strftime("%Y-%m", time.localtime(self._clock()))
