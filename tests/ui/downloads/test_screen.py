"""List of downloads: its rows follow the queue, and its keys reach it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tests.ui.downloads.samples import status
from tests.ui.host import Host, border_text
from tests.waiting import until
from tui.sentences import reason
from tui.ui.downloads.line import DownloadLine
from tui.ui.downloads.screen import DownloadsScreen, WantedSource
from tui.units import MIB

RUNNING, PAUSED = status("running", name="a.gguf"), status("paused", name="b.gguf")
FAILED = status("failed", 0, name="c.gguf", error=reason("hub.cut", host="hub"))
DONE = status("done", 100 * MIB, name="d.gguf", path=Path("/models/d.gguf"), verified=True)


class Calls:
    """A queue that notes what is asked of it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def pause(self, key: str) -> None:
        self.calls.append(("pause", key))

    def resume(self, key: str) -> None:
        self.calls.append(("resume", key))

    def cancel(self, key: str) -> None:
        self.calls.append(("cancel", key))

    def remove(self, key: str) -> None:
        self.calls.append(("remove", key))

    def prefer(self, key: str) -> None:
        self.calls.append(("prefer", key))


class Opened:
    """The list over an empty screen."""

    def __init__(self, pilot: Pilot[None], line: DownloadLine, queue: Calls, results: list[object]) -> None:
        self.pilot = pilot
        self.line = line
        self.queue = queue
        self.results = results

    @property
    def rows(self) -> OptionList:
        return self.pilot.app.screen.query_one(OptionList)

    def row(self, index: int) -> str:
        return str(self.rows.get_option_at_index(index).prompt)

    def text(self, part: str) -> str:
        static = self.pilot.app.screen.query_one(f"#downloads-{part}", Static)
        return "" if static.has_class("-hidden") else str(static.content)


@asynccontextmanager
async def opened(*statuses: object, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Opened]:
    app = Host(DownloadLine)
    queue, results = Calls(), []
    async with app.run_test(size=size) as pilot:
        line = app.query_one(DownloadLine)
        line.statuses = statuses  # type: ignore[assignment]
        screen = DownloadsScreen(queue, line)
        app.push_screen(screen, results.append)
        await until(lambda: screen.query(OptionList) and screen.query("Inquiry"), "the list")
        await pilot.pause()
        yield Opened(pilot, line, queue, results)


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (200, 60)])
async def test_rows_follow_the_downloads(size: tuple[int, int]) -> None:
    async with opened(RUNNING, PAUSED, size=size) as downloads:
        assert downloads.rows.option_count == 2
        assert "34 %" in downloads.row(0)
        assert "paused" in downloads.row(1)
        downloads.line.statuses = (status("running", 50 * MIB, name="a.gguf"), PAUSED)
        await until(lambda: "50 %" in downloads.row(0), "the new share")
        # WHEN one is cancelled THEN its row goes
        downloads.line.statuses = (status("cancelled", name="a.gguf"), PAUSED)
        await until(lambda: downloads.rows.option_count == 1, "one row")
        assert "paused" in downloads.row(0)


async def test_rows_of_downloads_that_come_later_are_drawn() -> None:
    async with opened() as downloads:
        downloads.line.statuses = (PAUSED,)
        await until(lambda: downloads.rows.option_count == 1, "the row")
        await until(lambda: "paused" in downloads.row(0), "its text")


async def test_highlight_stays_on_its_download_when_the_order_changes() -> None:
    async with opened(RUNNING, PAUSED) as downloads:
        await downloads.pilot.press("down")
        downloads.line.statuses = (PAUSED, RUNNING)
        await until(lambda: downloads.rows.highlighted == 0, "the same download")
        await downloads.pilot.press("enter")
        assert downloads.queue.calls == [("resume", PAUSED.key)]


@pytest.mark.parametrize(
    ("shown_status", "call"),
    [(RUNNING, "pause"), (status("queued", name="q.gguf"), "pause"), (PAUSED, "resume"), (FAILED, "resume")],
)
async def test_enter_pauses_goes_on_and_tries_again(shown_status: object, call: str) -> None:
    async with opened(shown_status) as downloads:
        await downloads.pilot.press("enter")
        assert downloads.queue.calls == [(call, shown_status.key)]  # type: ignore[attr-defined]


async def test_enter_goes_to_a_finished_model() -> None:
    async with opened(DONE) as downloads:
        assert "/models/d.gguf" in downloads.row(0)
        assert "published one" in downloads.text("text")
        await downloads.pilot.press("enter")
        await until(lambda: downloads.results, "the end")
    assert downloads.results == [Path("/models/d.gguf")]


async def test_cancelling_asks_where_something_has_arrived() -> None:
    async with opened(PAUSED) as downloads:
        await downloads.pilot.press("x")
        await downloads.pilot.pause()
        # The answer that loses nothing is first.
        await downloads.pilot.press("enter")
        await downloads.pilot.pause()
        assert downloads.queue.calls == []
        await downloads.pilot.press("x")
        await downloads.pilot.pause()
        await downloads.pilot.press("down", "enter")
        await until(lambda: downloads.queue.calls, "the answer")
        assert downloads.queue.calls == [("cancel", PAUSED.key), ("remove", PAUSED.key)]


async def test_esc_takes_the_question_back_first() -> None:
    async with opened(PAUSED) as downloads:
        await downloads.pilot.press("x")
        await downloads.pilot.pause()
        await downloads.pilot.press("escape")
        await downloads.pilot.pause()
        assert downloads.results == []
        await downloads.pilot.press("escape")
        await until(lambda: downloads.results == [None], "the end")
    assert downloads.queue.calls == []


async def test_cancelling_asks_nothing_where_nothing_is_lost() -> None:
    async with opened(FAILED, DONE) as downloads:
        await downloads.pilot.press("x", "down", "x")
        assert downloads.queue.calls == [
            ("cancel", FAILED.key),
            ("remove", FAILED.key),
            ("remove", DONE.key),
        ]


async def test_one_is_put_first() -> None:
    async with opened(RUNNING, PAUSED) as downloads:
        await downloads.pilot.press("down", "f")
        assert downloads.queue.calls == [("prefer", PAUSED.key)]


async def test_failure_says_why_and_what_to_do() -> None:
    async with opened(FAILED) as downloads:
        assert "broke off" in downloads.text("text")
        border = border_text(downloads.pilot.app.screen.query_one("#downloads"))
        assert "Enter tries again" in border


async def test_source_can_be_typed() -> None:
    async with opened() as downloads:
        assert "Press a to add one from a repository" in downloads.text("empty")
        await downloads.pilot.press("a")
        await until(lambda: downloads.pilot.app.screen.query_one(Input).has_focus, "the field")
        # Keys of the list are letters here.
        await downloads.pilot.press(*"maker/D-aq", "enter")
        await until(lambda: downloads.results, "the end")
    assert downloads.results == [WantedSource("maker/D-aq")]


async def test_click_highlights_and_a_second_click_pauses() -> None:
    async with opened(PAUSED, RUNNING) as downloads:
        await downloads.pilot.click(OptionList, offset=(6, 2))
        await until(lambda: downloads.rows.highlighted == 1, "the row under the mouse")
        assert downloads.queue.calls == []
        await downloads.pilot.click(OptionList, offset=(6, 2), times=2)
        await until(lambda: downloads.queue.calls, "the second click")
        assert downloads.queue.calls == [("pause", RUNNING.key)]
