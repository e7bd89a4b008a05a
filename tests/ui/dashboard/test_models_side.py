"""The list that a scan brings, and the gate of a load: what is refused, and why."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.engine.random_models import BYTE_TOKENIZER, VOCABULARY
from tests.gguf_files import write_llama
from tests.ui.dashboard.running_dashboard import notice_text, running
from tests.waiting import until
from tui.fit.verdict import Verdict
from tui.models.hub.address import hub_library
from tui.models.model import Model
from tui.services.finding import ModelScan, SearchPaths, scan_models
from tui.ui.dashboard import discovery
from tui.ui.downloads.dialog import DownloadDialog
from tui.ui.models.pane import ModelsPane


async def test_model_that_cannot_be_loaded_stays_listed_with_its_reason(
    tmp_path: Path, smollm2: Path
) -> None:
    # GIVEN a file that is none, one that goes away after the scan, and one that no machine holds
    folder = tmp_path / "models"
    folder.mkdir()
    broken = folder / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\xff" * 40)
    copy = tmp_path / "copy-Q4_1.gguf"
    copy.write_bytes(smollm2.read_bytes())
    sizes = {"layers": 400, "embedding": 8192, "feed_forward": 32768, "vocabulary": VOCABULARY}
    big = write_llama(tmp_path / "big-F32.gguf", metadata=BYTE_TOKENIZER, **sizes)
    places = SearchPaths(files=(copy, big), folders=(folder,))
    async with running(places=places) as (pilot, dashboard):
        models = dashboard.models
        # The first file that was named is highlighted.
        await until(lambda: models.highlighted and models.highlighted.key == str(copy), "the first file")
        copy.unlink()

        # WHEN each is chosen THEN the reason stands in the chat, and nothing is loaded
        for path, why in ((copy, "not there"), (broken, "broken.gguf"), (big, "too big")):
            assert models.listing.highlight(str(path))
            if path is big:
                await until(lambda: models.detail.fit.verdict is Verdict.TOO_BIG, "the verdict")
            await pilot.press("f2", "enter")
            await until(lambda why=why: why in notice_text(dashboard), why)
            assert models.listing.loaded_key is None
            assert dashboard.engine_pid is None or path is copy


async def test_without_an_engine_the_list_is_sized_by_formula_and_says_what_to_install() -> None:
    async with running(build=None) as (pilot, dashboard):
        assert dashboard.models.detail.fit.footprint.source == "formula"
        await until(lambda: "llama-cpp-python" in notice_text(dashboard), "what to install")
        await until(lambda: dashboard.reading is not None, "a reading")
        # AND the empty chat offers picks without a key
        await until(lambda: dashboard.chat.suggestions is not None, "the picks")
        assert dashboard.chat.suggestions.purpose == "chat · English · 2k tokens"
        # AND models are not compared either, for the same reason
        dashboard.chat.notice.clear()
        dashboard.models.post_message(ModelsPane.CompareRequested(dashboard.models.listing.shown_models[:2]))
        await until(lambda: "llama-cpp-python" in notice_text(dashboard), "the reason")
        assert pilot.app.screen is dashboard


async def test_notice_without_any_model_names_the_scanned_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.models.stores.environment.package_folders", list)
    async with running() as (pilot, dashboard):
        assert "llmtui[demo]" in notice_text(dashboard)
        assert "and downloads it" in notice_text(dashboard).replace("\n", " ")
        # WHEN a model of the catalogue is chosen while the network is off THEN the dialog says so
        monkeypatch.setattr(hub_library().constants, "HF_HUB_OFFLINE", True)
        await pilot.press("enter")
        await until(lambda: isinstance(pilot.app.screen, DownloadDialog), "the dialog")
        problem = pilot.app.screen.query_one("#download-problem", Static)
        await until(lambda: "HF_HUB_OFFLINE" in str(problem.content), "the reason")
        assert dashboard.models.listing.loaded_key is None


async def test_a_notice_that_a_folded_chat_would_hide_is_notified() -> None:
    async with running(size=(80, 24), build=None) as (pilot, dashboard):
        await until(lambda: pilot.app._notifications, "the notification")
        assert "llama-cpp-python" in next(iter(pilot.app._notifications)).message
        # AND the list keeps the keys
        assert dashboard.models.rows.has_focus


async def test_a_change_on_the_disk_is_noticed_and_keeps_highlight_and_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.services.disk_watch._INTERVAL_SECONDS", 0.05)
    folder = tmp_path / "models"
    folder.mkdir()
    first = write_llama(folder / "first-F16.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY)
    async with running(places=SearchPaths(folders=(folder,))) as (pilot, dashboard):
        models = dashboard.models
        assert models.listing.highlight(str(first))
        await pilot.press("space")
        assert [model.key for model in models.marked] == [str(first)]

        # WHEN a file comes THEN it is listed without a key
        second = write_llama(folder / "second-F16.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY)
        await until(lambda: any(model.path == second for model in models.listing.models), "the new file")
        assert models.listing.highlighted_model.key == str(first)
        assert [model.key for model in models.marked] == [str(first)]

        # AND when it goes, its row goes
        second.unlink()
        await until(lambda: all(model.path != second for model in models.listing.models), "the end of it")
        assert models.listing.highlighted_model.key == str(first)


async def test_the_list_of_the_last_start_stands_until_the_scan_has_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a start that found two files
    folder = tmp_path / "models"
    folder.mkdir()

    def write(name: str, layers: int) -> Path:
        path = folder / f"{name}-F16.gguf"
        return write_llama(path, metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY, layers=layers)

    gone, stays = write("gone", 2), write("stays", 3)
    places = SearchPaths(folders=(folder,))
    async with running(places=places):
        pass
    # WHEN one of them has gone, another has come, and the scan of the next start takes long
    gone.unlink()
    new = write("new", 4)
    gate = threading.Event()

    def scan_later(paths: SearchPaths, on_files: Callable[[Sequence[Model]], None]) -> ModelScan:
        gate.wait(30)
        return scan_models(paths, on_files)

    monkeypatch.setattr(discovery, "scan_models", scan_later)
    try:
        async with running(places=places) as (pilot, dashboard):
            # THEN the old list is there with its verdicts, and what has gone is not loaded
            listing = dashboard.models.listing
            keys = [model.key for model in listing.shown_models]
            assert str(gone) in keys
            assert str(new) not in keys
            assert listing.highlight(str(gone))
            await pilot.press("f2", "enter")
            await until(lambda: "not there" in notice_text(dashboard), "why it is not loaded")
            assert listing.loaded_key is None
            # AND the scan corrects the list without taking the highlight from its model
            assert listing.highlight(str(stays))
            gate.set()
            await until(lambda: str(gone) not in [model.key for model in listing.models], "the new list")
            assert str(new) in [model.key for model in listing.models]
            assert listing.highlighted_model is not None
            assert listing.highlighted_model.key == str(stays)
    finally:
        gate.set()
