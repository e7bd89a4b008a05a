"""The workbench: what a reply leaves behind for the next estimate, and the end of all its services."""

from collections.abc import AsyncIterator

import msgspec
import pytest_asyncio

from tests.chat.scripted_comparison import metrics
from tests.services.scripted_place import ScriptedPlace
from tests.ui.host import machine
from tests.ui.model_samples import model
from tui.engine.options import LoadSettings
from tui.fit.sizing import Sizer
from tui.fit.speed import Speeds
from tui.models.model import Model
from tui.services.activity.feed import TimelineFeed
from tui.services.host import EngineHost
from tui.services.measuring import SpeedMeasurement
from tui.services.workbench import Workbench
from tui.settings.settings import Settings
from tui.units import MIB

SETTINGS = LoadSettings(context=4096)
HERE = model("Llama-3.2-3B-Instruct", is_local=True)


class Bench:
    """A workbench whose host opens scripted places."""

    def __init__(self) -> None:
        self.speeds: list[Speeds] = []
        self.places: list[ScriptedPlace] = []
        self.workbench = Workbench(
            Settings(),
            "a build",
            None,
            EngineHost(open_place=self._open),
            Sizer(None),
            TimelineFeed(lambda: None, lambda _id, _receipt: None),
            SpeedMeasurement("a build", 4, self.speeds.append),
        )
        self.workbench.measurement.open(machine())

    async def _open(self, _model: Model) -> ScriptedPlace:
        self.places.append(ScriptedPlace())
        return self.places[-1]

    def measured_bytes(self, model: Model, settings: LoadSettings = SETTINGS) -> int | None:
        return self.speeds[-1].measured_bytes(model, settings)


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    await bench.workbench.close()


async def test_speed_of_a_reply_is_saved_with_the_load_settings(bench: Bench) -> None:
    await bench.workbench.host.load(HERE, SETTINGS)
    speed_count = len(bench.speeds)
    bench.workbench.remember_reply(metrics(peak=150 * MIB))
    assert len(bench.speeds) == speed_count + 1
    assert bench.measured_bytes(HERE) == 150 * MIB
    assert bench.measured_bytes(HERE, LoadSettings(context=8192)) is None
    # AND the highest of several counts
    bench.workbench.remember_reply(metrics(peak=90 * MIB))
    assert bench.measured_bytes(HERE) == 150 * MIB


async def test_reply_of_an_unloaded_model_is_not_saved(bench: Bench) -> None:
    speed_count = len(bench.speeds)
    bench.workbench.remember_reply(metrics())
    await bench.workbench.host.load(HERE, SETTINGS)
    await bench.workbench.host.unload()
    bench.workbench.remember_reply(metrics())
    assert len(bench.speeds) == speed_count


async def test_reply_from_another_place_is_not_saved_as_local_speed(bench: Bench) -> None:
    served = msgspec.structs.replace(HERE, place="localhost:8080", file=None)
    await bench.workbench.host.load(served, SETTINGS)
    bench.workbench.remember_reply(metrics(peak=150 * MIB))
    assert bench.measured_bytes(served) is None


async def test_closing_ends_the_engine_and_saves_measurements() -> None:
    bench = Bench()
    await bench.workbench.host.load(HERE, SETTINGS)
    bench.workbench.remember_reply(metrics(peak=150 * MIB))
    await bench.workbench.close()
    assert bench.places[0].closed
    assert bench.workbench.host.model is None
    # THEN the next start knows it
    again = Bench()
    assert again.measured_bytes(HERE) == 150 * MIB
    await again.workbench.close()


async def test_closing_twice_does_no_harm(bench: Bench) -> None:
    await bench.workbench.close()
    await bench.workbench.close()
