"""What the dashboard knows of this machine's speed: measured once, and after every reply."""

import asyncio
import logging
from collections.abc import Callable

from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.calibrate import calibrate
from tui.fit.measurements import MeasurementStore, open_measurements, run_of
from tui.fit.rates import is_fully_measured
from tui.fit.speed import Speeds
from tui.hardware.machine import Machine
from tui.models.model import Model

log = logging.getLogger(__name__)


class Measuring:
    """Keeps the measurements of this machine, and tells `on_change` what is known from now on."""

    def __init__(self, build: str | None, threads: int, on_change: Callable[[Speeds], None]) -> None:
        """`threads` are those of the settings, 0 for the physical cores."""
        self._build = build
        self._threads = threads
        self._on_change = on_change
        self._history: MeasurementStore | None = None
        self._task: asyncio.Task[None] | None = None
        self._due = False

    @property
    def due(self) -> bool:
        """True while something of the machine's speed was never measured, and can be."""
        return self._due and not self.calibrating

    @property
    def calibrating(self) -> bool:
        """True while the machine is being measured."""
        return self._task is not None and not self._task.done()

    def open(self, machine: Machine) -> None:
        """Read what was measured on this machine before."""
        if self._build is None or self._history is not None:
            return
        self._threads = self._threads or machine.cpu.physical_cores
        self._history = open_measurements(machine, self._build)
        self._due = self._history.problem is None and not is_fully_measured(
            self._history.rates(self._threads)
        )
        self._tell()

    def keep(
        self,
        model: Model,
        settings: LoadSettings,
        threads: int,
        predicted_bytes: int | None,
        metrics: ReplyMetrics,
    ) -> None:
        """Remember what a reply showed."""
        if self._history is not None:
            self._history.add(run_of(model, settings, threads, predicted_bytes, metrics))
            self._tell()

    def start(self, on_step: Callable[[float], None]) -> "asyncio.Task[None]":
        """Measure the machine; `on_step` is told how far it is, from 0 to 1. A failure is logged."""
        if not self.calibrating or self._task is None:
            self._task = asyncio.create_task(self._calibrate(on_step))
        return self._task

    def stop(self) -> None:
        """Leave off measuring: somebody needs the machine."""
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Let go of everything."""
        self.stop()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        if self._history is not None:
            self._history.close()
            self._history = None

    async def _calibrate(self, on_step: Callable[[float], None]) -> None:
        try:
            found = await calibrate(self._threads, on_step)
        except (EngineFailure, OSError) as error:
            log.warning("speed not measured: %s", error)
            self._due = False
            return
        self._due = False
        if self._history is not None:
            self._history.set_rates(self._threads, found.cpu)
            if found.gpu is not None:
                self._history.set_rates(self._threads, found.gpu, "gpu")
            self._tell()

    def _tell(self) -> None:
        history = self._history
        if history is not None:
            rates, gpu_rates = history.rates(self._threads), history.rates(self._threads, "gpu")
            self._on_change(Speeds(rates, history.runs(), gpu_rates))
