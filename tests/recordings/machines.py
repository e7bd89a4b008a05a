"""The machines that are recorded, by the name of their folder."""

import msgspec

from tests.recordings.gpus import (
    LOST,
    OK,
    UNKNOWN,
    Nvidia,
    Radeon,
    arc_b580,
    asleep,
    intel_uhd,
    nvidia_on_bus,
    nvml,
    pci,
    radeon,
)
from tests.recordings.hosts import (
    AVX,
    AVX512,
    Processor,
    cgroup_mount,
    far,
    hwmon,
    memory,
    near,
    processor,
    rapl,
    session,
)
from tests.recordings.macs import Mac, mac
from tests.recordings.samples import Files, Look, Recorded
from tests.recordings.windows import windows
from tui.units import GIB, MIB

_DRIVER = "550.54.14"
_KERNEL = "6.8.0-45-generic"
_LIMITS = {"3060": 170, "3080": 320, "3090": 350, "4070": 200, "4080": 320, "4090": 450}
"""Watts that NVIDIA lets its cards draw."""


def _m1(look: Look) -> None:
    model = Mac(
        chip="Apple M1",
        accelerator="AGXAcceleratorG13G_B0",
        macos="14.5",
        ram=8,
        fast=4,
        slow=4,
        gpu_cores=8,
        load=(9, 31),
        gpu_load=(4, 97),
        gpu_used=(0.4, 3.1),
        used=(4.6, 7.3),
        cache=1.2,
        swap=(3.0, 0.7, 2.2),
        swap_in_mib=48,
        battery_watts=(5.4, 19.2),
    )
    mac(look, model, {0: 1, 4: 2, 8: 1})


def _m3_max(look: Look) -> None:
    model = Mac(
        chip="Apple M3 Max",
        accelerator="AGXAcceleratorG15X",
        macos="15.1",
        ram=64,
        fast=12,
        slow=4,
        gpu_cores=40,
        load=(4, 12),
        gpu_load=(2, 98),
        gpu_used=(1.1, 41.5),
        used=(17.2, 57.4),
        cache=5.0,
        swap=(0, 0, 0),
        swap_in_mib=0,
        battery_watts=None,
        features="FEAT_DotProd FEAT_FP16 FEAT_I8MM FEAT_BF16",
    )
    mac(look, model, {0: 1})


def _hp(look: Look) -> None:
    name = "Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz"
    cpu = Processor(name, "GenuineIntel", 6, 126, 5, far(4), AVX512, (6, 58), (1000, 2900), 1190.4)
    processor(look, cpu, "6.8.0-45-generic")
    memory(look, int(14.98 * GIB), (4.9, 9.8), 4.1, swap=(2, 0.2, 0.2), pressure=(0, 1.4))
    session(look)
    celsius = round(look.warm(47, 84))
    files: Files = {"temp1_input": f"{celsius}000", "temp1_label": "Package id 0"}
    for core in range(4):
        files |= {f"temp{core + 2}_input": f"{celsius - core}000", f"temp{core + 2}_label": f"Core {core}"}
    hwmon(look, 5, "coretemp", files)
    hwmon(look, 2, "nvme", {"temp1_input": "38850", "temp1_label": "Composite"})
    rapl(look, None, psys=True, limit_watts=15)
    supply = "/sys/class/power_supply"
    look.files(f"{supply}/ACAD", {"type": "Mains", "online": "0"})
    # This battery counts charge, not energy: microamperes and microvolts.
    amperes = round(look.at_work(6.2, 24.5) / 11.4 * 1e6)
    battery: Files = {"current_now": f"{amperes}", "voltage_now": "11400000"}
    look.files(f"{supply}/BAT1", {"type": "Battery", "status": "Discharging", "capacity": "71", **battery})
    intel_uhd(look)


