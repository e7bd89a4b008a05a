"""The dashboard with a recording in place of the machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.dashboard.running_dashboard import notice_text
from tests.waiting import until
from tui.engine.install import installed_build
from tui.hardware.programs import Program
from tui.hardware.recording.replay import Replay
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.dashboard.replay_line import ReplayLine
from tui.ui.gauges.row import GaugeRow
from tui.ui.gauges.screen import GaugesScreen
from tui.ui.models.changes_screen import ChangesScreen
from tui.units import GIB, MIB

RECORDINGS = Path(__file__).parents[2] / "recordings"


@asynccontextmanager
async def replaying(
    name: str, size: tuple[int, int] = (120, 40), build: str | None = None
) -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    """The app over a recording, its list judged; without an engine unless it is asked for."""
    replay = Replay(RECORDINGS / name)
    app = LlmtuiApp(Settings(context=2048), SearchPaths(), build, measure_once=True, replay=replay)
    async with app.run_test(size=size) as pilot:
        dashboard = app.dashboard
        await until(lambda: dashboard.models.listing.shown_models and dashboard.reading, "the list")
        await until(lambda: dashboard.models.settled, "the verdicts")
        yield pilot, dashboard
        app.exit()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_banner_names_the_recorded_machine(size: tuple[int, int]) -> None:
    async with replaying("m1-8gb", size) as (pilot, dashboard):
        line = dashboard.query_one(ReplayLine)
        assert line.region.y == 0
        assert "MacBook Pro M1, 8 GB" in str(line.render())
        assert str(line.render()).startswith("Not this machine")
        # WHEN the gauges fill the screen THEN they say it as well
        await pilot.press("g")
        await until(lambda: isinstance(pilot.app.screen, GaugesScreen), "the gauges")
        await until(lambda: pilot.app.screen.query(ReplayLine), "the line")
        assert "MacBook Pro M1" in str(pilot.app.screen.query_one(ReplayLine).render())


async def test_machine_readings_and_verdicts_are_the_recorded_ones() -> None:
    async with replaying("m1-8gb") as (_pilot, dashboard):
        assert dashboard.machine is not None
        assert dashboard.machine.cpu.name.value == "Apple M1"
        assert dashboard.machine.ram_bytes == 8 * GIB
        await until(lambda: dashboard.reading is not None and dashboard.reading.gpus, "a reading")
        reading = dashboard.reading
        assert reading is not None
        assert reading.memory.value is not None
        assert reading.memory.value.total_bytes == 8 * GIB
        # No pool but that of the Mac, whatever this machine has.
        pools = [fit.pool for fit in dashboard.models.fits.values() if fit.pool]
        assert {(pool.kind, pool.capacity_bytes // MIB) for pool in pools} == {("unified", 5461)}


async def test_no_model_is_loaded_during_a_replay_and_a_notice_has_the_reason() -> None:
    async with replaying("m1-8gb", build=installed_build()) as (pilot, dashboard):
        # The empty chat does not promise what is refused.
        await until(lambda: "--replay" in dashboard.chat.transcript.hint, "the hint")
        for _ in range(2):
            # Insisting does not help, as it does with a model that is only too large.
            await pilot.press("enter")
            await until(lambda: "during a replay" in _notice(dashboard), "the reason")
        assert dashboard.engine_pid is None
        assert "--replay" in _notice(dashboard)


async def test_this_machine_is_not_measured_during_a_replay() -> None:
    async with replaying("m1-8gb", build=installed_build()) as (pilot, dashboard):
        assert not dashboard.has_effect("measure")
        assert not dashboard.check_action("forget_measurements", ())
        await pilot.press("f5")
        await until(lambda: "show a recording" in notice_text(dashboard), "the reason")
        assert not dashboard._workbench.measurement.due


async def test_programs_of_this_machine_are_not_offered_for_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []

    def local_programs(limit: int) -> tuple[Program, ...]:
        limits.append(limit)
        return ()

    monkeypatch.setattr("tui.services.offers.largest_programs", local_programs)
    async with replaying("m1-8gb") as (pilot, dashboard):

        def tight_models() -> list[str]:
            return [key for key, fit in dashboard.models.fits.items() if fit.verdict.name == "TIGHT"]

        await until(tight_models, "a tight model")
        tight = tight_models()[0]
        dashboard.models.listing.highlight(tight)
        await until(lambda: dashboard.models.highlighted and dashboard.models.highlighted.key == tight, "it")
        await pilot.press("c")
        await until(lambda: isinstance(pilot.app.screen, ChangesScreen), "the changes")
        assert limits == []


def _notice(dashboard: Dashboard) -> str:
    return " ".join(str(widget.render()) for widget in dashboard.chat.notice.query("*")) + str(
        dashboard.chat.notice.render()
    )


async def test_no_banner_is_shown_without_a_recording() -> None:
    app = LlmtuiApp(Settings(), SearchPaths(), None)
    async with app.run_test() as pilot:
        await until(lambda: app.dashboard.query(GaugeRow), "the gauges")
        assert not app.dashboard.query(ReplayLine)
        await pilot.pause()
        app.exit()
