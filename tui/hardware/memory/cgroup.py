"""Limits that a container or a service manager puts on this process: cgroup v2 and v1.

Formats: the kernel's `admin-guide/cgroup-v2.rst` and `admin-guide/cgroup-v1/memory.rst`.
"""

import re
from typing import Literal

import msgspec

from tui.hardware.answers import MOST_BYTES
from tui.hardware.interfaces import Interfaces
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import folder_names, parse_integer, read_integer, read_line
from tui.sentences import reason

_NO_LIMIT = 1 << 62
"""cgroup v1 writes "no limit" as 2^63 rounded down to a page; nothing real comes near."""
_OCTAL = re.compile(r"\\([0-7]{3})")


class CgroupFolders(msgspec.Struct, frozen=True):
    """Folders of a controller for this process: its own first, then each ancestor in sight."""

    version: Literal[1, 2]
    paths: tuple[str, ...]


class MemoryLevel(msgspec.Struct, frozen=True):
    """One cgroup, at or above this process, that limits memory; sizes in bytes."""

    limit_bytes: int
    source: str
    """File that sets the limit: `cgroup v2 memory.max`."""
    used_bytes: int | None
    """Usage less the page cache on the inactive list; None when it cannot be read."""
    reclaimable_bytes: int
    """Page cache of that kind."""
    path: str


def parse_membership(text: str) -> dict[str, str]:
    """Parse `/proc/self/cgroup` as controller to path; the v2 hierarchy is under the empty name."""
    paths: dict[str, str] = {}
    for line in text.splitlines():
        parts = line.split(":", 2)
        if len(parts) == 3 and parts[2].startswith("/"):
            for controller in parts[1].split(","):
                paths.setdefault(controller, parts[2])
    return paths


def parse_mounts(text: str) -> dict[str, tuple[str, str]]:
    """Of `/proc/self/mountinfo`: controller (empty for v2) to (root of the mount, mount point)."""
    mounts: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        mount, separator, source = line.partition(" - ")
        fields, tail = mount.split(" "), source.split(" ")
        if not separator or len(fields) < 5 or len(tail) < 3:
            continue
        place = (_unescape(fields[3]), _unescape(fields[4]))
        if tail[0] == "cgroup2":
            mounts.setdefault("", place)
        elif tail[0] == "cgroup":
            for option in tail[2].split(","):
                mounts.setdefault(option, place)
    return mounts


def parse_limit(text: str | None) -> int | None:
    """A memory limit in bytes; None for `max`, for the huge values that mean no limit, and for garbage."""
    value = parse_integer(text)
    return value if value is not None and 0 <= value < _NO_LIMIT else None


def parse_cpu_max(text: str | None) -> float | None:
    """Return `cpu.max` in CPUs: `150000 100000` is 1.5; None for `max` or garbage."""
    parts = (text or "").split()
    quota, period = (parse_integer(parts[0]), parse_integer(parts[1])) if len(parts) == 2 else (None, None)
    return quota / period if quota is not None and period is not None and quota > 0 and period > 0 else None


def parse_keys(text: str | None) -> dict[str, int]:
    """Parse lines of `key number`, as in `memory.stat`; other lines are left out."""
    numbers: dict[str, int] = {}
    for line in (text or "").splitlines():
        key, _, number = line.partition(" ")
        value = parse_integer(number)
        if value is not None:
            numbers[key] = value
    return numbers


def find_folders(controller: str, interfaces: Interfaces) -> CgroupFolders | None:
    """The folders of `memory` or `cpu` for this process; None where no cgroup file system is in sight."""
    member = parse_membership(read_line(interfaces, "/proc/self/cgroup") or "")
    mounts = parse_mounts(read_line(interfaces, "/proc/self/mountinfo") or "")
    # A controller bound to a v1 hierarchy is absent from v2, so v1 is asked first.
    if controller in member:
        place = mounts.get(controller, ("/", f"/sys/fs/cgroup/{controller}"))
        paths = _ancestry(member[controller], place, interfaces)
        if paths:
            return CgroupFolders(1, paths)
    if "" in member:
        paths = _ancestry(member[""], mounts.get("", ("/", "/sys/fs/cgroup")), interfaces)
        if paths:
            return CgroupFolders(2, paths)
    return None


def memory_levels(folders: CgroupFolders | None, interfaces: Interfaces) -> tuple[MemoryLevel, ...]:
    """Return every limit on memory from this process upwards, as it is now; empty when there is none."""
    if folders is None:
        return ()
    read = _level_v1 if folders.version == 1 else _level_v2
    levels = (read(path, interfaces) for path in folders.paths)
    return tuple(level for level in levels if level is not None)


class CpuLimit(msgspec.Struct, frozen=True):
    """The tightest limit on this process's share of the processor."""

    cores: float
    """CPUs' worth of time."""
    version: Literal[1, 2]
    path: str
    """The cgroup that sets it."""
    usage_path: str
    """The folder with that cgroup's use: in version 1 it may be of another hierarchy."""


