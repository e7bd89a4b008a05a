"""What the dashboard learns of this machine's speed: at the first quiet moment, and with every reply."""

from collections.abc import Callable

import msgspec
import pytest

from tests.ui.dashboard.running_dashboard import ask, last_reply, load_first, running
from tests.waiting import until
from tui.engine.install import installed_build
from tui.fit import calibrate
from tui.fit.measurements import open_measurements
from tui.fit.rates import Rates
from tui.services.finding import SearchPaths
from tui.services.measuring import SpeedMeasurement
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard

SHORT = Settings(temperature=0, max_tokens=40, context=2048)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up models small enough for a test, on a machine that others use as well."""
    monkeypatch.setattr(calibrate, "LARGE_BYTES", 60_000_000)
    monkeypatch.setattr(calibrate, "_SECONDS", 0.01)
    monkeypatch.setattr("tui.ui.dashboard.machine_watch._BUSY_PERCENT", 101.0)


def speed_of_highlighted(dashboard: Dashboard) -> object:
    fit = dashboard.models.detail.fit
    return fit.speed.source if fit is not None and fit.speed is not None else None


async def test_the_machine_is_measured_once_and_every_model_has_a_speed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # GIVEN a first start
    app = LlmtuiApp(SHORT, SearchPaths(), installed_build(), measure_once=True)
    async with app.run_test(size=(120, 40)):
        dashboard = app.dashboard
        await until(lambda: speed_of_highlighted(dashboard) == "estimated", "a speed")
        assert all(
            fit.speed is not None and (fit.speed.value or fit.speed.reason)
            for fit in dashboard.models.fits.values()
        )
        app.exit()
    # THEN the next start knows it, and measures nothing however long it is quiet
    measured: list[int] = []

    def start(_self: SpeedMeasurement, _on_step: Callable[[float], None]) -> None:
        measured.append(1)

    monkeypatch.setattr(SpeedMeasurement, "start", start)
    again = LlmtuiApp(SHORT, SearchPaths(), installed_build(), measure_once=True)
    async with again.run_test(size=(120, 40)):
        dashboard = again.dashboard
        await until(lambda: speed_of_highlighted(dashboard) == "estimated" and dashboard.models.settled)
        first = dashboard.reading
        await until(lambda: dashboard.reading is not first, "another reading")
        assert measured == []
        again.exit()


async def test_a_reply_is_remembered_with_what_was_predicted_of_it() -> None:
    async with running(settings=SHORT) as (pilot, dashboard):
        assert speed_of_highlighted(dashboard) is None
        await until(lambda: dashboard.machine is not None, "the machine")
        await load_first(pilot, dashboard)
        await ask(pilot, "What is gravity?")
        await until(lambda: not dashboard.chat.answering, "the answer")
        metrics = last_reply(dashboard).metrics
        assert metrics is not None
        # THEN the model's speed here is the one of the reply
        await until(lambda: speed_of_highlighted(dashboard) == "measured", "a measured speed")
        machine, build = dashboard.machine, installed_build()
        assert machine is not None
        assert build is not None
        history = open_measurements(machine, build)
        (run,) = history.runs()
        history.close()
        assert run.generation_tps == pytest.approx(metrics.generation_tps)
        assert run.measured_bytes == metrics.peak_bytes
        assert run.predicted_bytes == pytest.approx(metrics.peak_bytes, rel=0.1)


async def test_a_load_takes_the_machine_from_the_measuring() -> None:
    async with running(settings=SHORT) as (pilot, dashboard):
        await until(lambda: dashboard.machine is not None, "the machine")
        dashboard.action_measure()
        await until(lambda: dashboard.measuring, "the measuring")
        await load_first(pilot, dashboard)
        assert not dashboard.measuring


async def test_without_an_engine_nothing_is_measured() -> None:
    told: list[object] = []
    measuring = SpeedMeasurement(None, 2, told.append)
    async with running(build=None) as (_pilot, dashboard):
        await until(lambda: dashboard.machine is not None, "the machine")
        assert dashboard.machine is not None
        measuring.open(dashboard.machine)
    assert not measuring.due
    assert told == []
    await measuring.close()


async def test_rates_without_prompts_are_measured_anew() -> None:
    build = installed_build()
    assert build is not None
    async with running(build=None) as (_pilot, dashboard):
        await until(lambda: dashboard.machine is not None, "the machine")
        machine = dashboard.machine
    assert machine is not None
    whole = Rates(2e10, {"Q4_K": 8e-11}, 1e-4, 1.0, {"Q4_K": 1e-11})
    for rates, due in ((msgspec.structs.replace(whole, prompt_seconds={}), True), (whole, False)):
        history = open_measurements(machine, build)
        history.set_rates(2, rates)
        history.close()
        measuring = SpeedMeasurement(build, 2, lambda _speeds: None)
        measuring.open(machine)
        assert measuring.due is due
        await measuring.close()


async def test_nobody_is_interrupted_by_the_measurement_once_something_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[int] = []
    monkeypatch.setattr(Dashboard, "action_measure", lambda _self: measured.append(1))
    app = LlmtuiApp(SHORT, SearchPaths(), installed_build(), measure_once=True)
    async with app.run_test(size=(120, 40)):
        dashboard = app.dashboard
        # GIVEN a question, and an engine that has ended since
        dashboard.chat.conversation.add_user("Hello")
        await until(lambda: dashboard.models.settled and dashboard.reading, "the sizes")
        first = dashboard.reading
        await until(lambda: dashboard.reading is not first, "another reading")
        assert not measured
        # WHEN the chat is empty again THEN it is measured
        dashboard.chat.action_new_chat()
        await until(lambda: measured, "the measurement")
        app.exit()
