"""Dialog of a download: what it waits for, its verdicts and its question, and every way it can fail."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from tests.models.hub.loopback_hub import Behaviour, LoopbackHub
from tests.models.hub.samples import REPOSITORY
from tests.ui.downloads.samples import QUANTS, context, publish
from tests.ui.host import Host, border_text
from tests.waiting import until
from tui.models.hub.address import hub_library
from tui.services.downloads.queue import DownloadRequest
from tui.ui.downloads import dialog as dialog_module
from tui.ui.downloads.dialog import DownloadDialog
from tui.units import MIB


@pytest.fixture
def published(hub: LoopbackHub, tmp_path: Path) -> LoopbackHub:
    publish(hub, tmp_path)
    return hub


class Opened:
    """The dialog over an empty screen."""

    def __init__(self, pilot: Pilot[None], results: list[DownloadRequest | None]) -> None:
        self.pilot = pilot
        self.results = results

    @property
    def screen(self) -> DownloadDialog:
        screen = self.pilot.app.screen
        assert isinstance(screen, DownloadDialog)
        return screen

    def text(self, part: str) -> str:
        static = self.screen.query_one(f"#download-{part}", Static)
        return "" if static.has_class("-hidden") else str(static.content)

    @property
    def rows(self) -> OptionList:
        return self.screen.query_one(OptionList)

    def row(self, index: int) -> str:
        return str(self.rows.get_option_at_index(index).prompt)


@asynccontextmanager
async def opened(
    folder: Path,
    name: str = REPOSITORY,
    *,
    size: tuple[int, int] = (120, 40),
    limit_gb: float = 0,
    remark: str = "",
) -> AsyncIterator[Opened]:
    app = Host()
    results: list[DownloadRequest | None] = []
    async with app.run_test(size=size) as pilot:
        dialog = DownloadDialog(name, "Billion", context(folder, limit_gb), remark=remark)
        app.push_screen(dialog, results.append)
        await until(lambda: dialog.query("#download-question"), "the dialog")
        yield Opened(pilot, results)


async def offered(dialog: Opened) -> None:
    await until(lambda: dialog.screen.offer is not None and dialog.text("question"), "the offer")
    await dialog.pilot.pause()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 60)])
async def test_table_verdict_and_question_are_on_the_screen_at_every_size(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(tmp_path, size=size) as dialog:
        await offered(dialog)
        assert all(quant in dialog.row(index) for index, quant in enumerate(QUANTS))
        assert dialog.row(0).startswith("›")
        assert "~" not in dialog.row(0)
        assert "~" in dialog.row(1)
        assert dialog.text("verdicts").startswith("Q4_0 fits (")
        assert "Q8_0 would" in dialog.text("verdicts")
        assert " is free in " in dialog.text("verdicts")
        assert dialog.text("question").startswith("Download ")
        for part in ("header", "verdicts", "question"):
            region = dialog.screen.query_one(f"#download-{part}").region
            assert region.height > 0
            assert dialog.screen.region.contains_region(region)


@pytest.mark.usefixtures("published")
async def test_enter_downloads_the_highlighted_quantization(tmp_path: Path) -> None:
    async with opened(tmp_path) as dialog:
        await offered(dialog)
        await dialog.pilot.press("down", "enter")
        await until(lambda: dialog.results, "the answer")
    (request,) = dialog.results
    assert request is not None
    assert [file.path for file in request.files] == ["billion-Q8_0.gguf"]


async def test_quantization_that_fits_is_offered_in_place_of_one_that_does_not(
    published: LoopbackHub, tmp_path: Path
) -> None:
    # GIVEN a repository where the usual quantization is too large for this machine
    files = published.files[REPOSITORY]
    files["billion-Q3_K_M.gguf"] = files.pop("billion-Q4_0.gguf")
    files["billion-Q4_K_M.gguf"] = files.pop("billion-F16.gguf")
    async with opened(tmp_path) as dialog:
        await offered(dialog)
        # THEN both verdicts are told, and Enter takes the one that fits
        first, second, _disk = dialog.text("verdicts").split("\n")
        assert first.startswith("Q4_K_M is tight")
        assert second.startswith("Q3_K_M fits (")
        assert "of Q3_K_M" in dialog.text("question")
        # WHEN the other is highlighted after all THEN the question is about that
        await dialog.pilot.press("end")
        await until(lambda: "of Q4_K_M" in dialog.text("question"), "the question")
        assert "Q3_K_M fits" in dialog.text("verdicts")


async def test_header_of_a_row_is_read_once_the_highlight_rests_on_it(
    published: LoopbackHub, tmp_path: Path
) -> None:
    async with opened(tmp_path) as dialog:
        await offered(dialog)
        assert published.served_bytes() == 8 * MIB
        await dialog.pilot.press("end")
        await until(lambda: "~" not in dialog.row(2), "the exact verdict")
        assert "~" in dialog.row(1)
        assert published.served_bytes() == 16 * MIB
        assert dialog.text("verdicts").startswith("F16 is ")


async def test_row_that_is_passed_by_is_not_asked_for(
    published: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialog_module, "_PAUSE_SECONDS", 2.0)
    async with opened(tmp_path) as dialog:
        await offered(dialog)
        await dialog.pilot.press("down", "up")
        await dialog.pilot.pause(0.3)
        assert published.served_bytes() == 8 * MIB


async def test_header_that_cannot_be_read_leaves_the_estimate(published: LoopbackHub, tmp_path: Path) -> None:
    async with opened(tmp_path) as dialog:
        await offered(dialog)
        published.on_bytes = lambda _part: Behaviour(status=500)
        await dialog.pilot.press("down")
        await until(lambda: "failure of its own" in dialog.text("problem"), "the reason")
        assert "~" in dialog.row(1)
        # AND it can be downloaded all the same
        await dialog.pilot.press("enter")
        await until(lambda: dialog.results, "the answer")


async def test_says_what_it_waits_for_and_esc_leaves_at_once(published: LoopbackHub, tmp_path: Path) -> None:
    # GIVEN a server that never sends the header
    published.on_bytes = lambda _part: Behaviour(stall_after=0)
    async with opened(tmp_path) as dialog:
        await until(lambda: "Reading the header of billion-Q4_0.gguf…" in dialog.text("wait"), "the step")
        assert "tries again" not in border_text(dialog.screen.query_one("#download"))
        # WHEN keys of an offer are pressed before there is one THEN nothing happens
        await dialog.pilot.press("enter", "down")
        assert dialog.results == []
        # WHEN the user leaves THEN nothing is waited for
        start = time.monotonic()
        await dialog.pilot.press("escape")
        await until(lambda: dialog.results, "the end")
    assert time.monotonic() - start < 10
    assert dialog.results == [None]


async def test_gated_repository_says_what_to_accept_and_can_be_tried_again(
    published: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.gated[REPOSITORY] = "manual"
    async with opened(tmp_path) as dialog:
        await until(lambda: dialog.text("problem"), "the reason")
        problem = dialog.text("problem")
        assert f"{REPOSITORY} is gated" in problem
        assert f"{published.url}/{REPOSITORY}" in problem
        assert "hf auth login" in problem
        assert "r tries again" in border_text(dialog.screen.query_one("#download"))
        # WHEN the user has accepted the terms and given a token
        published.tokens.add("hf_good")
        published.granted.add("hf_good")
        monkeypatch.setenv("HF_TOKEN", "hf_good")
        await dialog.pilot.press("r")
        # THEN the offer is there
        await offered(dialog)
        assert dialog.text("problem") == ""


@pytest.mark.usefixtures("published")
async def test_offline_mode_is_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_library().constants, "HF_HUB_OFFLINE", True)
    async with opened(tmp_path) as dialog:
        await until(lambda: "HF_HUB_OFFLINE is set" in dialog.text("problem"), "the reason")


@pytest.mark.usefixtures("hub")
async def test_repository_that_is_not_there_is_the_reason(tmp_path: Path) -> None:
    async with opened(tmp_path, "nobody/nothing") as dialog:
        await until(lambda: "no repository nobody/nothing" in dialog.text("problem"), "the reason")


@pytest.mark.usefixtures("hub")
async def test_name_that_is_none_is_the_reason(tmp_path: Path) -> None:
    async with opened(tmp_path, "no such model") as dialog:
        await until(lambda: "no model called no such model" in dialog.text("problem"), "the reason")


@pytest.mark.usefixtures("published")
async def test_quantization_that_is_not_published_gives_way_to_those_that_are(tmp_path: Path) -> None:
    async with opened(tmp_path, f"{REPOSITORY}:Q2_K") as dialog:
        await offered(dialog)
        assert f"{REPOSITORY} has no Q2_K." in dialog.text("verdicts")
        assert "of Q4_0" in dialog.text("question")


@pytest.mark.usefixtures("published")
async def test_disk_without_room_is_told_before_anything_is_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.services.downloads.queue.free_disk_bytes", lambda _folder: MIB)
    async with opened(tmp_path) as dialog:
        await offered(dialog)
        await dialog.pilot.press("enter")
        await until(lambda: "The download needs" in dialog.text("problem"), "the reason")
        assert dialog.results == []


@pytest.mark.usefixtures("published")
async def test_limit_of_the_month_is_told_before_anything_is_queued(tmp_path: Path) -> None:
    async with opened(tmp_path, limit_gb=0.02) as dialog:
        await offered(dialog)
        await dialog.pilot.press("enter")
        await until(lambda: "this month's" in dialog.text("problem"), "the reason")
        assert dialog.results == []


@pytest.mark.usefixtures("published")
async def test_remark_stands_above_the_verdicts(tmp_path: Path) -> None:
    async with opened(tmp_path, remark="For this machine.") as dialog:
        await offered(dialog)
        assert dialog.text("verdicts").startswith("For this machine.\nQ4_0 fits")


async def test_address_is_offered_as_one_file(published: LoopbackHub, tmp_path: Path) -> None:
    file = published.files[REPOSITORY]["billion-Q8_0.gguf"]
    published.plain["billion-Q8_0.gguf"] = file
    async with opened(tmp_path, f"{published.url}/plain/billion-Q8_0.gguf") as dialog:
        await offered(dialog)
        assert dialog.rows.option_count == 1
        await dialog.pilot.press("enter")
        await until(lambda: dialog.results, "the answer")
    (request,) = dialog.results
    assert request is not None
    assert request.size_bytes == len(file.data)


@pytest.mark.usefixtures("published")
async def test_second_click_on_a_row_downloads_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as dialog:
        await offered(dialog)
        await dialog.pilot.click(OptionList, offset=(10, 1))
        await until(lambda: dialog.rows.highlighted == 1, "the row under the mouse")
        assert dialog.results == []
        await dialog.pilot.click(OptionList, offset=(10, 1), times=2)
        await until(lambda: dialog.results, "the answer")
