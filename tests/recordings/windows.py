"""A PC on Windows: what psutil says, the registry's list of adapters, the performance counters."""

from tests.recordings.gpus import Nvidia
from tests.recordings.hosts import Processor, core_ticks
from tests.recordings.samples import Look
from tui.units import GIB, MIB

_LUID = 0xD3A1
_INSTANCE = f"luid_0x00000000_0x{_LUID:08X}"


def windows(look: Look, cpu: Processor, ram: int, used: tuple[float, float], card: Nvidia) -> None:
    """The system, with one card and Microsoft's renderer in software; RAM in bytes, what is used in GiB."""
    used_bytes = look.held(used[0] * GIB, used[1] * GIB)
    free = ram - used_bytes
    look.ask("virtual_memory", answer={"total": ram, "available": free, "free": free})
    look.ask("swap_memory", answer={"total": 5 * GIB, "used": 410 * MIB})
    look.ask("core_times", answer=[_times(look, cpu, core) for core in range(cpu.logical)])
    look.ask("usable_cpus", answer=list(range(cpu.logical)))
    look.ask("core_count", answer=len(cpu.siblings))
    look.ask("system_name", answer="Windows 11 AMD64")
    look.ask("processor_name", answer=cpu.name)
    look.ask("battery_draw", answer=None)
    adapters = (
        (card.name, 0x10DE, _LUID, card.mib * MIB, "32.0.15.6094"),
        ("Microsoft Basic Render Driver", 0x1414, _LUID + 0x91, 0, None),
    )
    keys = ("name", "vendor_id", "luid", "dedicated_bytes", "driver")
    answer = [dict(zip(keys, row, strict=True)) | {"shared_bytes": ram // 2} for row in adapters]
    look.ask("windows_gpu_adapters", answer=answer)
    busy = look.at_work(*card.load)
    engines = [
        [f"pid_{pid}_{_INSTANCE}_phys_0_eng_{engine}_engtype_{kind}", round(share * busy, 3)]
        for pid, engine, kind, share in ((4312, 0, "3D", 0.02), (9120, 4, "Compute_0", 0.98))
    ]
    dedicated = look.held(card.used_mib[0] * MIB, card.used_mib[1] * MIB)
    counters = {
        # A load is what happened between two looks: there is none at the first.
        "engine": engines if look.number else [],
        "dedicated": [[f"{_INSTANCE}_phys_0", float(dedicated)]],
        "shared": [[f"{_INSTANCE}_phys_0", float(112 * MIB)]],
    }
    look.ask("windows_gpu_counters", answer=counters)


def _times(look: Look, cpu: Processor, core: int) -> dict[str, float]:
    busy, idle = core_ticks(look, cpu.load, core)
    user = busy * 7 // 10
    other_times = {"interrupt": 0.0, "dpc": 0.0}
    return {"user": user / 100, "system": (busy - user) / 100, "idle": idle / 100, **other_times}
