"""What the dashboard learns of this machine's speed: at the first quiet moment, and with every reply."""

from collections.abc import Callable

import msgspec
import pytest

from tests.ui.dashboard.running_dashboard import ask, last_reply, load_first, running
from tests.ui.model_samples import fit
from tests.ui.model_samples import model as sample
from tests.waiting import until
from tui.engine.install import installed_build
from tui.engine.options import LoadSettings
from tui.fit import calibrate, quiet
from tui.fit.measurements import open_measurements
from tui.fit.rates import Rates
from tui.hardware.detect import detect_machine
from tui.hardware.profiles import PROFILES
from tui.sentences import reason
from tui.services.finding import SearchPaths
from tui.services.measuring import SpeedMeasurement, class_speeds
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.kit.confirm_screen import ConfirmScreen
from tui.units import GIB

SHORT = Settings(temperature=0, max_tokens=40, context=2048)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up models small enough for a test, on a machine that others use as well."""
    monkeypatch.setattr(calibrate, "LARGE_BYTES", 60_000_000)
    monkeypatch.setattr(calibrate, "_SECONDS", 0.01)
    monkeypatch.setattr(quiet.QuietWatch, "counts", lambda *_arguments: True)
    monkeypatch.setattr(quiet.QuietWatch, "_is_busy", lambda _watch: False)
    monkeypatch.setattr("tui.fit.speed.is_disturbed", lambda _share: False)
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

    def start(_self: SpeedMeasurement, *_callbacks: Callable[[float], None]) -> None:
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


async def test_load_interrupts_the_calibration() -> None:
    async with running(settings=SHORT) as (pilot, dashboard):
        await until(lambda: dashboard.machine is not None, "the machine")
        dashboard.action_measure()
        await until(lambda: dashboard.measuring, "the measuring")
        await load_first(pilot, dashboard)
        assert not dashboard.measuring


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_measurements_are_deleted_after_a_confirmation(size: tuple[int, int]) -> None:
    machine, build = detect_machine(), installed_build()
    assert build is not None
    history = open_measurements(machine, build)
    rates = Rates(2e10, {"Q4_K": 8e-11}, 1e-4, 1.0, {"Q4_K": 1e-11})
    history.add_rates(machine.cpu.physical_cores, rates)
    async with running(size=size, settings=SHORT) as (pilot, dashboard):
        await until(lambda: speed_of_highlighted(dashboard) == "estimated", "an estimate")
        # WHEN the question is answered with what loses nothing THEN nothing is lost
        await pilot.press("shift+f5")
        await until(lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")
        await pilot.press("enter")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        assert history.rates(machine.cpu.physical_cores) == rates
        # WHEN it is answered with yes THEN all of it is
        await pilot.press("shift+f5")
        await until(lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")
        await pilot.press("down", "enter")
        await until(lambda: speed_of_highlighted(dashboard) is None, "no speed")
        assert history.rates(machine.cpu.physical_cores) is None
        assert "1 measurement of its speed" in str(dashboard.chat.notice.render())
    history.close()


async def test_busy_machine_is_reported_only_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_arguments: object, **_options: object) -> calibrate.Calibration:
        raise quiet.MachineBusyError(reason("fit.machine_busy", percent=52), reason("fit.measure_when_quiet"))

    monkeypatch.setattr("tui.services.measuring.calibrate", busy)
    async with running(settings=SHORT) as (pilot, dashboard):
        await until(lambda: dashboard.machine is not None, "the machine")
        await dashboard.measure_machine(is_asked_for=False).wait()
        assert "52 %" not in str(dashboard.chat.notice.render())
        await pilot.press("f5")
        await until(lambda: "52 %" in str(dashboard.chat.notice.render()), "that it is too busy")
        assert "stays" in str(dashboard.chat.notice.render())


async def test_without_an_engine_nothing_is_measured() -> None:
    reports: list[object] = []
    measuring = SpeedMeasurement(None, 2, reports.append)
    async with running(build=None) as (_pilot, dashboard):
        await until(lambda: dashboard.machine is not None, "the machine")
        assert dashboard.machine is not None
        measuring.open(dashboard.machine)
    assert not measuring.due
    assert reports == []
    await measuring.close()


async def test_rates_without_prompt_processing_are_measured_again() -> None:
    build = installed_build()
    assert build is not None
    async with running(build=None) as (_pilot, dashboard):
        await until(lambda: dashboard.machine is not None, "the machine")
        machine = dashboard.machine
    assert machine is not None
    full_rates = Rates(2e10, {"Q4_K": 8e-11}, 1e-4, 1.0, {"Q4_K": 1e-11})
    for rates, due in ((msgspec.structs.replace(full_rates, prompt_seconds={}), True), (full_rates, False)):
        history = open_measurements(machine, build)
        history.add_rates(2, rates)
        history.close()
        measuring = SpeedMeasurement(build, 2, lambda _speeds: None)
        measuring.open(machine)
        assert measuring.due is due
        await measuring.close()


async def test_calibration_does_not_start_after_the_first_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[int] = []
    monkeypatch.setattr(Dashboard, "measure_machine", lambda _self, is_asked_for: measured.append(1))
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


def test_a_machine_that_was_never_measured_is_as_fast_as_its_class() -> None:
    model = msgspec.structs.replace(sample("Small"), weights_bytes=2 * GIB)
    speeds = {
        name: class_speeds(msgspec.structs.replace(PROFILES[name], memory_bandwidth=None)).speed(
            model, fit(), LoadSettings()
        )
        for name in ("m1-8gb", "hp-i5-1035g1")
    }
    assert all(speed.source == "estimated" for speed in speeds.values())
    assert speeds["m1-8gb"].value > 3 * speeds["hp-i5-1035g1"].value
