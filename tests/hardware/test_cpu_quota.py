"""Load under a quota: what a container does of what it is allowed, whatever its host does."""

import pytest

from tests.hardware.recorded import MOUNTS_V2
from tests.hardware.standin import StandIn, closed
from tests.reasons import sentence_of
from tui.hardware.processor.load import QUOTA_SOURCE, LimitedMeter

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
    system.now += 1
    system.files |= {path: spent, "/proc/stat": stat(10, 90)}


def test_load_is_of_the_quota_and_not_of_the_hosts_cores() -> None:
    system = container("usage_usec 5000000\nuser_usec 4000000\n")
    meter = LimitedMeter(frozenset(range(48)), system)
    # WHEN it used two seconds of processor time in one second
    later(system, f"{TOP}/cpu.stat", "usage_usec 7000000\nuser_usec 6000000\n")
    load, cores = meter.read()
    # THEN that is 80 % of 2.5, though the host's cores are 10 % busy
    assert load.value == pytest.approx(80)
    assert load.source == QUOTA_SOURCE
    assert cores == (10.0,) * 48


def test_version_1_counts_in_nanoseconds() -> None:
    system = container("5000000000\n", version=1)
    meter = LimitedMeter(frozenset(range(48)), system)
    later(system, f"{TOP}/cpu,cpuacct/cpuacct.usage", "7000000000\n")
    assert meter.read()[0].value == pytest.approx(80)


def test_version_1_may_count_in_a_hierarchy_of_its_own() -> None:
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
    meter = LimitedMeter(frozenset(range(48)), system)
    later(system, f"{TOP}/cpuacct/cpuacct.usage", "6000000000")
    assert meter.read()[0].value == pytest.approx(40)


def test_a_use_that_was_never_told_leaves_the_hosts_load() -> None:
    system = container("nr_periods 0\n")
    meter = LimitedMeter(frozenset(range(48)), system)
    later(system, f"{TOP}/cpu.stat", "nr_periods 1\n")
    assert meter.read()[0].value == 10.0


def test_a_use_that_is_no_longer_told_is_unknown_and_not_the_hosts() -> None:
    system = container("usage_usec 5000000\n")
    meter = LimitedMeter(frozenset(range(48)), system)
    later(system, f"{TOP}/cpu.stat", "")
    system.files[f"{TOP}/cpu.stat"] = closed()
    assert sentence_of(meter.read()[0].reason) == "the container's use of the processor cannot be read now"


def test_without_a_quota_it_is_the_cores_that_count() -> None:
    system = StandIn({"/proc/stat": stat(0, 0, 2)})
    meter = LimitedMeter(frozenset(range(2)), system)
    system.files["/proc/stat"] = stat(50, 50, 2)
    assert meter.read()[0].value == 50.0
