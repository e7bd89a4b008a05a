"""Whole flow: from each recording to what its owner sees, the dashboard and the gauges in full."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.recordings.expected import BUSY, EXPECTED
from tests.recordings.snapshots import compare
from tests.recordings.stepped import FOLDER, stepped
from tests.ui.gauges.test_row import screen_rows
from tests.waiting import until
from tui.hardware.recording.replay import Replay
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import sources_of
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_models
from tui.services.finding import ModelScan, SearchPaths
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard import dashboard as dashboard_module
from tui.ui.dashboard import discovery
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.dashboard.discovery import MachineFound, Sampled
from tui.ui.gauges.screen import GaugesScreen

SIZE = (120, 40)
SHOWN = {"two-cards": 3}
"""The look that is shown where it is not the one in the middle of the work: one of the cards still sleeps."""
HIGHLIGHTED = "Llama-3.1-8B-Instruct"

each_machine = pytest.mark.parametrize("name", sorted(EXPECTED))


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its models nor its clock nor its folders: the list is fixed, readings come from the test."""
    catalogue = load_catalogue(FOLDER / "models.toml")
    models = catalogue_models(catalogue, ())
    monkeypatch.setattr(dashboard_module, "detect_and_sample", lambda *_arguments: None)
    monkeypatch.setattr(discovery, "scan_models", lambda _paths, _on_files: ModelScan(catalogue, models))


@asynccontextmanager
async def watched(name: str) -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    """The dashboard of a recorded machine that has been watched up to a look."""
    recording = stepped(name)
    replay = Replay(FOLDER / name, clock=lambda: 0.0)
    app = LlmtuiApp(Settings(context=8192), SearchPaths(), None, replay=replay)
    async with app.run_test(size=SIZE) as pilot:
        dashboard = app.dashboard
        await until(lambda: dashboard.models.listing.models, "the list")
        sampler = MachineSampler(
            recording.machine, lambda _reading: None, sources=sources_of(recording.machine, replay)
        )
        dashboard.post_message(MachineFound(recording.machine, sampler))
        await until(lambda: dashboard.machine is recording.machine, "the machine")
        for reading in recording.readings[: SHOWN.get(name, BUSY) + 1]:
            dashboard.post_message(Sampled(reading))
            await until(lambda reading=reading: dashboard.reading is reading, "a reading")
        # Without the engine, so that sizes are those of the formula; that it is missing is told elsewhere.
        dashboard.chat.notice.clear()
        key = next(model.key for model in dashboard.models.listing.models if model.name == HIGHLIGHTED)
        await until(lambda: key in dashboard.models.fits, "the verdicts")
        dashboard.models.listing.highlight(key)
        await until(
            lambda: dashboard.models.highlighted and dashboard.models.highlighted.key == key, "the row"
        )
        yield pilot, dashboard
        app.exit()


async def settled_text(pilot: Pilot[None]) -> str:
    """The screen without blanks at the ends of its rows, once its layout has come to rest."""
    seen = ""
    while True:
        await pilot.pause()
        previous, seen = seen, "".join(f"{row.rstrip()}\n" for row in screen_rows(pilot.app))
        if seen == previous:
            return seen


@each_machine
async def test_dashboard_and_gauges_in_full_of_a_recorded_machine(name: str) -> None:
    async with watched(name) as (pilot, _dashboard):
        compare(FOLDER / name / "dashboard.txt", await settled_text(pilot))
        # WHEN the gauges are opened in full
        await pilot.press("g")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")
        compare(FOLDER / name / "gauges.txt", await settled_text(pilot))
