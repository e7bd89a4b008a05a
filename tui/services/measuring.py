"""Measured speeds of this machine: its rates, timed once, and every reply, remembered for later estimates."""

import asyncio
import logging
import time
from collections.abc import Callable

from tui.engine.failures import EngineFailure
from tui.engine.install import installed_build
from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.board import Measurements, settings_for
from tui.fit.calibrate import calibrate
from tui.fit.measurements import open_measurements, run_of
from tui.fit.quiet import MachineBusyError, is_disturbed, possible_share
from tui.fit.rates import is_fully_measured
from tui.fit.speed import BandwidthSpeeds, Speeds
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.profiles import with_class_bandwidth
from tui.hardware.reading import Reading
from tui.hardware.what_if import same_processor
from tui.models.model import Model
from tui.sentences import Reason, reason

log = logging.getLogger(__name__)

_RETRY_SECONDS = 60.0
"""Time after which a machine that was too busy is measured."""


class SpeedRecord:
    """Measurements of a machine with a build of the engine, kept in the user's data folder."""

    def __init__(self, machine: Machine, build: str, threads: int) -> None:
        """`threads` are those of generation; 0 for the physical cores."""
        self._threads = threads or machine.cpu.physical_cores
        self._cpu = machine.cpu
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

    async def time_machine(
        self,
        on_step: Callable[[float], None] | None = None,
        on_wait: Callable[[float], None] | None = None,
        *,
        even_if_busy: bool = False,
    ) -> None:
        """Time the machine, in five to ten seconds; see `calibrate`.

        Raises:
            EngineFailure: the engine is not installed, or failed.
            MachineBusyError: other programs were at work all the time; nothing is kept.
            OSError: the made-up models cannot be written.
        """
        calibration = await calibrate(self._threads, self._cpu, on_step, on_wait, even_if_busy=even_if_busy)
        self._history.add_rates(self._threads, calibration.cpu)
        if calibration.gpu is not None:
            self._history.add_rates(self._threads, calibration.gpu, "gpu")

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
            possible = possible_share(self._cpu, threads)
            self._history.add(run_of(model, settings, threads, predicted_bytes, metrics, possible))

    def forget(self) -> tuple[int, int]:
        """Delete what was measured on this machine; return how many calibrations and how many replies."""
        return self._history.forget()

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
        self._task: asyncio.Task[MachineBusyError | None] | None = None
        self._due = False
        self._next_try = 0.0

    @property
    def due(self) -> bool:
        """True while something of the machine's speed was never timed, and can be.

        False for a minute after other programs were at work.
        """
        return self._due and not self.under_way and time.monotonic() >= self._next_try

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

    def start(
        self, on_step: Callable[[float], None], on_wait: Callable[[float], None]
    ) -> "asyncio.Task[MachineBusyError | None]":
        """Time the machine; see `calibrate`. The result is the error of a machine that is too busy.

        Another failure is logged.
        """
        if not self.under_way or self._task is None:
            self._task = asyncio.create_task(self._time_machine(on_step, on_wait))
        return self._task

    def forget(self) -> tuple[int, int]:
        """Delete what was measured on this machine; return how many calibrations and how many replies."""
        counts = self._record.forget() if self._record is not None else (0, 0)
        self._due = self._record is not None and self._record.usable
        self._report()
        return counts

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

    async def _time_machine(
        self, on_step: Callable[[float], None], on_wait: Callable[[float], None]
    ) -> MachineBusyError | None:
        if self._record is None:
            # Nothing could keep the result.
            return None
        try:
            await self._record.time_machine(on_step, on_wait)
        except MachineBusyError as error:
            log.info("speed not measured: %s", error)
            self._next_try = time.monotonic() + _RETRY_SECONDS
            return error
        except (EngineFailure, OSError) as error:
            log.warning("speed not measured: %s", error)
            self._due = False
            return None
        self._due = False
        self._report()
        return None

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


def class_speeds(machine: Machine) -> Measurements:
    """Return rough speeds for a machine that was never measured, from the memory bandwidth of its class."""
    return BandwidthSpeeds(with_class_bandwidth(machine))


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
    threads: int,
    *,
    again: bool = False,
    even_if_busy: bool = False,
    on_start: Callable[[], None] = lambda: None,
    on_wait: Callable[[float], None] | None = None,
) -> Speeds | None:
    """Return the speeds of this machine, timed now unless that was done; None without an engine.

    Args:
        threads: those of generation; 0 for the physical cores.
        again: time it even if that was done before.
        even_if_busy: wait for no other program.
        on_start: called before the timing, which takes some ten seconds.
        on_wait: called with the share of the processor that other programs use, while they are waited for.

    Raises:
        EngineFailure: the engine failed.
        MachineBusyError: other programs were at work all the time; what was measured before stays.
        OSError: the made-up models cannot be written.
    """
    record = _record(detect_machine(), threads)
    if record is None:
        return None
    try:
        if again or not record.complete:
            on_start()
            await record.time_machine(on_wait=on_wait, even_if_busy=even_if_busy)
        return record.speeds
    finally:
        record.close()


def known_speeds(threads: int) -> Speeds | None:
    """Return the speeds of this machine as they were measured before; None without an engine."""
    record = _record(detect_machine(), threads)
    if record is None:
        return None
    speeds = record.speeds
    record.close()
    return speeds


def forget_measurements() -> tuple[int, int]:
    """Delete what was measured on this machine; return how many calibrations and how many replies."""
    store = open_measurements(detect_machine(), installed_build() or "")
    counts = store.forget()
    store.close()
    return counts


def deletion_reason(calibrations: int, replies: int) -> Reason:
    """Return what was deleted of this machine's measurements."""
    return reason(
        "services.measurements_deleted",
        of_speed=reason("services.speed_measurements", count=calibrations),
        of_replies=reason("services.measured_replies", count=replies),
    )


def is_slowed_down(metrics: ReplyMetrics, threads: int) -> bool:
    """Return True if other programs took the processor from a reply on this machine."""
    return is_disturbed(metrics.cpu_share, possible_share(detect_machine().cpu, threads))


def _record(machine: Machine, threads: int) -> SpeedRecord | None:
    build = installed_build()
    return SpeedRecord(machine, build, threads) if build else None
