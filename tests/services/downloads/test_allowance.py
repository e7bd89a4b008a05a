"""Account of received bytes and its limit for a month."""

import calendar
from pathlib import Path

import pytest

from tui.models.hub.errors import TransferError
from tui.services.downloads.allowance import DownloadAllowance
from tui.services.sentences import sentence
from tui.settings.settings import UNREADABLE_LIMIT_GB


def noon(year: int, month: int, day: int) -> float:
    return float(calendar.timegm((year, month, day, 12, 0, 0)))


def test_bytes_of_all_processes_count_together(tmp_path: Path) -> None:
    first, second = (DownloadAllowance(path=tmp_path / "downloads.json") for _ in range(2))
    first.add(100, 5e6)
    second.add(50)
    assert first.used_bytes == second.used_bytes == 150
    assert second.bytes_per_second == 5e6


def test_next_month_begins_at_zero(tmp_path: Path) -> None:
    time = noon(2026, 11, 15)
    allowance = DownloadAllowance(1, tmp_path / "downloads.json", clock=lambda: time)
    allowance.add(900_000_000, 5e6)
    with pytest.raises(TransferError, match=r"services\.over_allowance") as caught:
        allowance.check(200_000_000)
    assert caught.value.reason.facts == {"need": 200_000_000, "used": 900_000_000, "limit": 10**9}

    time = noon(2026, 12, 15)
    allowance.check(200_000_000)
    assert allowance.used_bytes == 0
    assert allowance.bytes_per_second == 5e6


def test_without_a_limit_everything_is_allowed(tmp_path: Path) -> None:
    allowance = DownloadAllowance(0, tmp_path / "downloads.json")
    allowance.add(10**15)
    allowance.check(10**15)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]"])
def test_broken_account_begins_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "downloads.json"
    path.write_bytes(content)
    allowance = DownloadAllowance(1, path)
    assert allowance.used_bytes == 0
    allowance.add(5)
    assert allowance.used_bytes == 5


def test_account_that_cannot_be_written_ends_no_download(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    allowance = DownloadAllowance(1, tmp_path / "file" / "downloads.json")
    allowance.add(5)
    assert allowance.used_bytes == 0


def test_limit_that_cannot_be_read_allows_nothing(tmp_path: Path) -> None:
    allowance = DownloadAllowance(UNREADABLE_LIMIT_GB, tmp_path / "downloads.json")
    for check in (allowance.check_limit, lambda: allowance.check(0)):
        with pytest.raises(TransferError) as caught:
            check()
        assert "download_limit_gb in " in sentence(caught.value.reason)
        assert "settings.toml" in sentence(caught.value.reason)
    DownloadAllowance(0, tmp_path / "downloads.json").check_limit()
