"""The gauges in full: what they say, as strings and on the screen, and the ways there and back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.ui.host import Host, card, card_reading, engine, machine, memory, reading
from tests.waiting import until
from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.gauges.row import GaugeRow
from tui.ui.gauges.screen import GaugesScreen
from tui.ui.kit.palette import palette_commands
from tui.units import GIB

LOADED = Footprint(GIB, GIB // 2, GIB // 8, GIB // 8, "engine")


def rows_of(app: Host | LlmtuiApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@asynccontextmanager
async def opened(
    size: tuple[int, int], shown_machine: Machine, current: Reading
) -> AsyncIterator[tuple[Pilot[None], GaugeRow]]:
    app = Host(GaugeRow)
    async with app.run_test(size=size) as pilot:
        row = app.query_one(GaugeRow)
        row.machine, row.reading = shown_machine, current
        await app.push_screen(GaugesScreen(row))
        yield pilot, row


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_every_line_can_be_reached_at_every_size(size: tuple[int, int]) -> None:
    async with opened(size, machine((card(),), None), reading(load=50, gpus=(card_reading(),))) as (pilot, _):
        await until(lambda: "1 minute ago" in rows_of(pilot.app), "the first graph")
        screen_text = rows_of(pilot.app)
        for _step in range(80):
            await pilot.press("j")
        screen_text += rows_of(pilot.app)
        await until(lambda: "Not known" in rows_of(pilot.app), "the end")
        assert "CPU  Core i5" in screen_text
        assert "CPU temperature, frequency, power: it was not asked for" in rows_of(pilot.app)


async def test_the_screen_follows_the_readings_of_the_row() -> None:
    async with opened((120, 40), machine(), reading(load=50)) as (pilot, row):
        await until(lambda: "4.0 / 8 cores" in rows_of(pilot.app), "the first reading")
        assert "weights" not in rows_of(pilot.app)
        row.loaded = LOADED
        row.reading = reading(time=101, load=25, process=engine(0.75, 1.0))
        await until(lambda: "2.0 / 8 cores" in rows_of(pilot.app), "the second reading")
        # AND a section that says more has grown
        await until(lambda: "▓ engine: weights" in rows_of(pilot.app), "the engine's parts")
        await until(lambda: "private: KV" in rows_of(pilot.app), "the engine's process")


async def test_unchanged_reading_redraws_no_gauge() -> None:
    async with opened((120, 40), machine(), reading()) as (pilot, row):
        await until(lambda: "1 minute ago" in rows_of(pilot.app), "the first graph")
        sheet = pilot.app.screen.query_one("#sheet-memory")
        redrawn: list[object] = []
        sheet.refresh = lambda *regions, **_options: redrawn.extend(regions) or sheet  # type: ignore[method-assign]
        row.reading = reading(load=99)
        await pilot.pause()
        assert redrawn == []
        row.reading = reading(memory_reading=memory(7.0))
        await until(lambda: redrawn, "the change")


@asynccontextmanager
async def dashboard() -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    app = LlmtuiApp(Settings(), SearchPaths(), None)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.dashboard.reading is not None and app.dashboard.machine, "a reading")
        await until(lambda: app.dashboard.models.listing.shown_models, "the list")
        yield pilot, app.dashboard
        app.exit()


@pytest.mark.parametrize("closing_key", ["g", "escape", "q"])
async def test_g_opens_the_gauges_in_full_and_closes_them(closing_key: str) -> None:
    async with dashboard() as (pilot, below):
        await pilot.press("g")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")
        await until(lambda: "llmtui" in rows_of(pilot.app), "the processes")
        await pilot.press(closing_key)
        await until(lambda: pilot.app.screen is below, "the dashboard")
        assert below.focused is below.models.rows


async def test_click_or_enter_on_a_gauge_opens_the_gauges_in_full() -> None:
    async with dashboard() as (pilot, below):
        await pilot.click("#memory")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is below, "the dashboard")
        below.query_one(GaugeRow).focus()
        await until(lambda: below.query_one(GaugeRow).has_focus, "the focus")
        await pilot.press("enter")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges again")


async def test_f8_opens_the_gauges_from_the_prompt() -> None:
    async with dashboard() as (pilot, _below):
        await pilot.press("f3", "g")
        assert not isinstance(pilot.app.screen, GaugesScreen)
        await pilot.press("f8")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")


async def test_help_lists_the_keys_of_the_gauges_in_full() -> None:
    async with dashboard() as (pilot, _below):
        await pilot.press("g")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")
        await pilot.press("f1")
        await until(lambda: "Go back to the dashboard" in rows_of(pilot.app), "the help")


async def test_palette_has_the_gauges_in_full() -> None:
    async with dashboard() as (_pilot, below):
        assert "Dashboard: all gauges (g)" in {command.title for command in palette_commands((below,))}
