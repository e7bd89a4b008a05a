"""A running dashboard with machines of the user's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.waiting import until
from tui.services.finding import SearchPaths
from tui.settings.settings import MachineSettings, Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.models.machine_picker import MachinePicker

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
