"""Downloads in the dashboard, from a hub on loopback that serves the real model."""

import asyncio
import mmap
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.models.hub.loopback_hub import Behaviour, LoopbackHub, ServedPart, running_hub
from tests.models.hub.samples import use_hub
from tests.ui.dashboard.running_dashboard import answered, ask, running
from tests.ui.downloads.samples import publish
from tests.waiting import until
from tui.hardware.profiles import PROFILES
from tui.models.hub.part_state import part_path
from tui.models.hub.record import read_record
from tui.models.model_folders import models_folder
from tui.services.downloads.queue import DownloadStatus, unfinished_downloads
from tui.settings.settings import Settings
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.downloads.dialog import DownloadDialog
from tui.ui.downloads.line import DownloadLine
from tui.ui.downloads.screen import DownloadsScreen
from tui.units import KIB, MIB

NAME = "SmolLM2-135M-Instruct"
REPOSITORY = f"bartowski/{NAME}-GGUF"
FILE = f"{NAME}-Q4_1.gguf"
HEADER_BYTES = 8 * MIB
"""Length of the request for a header."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, smollm2: Path) -> Iterator[LoopbackHub]:
    """A hub that serves the real model, for a program that finds no model on its disk."""
    monkeypatch.setattr("tui.models.stores.environment.package_folders", list)
    with running_hub() as loopback_hub, smollm2.open("rb") as file:
        use_hub(loopback_hub, monkeypatch, tmp_path)
        loopback_hub.add(REPOSITORY, FILE, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        yield loopback_hub


def slow(part: ServedPart) -> Behaviour | None:
    """Send weights slowly, and headers at once."""
    return None if is_header(part) else Behaviour(bytes_per_second=MIB)


def is_header(part: ServedPart) -> bool:
    return part.start == 0 and part.end == HEADER_BYTES


class Downloads:
    """The dashboard with the row of the small model highlighted."""

    def __init__(self, pilot: Pilot[None], dashboard: Dashboard) -> None:
        self.pilot = pilot
        self.dashboard = dashboard
        self.keys = 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.pilot.press(*keys)

    @property
    def line(self) -> str:
        line = self.dashboard.query_one(DownloadLine)
        return str(line.content) if line.display else ""

    @property
    def statuses(self) -> list[DownloadStatus]:
        return list(self.dashboard.query_one(DownloadLine).statuses)

    @property
    def notices(self) -> str:
        return "\n".join(notice.message for notice in self.pilot.app._notifications)

    async def dialog(self, *keys: str) -> DownloadDialog:
        """Press keys that open the dialog, and wait for its offer."""
        await self.press(*keys)
        await until(lambda: isinstance(self.pilot.app.screen, DownloadDialog), "the dialog")
        dialog = self.pilot.app.screen
        assert isinstance(dialog, DownloadDialog)
        await until(lambda: dialog.offer is not None, "the offer")
        await self.pilot.pause()
        return dialog

    async def list(self) -> DownloadsScreen:
        await self.press("f9")
        await until(lambda: isinstance(self.pilot.app.screen, DownloadsScreen), "the list")
        await self.pilot.pause()
        screen = self.pilot.app.screen
        assert isinstance(screen, DownloadsScreen)
        return screen

    async def state(self, state: str) -> DownloadStatus:
        await until(lambda: self.statuses and self.statuses[0].state == state, state)
        return self.statuses[0]

    async def progress(self, done_bytes: int) -> None:
        await until(lambda: self.statuses and self.statuses[0].done_bytes > done_bytes, "progress")


@asynccontextmanager
async def downloading(
    size: tuple[int, int] = (120, 40), settings: Settings | None = None, build: str | None = None
) -> AsyncIterator[Downloads]:
    async with running(size, settings, build=build) as (pilot, dashboard):
        listing = dashboard.models.listing
        row = next(model for model in listing.models if model.entry and model.entry.name == NAME)
        assert listing.highlight(row.key)
        await until(lambda: dashboard.models.highlighted == row, "the row")
        yield Downloads(pilot, dashboard)


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_newcomer_comes_from_an_empty_disk_to_an_answer_with_six_keys(size: tuple[int, int]) -> None:
    async with downloading(size, build="installed") as downloads:
        dashboard = downloads.dashboard
        # GIVEN an empty disk: Enter on a model of the catalogue offers it
        dialog = await downloads.dialog("enter")
        assert dialog.offer is not None
        assert dialog.offer.chosen.exact
        # WHEN it is taken THEN the line shows it, and its row becomes the file's, highlighted as before
        await downloads.press("enter")
        await downloads.state("done")
        await until(lambda: "is here" in downloads.notices, "the notice")
        assert "Enter loads it" in downloads.notices
        assert downloads.line == ""
        model = dashboard.models.listing.highlighted_model
        assert model is not None
        assert model.path == models_folder() / REPOSITORY / FILE
        assert read_record(model.path) is not None
        assert len([row for row in dashboard.models.listing.models if row.entry == model.entry]) == 1
        # AND Enter loads it, and it answers
        await until(lambda: dashboard.models.highlighted == model, "the highlight")
        await downloads.press("enter")
        await until(lambda: dashboard.models.listing.loaded_key == model.key, "the load")
        downloads.keys += 1
        await ask(downloads.pilot, "Hello")
        reply = await answered(dashboard)
        assert reply.text
        assert downloads.keys <= 6


async def test_line_stays_while_one_chats_and_at_every_size(hub: LoopbackHub) -> None:
    hub.on_bytes = slow
    async with downloading((60, 18)) as downloads:
        await downloads.dialog("d")
        await downloads.press("enter")
        await downloads.progress(MIB)
        for key in ("f3", "f2"):
            await downloads.press(key)
            await until(lambda: "Smol" in downloads.line and "%" in downloads.line, "the line")
            line = downloads.dashboard.query_one(DownloadLine)
            assert line.region.height == 1
            assert downloads.dashboard.region.contains_region(line.region)
        # WHEN the line is clicked THEN the list is there
        await downloads.pilot.pause()
        assert await downloads.pilot.click(DownloadLine)
        await until(lambda: isinstance(downloads.pilot.app.screen, DownloadsScreen), "the list")


async def test_download_is_paused_goes_on_and_is_cancelled(hub: LoopbackHub) -> None:
    hub.on_bytes = slow
    async with downloading() as downloads:
        await downloads.dialog("enter")
        await downloads.press("enter")
        await downloads.progress(2 * MIB)
        await downloads.list()
        await downloads.press("enter")
        paused = await downloads.state("paused")
        assert paused.done_bytes > 2 * MIB
        await until(lambda: "paused at" in downloads.line, "the line")
        await downloads.press("enter")
        await downloads.progress(paused.done_bytes + MIB)
        # WHEN it is cancelled THEN nothing of it stays
        await downloads.press("x")
        await downloads.pilot.pause()
        await downloads.press("down", "enter")
        await downloads.state("cancelled")
        await until(lambda: downloads.line == "", "the end of the line")
        target = models_folder() / REPOSITORY / FILE
        await until(lambda: not part_path(target).exists(), "the deletion")
        assert not target.exists()


async def test_failure_is_told_and_tried_again(hub: LoopbackHub) -> None:
    async with downloading() as downloads:
        await downloads.dialog("enter")
        file = hub.files[REPOSITORY].pop(FILE)
        await downloads.press("enter")
        failed = await downloads.state("failed")
        assert failed.error is not None
        await until(lambda: "F9 says what to do" in downloads.line, "the line")
        hub.files[REPOSITORY][FILE] = file
        await downloads.list()
        await downloads.press("enter")
        await downloads.state("done")
        # WHEN Enter is pressed on the finished one THEN its row is highlighted
        await until(lambda: "is here" in downloads.notices, "the notice")
        await downloads.press("enter")
        await until(lambda: downloads.pilot.app.screen is downloads.dashboard, "the dashboard")
        model = downloads.dashboard.models.listing.highlighted_model
        assert model is not None
        assert model.path == models_folder() / REPOSITORY / FILE


async def test_quitting_pauses_and_the_next_start_offers_to_go_on(hub: LoopbackHub) -> None:
    hub.on_bytes = slow
    async with downloading() as downloads:
        await downloads.dialog("enter")
        await downloads.press("enter")
        await downloads.progress(2 * MIB)
        start = time.monotonic()
        downloads.pilot.app.exit()
    assert time.monotonic() - start < 20
    (request,) = await asyncio.to_thread(unfinished_downloads, models_folder())
    assert request.files[0].path == FILE
    requests = len(hub.parts)

    hub.on_bytes = lambda _part: None
    async with downloading() as downloads:
        # It is offered and not started by itself.
        paused = await downloads.state("paused")
        assert paused.done_bytes > 2 * MIB
        await until(lambda: "F9 to go on" in downloads.line, "the line")
        await downloads.list()
        await downloads.press("enter")
        done = await downloads.state("done")
        assert done.resumed_bytes >= 2 * MIB
    assert hub.served_since(requests) == done.total_bytes - paused.done_bytes


async def test_quitting_does_not_wait_for_a_silent_server(hub: LoopbackHub) -> None:
    hub.on_bytes = lambda _part: Behaviour(stall_after=0)
    async with downloading() as downloads:
        await downloads.press("enter")
        await until(lambda: isinstance(downloads.pilot.app.screen, DownloadDialog), "the dialog")
        await until(lambda: hub.parts, "the request")
        start = time.monotonic()
        downloads.pilot.app.exit()
    assert time.monotonic() - start < 20


async def test_two_quantizations_wait_for_one_another(hub: LoopbackHub, tmp_path: Path) -> None:
    hub.on_bytes = slow
    publish(hub, tmp_path, REPOSITORY)
    del hub.files[REPOSITORY]["billion-Q8_0.gguf"], hub.files[REPOSITORY]["billion-F16.gguf"]
    async with downloading() as downloads:
        dialog = await downloads.dialog("d")
        assert dialog.offer is not None
        labels = [item.label for item in dialog.offer.quantizations]
        await downloads.press("home", *["down"] * labels.index("Q4_1"), "enter")
        await downloads.progress(MIB)
        await downloads.dialog("d")
        await downloads.press("home", *["down"] * labels.index("Q4_0"), "enter")
        await until(lambda: "1 waits" in downloads.line, "the line")
        assert [status.state for status in downloads.statuses] == ["running", "queued"]
        # WHEN the second is put first THEN the first waits
        await downloads.list()
        await downloads.press("down", "f")
        await until(lambda: [status.state for status in downloads.statuses][1:] == ["queued"], "the order")
        assert downloads.statuses[1].request.files[0].path == FILE


async def test_file_from_elsewhere_is_added_by_its_name(hub: LoopbackHub) -> None:
    async with downloading() as downloads:
        await downloads.list()
        await downloads.press("a")
        await downloads.pilot.pause()
        await downloads.press(*REPOSITORY)
        await downloads.dialog("enter")
        await downloads.press("enter")
        await downloads.state("done")
    assert hub.served_bytes() > 90 * MIB


async def test_gated_model_is_no_end_of_the_program(hub: LoopbackHub) -> None:
    hub.gated[REPOSITORY] = "manual"
    async with downloading() as downloads:
        await downloads.press("enter")
        await until(lambda: isinstance(downloads.pilot.app.screen, DownloadDialog), "the dialog")
        await until(
            lambda: "is gated" in str(downloads.pilot.app.screen.query_one("#download-problem").content),
            "the reason",
        )
        await downloads.press("escape")
        await until(lambda: downloads.pilot.app.screen is downloads.dashboard, "the dashboard")
        assert downloads.statuses == []


@pytest.mark.usefixtures("hub")
async def test_offer_is_for_this_machine_while_the_list_is_for_another() -> None:
    async with downloading() as downloads:
        downloads.dashboard.models.what_if = PROFILES["m1-8gb"]
        await downloads.pilot.pause()
        dialog = await downloads.dialog("enter")
        text = str(dialog.query_one("#download-verdicts").content)
        assert text.startswith("These verdicts are for this machine, not for ")
        assert dialog.offer is not None
        pool = dialog.offer.chosen.fit.pool
        assert pool is not None
        assert pool.capacity_bytes == downloads.dashboard.models.pools_here[-1].capacity_bytes


async def test_rescan_during_a_download_lists_no_part(hub: LoopbackHub) -> None:
    hub.on_bytes = lambda part: None if is_header(part) else Behaviour(stall_after=MIB)
    async with downloading() as downloads:
        await downloads.dialog("enter")
        await downloads.press("enter")
        await downloads.progress(512 * KIB)
        await downloads.press("r")
        await downloads.pilot.pause(1)
        listing = downloads.dashboard.models.listing
        assert not any(model.on_disk for model in listing.models)