def cpu_limit(interfaces: Interfaces) -> CpuLimit | None:
    """Return the smallest quota over this process's cgroup and all above it; None where none is set."""
    folders = find_folders("cpu", interfaces)
    if folders is None:
        return None
    read = _quota_v2 if folders.version == 2 else _quota_v1
    usage = find_folders("cpuacct", interfaces) if folders.version == 1 else folders
    places = usage.paths if usage is not None and len(usage.paths) == len(folders.paths) else folders.paths
    quotas = [(read(path, interfaces), path) for path in folders.paths]
    limits = [
        CpuLimit(cores, folders.version, path, place)
        for (cores, path), place in zip(quotas, places, strict=True)
        if cores is not None
    ]
    return min(limits, key=lambda limit: limit.cores, default=None)


def cpu_quota(interfaces: Interfaces) -> Metric[float]:
    """Return the CPUs that this process may use by quota, the smallest over all ancestors."""
    limit = cpu_limit(interfaces)
    return (
        known(limit.cores, f"cgroup v{limit.version}") if limit else unknown(reason("hardware.no_cpu_limit"))
    )


def cpu_seconds(limit: CpuLimit, interfaces: Interfaces) -> float | None:
    """Return the processor time that the limited cgroup has used, in seconds; None where it is unknown."""
    if limit.version == 2:
        spent = parse_keys(read_line(interfaces, f"{limit.usage_path}/cpu.stat")).get("usage_usec")
        return None if spent is None or spent < 0 else spent / 1e6
    spent = read_integer(interfaces, f"{limit.usage_path}/cpuacct.usage")
    return None if spent is None or spent < 0 else spent / 1e9


def _quota_v2(path: str, interfaces: Interfaces) -> float | None:
    return parse_cpu_max(read_line(interfaces, f"{path}/cpu.max"))


def _quota_v1(path: str, interfaces: Interfaces) -> float | None:
    quota, period = (read_integer(interfaces, f"{path}/cpu.cfs_{kind}_us") for kind in ("quota", "period"))
    return parse_cpu_max(f"{quota} {period}")


def _level_v2(path: str, interfaces: Interfaces) -> MemoryLevel | None:
    # Past `memory.high` the kernel throttles a process to a crawl: for a model that is the end of the memory.
    names = ("memory.max", "memory.high")
    limits = [(parse_limit(read_line(interfaces, f"{path}/{name}")), name) for name in names]
    set_limits = [(limit, name) for limit, name in limits if limit is not None]
    if not set_limits:
        return None
    limit, name = min(set_limits)
    usage = read_integer(interfaces, f"{path}/memory.current")
    cache = parse_keys(read_line(interfaces, f"{path}/memory.stat")).get("inactive_file", 0)
    return _level(limit, f"cgroup v2 {name}", usage, cache, path)


def _level_v1(path: str, interfaces: Interfaces) -> MemoryLevel | None:
    stat = parse_keys(read_line(interfaces, f"{path}/memory.stat"))
    own = parse_limit(read_line(interfaces, f"{path}/memory.limit_in_bytes"))
    # Names the smallest limit of all ancestors, those outside a container's sight included.
    above = parse_limit(str(stat.get("hierarchical_memory_limit", "")))
    limits = [limit for limit in (own, above) if limit is not None]
    if not limits:
        return None
    usage = read_integer(interfaces, f"{path}/memory.usage_in_bytes")
    cache = stat.get("total_inactive_file", stat.get("inactive_file", 0))
    return _level(min(limits), "cgroup v1 memory.limit_in_bytes", usage, cache, path)


def _level(limit: int, source: str, usage: int | None, cache: int, path: str) -> MemoryLevel:
    cache = min(max(0, cache), MOST_BYTES)
    used = None if usage is None or usage > MOST_BYTES else max(0, usage - cache)
    return MemoryLevel(limit, source, used, cache, path)


def _ancestry(path: str, place: tuple[str, str], interfaces: Interfaces) -> tuple[str, ...]:
    """The folder of `path` under a mount, then each parent up to the mount point; empty when not mounted."""
    mount_root, mount_point = place
    top = mount_point.rstrip("/")
    if not folder_names(interfaces, top):
        return ()
    inside = path
    if mount_root != "/" and (path + "/").startswith(mount_root + "/"):
        inside = path[len(mount_root) :]
    parts = [part for part in inside.split("/") if part]
    # A path outside this process's namespace (`/../x`), or one the mount does not show, leaves only the top.
    if ".." in parts or "\0" in path or not folder_names(interfaces, "/".join((top, *parts))):
        parts = []
    return tuple("/".join((top, *parts[:depth])) for depth in range(len(parts), -1, -1))


def _unescape(text: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)
