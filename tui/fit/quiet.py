"""Watch over other programs while the machine's speed is measured: they make every figure too low."""

import asyncio
import os
import time
from collections.abc import Callable

from tui.hardware.machine import Cpu
from tui.hardware.processor.other_use import OtherUseMeter
from tui.sentences import Reason, ReasonedError, reason

MAX_OTHERS = 0.2
"""Share of the processor that other programs may use during a measurement."""
MIN_SHARE, CERTAIN_SHARE = 0.85, 0.5
"""Shares of their time in which the engine's threads run: with less than the first other programs were
probably at work, with less than the second certainly."""
PATIENCE_SECONDS = 30.0
"""Time that is spent on waiting and on measurements that do not count before it is given up."""
_WINDOW_SECONDS = 0.5
_SPARE_CORES = 0.25
"""Cores that others may use without being in the way."""


class MachineBusyError(ReasonedError):
    """Other programs are at work, so that the machine's speed cannot be measured."""


def possible_share(cpu: Cpu, threads: int) -> float:
    """Return the share of their time in which threads can run at most: less where a quota is smaller."""
    cores = cpu.logical_cores if cpu.quota_cores.value is None else cpu.quota_cores.value
    return min(1.0, cores / threads) if threads > 0 and cores > 0 else 1.0


def is_disturbed(cpu_share: float | None, possible: float = 1.0) -> bool:
    """Return True if threads got far less of the processor than they could have."""
    return cpu_share is not None and cpu_share < MIN_SHARE * possible


class QuietWatch:
    """Watches what other programs use of the processor, and waits for them."""

    def __init__(
        self,
        cpu: Cpu,
        threads: int,
        engine_pid: int,
        on_wait: Callable[[float], None] | None = None,
        *,
        is_patient: bool = True,
    ) -> None:
        """Begin to watch.

        Args:
            cpu: the processor.
            threads: the engine's number of threads.
            engine_pid: the engine's process.
            on_wait: called with the share of the processor that others use, while they are waited for.
            is_patient: wait for others; if False everything counts, and `disturbed` says whether they were
                at work.
        """
        self._is_patient = is_patient
        self.disturbed = False
        """True if something counts although others were at work."""
        self._cpu = cpu
        self._threads = threads
        self._possible_share = possible_share(cpu, threads)
        self._meter = OtherUseMeter([os.getpid(), engine_pid])
        self._on_wait = on_wait
        self._lost_seconds = 0.0
        self._other_cores: float | None = None
        """Cores that others used when that was last looked at; None where it is not known."""

    @property
    def others_share(self) -> float | None:
        """Share of the processor that others used at the last look; None where it is not known."""
        return None if self._other_cores is None else min(1.0, self._other_cores / self._cpu.logical_cores)

    def counts(self, cpu_share: float | None, seconds: float) -> bool:
        """Return whether what was just measured in `seconds` counts; if not, the time is lost."""
        self._other_cores = self._meter.read()
        # Where nobody else is at work, the threads have waited for something else.
        alone = self._other_cores is not None and self._other_cores < _SPARE_CORES
        counts = (alone or not is_disturbed(cpu_share, self._possible_share)) and not self._is_busy()
        if not counts and not self._is_patient:
            self.disturbed = counts = True
        if not counts:
            self._lost_seconds += seconds
        return counts

    async def wait(self) -> None:
        """Wait until others leave the processor to the engine.

        Raises:
            MachineBusyError: they do not, or they took too much of it too often.
        """
        while self._is_patient:
            start = time.monotonic()
            self._meter.read()
            await asyncio.sleep(_WINDOW_SECONDS)
            self._other_cores = self._meter.read()
            if self._lost_seconds > PATIENCE_SECONDS:
                raise MachineBusyError(self._reason(), reason("fit.measure_when_quiet"))
            if not self._is_busy():
                return
            self._lost_seconds += time.monotonic() - start
            if self._on_wait is not None:
                self._on_wait(self.others_share or 0.0)

    def _is_busy(self) -> bool:
        if self._other_cores is None:
            return False
        free_cores = self._cpu.logical_cores - self._other_cores
        if self._cpu.quota_cores.value is not None:
            # The rest of a host may be at work without taking anything of this container's share.
            return free_cores < min(self._threads, self._cpu.quota_cores.value)
        return (
            self._other_cores > MAX_OTHERS * self._cpu.logical_cores
            or free_cores < self._threads - _SPARE_CORES
        )

    def _reason(self) -> Reason:
        share = self.others_share
        if share is None or share < MAX_OTHERS:
            return reason("fit.machine_disturbed")
        return reason("fit.machine_busy", percent=round(100 * share))
