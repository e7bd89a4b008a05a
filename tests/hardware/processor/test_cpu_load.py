"""Load of the cores from the kernel's counters."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.recorded import MOUNTS_V2, plant
from tests.hardware.standin import StandIn, closed
from tests.reasons import sentence_of
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.processor.cpu import usable_cpus
from tui.hardware.processor.cpu_load import (
    QUOTA_SOURCE,
    CoreLoadMeter,
    CpuLoadMeter,
    busy_percents,
    parse_proc_stat,
)

STAT = """\
cpu  4000 100 900 50000 300 0 50 10 200 0
cpu0 2000 50 450 25000 150 0 25 5 100 0
cpu2 2000 50 450 25000 150 0 25 5 100 0
intr 8885917 17 0
ctxt 1990473
btime 1062191376
procs_running 2
"""


def test_counters_of_each_core_by_its_number() -> None:
    # GIVEN a machine whose cpu1 is offline; guest time (100) is part of user time (2000)
    assert parse_proc_stat(STAT) == {0: (2530.0, 27680.0), 2: (2530.0, 27680.0)}


def test_load_is_the_busy_share_of_what_passed() -> None:
    assert busy_percents({0: (10, 100), 1: (0, 0)}, {0: (35, 150), 1: (0, 50), 2: (9, 9)}) == {
        0: 50.0,
        1: 0.0,
    }


@given(st.text() | st.lists(st.text(alphabet="cpu 0123456789\n²")).map("".join))
def test_parser_never_raises(text: str) -> None:
    assert all(len(pair) == 2 for pair in parse_proc_stat(text).values())


@given(
    st.dictionaries(st.integers(0, 3), st.tuples(st.floats(0, 1e12), st.floats(0, 1e12))),
    st.dictionaries(st.integers(0, 3), st.tuples(st.floats(0, 1e12), st.floats(0, 1e12))),
)
def test_load_never_leaves_0_to_100(
    earlier: dict[int, tuple[float, float]], after: dict[int, tuple[float, float]]
) -> None:
    assert all(0 <= percent <= 100 for percent in busy_percents(earlier, after).values())


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="needs /proc")
class TestOnLinux:
    def write(self, root: Path, busy: int, idle: int) -> None:
        first, second = f"cpu0 {busy} 0 0 {idle} 0 0 0 0 0 0", f"cpu1 0 0 0 {busy + idle} 0 0 0 0 0 0"
        plant(root, {"proc/stat": f"cpu  0\n{first}\n{second}\n"})

    def test_only_usable_cores_count(self, tmp_path: Path) -> None:
        self.write(tmp_path, 0, 0)
        meter = CoreLoadMeter(frozenset({0}), LocalInterfaces(tmp_path))
        self.write(tmp_path, 30, 70)
        load, cores = meter.read()
        assert (load.value, cores) == (30.0, (30.0,))

    def test_reading_too_soon_repeats_the_last_answer(self, tmp_path: Path) -> None:
        self.write(tmp_path, 0, 0)
        meter = CoreLoadMeter(frozenset({0, 1}), LocalInterfaces(tmp_path))
        self.write(tmp_path, 100, 0)
        assert meter.read()[0].value == 50.0
        self.write(tmp_path, 100, 1)
        assert meter.read()[0].value == 50.0
        self.write(tmp_path, 100, 100)
        assert meter.read()[0].value == 0.0

    def test_cores_numbered_afresh_by_a_container_are_all_shown(self, tmp_path: Path) -> None:
        self.write(tmp_path, 0, 0)
        meter = CoreLoadMeter(frozenset({14, 15}), LocalInterfaces(tmp_path))
        self.write(tmp_path, 10, 10)
        assert meter.read()[1] == (50.0, 0.0)

    def test_unreadable_counters_at_the_start_give_a_reason(self, tmp_path: Path) -> None:
        meter = CoreLoadMeter(frozenset({0}), LocalInterfaces(tmp_path))
        with pytest.raises(OSError, match="No such file"):
            meter.read()
        self.write(tmp_path, 0, 0)
        assert meter.read()[0].value is None
        self.write(tmp_path, 20, 80)
        assert meter.read()[0].value == 20.0

    def test_this_machine_agrees_with_the_counters(self) -> None:
        # On a busy machine this process may be held up between two looks, so a few tries are fair.
        assert any(abs(measured - counted) < 10 for measured, counted in map(self.compare, range(5)))

    def compare(self, attempt: int) -> tuple[float, float]:
        """The meter's load, and that of a plain reading of the counters around the same stretch of work."""
        meter = CoreLoadMeter(usable_cpus(LocalInterfaces()), LocalInterfaces())
        earlier = parse_proc_stat(Path("/proc/stat").read_text())
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        load, cores = meter.read()
        percents = busy_percents(earlier, parse_proc_stat(Path("/proc/stat").read_text()))
        usable = [percent for number, percent in percents.items() if number in usable_cpus(LocalInterfaces())]
        assert load.value is not None
        assert load.value > 0
        assert len(cores) == len(usable)
        return load.value, sum(usable) / len(usable)


