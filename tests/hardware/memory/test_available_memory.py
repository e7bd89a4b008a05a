"""Memory that programs can use, and pressure."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.recorded import plant
from tests.reasons import sentence_of
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.memory.available_memory import (
    host_memory,
    parse_pressure,
    pressure_level,
    read_memory,
    read_pressure,
    read_pressure_level,
    within_limits,
)
from tui.hardware.memory.cgroup import MemoryLevel, find_folders
from tui.hardware.reading import MemoryReading
from tui.units import GIB, MIB

PRESSURE = (
    "some avg10=1.73 avg60=0.44 avg300=0.10 total=1893412\n"
    "full avg10=0.92 avg60=0.21 avg300=0.05 total=901112\n"
)


HOST = MemoryReading(16 * GIB, 6 * GIB, 10 * GIB, 3 * GIB, 2 * GIB, 0, "psutil")


def level(limit: int, used: int | None, cache: int = 0) -> MemoryLevel:
    return MemoryLevel(limit, "cgroup v2 memory.max", used, cache, Path("/sys/fs/cgroup"))


def test_without_a_limit_the_host_counts() -> None:
    assert within_limits(HOST, ()) == HOST
    assert within_limits(HOST, [level(16 * GIB, GIB)]) == HOST


def test_smallest_limit_is_the_ceiling() -> None:
    inside = within_limits(HOST, [level(8 * GIB, 5 * GIB), level(4 * GIB, GIB, 2 * GIB)])
    assert (inside.total_bytes, inside.used_bytes, inside.available_bytes) == (4 * GIB, GIB, 3 * GIB)
    assert inside.reclaimable_bytes == 2 * GIB
    assert inside.source == "cgroup v2 memory.max"


def test_a_wider_limit_that_is_nearly_full_leaves_less() -> None:
    inside = within_limits(HOST, [level(4 * GIB, GIB), level(8 * GIB, 7 * GIB)])
    assert inside.available_bytes == GIB


def test_a_full_host_leaves_less_than_the_limit() -> None:
    inside = within_limits(HOST, [level(14 * GIB, GIB)])
    assert inside.available_bytes == HOST.available_bytes


def test_unreadable_usage_counts_host_use_against_the_limit() -> None:
    inside = within_limits(HOST, [level(8 * GIB, None)])
    assert (inside.used_bytes, inside.available_bytes) == (6 * GIB, 2 * GIB)


@given(
    st.lists(
        st.tuples(st.integers(0, 1 << 40), st.none() | st.integers(0, 1 << 40), st.integers(0, 1 << 40)),
        max_size=4,
    )
)
def test_available_stays_between_nothing_and_the_ceiling(rows: list[tuple[int, int | None, int]]) -> None:
    inside = within_limits(HOST, [level(*row) for row in rows])
    assert 0 <= inside.available_bytes <= inside.total_bytes <= HOST.total_bytes
    assert 0 <= inside.reclaimable_bytes <= inside.available_bytes


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="needs /proc")
def test_available_memory_agrees_with_meminfo() -> None:
    fields = {
        line.split(":")[0]: int(line.split()[1]) * 1024
        for line in Path("/proc/meminfo").read_text().splitlines()
    }
    memory = host_memory(LocalInterfaces())
    assert memory.total_bytes == fields["MemTotal"]
    # Other programs take and give back memory between the two looks.
    assert memory.available_bytes == pytest.approx(fields["MemAvailable"], abs=256 * MIB)
    assert memory.used_bytes == memory.total_bytes - memory.available_bytes
    inside = read_memory(find_folders("memory", LocalInterfaces()), LocalInterfaces())
    assert inside.total_bytes <= memory.total_bytes


def test_pressure_of_a_busy_machine(tmp_path: Path) -> None:
    root = plant(tmp_path, {"proc/meminfo": "", "proc/pressure/memory": PRESSURE})
    pressure = read_pressure(LocalInterfaces(root))
    assert (pressure.value, pressure.source) == (1.73, "/proc/pressure/memory")


def test_disabled_pressure_has_advice(tmp_path: Path) -> None:
    pressure = read_pressure(LocalInterfaces(tmp_path, "linux"))
    assert pressure.value is None
    assert "psi=1" in sentence_of(pressure.reason)


def test_pressure_on_a_system_without_proc(tmp_path: Path) -> None:
    for platform, reason_text in (("windows", "no such figure"), ("macos", "a level in its place")):
        assert reason_text in sentence_of(read_pressure(LocalInterfaces(tmp_path, platform)).reason)


def test_garbled_pressure_is_unknown(tmp_path: Path) -> None:
    root = plant(tmp_path, {"proc/meminfo": "", "proc/pressure/memory": "some avg10=nan avg60=oops\n"})
    assert read_pressure(LocalInterfaces(root)).value is None


@given(st.text() | st.builds("some avg10={}".format, st.text()))
def test_pressure_parser_never_raises_and_stays_in_range(text: str) -> None:
    value = parse_pressure(text)
    assert value is None or 0 <= value <= 100


def test_pressure_in_words() -> None:
    assert [pressure_level(level).value for level in (1, 2, 4)] == ["normal", "warning", "critical"]
    assert pressure_level(3).value is None
    assert pressure_level(None).reason


def test_pressure_level_of_this_system() -> None:
    level = read_pressure_level(LocalInterfaces())
    assert (level.value is not None) == (sys.platform == "darwin")
