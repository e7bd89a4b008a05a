"""Verdicts for another machine, and the banner that names it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.waiting import until
from tui.engine.install import installed_build
from tui.hardware.profiles import PROFILES
from tui.services.finding import SearchPaths
from tui.settings.settings import MachineSettings, Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.models.machine_picker import MachinePicker
from tui.ui.models.what_if import WhatIfLine

NAMES = list(PROFILES)


OWN = {
    "first": MachineSettings(ram_gb=20),
    "second": MachineSettings(ram_gb=20),
    "third": MachineSettings(ram_gb=8, unified=True),
}


@asynccontextmanager
async def running(
    size: tuple[int, int] = (120, 40), build: str | None = None
) -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    """The app with this machine read and its models judged; without an engine unless it is asked for."""
    settings = Settings(temperature=0, max_tokens=20, context=2048, refresh_seconds=0.2, machines=OWN)
    app = LlmtuiApp(settings, SearchPaths(), build)
    async with app.run_test(size=size, notifications=True) as pilot:
        dashboard = app.dashboard
        await until(lambda: dashboard.models.detail.fit and dashboard.reading, "the verdicts")
        yield pilot, dashboard
        app.exit()


async def open_picker(pilot: Pilot[None]) -> MachinePicker:
    await pilot.press("m")
    await until(lambda: isinstance(pilot.app.screen, MachinePicker), "the picker")
    picker = pilot.app.screen
    assert isinstance(picker, MachinePicker)
    await until(lambda: picker.query_one(OptionList).has_focus, "the focus")
    return picker


async def choose(pilot: Pilot[None], dashboard: Dashboard, index: int) -> None:
    """The option at this index by keys; the first is this machine."""
    await open_picker(pilot)
    await pilot.press("home", *["down"] * index, "enter")
    await until(lambda: pilot.app.screen is dashboard, "the dashboard")
    await until(lambda: dashboard.models.detail.fit, "the verdict")


async def choose_m1(pilot: Pilot[None], dashboard: Dashboard) -> None:
    await choose(pilot, dashboard, 1 + NAMES.index("m1-8gb"))


def notices(pilot: Pilot[None]) -> list[str]:
    """What was told of the verdicts; there may be other news."""
    messages = [notice.message for notice in pilot.app._notifications]
    return [message for message in messages if "verdicts" in message]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_it_is_said_plainly_and_in_full_at_every_size(size: tuple[int, int]) -> None:
    async with running(size) as (pilot, dashboard):
        await choose_m1(pilot, dashboard)
        await pilot.pause()
        line = dashboard.query_one(WhatIfLine)
        rows = [strip.text.strip() for strip in line.render_lines(line.content_region.reset_offset)]
        assert " ".join(rows) == "What if: MacBook Pro M1, 8 GB. This is not this machine."
        assert line.region in pilot.app.screen.region
        assert dashboard.models.rows.size.height > 4


async def test_nothing_is_loaded_by_another_machines_verdict() -> None:
    async with running(build=installed_build()) as (pilot, dashboard):
        await choose_m1(pilot, dashboard)
        await pilot.press("enter")
        await until(lambda: notices(pilot), "the notice")
        assert notices(pilot) == [
            "These verdicts are for MacBook Pro M1, 8 GB. Go back to this machine with m to load."
        ]
        assert dashboard.engine_pid is None
        assert not dashboard.chat.busy
        # WHEN the user has gone back
        await choose(pilot, dashboard, 0)
        await pilot.press("enter")
        await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")
        await until(lambda: dashboard.models.detail.measured_bytes, "the measured size")
        # THEN what was measured here is not told of another machine
        await pilot.press("f2")
        await choose_m1(pilot, dashboard)
        assert dashboard.models.detail.measured_bytes is None
        assert dashboard.models.listing.loaded_key is not None
