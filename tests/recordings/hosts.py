"""The parts of a Linux host: processor, memory, sensors, control groups."""

import msgspec

from tests.recordings.samples import Files, Look
from tui.units import GIB, MIB

SPREAD = (0.3, -0.2, 0.1, -0.4, 0.2, -0.1, 0.4, -0.3)
"""How the load lies on the cores, as shares of the mean; they add up to 0."""
_BASE = "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush mmx fxsr sse sse2 ht"
AVX = f"{_BASE} syscall nx lm constant_tsc pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 aes xsave avx f16c avx2"
AVX512 = f"{AVX} avx512f avx512dq avx512cd avx512bw avx512vl avx512_vnni"
_CPU = "/sys/devices/system/cpu"
_SESSION = "/user.slice/group-1.slice/group-2.scope"
_CGROUP_MOUNT = "35 24 0:26 {root} /sys/fs/cgroup {options},nosuid,nodev,noexec - cgroup2 cgroup2 rw\n"


class Processor(msgspec.Struct, frozen=True):
    """What it is, and what it does while it idles and works."""

    name: str
    vendor: str
    family: int
    model: int
    stepping: int
    siblings: tuple[tuple[int, ...], ...]
    """The logical CPUs of each physical core."""
    flags: str
    load: tuple[float, float]
    """Percent of all cores."""
    mhz: tuple[float, float] | None
    """None where the kernel does not scale it."""
    rated_mhz: float = 2400.0

    @property
    def logical(self) -> int:
        """How many CPUs the kernel counts."""
        return sum(len(core) for core in self.siblings)


def far(cores: int) -> tuple[tuple[int, ...], ...]:
    """Second threads numbered after all the first ones, as AMD and older Intel processors have them."""
    return tuple((n, n + cores) for n in range(cores))


def near(fast: int, slow: int = 0) -> tuple[tuple[int, ...], ...]:
    """Threads of a core next to each other, then cores of one thread."""
    pairs = tuple((2 * n, 2 * n + 1) for n in range(fast))
    return pairs + tuple((2 * fast + n,) for n in range(slow))


def core_ticks(look: Look, load: tuple[float, float], core: int) -> tuple[int, int]:
    """(busy, idle) hundredths of a second of a core since the start."""
    busy = 0
    for number in range(1, look.number + 1):
        share = 1 + SPREAD[(core + number) % len(SPREAD)]
        busy += min(100, round(Look(number).at_work(*load) * share))
    return 180_000 + 700 * core + busy, 2_400_000 - 700 * core + 100 * look.number - busy


def processor(look: Look, cpu: Processor, release: str) -> None:
    """`/proc/stat`, `/proc/cpuinfo`, the topology, the frequencies."""
    ticks = [core_ticks(look, cpu.load, core) for core in range(cpu.logical)]
    rows = [_stat_row(f"cpu{core}", *pair) for core, pair in enumerate(ticks)]
    everything = _stat_row("cpu ", sum(busy for busy, _ in ticks), sum(idle for _, idle in ticks))
    counters = "intr 184203311 9 0 0 0\nctxt 402117830\nbtime 1717400000\nprocesses 48211\nprocs_running 2\n"
    look.files("/proc", {"stat": "\n".join((everything, *rows, counters)), "cpuinfo": _cpuinfo(cpu)})
    look.files("/proc", {"version": f"Linux version {release} (gcc 13.2.0) #1 SMP"})
    for core in cpu.siblings:
        for number in core:
            near_by = core[-1] == core[0] + 1
            listed = f"{core[0]}-{core[1]}" if near_by else ",".join(map(str, core))
            files: Files = {"core_cpus_list": listed, "thread_siblings_list": listed}
            look.files(f"{_CPU}/cpu{number}/topology", files)
    if cpu.mhz is not None:
        for number in range(cpu.logical):
            mhz = look.at_work(*cpu.mhz) * (1 + SPREAD[number % len(SPREAD)] / 50)
            look.files(f"{_CPU}/cpufreq/policy{number}", {"scaling_cur_freq": f"{round(mhz) * 1000}"})
    look.ask("usable_cpus", answer=list(range(cpu.logical)))
    look.ask("core_count", answer=len(cpu.siblings))
    look.ask("system_name", answer=f"Linux {release} x86_64")
    look.ask("page_size", answer=4096)


