"""The sampler: it goes on whatever its sources do."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from tests.reasons import because, sentence_of
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Gpu, Machine
from tui.hardware.patient_source import Patience, PatientSource
from tui.hardware.reading import GpuReading, Metric, Reading, known, unknown
from tui.hardware.sampler import MachineSampler
from tui.hardware.sources import GpuSource, Sources, sources_of
from tui.units import GIB

GPU = Gpu(0, "Card", "nvidia", False, known(8 * GIB, "NVML"), known("1", "NVML"))

PLAIN = (
    "cpu_percent",
    "memory",
    "pressure_percent",
    "pressure_level",
    "own_cpu_percent",
    "own_resident_bytes",
    "cpu_temperature_celsius",
    "cpu_frequency_mhz",
    "cpu_power_watts",
    "battery_watts",
    "swap_in_bytes_per_second",
)

SOURCE_OF = {"cpu_percent": "cpu", "own_cpu_percent": "own_cpu", "own_resident_bytes": "own_resident"}

SOURCE_OF |= {"memory": "memory", "pressure_percent": "pressure", "pressure_level": "pressure_level"}

SOURCE_OF |= {"cpu_temperature_celsius": "cpu_temperature", "cpu_frequency_mhz": "cpu_frequency"}

SOURCE_OF |= {
    "cpu_power_watts": "cpu_power",
    "cpu_power_limit_watts": "cpu_power_limit",
    "battery_watts": "battery",
    "swap_in_bytes_per_second": "swap_in",
}


class Inbox:
    """Collects readings and lets a test wait for them."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.threads: set[int] = set()
        self._changed = threading.Condition()

    def __call__(self, reading: Reading) -> None:
        with self._changed:
            self.readings.append(reading)
            self.threads.add(threading.get_ident())
            self._changed.notify_all()

    def wait(self, until: Callable[[list[Reading]], object]) -> list[Reading]:
        with self._changed:
            assert self._changed.wait_for(lambda: until(self.readings), timeout=30)
            return list(self.readings)


@pytest.fixture
def machine() -> Machine:
    return detect_machine()


@pytest.fixture
def started() -> Iterator[Callable[..., MachineSampler]]:
    samplers: list[MachineSampler] = []

    def start(*args: Any, **kwargs: Any) -> MachineSampler:
        sampler = MachineSampler(*args, **kwargs)
        samplers.append(sampler)
        sampler.start()
        return sampler

    yield start
    for sampler in samplers:
        sampler.stop()


def gpu_reading(load: float) -> tuple[GpuReading, ...]:
    value = known(load, "NVML")
    return (GpuReading(0, value, known(1, "NVML"), GPU.memory_bytes, value, value),)


def fail(*_: object) -> Any:
    raise RuntimeError("boom \x1b[31m")


def test_one_reading_for_a_command(machine: Machine) -> None:
    reading = MachineSampler(machine, fail).take()
    assert reading.cpu_percent.value is not None
    assert len(reading.core_percents) == machine.cpu.logical_cores
    assert reading.memory.value is not None
    assert reading.memory.value.total_bytes == machine.memory_limit_bytes
    assert reading.own_resident_bytes.value
    assert reading.engine is None
    assert len(reading.gpus) == len(machine.gpus)


def test_first_load_covers_a_real_interval(machine: Machine) -> None:
    # GIVEN a process that has been busy since the sampler was made
    sampler = MachineSampler(machine, fail)
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    reading = sampler.take()
    # THEN the first figures already show it
    assert reading.cpu_percent.value is not None
    assert reading.cpu_percent.value > 0
    assert reading.own_cpu_percent.value is not None
    assert reading.own_cpu_percent.value > 1


