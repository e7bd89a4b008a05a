"""Readings on their way to timeline, models and guard, and the right moment to measure the machine."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.ui.host import card, card_reading, engine, machine, memory, reading
from tests.waiting import until
from tui.engine.protocol import Failed
from tui.fit.sizing import Sizer
from tui.hardware.sampler import MachineSampler
from tui.services.finding import SearchPaths
from tui.services.sentences import sentence
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard import dashboard as dashboard_module
from tui.ui.dashboard.discovery import MachineFound, Sampled
from tui.ui.dashboard.machine_watch import MachineWatch

UNUSED = "this build of the engine cannot use the RTX 4070"


class Parts:
    """A watch among stand-ins that note what they are asked to do."""

    def __init__(self) -> None:
        self.killed: list[Failed] = []
        self.messages: list[str] = []
        self.host = SimpleNamespace(model=None, loading=False, pid=7, kill=self.killed.append)
        self.feed = SimpleNamespace(
            take=lambda _reading, _gpus, _seconds: True, interval=lambda seconds: seconds / 4
        )
        self.measurement = SimpleNamespace(due=True)
        self.models = SimpleNamespace(settled=True, pending_fit=None, highlighted=None)
        self.row = SimpleNamespace(mark="a mark", gpu_mark="another")
        chat = SimpleNamespace(conversation=SimpleNamespace(messages=self.messages))
        settings = SimpleNamespace(refresh_seconds=1.0)
        workbench: Any = SimpleNamespace(
            host=self.host, feed=self.feed, measurement=self.measurement, settings=settings
        )
        row: Any = self.row
        models: Any = self.models
        pane: Any = chat
        self.watch = MachineWatch(workbench, row, models, pane)


def test_the_machine_is_measured_only_while_nothing_else_goes_on() -> None:
    quiet = reading(load=12.0)
    assert Parts().watch.may_measure(quiet)
    # Another program at work, and a load that nobody can read.
    assert not Parts().watch.may_measure(reading(load=60.0))
    assert not Parts().watch.may_measure(reading(load=None))
    for part, name, value in (
        ("measurement", "due", False),
        ("models", "settled", False),
        ("host", "model", object()),
        ("host", "loading", True),
    ):
        parts = Parts()
        setattr(getattr(parts, part), name, value)
        assert not parts.watch.may_measure(quiet), (part, name)
    # Who has asked something goes on soon.
    parts = Parts()
    parts.messages.append("Hello")
    assert not parts.watch.may_measure(quiet)


def test_engine_is_ended_only_if_memory_stays_short() -> None:
    parts = Parts()
    short = reading(memory_reading=memory(used=7.95), process=engine())
    parts.watch.guard(short)
    parts.watch.guard(reading(memory_reading=memory(used=4.0), process=engine()))
    parts.watch.guard(short)
    assert parts.killed == []
    parts.watch.guard(short)
    (failed,) = parts.killed
    assert failed.kind == "memory"


def test_without_a_sampler_no_reading_counts_and_with_one_it_follows_the_engine_and_the_pace() -> None:
    parts = Parts()
    local_machine, current = machine(), reading()
    assert not parts.watch.take(current, local_machine)
    parts.watch.update_interval()
    sampler: Any = SimpleNamespace(engine_pid=None, interval=1.0)
    parts.watch.sampler = sampler
    assert parts.watch.take(current, local_machine)
    assert sampler.engine_pid == 7
    # A reply is being written.
    parts.watch.update_interval()
    assert sampler.interval == 0.25


def test_there_is_no_mark_without_a_reading_or_a_model_to_load() -> None:
    for current in (None, reading()):
        parts = Parts()
        parts.watch.show_mark(current)
        assert (parts.row.mark, parts.row.gpu_mark) == (None, None)


async def test_card_counts_until_the_build_reports_that_it_cannot_use_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dashboard_module, "detect_and_sample", lambda *_arguments: None)
    app = LlmtuiApp(Settings(context=2048), SearchPaths(), None)
    async with app.run_test(size=(120, 40)):
        dashboard = app.dashboard
        await until(lambda: dashboard.models.listing.models, "the list")
        # GIVEN a card, and an engine that has not said yet what it can
        local_machine = machine(gpus=(card(),))
        sampler = MachineSampler(local_machine, lambda _reading: None)
        dashboard.post_message(MachineFound(local_machine, sampler))

        def look(seconds: float) -> None:
            dashboard.post_message(Sampled(reading(seconds, gpus=(card_reading(),))))

        def kinds() -> set[str]:
            return {fit.pool.kind for fit in dashboard.models.fits.values() if fit.pool is not None}

        look(100.0)
        await until(lambda: "vram" in kinds(), "the card")

        # WHEN it says that it was built for the CPU alone
        monkeypatch.setattr(Sizer, "gpu_offload", False)
        look(200.0)

        # THEN everything is judged by RAM, and every reason says why
        await until(lambda: kinds() == {"ram"}, "the RAM")
        assert all(sentence(fit.reason).endswith(UNUSED) for fit in dashboard.models.fits.values())
        app.exit()
