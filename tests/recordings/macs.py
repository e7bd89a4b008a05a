"""A Mac with Apple Silicon: `sysctl`, the property list of `ioreg`, `vm_stat`, what psutil says."""

import plistlib

import msgspec

from tests.recordings.hosts import core_ticks
from tests.recordings.samples import Look
from tui.hardware.sysctl import SYSCTL_NAMES
from tui.units import GIB, MIB

_PAGE = 16384


class Mac(msgspec.Struct, frozen=True):
    """What it is, and what it does while it idles and works; memory in GiB."""

    chip: str
    accelerator: str
    """The class of its GPU's driver."""
    macos: str
    ram: int
    fast: int
    slow: int
    gpu_cores: int
    load: tuple[float, float]
    gpu_load: tuple[float, float]
    gpu_used: tuple[float, float]
    used: tuple[float, float]
    cache: float
    swap: tuple[float, float, float]
    """Its size, and what is used of it."""
    swap_in_mib: float
    """A second, at work."""
    battery_watts: tuple[float, float] | None
    """None while it is plugged in."""
    features: str = "FEAT_DotProd FEAT_FP16"


def mac(look: Look, model: Mac, levels: dict[int, int]) -> None:
    """All its answers; `levels` are the kernel's pressure levels by the look they begin at."""
    total = model.ram * GIB
    cores = model.fast + model.slow
    used_bytes = look.held(model.used[0] * GIB, model.used[1] * GIB)
    free = max(60 * MIB, total - used_bytes - int(model.cache * GIB))
    look.ask("virtual_memory", answer={"total": total, "available": total - used_bytes, "free": free})
    swap = look.held(model.swap[1] * GIB, model.swap[2] * GIB)
    look.ask("swap_memory", answer={"total": int(model.swap[0] * GIB), "used": swap})
    look.ask("core_times", answer=[_times(look, model, core) for core in range(cores)])
    look.ask("usable_cpus", answer=list(range(cores)))
    look.ask("core_count", answer=cores)
    look.ask("system_name", answer=f"macOS {model.macos} arm64")
    look.ask("pressure_level", answer=levels[max(begin for begin in levels if begin <= look.number)])
    watts = model.battery_watts
    draw = None if watts is None else -round(look.at_work(*watts) * 1000)
    look.ask("battery_draw", answer={"discharging": watts is not None, "milliwatts": draw or 0})
    look.command("sysctl " + " ".join(SYSCTL_NAMES), _sysctl(model).encode())
    look.command("ioreg -r -d 1 -c IOAccelerator -a", _ioreg(look, model))
    look.command("vm_stat", _vm_stat(look, model, free).encode())


def _times(look: Look, model: Mac, core: int) -> dict[str, float]:
    busy, idle = core_ticks(look, model.load, core)
    user = busy * 7 // 10
    return {"user": user / 100, "nice": 0.0, "system": (busy - user) / 100, "idle": idle / 100}


def _sysctl(model: Mac) -> str:
    settings = {
        "machdep.cpu.brand_string": model.chip,
        "hw.memsize": model.ram * GIB,
        "hw.physicalcpu": model.fast + model.slow,
        "hw.logicalcpu": model.fast + model.slow,
        "hw.perflevel0.physicalcpu": model.fast,
        "hw.optional.arm64": 1,
        **{
            f"hw.optional.arm.{name}": int(name in model.features.split())
            for name in ("FEAT_DotProd", "FEAT_I8MM", "FEAT_BF16", "FEAT_FP16")
        },
        "iogpu.wired_limit_mb": 0,
    }
    return "".join(f"{name}: {value}\n" for name, value in settings.items())


def _ioreg(look: Look, model: Mac) -> bytes:
    """The keys that matter here, and their neighbours, as `IOAccelerator` lists them."""
    used = look.held(model.gpu_used[0] * GIB, model.gpu_used[1] * GIB)
    load = round(look.at_work(*model.gpu_load))
    statistics = {
        "Alloc system memory": used + 900 * MIB,
        "Device Utilization %": load,
        "In use system memory": used,
        "In use system memory (driver)": 0,
        "Renderer Utilization %": load,
        "Tiler Utilization %": min(load, 12),
        "recoveryCount": 0,
    }
    entry = {
        "IOClass": model.accelerator,
        "IOObjectClass": model.accelerator,
        "MetalPluginName": "AGXMetal",
        "PerformanceStatistics": statistics,
        "gpu-core-count": model.gpu_cores,
        "model": model.chip,
    }
    return plistlib.dumps([entry])


def _vm_stat(look: Look, model: Mac, free: int) -> str:
    swapped = look.counted(812_404, 0, model.swap_in_mib * MIB / _PAGE)
    rows = {"Pages free:": free // _PAGE, "Pageins:": 9_114_203, "Swapins:": swapped, "Swapouts:": 1_204_118}
    head = f"Mach Virtual Memory Statistics: (page size of {_PAGE} bytes)\n"
    return head + "".join(f"{name:<31}{value:>10}.\n" for name, value in rows.items())
