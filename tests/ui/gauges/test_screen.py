"""The gauges in full: what they say, as strings and on the screen, and the ways there and back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from textual.pilot import Pilot

from tests.ui.host import Host, card, card_reading, engine, machine, memory, reading
from tests.waiting import until
from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import Reading, known
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.gauges.cpu.sheet import core_lines
from tui.ui.gauges.gpu.sheet import gpu_sheet
from tui.ui.gauges.history import LONG_SECONDS, PercentHistory
from tui.ui.gauges.memory.sheet import memory_sheet
from tui.ui.gauges.process_sheet import process_sheet, unknowns
from tui.ui.gauges.row import GaugeRow
from tui.ui.gauges.screen import GaugesScreen
from tui.ui.gauges.sheet import history_lines
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.palette import palette_commands
from tui.ui.kit.pieces import Line, plain, width_of
from tui.units import GIB, MIB

LOADED = Footprint(GIB, GIB // 2, GIB // 8, GIB // 8, "engine")


def said(lines: list[Line]) -> str:
    return "\n".join(plain(line) for line in lines)


@pytest.mark.parametrize("count", [1, 8, 24, 128])
@pytest.mark.parametrize("width", [20, 56, 96])
def test_every_core_is_told_by_its_number(count: int, width: int) -> None:
    lines = core_lines([float(core % 100) for core in range(count)], width)
    words = said(lines).replace("▕", " ").replace("▏", " ").split()
    assert all(width_of(line) <= width for line in lines)
    assert all(str(core) in words for core in range(count))
    assert words.count("%") == count


def test_memory_in_full_gives_each_part_a_line() -> None:
    now = reading(held=memory(4.0, 2.0, 1.0), process=engine(0.75, 1.0), pressure=12.0)
    text = said(memory_sheet(now, PROFILES["m1-8gb"], None, LOADED, PercentHistory(), 70, 3))
    for row in (
        "█ other programs               3.25 GiB   41 %",
        "▓ engine: weights              1.00 GiB   12 %",
        "▒ engine: KV                   0.50 GiB    6 %",
        "╎ most that the GPU can use    5.33 GiB   67 %",
        "pressure some  some task waited for 12 % of the last 10 s",
        "swap 1.00 GiB",
    ):
        assert row in text


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "1 minute ago"), (90, "2 minutes ago"), (2000, "10 minutes ago")]
)
def test_a_graph_says_how_far_back_it_looks(seconds: int, words: str) -> None:
    history = PercentHistory(LONG_SECONDS)
    for second in range(seconds):
        history.add(float(second), 50.0)
    *graph, axis = history_lines(history, 40, 3, LOAD)
    assert plain(axis).startswith(words)
    assert len(graph) == 3


def test_every_gpu_is_told_in_full() -> None:
    both = machine((card(0), card(1, "Intel UHD Graphics", shares=True)), None)
    now = reading(gpus=(card_reading(0), card_reading(1, load=None)))
    text = said(gpu_sheet(now, both, {}, None, 70, 3))
    assert "NVIDIA GeForce RTX 4070: memory of its own, driver 550" in text
    assert "5.1 / 12.0 GiB VRAM" in text
    assert "Intel UHD Graphics: shares the system's memory, up to 12.0 GiB of it" in text
    assert "buffers of the GPU 5.10 GiB, part of the memory in use" in text


def test_the_engine_and_llmtui_say_what_they_take() -> None:
    now = msgspec.structs.replace(
        reading(process=engine(1.2, 0.9)),
        own_cpu_percent=known(1.5, "test"),
        own_resident_bytes=known(60 * MIB, "test"),
    )
    rows = [" ".join(plain(line).split()) for line in process_sheet(now, 80)]
    assert rows[0] == "engine 2.10 GiB resident"
    assert rows[1] == "1.20 GiB its own: KV cache, buffers"
    assert rows[2].startswith("922 MiB mapped from the file")
    assert rows[3].startswith("n/a")
    assert rows[-2:] == ["llmtui 60.0 MiB resident", "1.5 % of one core"]
    assert "no model is loaded" in said(process_sheet(reading(), 80))


def test_everything_unknown_is_listed_with_its_reason() -> None:
    now = reading(load=None, pressure=None, gpus=(card_reading(load=None),), process=engine())
    found = unknowns(now, machine((card(),), None))
    for line in (
        "CPU load: it could not be read: the counters do not move",
        "GPU load: it could not be read: the driver does not say",
        "Memory pressure: it could not be read: this kernel has no PSI",
        "Engine peak, load: it could not be read: not asked for in this test",
        "llmtui load, memory: it could not be read: not asked for in this test",
    ):
        assert line in found


def rows_of(app: Host | LlmtuiApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@asynccontextmanager
async def opened(
    size: tuple[int, int], what: Machine, now: Reading
) -> AsyncIterator[tuple[Pilot[None], GaugeRow]]:
    app = Host(GaugeRow)
    async with app.run_test(size=size) as pilot:
        row = app.query_one(GaugeRow)
        row.machine, row.reading = what, now
        await app.push_screen(GaugesScreen(row))
        yield pilot, row


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_all_of_it_can_be_reached_at_every_size(size: tuple[int, int]) -> None:
    async with opened(size, machine((card(),), None), reading(load=50, gpus=(card_reading(),))) as (pilot, _):
        await until(lambda: "1 minute ago" in rows_of(pilot.app), "the first graph")
        seen = rows_of(pilot.app)
        for _step in range(80):
            await pilot.press("j")
        seen += rows_of(pilot.app)
        await until(lambda: "Not known" in rows_of(pilot.app), "the end")
        assert "CPU  Core i5" in seen
        assert "CPU temperature, frequency, power: it was not asked for" in rows_of(pilot.app)


async def test_it_follows_the_readings_that_come_in_below() -> None:
    async with opened((120, 40), machine(), reading(load=50)) as (pilot, row):
        await until(lambda: "4.0 / 8 cores" in rows_of(pilot.app), "the first reading")
        assert "weights" not in rows_of(pilot.app)
        row.loaded = LOADED
        row.reading = reading(time=101, load=25, process=engine(0.75, 1.0))
        await until(lambda: "2.0 / 8 cores" in rows_of(pilot.app), "the second reading")
        # AND a section that says more has grown
        await until(lambda: "▓ engine: weights" in rows_of(pilot.app), "the engine's parts")
        await until(lambda: "its own: KV" in rows_of(pilot.app), "the engine's process")


async def test_a_tick_that_changes_nothing_redraws_nothing() -> None:
    async with opened((120, 40), machine(), reading()) as (pilot, row):
        await until(lambda: "1 minute ago" in rows_of(pilot.app), "the first graph")
        sheet = pilot.app.screen.query_one("#sheet-memory")
        redrawn: list[object] = []
        sheet.refresh = lambda *regions, **_options: redrawn.extend(regions) or sheet  # type: ignore[method-assign]
        row.reading = reading(load=99)
        await pilot.pause()
        assert redrawn == []
        row.reading = reading(held=memory(7.0))
        await until(lambda: redrawn, "the change")


@asynccontextmanager
async def dashboard() -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    app = LlmtuiApp(Settings(), SearchPaths(), None)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.dashboard.reading is not None and app.dashboard.machine, "a reading")
        await until(lambda: app.dashboard.models.listing.shown_models, "the list")
        yield pilot, app.dashboard
        app.exit()


@pytest.mark.parametrize("back", ["g", "escape", "q"])
async def test_g_opens_the_gauges_in_full_and_closes_them(back: str) -> None:
    async with dashboard() as (pilot, below):
        await pilot.press("g")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")
        await until(lambda: "llmtui" in rows_of(pilot.app), "the processes")
        await pilot.press(back)
        await until(lambda: pilot.app.screen is below, "the dashboard")
        assert below.focused is below.models.rows


async def test_a_click_or_enter_on_a_gauge_opens_them_too() -> None:
    async with dashboard() as (pilot, below):
        await pilot.click("#memory")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is below, "the dashboard")
        below.query_one(GaugeRow).focus()
        await until(lambda: below.query_one(GaugeRow).has_focus, "the focus")
        await pilot.press("enter")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges again")


async def test_f8_opens_them_from_the_prompt_where_g_is_a_letter() -> None:
    async with dashboard() as (pilot, _below):
        await pilot.press("f3", "g")
        assert not isinstance(pilot.app.screen, GaugesScreen)
        await pilot.press("f8")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")


async def test_the_help_tells_the_keys_of_the_gauges_in_full() -> None:
    async with dashboard() as (pilot, _below):
        await pilot.press("g")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")
        await pilot.press("f1")
        await until(lambda: "Back to the dashboard" in rows_of(pilot.app), "the help")


async def test_the_palette_has_them() -> None:
    async with dashboard() as (_pilot, below):
        assert "Dashboard: all gauges" in {command.title for command in palette_commands((below,))}
