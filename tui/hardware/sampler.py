"""One thread that reads the machine tick by tick; no failure of a source ends it."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from tui.hardware.gpus.makers import maker_of
from tui.hardware.machine import Machine, blank_reading
from tui.hardware.patient_source import SourceTimeoutError
from tui.hardware.reading import GpuReading, MemoryReading, Metric, ProcessReading, Reading, known, unknown
from tui.hardware.sources import GpuSource, Sources, sources_of
from tui.sentences import Fact, Reason, ReasonedError, reason
from tui.system_errors import system_error

T = TypeVar("T")

_log = logging.getLogger(__name__)

_FIRST_SECONDS = 0.1
"""Time over which the first load is measured: ten clock ticks of a core."""
_STOP_SECONDS = 1.0


class MachineSampler:
    """Takes a `Reading` every `interval` seconds on a thread of its own and hands it to `on_reading` there.

    Readings never overlap: a callback that takes long delays the next one. A source that fails becomes an
    unknown with its reason; nothing that a source or the callback raises ends the thread.
    """

    def __init__(
        self,
        machine: Machine,
        on_reading: Callable[[Reading], None],
        interval: float = 1.0,
        *,
        sources: Sources | None = None,
    ) -> None:
        """Loads are counted from here on. `sources` stands in for this machine's own, in tests."""
        self._machine = machine
        self._on_reading = on_reading
        self._interval = interval
        self._sources = sources if sources is not None else sources_of(machine)
        self._created = time.monotonic()
        self._own_load_index = _only_own_load(machine)
        self._engine_pid: int | None = None
        self._engine: _Meters | None = None
        self._failures: dict[Fact, Reason] = {}
        self._taking = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def engine_pid(self) -> int | None:
        """The engine's process, read from the next tick on; None while there is none. Set from any thread."""
        return self._engine_pid

    @engine_pid.setter
    def engine_pid(self, pid: int | None) -> None:
        self._engine_pid = pid

    @property
    def interval(self) -> float:
        """Seconds from one reading to the next; a new value counts at once. Set from any thread."""
        return self._interval

    @interval.setter
    def interval(self, seconds: float) -> None:
        if seconds != self._interval:
            self._interval = seconds
            self._wake.set()

    def start(self) -> None:
        """Start the thread; does nothing while it runs. The first reading comes in about 0.1 s."""
        if self._thread is not None and self._thread.is_alive():
            return
        # Each thread has its own flag, so that one that was slow to stop cannot be revived by the next start.
        self._stopping = threading.Event()
        self._wake.clear()
        self._thread = threading.Thread(
            target=self._run, args=(self._stopping,), name="llmtui-sampler", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, waiting for the reading it is in, a second at most. It can be started again."""
        self._stopping.set()
        self._wake.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(_STOP_SECONDS)

    def take(self) -> Reading:
        """One reading now, on the caller's thread; the first waits up to 0.1 s, so that its load is real."""
        with self._taking:
            young = self._created + _FIRST_SECONDS - time.monotonic()
            if young > 0:
                time.sleep(young)
            return self._take()

    def _run(self, stopping: threading.Event) -> None:
        due = time.monotonic()
        while not stopping.is_set():
            reading = self.take()
            if stopping.is_set():
                return
            try:
                self._on_reading(reading)
            except Exception:  # noqa: BLE001 - the receiver's fault must not blind the gauges for good
                _log.exception("a reading could not be delivered")
            # A late tick is dropped rather than made up for in a burst.
            due = max(due + self._interval, time.monotonic())
            if self._wake.wait(max(0.0, due - time.monotonic())):
                self._wake.clear()
                due = time.monotonic()

    def _take(self) -> Reading:
        sources = self._sources
        load, cores = self._try(_source("cpu_load"), sources.cpu, tuple, _no_load)
        return Reading(
            time_seconds=time.monotonic(),
            cpu_percent=load,
            core_percents=cores,
            memory=self._try(_source("memory"), lambda: _known_memory(sources.memory()), Metric, unknown),
            gpus=self._read_gpus(),
            pressure_percent=self._try(_source("memory_pressure"), sources.pressure, Metric, unknown),
            engine=self._read_engine(),
            own_cpu_percent=self._try(_source("own_load"), sources.own_cpu, Metric, unknown),
            own_resident_bytes=self._try(_source("own_memory"), sources.own_resident, Metric, unknown),
            pressure_level=self._try(_source("pressure_level"), sources.pressure_level, Metric, unknown),
            cpu_temperature_celsius=self._try(
                _source("cpu_temperature"), sources.cpu_temperature, Metric, unknown
            ),
            cpu_frequency_mhz=self._try(_source("cpu_frequency"), sources.cpu_frequency, Metric, unknown),
            cpu_power_watts=self._try(_source("cpu_power"), sources.cpu_power, Metric, unknown),
            cpu_power_limit_watts=self._try(
                _source("cpu_power_limit"), sources.cpu_power_limit, Metric, unknown
            ),
            battery_watts=self._try(_source("battery"), sources.battery, Metric, unknown),
            swap_in_bytes_per_second=self._try(_source("swap_in"), sources.swap_in, Metric, unknown),
        )

    def _read_engine(self) -> ProcessReading | None:
        pid = self._engine_pid
        if pid is None:
            self._engine = None
            return None
        return self._try(
            _source("engine"),
            lambda: self._meters(pid).process(),
            ProcessReading,
            lambda why: _no_process(pid, why),
        )

    def _meters(self, pid: int) -> "_Meters":
        if self._engine is None or self._engine.pid != pid:
            self._engine = _Meters(pid, self._sources.follow(pid), self._sources.gpu_load_of(pid))
        return self._engine

    def _read_gpus(self) -> tuple[GpuReading, ...]:
        readings = [reading for source in self._sources.gpus for reading in self._read_gpu(source)]
        pid = self._engine_pid
        if pid is not None and self._own_load_index is not None:
            readings = [
                self._with_engine_load(reading, pid) if reading.index == self._own_load_index else reading
                for reading in readings
            ]
        return tuple(sorted(readings, key=lambda reading: reading.index))

    def _read_gpu(self, source: GpuSource) -> tuple[GpuReading, ...]:
        names = ", ".join(gpu.name for gpu in source.gpus)
        return self._try(
            names,
            lambda: _in_order(source, source.read()),
            tuple,
            lambda why: tuple(blank_reading(gpu, why) for gpu in source.gpus),
        )

    def _with_engine_load(self, reading: GpuReading, pid: int) -> GpuReading:
        """Return the reading with the engine's load in place of the GPU's, which only root can read."""
        if reading.load_percent.value is not None:
            return reading
        part = self._try(_source("engine_gpu_load"), lambda: self._meters(pid).gpu_load(), Metric, unknown)
        return reading if part.value is None else msgspec.structs.replace(reading, load_percent=part)

    def _try(
        self, name: Fact, read: Callable[[], T], kind: type[object], otherwise: Callable[[Reason], T]
    ) -> T:
        """Return a source's answer, or that of `otherwise`; a new kind of failure is logged once."""
        try:
            value = read()
            if not isinstance(value, kind):
                raise ReasonedError(reason("hardware.answer_of_wrong_type"))
        except Exception as error:  # noqa: BLE001 - the one boundary that keeps every fault out of the gauges
            cause = error.reason if isinstance(error, ReasonedError) else system_error(error)
            why = reason("hardware.source_failed", source=name, cause=cause)
            if self._failures.get(name) != why:
                self._failures[name] = why
                # A late answer is an everyday event; other errors are worth a warning.
                level = logging.INFO if isinstance(error, SourceTimeoutError) else logging.WARNING
                _log.log(level, "%s", ReasonedError(why), exc_info=error)
            return otherwise(why)
        self._failures.pop(name, None)
        return value


def _only_own_load(machine: Machine) -> int | None:
    """Return the index of the only GPU whose load is for root; None when there are several or none."""
    indexes = [gpu.index for gpu in machine.gpus if maker_of(gpu.vendor).own_load_only]
    return indexes[0] if len(indexes) == 1 else None


class _Meters(msgspec.Struct, frozen=True):
    """The meters of the engine's process."""

    pid: int
    process: Callable[[], ProcessReading]
    gpu_load: Callable[[], Metric[float]]


def _source(name: str) -> Reason:
    """Name a source in the reason of its failure."""
    return reason(f"hardware.source_{name}")


def _known_memory(memory: MemoryReading) -> Metric[MemoryReading]:
    return known(memory, memory.source)


def _in_order(source: GpuSource, readings: tuple[GpuReading, ...]) -> tuple[GpuReading, ...]:
    """Return the readings, one for each of the source's GPUs.

    Raises:
        ReasonedError: they are not of those GPUs.
    """
    if [reading.index for reading in readings] != [gpu.index for gpu in source.gpus]:
        raise ReasonedError(reason("hardware.answer_about_other_gpus"))
    return tuple(readings)


def _no_load(why: Reason) -> tuple[Metric[float], tuple[float, ...]]:
    return unknown(why), ()


def _no_process(pid: int, why: Reason) -> ProcessReading:
    size: Metric[int] = unknown(why)
    return ProcessReading(pid, size, size, size, size, unknown(why))
