"""Output of `llmtui pull`: table, bar and lines of JSON."""

import io
import sys
from collections.abc import Callable

import msgspec
import pytest

from tests.cli.command_results import unexplained
from tests.services.downloads.test_words import HUGE, LARGE, SMALL, offer
from tui.cli import pull_output
from tui.cli.pull_output import (
    ProgressBar,
    done_json,
    ended_json,
    offer_json,
    print_quantizations,
    progress_json,
)
from tui.sentences import reason
from tui.services.downloads.queue import DownloadRequest, DownloadStatus
from tui.services.downloads.source import DownloadSource
from tui.units import GIB, MIB

STATUS = DownloadStatus(DownloadRequest("m", SMALL.quantization.files), "running", "downloading", 512 * MIB)


def test_table_marks_the_chosen_one_and_says_what_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    begun = msgspec.structs.replace(LARGE, done_bytes=GIB, exact=False)
    complete = msgspec.structs.replace(HUGE, done_bytes=HUGE.size_bytes)
    print_quantizations(
        msgspec.structs.replace(offer(SMALL), quantizations=(SMALL, begun, complete), chosen=SMALL)
    )
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[1][:3] == ["*", "fits", "Q4_K_M"]
    assert rows[2][-1] == "%"
    assert rows[2][-2] == "25"
    assert rows[2][-4].startswith("~")
    assert rows[3][-2:] == ["on", "disk"]


def test_nulls_of_every_event_have_their_reasons() -> None:
    nameless = msgspec.structs.replace(
        offer(SMALL),
        source=DownloadSource(address="http://web/m.gguf"),
        repository=None,
        free_bytes=None,
        bytes_per_second=None,
    )
    paused = msgspec.structs.replace(STATUS, state="paused")
    for event in (
        offer_json(offer(HUGE, SMALL)),
        offer_json(nameless),
        progress_json(STATUS),
        progress_json(msgspec.structs.replace(STATUS, waiting_for=reason("hub.cut", host="hub"))),
        done_json(msgspec.structs.replace(STATUS, state="done")),
        ended_json(paused, [reason("services.download_paused", done=1, total=2)]),
    ):
        assert unexplained(event) == []


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, draw: Callable[[ProgressBar], None], columns: int = 80) -> str:
    terminal = FakeTerminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    draw(ProgressBar())
    return terminal.getvalue()


def test_bar_is_drawn_over_itself_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(bar: ProgressBar) -> None:
        bar.show(msgspec.structs.replace(STATUS, bytes_per_second=1.0 * MIB, seconds_left=1400.0))
        bar.show(STATUS)
        bar.clear()

    _start, first, second, blank, end = drawn(monkeypatch, draw).split("\r")
    assert first.startswith(" 26 % ▕████")
    assert first.endswith("512 MiB of 1.88 GiB, 1.00 MiB/s, 23 min 20 s left")
    assert len(second) == len(first)
    assert blank.strip() == end == ""


def test_bar_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(len(line) < 30 for line in drawn(monkeypatch, lambda bar: bar.show(STATUS), 30).split("\r"))


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bar = ProgressBar()
    bar.show(STATUS)
    bar.clear()
    assert capsys.readouterr().err == ""


def test_shares_fill_the_bar() -> None:
    assert pull_output._bar(0.0, 24) == "▕" + " " * 24 + "▏ "
    assert pull_output._bar(1.0, 100) == "▕" + "█" * 30 + "▏ "
    assert len(pull_output._bar(0.333, 24)) == 27
    assert pull_output._bar(0.5, 5) == ""
