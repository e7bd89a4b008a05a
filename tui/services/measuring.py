"""Measured speeds of this machine: its rates, timed once, and every reply, remembered for later estimates."""

import asyncio
import logging
from collections.abc import Callable

from tui.engine.failures import EngineFailure
from tui.engine.install import installed_build
from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.board import Measurements, settings_for
from tui.fit.calibrate import calibrate
from tui.fit.measurements import open_measurements, run_of
from tui.fit.rates import is_fully_measured
from tui.fit.speed import BandwidthSpeeds, Speeds
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.what_if import same_processor
from tui.models.model import Model

log = logging.getLogger(__name__)


class SpeedRecord:
    """Measurements of a machine with a build of the engine, kept in the user's data folder."""

    def __init__(self, machine: Machine, build: str, threads: int) -> None:
        """`threads` are those of generation; 0 for the physical cores."""
        self._threads = threads or machine.cpu.physical_cores
        self._history = open_measurements(machine, build)

    @property
    def usable(self) -> bool:
        """False where nothing can be kept."""
        return self._history.is_open

    @property
    def complete(self) -> bool:
        """True once everything about the machine's speed was timed."""
        return is_fully_measured(self._history.rates(self._threads))

    @property
    def speeds(self) -> Speeds:
        """Everything that estimates rest on."""
        rates, gpu_rates = self._history.rates(self._threads), self._history.rates(self._threads, "gpu")
        return Speeds(rates, self._history.runs(), gpu_rates)

    async def time_machine(self, on_step: Callable[[float], None] | None = None) -> None:
        """Time the machine, in five to ten seconds; `on_step` is told the fraction done, from 0 to 1.

        Raises:
            EngineFailure: the engine is not installed, or failed.
            OSError: the made-up models cannot be written.
        """
        calibration = await calibrate(self._threads, on_step)
        self._history.set_rates(self._threads, calibration.cpu)
        if calibration.gpu is not None:
            self._history.set_rates(self._threads, calibration.gpu, "gpu")

    def add_reply(
        self,
        model: Model,
        settings: LoadSettings,
        threads: int | None,
        predicted_bytes: int | None,
        metrics: ReplyMetrics,
    ) -> None:
        """Keep what a reply showed of speed and memory, if it was written on this machine."""
        if model.runs_here and threads is not None:
            settings = settings_for(model, settings)
            self._history.add(run_of(model, settings, threads, predicted_bytes, metrics))

    def close(self) -> None:
        """Let go of the file."""
        self._history.close()


class SpeedMeasurement:
    """Times the machine beside everything else, and reports new speeds to `on_change`."""

    def __init__(self, build: str | None, threads: int, on_change: Callable[[Speeds], None]) -> None:
        """`build` identifies the engine, None for none; `threads` are those of the settings, 0 for all."""
        self._build = build
        self._threads = threads
        self._on_change = on_change
        self._record: SpeedRecord | None = None
        self._task: asyncio.Task[None] | None = None
        self._due = False

    @property
    def due(self) -> bool:
        """True while something of the machine's speed was never timed, and can be."""
        return self._due and not self.under_way

    @property
    def under_way(self) -> bool:
        """True while the machine is being timed."""
        return self._task is not None and not self._task.done()

    def open(self, machine: Machine) -> None:
        """Read what was measured on this machine before."""
        if self._build is None or self._record is not None:
            return
        self._record = SpeedRecord(machine, self._build, self._threads)
        self._due = self._record.usable and not self._record.complete
        self._report()

    def add_reply(
        self,
        model: Model,
        settings: LoadSettings,
        threads: int | None,
        predicted_bytes: int | None,
        metrics: ReplyMetrics,
    ) -> None:
        """Keep what a reply showed of speed and memory."""
        if self._record is not None:
            self._record.add_reply(model, settings, threads, predicted_bytes, metrics)
            self._report()

    def start(self, on_step: Callable[[float], None]) -> "asyncio.Task[None]":
        """Time the machine; `on_step` is told the fraction done, from 0 to 1. A failure is logged."""
        if not self.under_way or self._task is None:
            self._task = asyncio.create_task(self._time_machine(on_step))
        return self._task

    def stop(self) -> None:
        """Stop timing the machine: something else needs it."""
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Stop, and let go of the file."""
        self.stop()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        if self._record is not None:
            self._record.close()
            self._record = None

    async def _time_machine(self, on_step: Callable[[float], None]) -> None:
        if self._record is None:
            # Nothing could keep the result.
            return
        try:
            await self._record.time_machine(on_step)
        except (EngineFailure, OSError) as error:
            log.warning("speed not measured: %s", error)
            self._due = False
            return
        self._due = False
        self._report()

    def _report(self) -> None:
        if self._record is not None:
            self._on_change(self._record.speeds)


def measurements_on(
    machine: Machine, this_machine: Machine | None, measured: Measurements | None
) -> Measurements | None:
    """Return what is known of a machine's speed.

    A machine with this processor and other memory is as fast as this one, which was `measured`; the speed of
    another one follows from its memory bandwidth.
    """
    if this_machine is not None and same_processor(machine, this_machine):
        return measured
    return BandwidthSpeeds(machine)


def measurements_of(machine: Machine, reading: Reading | None, threads: int) -> Measurements | None:
    """Return what is known of a machine's speed; without a reading it is not this machine."""
    this_machine = machine if reading is not None else detect_machine()
    record = _record(this_machine, threads)
    speeds = Speeds(None) if record is None else record.speeds
    if record is not None:
        record.close()
    return measurements_on(machine, this_machine, speeds)


def remember_reply(
    model: Model,
    settings: LoadSettings,
    threads: int | None,
    predicted_bytes: int | None,
    metrics: ReplyMetrics,
) -> None:
    """Keep what a reply showed of speed and memory, for whoever has no record open."""
    record = _record(detect_machine(), threads) if threads is not None else None
    if record is not None:
        record.add_reply(model, settings, threads, predicted_bytes, metrics)
        record.close()


async def time_machine_once(
    threads: int, *, again: bool = False, on_start: Callable[[], None] = lambda: None
) -> Speeds | None:
    """Return the speeds of this machine, timed now unless that was done; None without an engine.

    Args:
        threads: those of generation; 0 for the physical cores.
        again: time it even if that was done before.
        on_start: called before the timing, which takes some ten seconds.

    Raises:
        EngineFailure: the engine failed.
        OSError: the made-up models cannot be written.
    """
    record = _record(detect_machine(), threads)
    if record is None:
        return None
    try:
        if again or not record.complete:
            on_start()
            await record.time_machine()
        return record.speeds
    finally:
        record.close()


def _record(machine: Machine, threads: int) -> SpeedRecord | None:
    build = installed_build()
    return SpeedRecord(machine, build, threads) if build else None