def _ryzen(look: Look) -> None:
    name = "AMD Ryzen 7 8700G w/ Radeon 780M Graphics"
    cpu = Processor(name, "AuthenticAMD", 25, 117, 2, far(8), AVX512, (3, 18), (1800, 4300), 4200)
    processor(look, cpu, "6.11.0-9-generic")
    # Of 32 GiB the firmware gives two to the graphics.
    memory(look, int(29.2 * GIB), (5.2, 10.1), 7.5, swap=(8, 0, 0))
    session(look)
    hwmon(look, 1, "k10temp", {"temp1_input": f"{round(look.warm(43, 78))}250", "temp1_label": "Tctl"})
    rapl(look, (11.3, 64.0))
    radeon(
        look,
        Radeon(
            device="0x15bf",
            # One that no list has a name for; the processor's name tells it.
            revision="0x05",
            vram=2 * GIB,
            gtt=int(14.6 * GIB),
            vram_used=(310 * MIB, 1780 * MIB),
            gtt_used=(190 * MIB, 4 * GIB),
            celsius=(41, 74),
            watts=(9.1, 61.0),
            mhz=(800, 2900),
        ),
    )


def _ryzen_ai_max(look: Look) -> None:
    name = "AMD RYZEN AI MAX+ 395 w/ Radeon 8060S"
    cpu = Processor(name, "AuthenticAMD", 26, 112, 0, far(16), AVX512, (2, 9), (1200, 5000), 3000)
    processor(look, cpu, "6.14.0-29-generic")
    # Of 128 GiB the firmware gives 96 to the graphics.
    memory(look, int(31.0 * GIB), (4.3, 6.2), 9.1, swap=(8, 0, 0))
    session(look)
    hwmon(look, 1, "k10temp", {"temp1_input": f"{round(look.warm(39, 71))}500", "temp1_label": "Tctl"})
    rapl(look, (8.9, 103.0))
    radeon(
        look,
        Radeon(
            device="0x1586",
            revision="0xc1",
            vram=96 * GIB,
            gtt=int(15.5 * GIB),
            vram_used=(520 * MIB, 41 * GIB),
            gtt_used=(120 * MIB, 310 * MIB),
            celsius=(37, 69),
            watts=(7.0, 98.0),
            mhz=(600, 2900),
        ),
    )


def _desktop(look: Look, cpu: Processor, ram_gib: float, used: tuple[float, float]) -> None:
    """A PC on Linux with sensors of its processor, for the rest of the machines here."""
    processor(look, cpu, _KERNEL)
    memory(look, int(ram_gib * GIB), used, 8.2, swap=(8, 0, 0))
    session(look)
    celsius = f"{round(look.warm(38, 66))}000"
    intel = cpu.vendor == "GenuineIntel"
    driver, label = ("coretemp", "Package id 0") if intel else ("k10temp", "Tctl")
    hwmon(look, 3, driver, {"temp1_input": celsius, "temp1_label": label})


def _pc_12(look: Look) -> None:
    name = "13th Gen Intel(R) Core(TM) i5-13600KF"
    cpu = Processor(name, "GenuineIntel", 6, 183, 1, near(6, 8), AVX, (3, 9), (1100, 4900), 3494.4)
    _desktop(look, cpu, 31.2, (6.1, 7.4))
    rapl(look, None, limit_watts=181)
    _nvidia(look, _card("4070", "0x2786", 12282, (620, 8460), (2, 97), (36, 63), (14.2, 186), (210, 2760)))


def _pc_16(look: Look) -> None:
    name = "13th Gen Intel(R) Core(TM) i7-13700KF"
    cpu = Processor(name, "GenuineIntel", 6, 183, 1, near(8, 8), AVX, (4, 11), None)
    card = _card("4080", "0x2704", 16376, (1210, 13420), (3, 98), (37, 61), (17.5, 244), (210, 2805))
    windows(look, cpu, int(31.8 * GIB), (9.4, 10.9), card)
    nvml(look, (card,), "560.94")


def _pc_24(look: Look) -> None:
    name = "AMD Ryzen 9 5950X 16-Core Processor"
    cpu = Processor(name, "AuthenticAMD", 25, 33, 2, far(16), AVX, (2, 6), (2200, 4600), 3400)
    _desktop(look, cpu, 31.3, (7.0, 8.6))
    rapl(look, (38.0, 81.0))
    _nvidia(look, _card("4090", "0x2684", 24564, (740, 20980), (1, 96), (35, 62), (21.8, 318), (210, 2730)))