TOP = "/sys/fs/cgroup"


MOUNTS_V1 = "35 24 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"


def stat(busy: int, idle: int, cores: int = 48) -> str:
    return "cpu  0\n" + "".join(f"cpu{n} {busy} 0 0 {idle} 0 0 0 0 0 0\n" for n in range(cores))


def container(spent: str, version: int = 2) -> StandIn:
    """48 cores of the host at rest, 2.5 of them allowed."""
    if version == 2:
        limits = {f"{TOP}/cpu.max": "250000 100000\n", f"{TOP}/cpu.stat": spent}
        own = {"/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": MOUNTS_V2}
    else:
        folder = f"{TOP}/cpu,cpuacct"
        limits = {f"{folder}/cpu.cfs_quota_us": "250000", f"{folder}/cpu.cfs_period_us": "100000"}
        limits[f"{folder}/cpuacct.usage"] = spent
        own = {"/proc/self/cgroup": "4:cpu,cpuacct:/\n", "/proc/self/mountinfo": MOUNTS_V1}
    return StandIn(own | limits | {"/proc/stat": stat(0, 0)})


def later(system: StandIn, path: str, spent: str) -> None:
    system.clock_seconds += 1
    system.files |= {path: spent, "/proc/stat": stat(10, 90)}


def test_load_is_relative_to_the_quota() -> None:
    system = container("usage_usec 5000000\nuser_usec 4000000\n")
    meter = CpuLoadMeter(frozenset(range(48)), system)
    # WHEN it used two seconds of processor time in one second
    later(system, f"{TOP}/cpu.stat", "usage_usec 7000000\nuser_usec 6000000\n")
    load, cores = meter.read()
    # THEN that is 80 % of 2.5, though the host's cores are 10 % busy
    assert load.value == pytest.approx(80)
    assert load.source == QUOTA_SOURCE
    assert cores == (10.0,) * 48


def test_cgroup_v1_counts_in_nanoseconds() -> None:
    system = container("5000000000\n", version=1)
    meter = CpuLoadMeter(frozenset(range(48)), system)
    later(system, f"{TOP}/cpu,cpuacct/cpuacct.usage", "7000000000\n")
    assert meter.read()[0].value == pytest.approx(80)


def test_cgroup_v1_may_count_in_another_hierarchy() -> None:
    system = StandIn(
        {
            "/proc/self/cgroup": "2:cpuacct:/\n1:cpu:/\n",
            "/proc/self/mountinfo": (
                "35 24 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
                "36 24 0:31 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n"
            ),
            f"{TOP}/cpu/cpu.cfs_quota_us": "250000",
            f"{TOP}/cpu/cpu.cfs_period_us": "100000",
            f"{TOP}/cpuacct/cpuacct.usage": "5000000000",
            "/proc/stat": stat(0, 0),
        }
    )
    meter = CpuLoadMeter(frozenset(range(48)), system)
    later(system, f"{TOP}/cpuacct/cpuacct.usage", "6000000000")
    assert meter.read()[0].value == pytest.approx(40)


def test_quota_without_a_use_counter_falls_back_to_host_load() -> None:
    system = container("nr_periods 0\n")
    meter = CpuLoadMeter(frozenset(range(48)), system)
    later(system, f"{TOP}/cpu.stat", "nr_periods 1\n")
    assert meter.read()[0].value == 10.0


def test_lost_use_counter_makes_the_load_unknown() -> None:
    system = container("usage_usec 5000000\n")
    meter = CpuLoadMeter(frozenset(range(48)), system)
    later(system, f"{TOP}/cpu.stat", "")
    system.files[f"{TOP}/cpu.stat"] = closed()
    assert sentence_of(meter.read()[0].reason) == "the container's use of the processor cannot be read now"


def test_without_a_quota_the_cores_count() -> None:
    system = StandIn({"/proc/stat": stat(0, 0, 2)})
    meter = CpuLoadMeter(frozenset(range(2)), system)
    system.files["/proc/stat"] = stat(50, 50, 2)
    assert meter.read()[0].value == 50.0
