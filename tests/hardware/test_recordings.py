"""Machines that nobody here has, replayed: what they are, and what a person expects to see of them."""

import re
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import pytest

from tests.reasons import sentence_of
from tests.recordings.expected import BUSY, EXPECTED, IDLE, Expected, Figures
from tests.recordings.machines import MACHINES
from tests.recordings.samples import LOOKS, composed
from tests.recordings.stepped import FOLDER, step, stepped
from tui.fit.pools import pools
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.processor.power import ROOT_ONLY
from tui.hardware.reading import Metric, Reading
from tui.units import GIB, MIB

each_machine = pytest.mark.parametrize("name", sorted(EXPECTED))
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def roughly(value: float | None) -> Any:
    """That figure as people would call it the same; None is None."""
    return None if value is None else pytest.approx(value, rel=0.02, abs=2)


def nearly(value: float | None) -> Any:
    """That figure to half a percent; None is None."""
    return None if value is None else pytest.approx(value, rel=0.005, abs=0.05)


def metrics(value: Any, name: str = "reading") -> Iterator[tuple[str, Metric[Any]]]:
    """Every metric in a struct, by where it is."""
    if isinstance(value, Metric):
        metric = cast("Metric[Any]", value)
        yield name, metric
        value = metric.value
    if isinstance(value, tuple):
        for number, item in enumerate(cast("tuple[Any, ...]", value)):
            yield from metrics(item, f"{name}[{number}]")
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from metrics(getattr(value, field), f"{name}.{field}")


def seen(reading: Reading) -> dict[str, Any]:
    """What `Figures` state of a reading."""
    memory = reading.memory.value
    assert memory is not None
    word = reading.pressure_level.value
    cards = reading.gpus
    return {
        "load": reading.cpu_percent.value,
        "used": memory.used_bytes / GIB,
        "celsius": reading.cpu_temperature_celsius.value,
        "watts": reading.cpu_power_watts.value,
        "battery": reading.battery_watts.value,
        "pressure": word or reading.pressure_percent.value,
        "gpu_load": tuple(card.load_percent.value for card in cards),
        "gpu_used": tuple(
            None if card.memory_used_bytes.value is None else card.memory_used_bytes.value / MIB
            for card in cards
        ),
        "gpu_celsius": tuple(card.temperature_celsius.value for card in cards),
        "gpu_watts": tuple(card.power_watts.value for card in cards),
    }


def stated(figures: Figures) -> dict[str, Any]:
    """The same as a person would state it, each figure as exact as it matters."""
    word = figures.pressure
    return {
        "load": roughly(figures.load),
        "used": nearly(figures.used),
        "celsius": nearly(figures.celsius),
        "watts": nearly(figures.watts),
        "battery": nearly(figures.battery),
        "pressure": word if isinstance(word, str) else nearly(word),
        "gpu_load": tuple(map(roughly, figures.gpu_load)),
        "gpu_used": tuple(map(roughly, figures.gpu_used)),
        "gpu_celsius": tuple(map(nearly, figures.gpu_celsius)),
        "gpu_watts": tuple(map(nearly, figures.gpu_watts)),
    }


def test_committed_recordings_equal_the_generated_ones() -> None:
    committed = {path.parent.name for path in FOLDER.glob("*/recording.json")}
    assert committed == set(MACHINES) == set(EXPECTED)
    for name, machine in MACHINES.items():
        for file, content in composed(machine).items():
            instruction = "run python -m tests.recordings.make and look at what changed"
            assert (FOLDER / name / file).read_bytes() == content, f"{name}/{file}: {instruction}"


@each_machine
def test_machine_is_described_as_its_owner_would(name: str) -> None:
    expected, machine = EXPECTED[name], stepped(name).machine
    assert (machine.cpu.name.value, machine.cpu.physical_cores) == (expected.cpu, expected.cores)
    assert machine.ram_bytes / GIB == nearly(expected.ram)
    limit, source = expected.limit or (expected.ram, "RAM")
    assert machine.memory_limit_bytes / GIB == nearly(limit)
    assert machine.memory_limit_source == source
    assert (machine.container, sentence_of(machine.gpu_reason) or None) == (
        expected.container,
        expected.gpu_reason,
    )
    assert [_gpu(gpu) for gpu in machine.gpus] == [
        (gpu, nearly(mib), shares) for gpu, mib, shares in expected.gpus
    ]


@each_machine
def test_pools_are_the_memories_that_a_model_can_live_in(name: str) -> None:
    recording = stepped(name)
    for reading in recording.readings:
        pool_list = pools(recording.machine, reading, offload=True)
        assert [(pool.kind, pool.capacity_bytes / GIB) for pool in pool_list] == [
            (kind, nearly(gib)) for kind, gib in EXPECTED[name].pools
        ]
        assert all(0 <= pool.free_bytes <= pool.capacity_bytes for pool in pool_list)


@pytest.mark.parametrize(("look", "phase"), [(IDLE, "idle"), (BUSY, "busy")])
@each_machine
def test_figures_are_those_of_the_machine(name: str, look: int, phase: str) -> None:
    figures: Figures = getattr(EXPECTED[name], phase)
    assert seen(stepped(name).readings[look]) == stated(figures)