def _two_cards(look: Look) -> None:
    name = "AMD Ryzen Threadripper 3960X 24-Core Processor"
    cpu = Processor(name, "AuthenticAMD", 23, 49, 0, far(24), AVX, (2, 5), (2200, 3900), 3800)
    _desktop(look, cpu, 62.7, (8.0, 9.1))
    rapl(look, None)
    busy = _card("3090", "0x2204", 24576, (21300, 21300), (88, 99), (66, 74), (305, 348), (1665, 1740))
    second = _card("3090", "0x2204", 24576, (12, 9800), (0, 71), (33, 52), (9.4, 214), (210, 1695))
    second = msgspec.structs.replace(second, address="0000:21:00.0")
    _nvidia(look, busy, second)
    if look.number < 4:
        asleep(look, second.address, "card1", f"/sys/devices/pci0000:00/0000:00:02.0/{second.address}")


def _arc(look: Look) -> None:
    name = "12th Gen Intel(R) Core(TM) i5-12400F"
    cpu = Processor(name, "GenuineIntel", 6, 151, 5, near(6), AVX, (3, 14), (1200, 4000), 2496)
    _desktop(look, cpu, 31.2, (5.8, 7.1))
    rapl(look, None, limit_watts=117)
    arc_b580(look)


def _container(look: Look) -> None:
    name = "AMD EPYC 7402P 24-Core Processor"
    cpu = Processor(name, "AuthenticAMD", 23, 49, 0, far(24), AVX, (11, 16), (2800, 3200), 2800)
    processor(look, cpu, "6.1.0-25-amd64")
    memory(look, int(62.8 * GIB), (20.0, 24.4), 30, swap=(1, 0, 0), pressure=(0, 0.6))
    look.files("", {".dockerenv": ""})
    look.files("/proc/self", {"cgroup": "0::/", "mountinfo": cgroup_mount("/", "ro")})
    look.files("/proc/1", {"cgroup": "0::/"})
    used, cache = look.held(0.9 * GIB, 5.2 * GIB), int(1.5 * GIB)
    stat = f"anon {used}\nfile {cache + 80 * MIB}\ninactive_file {cache}\nactive_file {80 * MIB}\n"
    spent = look.counted(48_211_903, 0.15e6, 2.4e6)
    group: Files = {
        "memory.max": str(8 * GIB),
        "memory.high": "max",
        "memory.current": str(used + cache),
        "memory.stat": stat,
        "cpu.max": "250000 100000",
        "cpu.stat": f"usage_usec {spent}\nuser_usec 41203311\nnr_throttled 12",
        "cgroup.controllers": "cpuset cpu io memory pids",
    }
    look.files("/sys/fs/cgroup", group)
    # Docker hides what the package draws: the link is there and leads nowhere.
    look.folder("/sys/class/powercap", ("intel-rapl", "intel-rapl:0"))
    look.folder("/sys/class/power_supply")
    hwmon(look, 0, "k10temp", {"temp1_input": f"{round(look.warm(41, 49))}500", "temp1_label": "Tctl"})
    pci(look, "0000:c3:00.0", ("0x1a03", "0x2000"), "ast", "card0")


def _wsl(look: Look) -> None:
    name = "AMD Ryzen 7 5800X 8-Core Processor"
    cpu = Processor(name, "AuthenticAMD", 25, 33, 0, near(8), AVX, (2, 9), None, 3800.6)
    processor(look, cpu, "5.15.153.1-microsoft-standard-WSL2")
    memory(look, int(15.57 * GIB), (1.4, 3.2), 2.0, swap=(4, 0, 0))
    look.files("/proc/self", {"cgroup": "0::/init.scope", "mountinfo": cgroup_mount("/")})
    look.files("/proc/1", {"cgroup": "0::/init.scope"})
    look.files("/sys/fs/cgroup", {"cgroup.controllers": "cpuset cpu io memory pids"})
    look.files(
        "/sys/fs/cgroup/init.scope", {"memory.max": "max", "memory.high": "max", "cpu.max": "max 100000"}
    )
    # Not the card but what Hyper-V offers for drawing; the card itself is on no bus that Linux sees.
    render = "/sys/bus/pci/devices/3bc5:00:00.0"
    look.files(render, {"class": "0x030200", "vendor": "0x1414", "device": "0x008e"})
    look.link(f"{render}/driver", "/sys/bus/pci/drivers/dxgkrnl")
    look.folder("/usr/lib/wsl/lib", ("libcuda.so.1", "libdxcore.so", "libnvidia-ml.so.1", "nvidia-smi"))
    card = _card("3060", "0x2503", 12288, (1090, 7900), (4, 93), (42, 64), (16.3, 158), (210, 1837))
    nvml(look, (card,), "552.22")