def memory(
    look: Look,
    total: int,
    used: tuple[float, float],
    cache: float,
    swap: tuple[float, float, float] = (0, 0, 0),
    pressure: tuple[float, float] | None = (0, 0),
    swap_in: float = 0,
) -> None:
    """RAM in bytes, the rest in GiB: used idle and busy, page cache, swap and what is used of it.

    `pressure` is in percent, None without PSI; `swap_in` in MiB a second at work.
    """
    used_bytes = look.held(used[0] * GIB, used[1] * GIB)
    available = total - used_bytes
    look.ask(
        "virtual_memory",
        answer={"total": total, "available": available, "free": max(200 * MIB, available - int(cache * GIB))},
    )
    look.ask(
        "swap_memory", answer={"total": int(swap[0] * GIB), "used": look.held(swap[1] * GIB, swap[2] * GIB)}
    )
    pages = look.counted(20_417, 0, swap_in * MIB / 4096)
    look.files("/proc", {"vmstat": f"nr_free_pages 1204411\npgpgin 18402219\npswpin {pages}\npswpout 51220"})
    if pressure is not None:
        some_share = look.at_work(*pressure)
        stalled = look.counted(88_211, pressure[0] * 1e4, pressure[1] * 1e4)
        line = "{kind} avg10={ten:.2f} avg60={sixty:.2f} avg300={long:.2f} total={total}\n"
        text = line.format(
            kind="some", ten=some_share, sixty=some_share / 4, long=some_share / 16, total=stalled
        )
        text += line.format(
            kind="full", ten=some_share / 2, sixty=some_share / 8, long=some_share / 32, total=stalled // 2
        )
        look.files("/proc/pressure", {"memory": text})


def session(look: Look) -> None:
    """The control groups of a desktop session, none of which limits anything; named as a recording does."""
    look.files("/proc/self", {"cgroup": f"0::{_SESSION}", "mountinfo": cgroup_mount("/")})
    look.files("/proc/1", {"cgroup": "0::/init.scope"})
    look.files("/sys/fs/cgroup", {"cgroup.controllers": "cpuset cpu io memory pids"})
    parts = _SESSION.strip("/").split("/")
    for depth in range(1, len(parts) + 1):
        folder = "/".join(("/sys/fs/cgroup", *parts[:depth]))
        look.files(folder, {"memory.max": "max", "memory.high": "max", "cpu.max": "max 100000"})


def cgroup_mount(root: str, options: str = "rw") -> str:
    """The line of `/proc/self/mountinfo` that matters."""
    return _CGROUP_MOUNT.format(root=root, options=options)


def hwmon(look: Look, number: int, driver: str, files: Files) -> None:
    """A chip of sensors."""
    look.files(f"/sys/class/hwmon/hwmon{number}", {"name": driver, **files})


def rapl(
    look: Look, watts: tuple[float, float] | None, psys: bool = False, limit_watts: int | None = None
) -> None:
    """The package's energy counter; None leaves it to root, as it is unless somebody opened it.

    `limit_watts` is what Intel's package may draw for long, which everybody may read; AMD's tells none.
    `psys` is the counter of the whole platform, which laptops have beside it.
    """
    energy = None if watts is None else str(look.counted(93_112_408_113, watts[0] * 1e6, watts[1] * 1e6))
    names = {"intel-rapl:0": "package-0", "intel-rapl:0:0": "core"}
    names |= {"intel-rapl:1": "psys"} if psys else {}
    for zone, name in names.items():
        part = energy if zone == "intel-rapl:0" else None
        files: Files = {"name": name, "energy_uj": part, "max_energy_range_uj": "262143328850"}
        if limit_watts and zone == "intel-rapl:0":
            files |= {"constraint_0_name": "long_term", "constraint_0_power_limit_uw": f"{limit_watts}000000"}
        look.files(f"/sys/class/powercap/{zone}", files)
    look.files("/sys/class/powercap/intel-rapl", {"enabled": "1"})


def _stat_row(name: str, busy: int, idle: int) -> str:
    """Seven tenths of the busy time in user, the rest in system; some of the idle time waits for the disk."""
    user, waiting = busy * 7 // 10, 4_000
    return f"{name} {user} 0 {busy - user} {idle - waiting} {waiting} 0 0 0 0 0"


def _cpuinfo(cpu: Processor) -> str:
    blocks: list[str] = []
    core_of = {number: core for core, numbers in enumerate(cpu.siblings) for number in numbers}
    for number in range(cpu.logical):
        rows = (
            ("processor\t", number),
            ("vendor_id\t", cpu.vendor),
            ("cpu family\t", cpu.family),
            ("model\t\t", cpu.model),
            ("model name\t", cpu.name),
            ("stepping\t", cpu.stepping),
            ("cpu MHz\t\t", f"{cpu.rated_mhz:.3f}"),
            ("physical id\t", 0),
            ("siblings\t", cpu.logical),
            ("core id\t\t", core_of[number]),
            ("cpu cores\t", len(cpu.siblings)),
            ("flags\t\t", cpu.flags),
        )
        blocks.append("".join(f"{key}: {value}\n" for key, value in rows))
    return "\n".join(blocks)