@each_machine
def test_every_unknown_has_a_reason(name: str) -> None:
    recording = stepped(name)
    unknown_metrics = [
        *metrics(recording.machine, "machine"),
        *(pair for reading in recording.readings for pair in metrics(reading)),
    ]
    assert unknown_metrics
    blank = {place for place, metric in unknown_metrics if metric.value is None and not metric.reason}
    assert blank == set()
    unasked = {
        place for place, metric in unknown_metrics if sentence_of(metric.reason) == "it was not asked for"
    }
    assert unasked <= set()


@each_machine
def test_figures_rise_under_load_and_fall_again(name: str) -> None:
    readings = stepped(name).readings
    loads = [reading.cpu_percent.value or 0.0 for reading in readings]
    used = [reading.memory.value.used_bytes for reading in readings if reading.memory.value]
    assert max(loads[4:7]) > loads[1]
    assert loads[-1] == roughly(loads[1])
    assert max(used) == used[BUSY] > used[0] == used[-1]


@each_machine
def test_replay_restart_gives_no_absurd_values(name: str) -> None:
    # WHEN the recording is followed over its end, three rounds
    recording = step(FOLDER / name, 3 * LOOKS)
    for reading in recording.readings:
        assert 0 <= (reading.cpu_percent.value or 0) <= 100
        assert 0 <= (reading.cpu_power_watts.value or 0) < 200
        assert 0 <= (reading.swap_in_bytes_per_second.value or 0) <= 50 * MIB
        assert all(0 <= (gpu.power_watts.value or 0) < 400 for gpu in reading.gpus)
    # THEN the second round looks like the first
    for look in (IDLE, BUSY):
        assert seen(recording.readings[LOOKS + look]) == stated(_figures(EXPECTED[name], look))


class TestDriverThatFails:
    def test_failing_driver_gives_a_reason_and_recovers(self) -> None:
        gpus = [reading.gpus[0] for reading in stepped("driver-fails").readings]
        known_flags = [gpu.load_percent.value is not None for gpu in gpus]
        assert known_flags == [True] * 4 + [False] * 3 + [True] * 3
        assert sentence_of(gpus[4].load_percent.reason) == "the GPU stopped answering; restart the machine"
        assert "Unknown Error" in sentence_of(gpus[5].memory_used_bytes.reason)
        # The size of its memory does not depend on what it says now.
        assert {gpu.memory_total_bytes.value for gpu in gpus} == {10 * GIB}

    def test_other_sources_are_read_while_a_driver_fails(self) -> None:
        for reading in stepped("driver-fails").readings[1:]:
            assert reading.cpu_percent.value is not None
            assert reading.cpu_temperature_celsius.value is not None


def test_sleeping_card_is_read_after_it_wakes() -> None:
    second = [reading.gpus[1] for reading in stepped("two-cards").readings]
    assert {gpu.load_percent.reason for gpu in second[:4]} == {ASLEEP}
    assert [gpu.load_percent.value for gpu in second[4:6]] == [71, 71]


def test_apu_memory_is_split_into_reserved_and_borrowed() -> None:
    (gpu,) = stepped("ryzen-8700g").machine.gpus
    assert (gpu.set_aside_bytes, gpu.max_ram_bytes) == (2 * GIB, int(14.6 * GIB))
    (apu,) = stepped("ryzen-8700g").readings[BUSY].gpus
    assert apu.aside_used_bytes.value == 1780 * MIB
    assert {name for name in EXPECTED if any(gpu.set_aside_bytes for gpu in stepped(name).machine.gpus)} == {
        "ryzen-8700g",
        "ryzen-ai-max-128gb",
    }


def test_unreadable_figures_have_advice() -> None:
    laptop = stepped("hp-i5-1035g1").readings[BUSY]
    assert laptop.cpu_power_watts.reason == ROOT_ONLY
    assert "CAP_PERFMON" in sentence_of(laptop.gpus[0].load_percent.reason)
    card = stepped("intel-arc").readings[BUSY].gpus[0]
    assert "CAP_PERFMON" in sentence_of(card.memory_used_bytes.reason)


def test_swapping_laptop_is_reported() -> None:
    readings = stepped("m1-8gb").readings
    assert [reading.pressure_level.value for reading in readings[3:9]] == [
        "normal",
        *["warning"] * 4,
        "normal",
    ]
    swapped = readings[BUSY].swap_in_bytes_per_second.value
    assert swapped is not None
    assert swapped / MIB == nearly(48)
    assert readings[IDLE].swap_in_bytes_per_second.value == 0


@each_machine
def test_recordings_identify_nobody(name: str) -> None:
    for path in (FOLDER / name).iterdir():
        content = path.read_bytes()
        assert not _UUID.search(content)
        assert b"serial" not in content.lower()


def _gpu(gpu: Any) -> tuple[str, float | None, bool]:
    size = gpu.memory_bytes.value
    return (gpu.name, None if size is None else size / MIB, gpu.shares_memory)


def _figures(expected: Expected, look: int) -> Figures:
    return expected.idle if look == IDLE else expected.busy