def _driver_fails(look: Look) -> None:
    name = "Intel(R) Core(TM) i7-10700KF CPU @ 3.80GHz"
    cpu = Processor(name, "GenuineIntel", 6, 165, 5, far(8), AVX, (3, 12), (800, 4700), 3792)
    _desktop(look, cpu, 31.3, (6.4, 7.9))
    rapl(look, None, limit_watts=125)
    card = _card("3080", "0x2206", 10240, (540, 8120), (2, 95), (39, 71), (24.0, 312), (210, 1905))
    nvidia_on_bus(look, (card,), _DRIVER)
    # The card falls off the bus, then the driver does not start, then both are back.
    start, handle = {4: (OK, LOST), 5: (UNKNOWN, OK), 6: (UNKNOWN, OK)}.get(look.number, (OK, OK))
    nvml(look, (card,), _DRIVER, start, handle)


def _nothing(look: Look) -> None:
    name = "Common KVM processor"
    flags = "fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush mmx fxsr sse sse2 cx16"
    cpu = Processor(name, "GenuineIntel", 15, 6, 1, ((0,), (1,)), flags, (4, 55), None, 2394.4)
    processor(look, cpu, "5.10.0-32-amd64")
    memory(look, int(3.83 * GIB), (0.6, 1.9), 1.1, pressure=None)


def _card(
    model: str,
    device: str,
    mib: int,
    used_mib: tuple[float, float],
    load: tuple[float, float],
    celsius: tuple[float, float],
    watts: tuple[float, float],
    mhz: tuple[float, float],
) -> Nvidia:
    name = f"NVIDIA GeForce RTX {model}"
    return Nvidia(name, device, mib, used_mib, load, celsius, watts, mhz, _LIMITS[model])


def _nvidia(look: Look, *cards: Nvidia) -> None:
    nvidia_on_bus(look, cards, _DRIVER)
    nvml(look, cards, _DRIVER)


MACHINES: dict[str, Recorded] = {
    "m1-8gb": Recorded("MacBook Pro M1, 8 GB, on its battery", "macos", _m1),
    "hp-i5-1035g1": Recorded("HP laptop, Core i5-1035G1, 16 GB, on its battery", "linux", _hp),
    "ryzen-8700g": Recorded("Ryzen 7 8700G, 32 GB", "linux", _ryzen),
    "ryzen-ai-max-128gb": Recorded(
        "Ryzen AI Max+ 395, 128 GB, of which 96 GB for its GPU", "linux", _ryzen_ai_max
    ),
    "m3-max-64gb": Recorded("MacBook Pro M3 Max, 64 GB", "macos", _m3_max),
    "pc-12gb": Recorded("PC, RTX 4070 12 GB", "linux", _pc_12),
    "pc-16gb": Recorded("PC on Windows, RTX 4080 16 GB", "windows", _pc_16),
    "pc-24gb": Recorded("PC, RTX 4090 24 GB", "linux", _pc_24),
    "two-cards": Recorded("Two RTX 3090, one of them asleep at first", "linux", _two_cards),
    "intel-arc": Recorded("PC, Arc B580 12 GB", "linux", _arc),
    "container": Recorded("Docker container, 8 GiB and 2.5 CPUs", "linux", _container),
    "wsl": Recorded("WSL 2, RTX 3060 12 GB", "linux", _wsl),
    "driver-fails": Recorded("RTX 3080 whose driver fails for three looks", "linux", _driver_fails),
    "nothing": Recorded("Virtual machine without GPU, sensors or pressure figures", "linux", _nothing),
}
