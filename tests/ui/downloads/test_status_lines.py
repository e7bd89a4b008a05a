"""Lines about downloads: what stands above the keys, and the rows of the list."""

import pytest

from tests.ui.downloads.samples import status
from tui.sentences import reason
from tui.services.downloads.queue import DownloadState
from tui.ui.downloads.status_lines import line_pieces, queue_row, state_word, status_text
from tui.ui.kit.pieces import plain, width_of
from tui.units import MIB

CUT = reason("hub.cut", host="hub")
AGAIN = reason("hub.go_on_later")


def test_running_download_shows_share_time_and_speed() -> None:
    running = status("running", bytes_per_second=11.3 * MIB, seconds_left=6.0)
    assert plain(line_pieces([running], 80)) == "↓ model-Q4_K_M  ███▍        34 %  6.0 s left  11.3 MiB/s"


def test_narrow_line_keeps_name_and_share() -> None:
    running = status("running", bytes_per_second=11.3 * MIB, seconds_left=6.0)
    line = line_pieces([running, status("queued", 0, name="next.gguf")], 34)
    assert width_of(line) <= 34
    assert plain(line).startswith("↓ model-Q4_K_M  ███▍        34 %")


def test_line_tells_how_many_wait_failed_and_are_paused() -> None:
    more = [
        status(state, name=f"{state}-{number}.gguf")
        for state, count in (("queued", 2), ("failed", 1), ("paused", 1))
        for number in range(count)
    ]
    text = plain(line_pieces([status("running"), *more], 120))
    assert text.endswith("2 wait  1 failed  1 paused")


def test_line_says_why_it_waits() -> None:
    waiting = status("running", waiting_for=CUT)
    assert "waiting: The connection to hub broke off." in plain(line_pieces([waiting], 100))


def test_line_says_that_a_file_is_checked() -> None:
    checking = status("running", 100 * MIB, phase="checking")
    assert plain(line_pieces([checking], 100)).endswith("100 %  checking")


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_nothing_is_told_of_a_download_that_has_ended(state: DownloadState) -> None:
    assert line_pieces([status(state)], 80) == []
    assert line_pieces([], 80) == []


def test_failed_and_paused_downloads_say_where_to_go_on() -> None:
    failed = status("failed", error=CUT, hint=AGAIN)
    assert plain(line_pieces([status("paused"), failed], 120)) == (
        "✗ model-Q4_K_M  failed at 34 %  F9 says what to do  The connection to hub broke off.  1 paused"
    )
    assert plain(line_pieces([status("paused")], 80)) == "‖ model-Q4_K_M  paused at 34 %  F9 to go on"


def test_row_has_name_state_and_figures() -> None:
    first, second = queue_row(status("running", bytes_per_second=MIB, seconds_left=66.0), 80)
    assert width_of(first) == 80
    assert plain(first).startswith("↓ model-Q4_K_M ")
    assert plain(first).endswith(" 34 %")
    assert plain(second).endswith("34.0 MiB of 100 MiB, 1.00 MiB/s, 1 min 6 s left")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("queued", "waits"),
        ("paused", "paused at 34 %"),
        ("failed", "failed at 34 %"),
        ("done", "here"),
        ("cancelled", "cancelled"),
    ],
)
def test_state_is_a_word(state: DownloadState, word: str) -> None:
    assert state_word(status(state)) == word


def test_failure_before_the_first_byte_names_no_share() -> None:
    assert state_word(status("failed", 0)) == "failed"


def test_row_of_a_failure_begins_with_its_reason() -> None:
    _first, second = queue_row(status("failed", error=CUT, hint=AGAIN), 60)
    assert plain(second) == "  The connection to hub broke off."


def test_text_says_what_to_do_about_a_failure() -> None:
    text = status_text(status("failed", error=CUT, hint=AGAIN))
    assert text.startswith("maker/model-GGUF Q4_K_M\nThe connection to hub broke off. Start the download")


def test_text_says_if_a_file_is_the_published_one() -> None:
    assert "SHA-256 is the published one" in status_text(status("done", verified=True))
    assert "Not verified" in status_text(status("done"))
    broken = status("done", model_error=reason("models.header_cut_off", byte=9))
    assert "The file ends inside its header" in status_text(broken)


def test_text_of_a_download_that_waits_says_that_it_is_tried_again() -> None:
    assert "It is tried again by itself: The connection" in status_text(status("running", waiting_for=CUT))


def test_name_from_outside_is_made_safe() -> None:
    line = plain(line_pieces([status("running", name="[red]\x1b[31m-Q4_0.gguf")], 80))
    assert "\x1b" not in line
    assert "[red]" in line