def test_readings_come_in_order_from_one_thread_that_ends(
    machine: Machine, started: Callable[..., MachineSampler]
) -> None:
    inbox = Inbox()
    sampler = started(machine, inbox, 0.02)
    sampler.start()
    readings = inbox.wait(lambda all_: len(all_) >= 4)
    times = [reading.time_seconds for reading in readings]
    assert times == sorted(set(times))
    assert len(inbox.threads) == 1
    sampler.stop()
    assert not any(thread.name == "llmtui-sampler" for thread in threading.enumerate())
    count = len(inbox.readings)
    # WHEN it is started again THEN readings go on
    sampler.start()
    inbox.wait(lambda all_: len(all_) > count)


def test_shorter_interval_applies_at_once(machine: Machine, started: Callable[..., MachineSampler]) -> None:
    inbox = Inbox()
    sampler = started(machine, inbox, 3600.0)
    inbox.wait(lambda all_: len(all_) >= 1)
    sampler.interval = 0.02
    assert sampler.interval == 0.02
    inbox.wait(lambda all_: len(all_) >= 3)


def test_stop_does_not_wait_for_the_interval(
    machine: Machine, started: Callable[..., MachineSampler]
) -> None:
    inbox = Inbox()
    sampler = started(machine, inbox, 3600.0)
    inbox.wait(lambda all_: len(all_) >= 1)
    sampler.stop()
    assert not any(thread.name == "llmtui-sampler" for thread in threading.enumerate())


def test_stop_from_the_callback_does_not_deadlock(machine: Machine) -> None:
    inbox = Inbox()

    def deliver(reading: Reading) -> None:
        sampler.stop()
        inbox(reading)

    sampler = MachineSampler(machine, deliver, 0.01)
    sampler.start()
    assert len(inbox.wait(len)) == 1


def test_engine_is_followed_while_it_is_named(
    machine: Machine, started: Callable[..., MachineSampler]
) -> None:
    inbox = Inbox()
    sampler = started(machine, inbox, 0.06)
    sampler.engine_pid = os.getpid()

    def measured(readings: list[Reading]) -> bool:
        engine = readings[-1].engine if readings else None
        return engine is not None and engine.cpu_percent.value is not None

    engine = inbox.wait(measured)[-1].engine
    assert engine is not None
    assert (engine.pid, bool(engine.resident_bytes.value)) == (os.getpid(), True)
    sampler.engine_pid = None
    inbox.wait(lambda all_: all_[-1].engine is None)


def test_vanished_engine_is_reported_as_ended(machine: Machine) -> None:
    sampler = MachineSampler(machine, fail)
    sampler.engine_pid = 2**22 + 1
    engine = sampler.take().engine
    assert engine is not None
    assert (engine.resident_bytes.value, sentence_of(engine.resident_bytes.reason)) == (
        None,
        "the process has ended",
    )


@pytest.mark.parametrize("broken", PLAIN)
@pytest.mark.parametrize("garbage", [False, True], ids=["raises", "garbage"])
def test_broken_source_leaves_the_others(machine: Machine, broken: str, garbage: bool) -> None:
    source = (lambda: "garbage") if garbage else fail
    sources = msgspec.structs.replace(sources_of(machine), **{SOURCE_OF[broken]: source})
    reading = MachineSampler(machine, fail, sources=sources).take()
    metric = getattr(reading, broken)
    assert metric.value is None
    assert "could not be read" in sentence_of(metric.reason)
    assert sentence_of(metric.reason).isprintable()
    for name in ("cpu_percent", "memory", "own_cpu_percent", "own_resident_bytes"):
        assert name == broken or getattr(reading, name).value is not None


@pytest.mark.parametrize("read", [fail, lambda: None, tuple, lambda: ("x",), lambda: gpu_reading(1) * 2])
def test_broken_gpu_keeps_its_place_and_size(machine: Machine, read: Callable[[], Any]) -> None:
    machine = msgspec.structs.replace(machine, gpus=(GPU,))
    sources = msgspec.structs.replace(sources_of(machine), gpus=(GpuSource((GPU,), read),))
    (gpu,) = MachineSampler(machine, fail, sources=sources).take().gpus
    assert gpu.load_percent.value is None
    assert "Card could not be read" in sentence_of(gpu.load_percent.reason)
    assert gpu.memory_total_bytes == GPU.memory_bytes


