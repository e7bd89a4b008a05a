"""Limits of containers, on recorded trees of cgroup v2 and v1."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.recorded import MEMORY_STAT_V2, MOUNTS_V2, plant
from tests.reasons import sentence_of
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.memory.cgroup import (
    MemoryLevel,
    cpu_quota,
    find_folders,
    memory_levels,
    parse_cpu_max,
    parse_keys,
    parse_limit,
    parse_membership,
    parse_mounts,
)
from tui.units import GIB

V1_NO_LIMIT = "9223372036854771712\n"


def levels(root: Path) -> tuple[MemoryLevel, ...]:
    interfaces = LocalInterfaces(root)
    return memory_levels(find_folders("memory", interfaces), interfaces)


def test_v2_limit_of_a_container_with_its_own_namespace(tmp_path: Path) -> None:
    # GIVEN Docker on cgroup v2: the container sees its own folder as the top
    root = plant(
        tmp_path,
        {
            "proc/self/cgroup": "0::/\n",
            "proc/self/mountinfo": MOUNTS_V2,
            "sys/fs/cgroup/memory.max": f"{4 * GIB}\n",
            "sys/fs/cgroup/memory.high": "max\n",
            "sys/fs/cgroup/memory.current": f"{3 * GIB}\n",
            "sys/fs/cgroup/memory.stat": MEMORY_STAT_V2,
        },
    )
    # WHEN its limits are read
    (level,) = levels(root)
    # THEN the inactive page cache (2 GiB) is not counted as used
    assert (level.limit_bytes, level.used_bytes, level.reclaimable_bytes) == (4 * GIB, 1 * GIB, 2 * GIB)
    assert level.source == "cgroup v2 memory.max"


def test_v2_every_ancestor_counts(tmp_path: Path) -> None:
    # GIVEN a service three folders deep, limited by a folder in the middle and by `memory.high` above it
    top = "sys/fs/cgroup"
    root = plant(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user.slice/user-1000.slice/app.scope\n",
            "proc/self/mountinfo": MOUNTS_V2,
            f"{top}/cgroup.controllers": "cpu memory\n",
            f"{top}/user.slice/memory.max": "max\n",
            f"{top}/user.slice/memory.high": f"{6 * GIB}\n",
            f"{top}/user.slice/memory.current": f"{5 * GIB}\n",
            f"{top}/user.slice/memory.stat": "inactive_file 0\n",
            f"{top}/user.slice/cpu.max": "350000 100000\n",
            f"{top}/user.slice/user-1000.slice/memory.max": f"{2 * GIB}\n",
            f"{top}/user.slice/user-1000.slice/memory.current": f"{GIB}\n",
            f"{top}/user.slice/user-1000.slice/memory.stat": "inactive_file 0\n",
            f"{top}/user.slice/user-1000.slice/cpu.max": "max 100000\n",
            f"{top}/user.slice/user-1000.slice/app.scope/memory.max": "max\n",
            f"{top}/user.slice/user-1000.slice/app.scope/cpu.max": "max 100000\n",
        },
    )
    group_levels = levels(root)
    assert [(level.limit_bytes, level.source) for level in group_levels] == [
        (2 * GIB, "cgroup v2 memory.max"),
        (6 * GIB, "cgroup v2 memory.high"),
    ]
    assert cpu_quota(LocalInterfaces(root)).value == 3.5


def test_v1_container_without_a_namespace_of_its_own(tmp_path: Path) -> None:
    # GIVEN Docker on cgroup v1: the path names a folder that is the mount's own root
    path = "/docker/0f3c"
    root = plant(
        tmp_path,
        {
            "proc/self/cgroup": f"5:memory:{path}\n4:cpu,cpuacct:{path}\n1:name=systemd:{path}\n",
            "proc/self/mountinfo": (
                f"902 895 0:31 {path} /sys/fs/cgroup/memory ro,nosuid master:16 - cgroup cgroup rw,memory\n"
                f"903 895 0:32 {path} /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
            ),
            "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{2 * GIB}\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{GIB}\n",
            "sys/fs/cgroup/memory/memory.stat": (
                f"inactive_file 5\ntotal_inactive_file {GIB // 2}\nhierarchical_memory_limit {2 * GIB}\n"
            ),
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "150000\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        },
    )
    (level,) = levels(root)
    assert (level.limit_bytes, level.used_bytes) == (2 * GIB, GIB // 2)
    assert cpu_quota(LocalInterfaces(root)).value == 1.5


def test_v1_limit_above_the_namespace_is_read_from_the_statistics(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        {
            "proc/self/cgroup": "5:memory:/\n",
            "proc/self/mountinfo": "9 8 0:31 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": V1_NO_LIMIT,
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "1048576\n",
            "sys/fs/cgroup/memory/memory.stat": f"hierarchical_memory_limit {3 * GIB}\n",
        },
    )
    assert [level.limit_bytes for level in levels(root)] == [3 * GIB]


def test_v1_value_near_2_to_the_63_is_no_limit(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/deep/er\n3:cpu:/\n0::/\n",
            "proc/self/mountinfo": (
                "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                "36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
                "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
            ),
            "sys/fs/cgroup/memory/memory.limit_in_bytes": V1_NO_LIMIT,
            "sys/fs/cgroup/memory/deep/er/memory.limit_in_bytes": V1_NO_LIMIT,
            "sys/fs/cgroup/memory/deep/er/memory.stat": f"hierarchical_memory_limit {V1_NO_LIMIT}",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/unified/memory.max": "1\n",
        },
    )
    folders = find_folders("memory", LocalInterfaces(root))
    assert folders is not None
    assert folders.version == 1
    assert memory_levels(folders, LocalInterfaces()) == ()
    quota = cpu_quota(LocalInterfaces(root))
    assert quota.value is None
    assert sentence_of(quota.reason) == "no CPU limit is set"


def test_usage_that_cannot_be_read_is_unknown_not_zero(tmp_path: Path) -> None:
    # GIVEN a limit whose usage file is a folder, which no right makes readable
    root = plant(
        tmp_path,
        {
            "proc/self/cgroup": "0::/\n",
            "proc/self/mountinfo": MOUNTS_V2,
            "sys/fs/cgroup/memory.max": f"{GIB}\n",
            "sys/fs/cgroup/memory.current/x": "",
        },
    )
    (level,) = levels(root)
    assert level.used_bytes is None


def test_no_cgroup_file_system_means_no_limit(tmp_path: Path) -> None:
    assert find_folders("memory", LocalInterfaces(tmp_path)) is None
    assert memory_levels(None, LocalInterfaces()) == ()
    assert sentence_of(cpu_quota(LocalInterfaces(tmp_path)).reason) == "no CPU limit is set"


def test_path_outside_the_namespace_means_the_root_group(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        {
            "proc/self/cgroup": "0::/../../elsewhere\n",
            "proc/self/mountinfo": MOUNTS_V2,
            "sys/fs/cgroup/memory.max": f"{GIB}\n",
        },
    )
    folders = find_folders("memory", LocalInterfaces(root))
    assert folders is not None
    assert folders.paths == ("/sys/fs/cgroup",)


def test_mount_point_with_a_space_is_unescaped() -> None:
    text = "35 24 0:30 / /sys/my\\040groups rw - cgroup2 cgroup2 rw\n"
    assert parse_mounts(text) == {"": ("/", "/sys/my groups")}


@given(st.text())
def test_parsers_never_raise(text: str) -> None:
    parse_membership(text)
    parse_mounts(text)
    parse_limit(text)
    parse_cpu_max(text)
    parse_keys(text)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_cpu_max_is_quota_over_period(quota: int, period: int) -> None:
    assert parse_cpu_max(f"{quota} {period}\n") == quota / period
    assert parse_cpu_max(f"max {period}\n") is None
