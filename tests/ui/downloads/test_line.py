"""Line above the keys: there while there is something to tell, and a click opens the list."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import on
from textual.pilot import Pilot

from tests.ui.downloads.samples import status
from tests.ui.host import Host
from tests.waiting import until
from tui.ui.downloads.line import DownloadLine


class LineHost(Host):
    opened = 0

    @on(DownloadLine.ListRequested)
    def _open(self) -> None:
        self.opened += 1


@asynccontextmanager
async def running(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Pilot[None], DownloadLine]]:
    app = LineHost(DownloadLine)
    async with app.run_test(size=size) as pilot:
        yield pilot, app.query_one(DownloadLine)


async def test_line_comes_with_a_download_and_goes_with_its_end() -> None:
    async with running() as (pilot, line):
        assert not line.display
        line.statuses = (status("running"),)
        await until(lambda: "34 %" in str(line.content), "the line")
        assert line.display
        assert line.size.height == 1
        line.statuses = (status("done"),)
        await pilot.pause()
        assert not line.display


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_line_fills_no_more_than_the_window(width: int) -> None:
    async with running((width, 20)) as (_pilot, line):
        line.statuses = (status("running", name=f"{'long-' * 40}Q4_K_M.gguf"),)
        await until(lambda: "34 %" in str(line.content), "the line")
        assert len(str(line.content)) <= width - 2


async def test_click_asks_for_the_list() -> None:
    async with running() as (pilot, line):
        line.statuses = (status("paused"),)
        await until(lambda: "paused" in str(line.content), "the line")
        await pilot.click(DownloadLine)
        app = pilot.app
        assert isinstance(app, LineHost)
        await until(lambda: app.opened, "the request")