@pytest.mark.parametrize("name", ["follow", "gpu_load_of"])
def test_failing_engine_meter_gives_a_reason(machine: Machine, name: str) -> None:
    sources = msgspec.structs.replace(sources_of(machine), **{name: fail})
    sampler = MachineSampler(machine, fail, sources=sources)
    sampler.engine_pid = os.getpid()
    engine = sampler.take().engine
    assert engine is not None
    assert "could not be read" in sentence_of(engine.resident_bytes.reason)


def test_raising_callback_does_not_end_the_sampler(
    machine: Machine, started: Callable[..., MachineSampler]
) -> None:
    inbox = Inbox()

    def deliver(reading: Reading) -> None:
        inbox(reading)
        fail()

    started(machine, deliver, 0.01)
    inbox.wait(lambda all_: len(all_) >= 3)


def test_a_failure_is_logged_once_and_again_when_it_returns(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([fail, fail, lambda: known(1.0, "x"), fail])
    sources = msgspec.structs.replace(sources_of(machine), pressure=lambda: next(answers)())
    sampler = MachineSampler(machine, fail, sources=sources)
    with caplog.at_level(logging.WARNING, logger="tui.hardware.sampler"):
        for _ in range(4):
            sampler.take()
    assert ["source_memory_pressure" in record.message for record in caplog.records] == [True] * 2


def test_hanging_source_does_not_delay_the_others(
    machine: Machine, started: Callable[..., MachineSampler]
) -> None:
    # GIVEN a GPU whose driver answers only when the test lets it
    machine = msgspec.structs.replace(machine, gpus=(GPU,))
    release, questions = threading.Event(), []

    def hang() -> tuple[GpuReading, ...]:
        questions.append(1)
        release.wait(30)
        return gpu_reading(42)

    slow = PatientSource(hang, interval_seconds=0.0, patience=Patience(0.01, 0.01, 0.1))
    sources = msgspec.structs.replace(sources_of(machine), gpus=(GpuSource((GPU,), slow.get),))
    inbox = Inbox()
    started(machine, inbox, 0.02, sources=sources)
    # WHEN many ticks pass THEN each has all the rest, and the GPU was asked once
    readings = inbox.wait(
        lambda all_: any("does not answer" in sentence_of(r.gpus[0].load_percent.reason) for r in all_)
    )
    assert len(readings) > 1
    assert all(reading.memory.value is not None for reading in readings)
    assert len(questions) == 1
    # WHEN it answers after all THEN its figures are there again
    release.set()
    inbox.wait(lambda all_: all_[-1].gpus[0].load_percent.value == 42)


def test_intel_gpu_shows_the_engines_part(machine: Machine) -> None:
    intel = Gpu(0, "Intel", "intel", True, unknown(because("x")), known("i915", "sysfs"), device="card0")
    machine = msgspec.structs.replace(machine, gpus=(intel,))
    unread_gpu = GpuReading(
        0,
        unknown(because("root only")),
        unknown(because("x")),
        unknown(because("x")),
        unknown(because("x")),
        unknown(because("x")),
    )

    def part(pid: int) -> Callable[[], Metric[float]]:
        return lambda: known(55.0, "fdinfo of the engine")

    sources: Sources = msgspec.structs.replace(
        sources_of(machine), gpus=(GpuSource((intel,), lambda: (unread_gpu,)),), gpu_load_of=part
    )
    sampler = MachineSampler(machine, fail, sources=sources)
    assert sampler.take().gpus[0].load_percent.reason == because("root only")
    sampler.engine_pid = os.getpid()
    load = sampler.take().gpus[0].load_percent
    assert (load.value, load.source) == (55.0, "fdinfo of the engine")
    # The gauge says so again once the engine is gone.
    sampler.engine_pid = None
    assert sampler.take().gpus[0].load_percent.value is None
