"""The graphics processors of a PC: NVIDIA's through NVML, AMD's and Intel's through sysfs."""

import struct
from typing import Any

import msgspec

from tests.recordings.samples import Files, Look
from tui.units import GIB, MIB

_PCI = "/sys/bus/pci/devices"
_PCI_IDS = (
    "1002  Advanced Micro Devices, Inc. [AMD/ATI]\n"
    "\t15bf  Phoenix1\n"
    "10de  NVIDIA Corporation\n"
    "\t2204  GA102 [GeForce RTX 3090]\n"
    "\t2206  GA102 [GeForce RTX 3080]\n"
    "\t2684  AD102 [GeForce RTX 4090]\n"
    "\t2786  AD104 [GeForce RTX 4070]\n"
    "8086  Intel Corporation\n"
    "\t8a56  Iris Plus Graphics G1 (Ice Lake)\n"
    "\te20b  Battlemage G21 [Arc B580]\n"
)
OK, LOST, UNKNOWN = 0, 15, 999
_TEXTS = {LOST: "GPU is lost", UNKNOWN: "Unknown Error"}


class Nvidia(msgspec.Struct, frozen=True):
    """A card, and its figures while it idles and works."""

    name: str
    device: str
    """Its PCI number: `0x2786`."""
    mib: int
    used_mib: tuple[float, float]
    load: tuple[float, float]
    celsius: tuple[float, float]
    watts: tuple[float, float]
    mhz: tuple[float, float]
    limit_watts: int
    address: str = "0000:01:00.0"


def pci(
    look: Look,
    address: str,
    ids: tuple[str, str],
    driver: str,
    card: str,
    place: str = "",
    revision: str = "0xa1",
) -> str:
    """A display device: its files on the bus, below its DRM card, and where both lead; returns the last."""
    home = place or f"/sys/devices/pci0000:00/{address}"
    files: Files = {"class": "0x030000", "vendor": ids[0], "device": ids[1], "revision": revision}
    for folder in (f"{_PCI}/{address}", f"/sys/class/drm/{card}/device", home):
        look.files(folder, {**files, "power/runtime_status": "active"})
        look.link(f"{folder}/driver", f"/sys/bus/pci/drivers/{driver}")
    look.link(f"/sys/class/drm/{card}/device", home)
    look.files("/sys/class/drm", {"version": "drm 1.1.0 20060810", f"{card}-DP-1/status": "connected"})
    look.files("/usr/share/misc", {"pci.ids": _PCI_IDS})
    return home


def asleep(look: Look, address: str, card: str, place: str) -> None:
    """The device at an address is suspended."""
    for folder in (f"{_PCI}/{address}", f"/sys/class/drm/{card}/device", place):
        look.files(folder, {"power/runtime_status": "suspended"})


def nvidia_on_bus(look: Look, cards: tuple[Nvidia, ...], version: str) -> None:
    """The cards on a Linux host with NVIDIA's driver."""
    text = f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {version}  Release Build"
    look.files("/proc/driver/nvidia", {"version": text})
    for number, card in enumerate(cards):
        place = f"/sys/devices/pci0000:00/0000:00:0{number + 1}.0/{card.address}"
        pci(look, card.address, ("0x10de", card.device), "nvidia", f"card{number}", place)
        notes = (
            f"Model: \t\t {card.name}\nIRQ:   \t\t 181\nBus Type: \t PCIe\nBus Location: \t {card.address}\n"
        )
        look.files(f"/proc/driver/nvidia/gpus/{card.address}", {"information": notes})


def nvml(look: Look, cards: tuple[Nvidia, ...], version: str, start: int = OK, handle: int = OK) -> None:
    """What NVML says of the cards; `start` and `handle`: its code for opening it and for finding a card."""
    _nvml(look, "nvmlInit", answer=None, code=start)
    _nvml(look, "nvmlSystemGetDriverVersion", answer=version, code=start)
    _nvml(look, "nvmlDeviceGetCount", answer=len(cards), code=start)
    code = start or handle
    for number, card in enumerate(cards):
        names = {f"index {number}": "Index", f"bus {card.address}": "PciBusId"}
        for name, kind in names.items():
            _nvml(look, f"nvmlDeviceGetHandleBy{kind}", name, answer=name, code=code)
            used = look.held(card.used_mib[0] * MIB, card.used_mib[1] * MIB)
            figures: dict[str, Any] = {
                "PciInfo": f"0000{card.address.upper()}",
                "Name": card.name,
                "MemoryInfo": {"total": card.mib * MIB, "used": used},
                "UtilizationRates": round(look.at_work(*card.load)),
                "PowerUsage": round(look.at_work(*card.watts) * 1000),
                "EnforcedPowerLimit": card.limit_watts * 1000,
            }
            for function, value in figures.items():
                _nvml(look, f"nvmlDeviceGet{function}", name, answer=value, code=code)
            sensor, clock = round(look.warm(*card.celsius)), round(look.at_work(*card.mhz))
            _nvml(look, "nvmlDeviceGetTemperature", name, 0, answer=sensor, code=code)
            _nvml(look, "nvmlDeviceGetClockInfo", name, 0, answer=clock, code=code)


class Radeon(msgspec.Struct, frozen=True):
    """Graphics inside a Ryzen: a carve-out of the RAM, and what it may borrow beside it, in bytes.

    What is used of both is idle and busy.
    """

    device: str
    revision: str
    vram: int
    gtt: int
    vram_used: tuple[float, float]
    gtt_used: tuple[float, float]
    celsius: tuple[float, float]
    watts: tuple[float, float]
    mhz: tuple[float, float]


def radeon(look: Look, gpu: Radeon) -> None:
    """Its files in sysfs."""
    address, driver_files = (
        "0000:0c:00.0",
        {
            "gpu_busy_percent": str(round(look.at_work(2, 96))),
            "mem_info_vram_total": str(gpu.vram),
            "mem_info_vram_used": str(look.held(*gpu.vram_used)),
            "mem_info_gtt_total": str(gpu.gtt),
            "mem_info_gtt_used": str(look.held(*gpu.gtt_used)),
            # The header of `gpu_metrics_v2_1`: its size, then the revisions of format and content.
            "gpu_metrics": struct.pack("<HBB", 120, 2, 1) + b"\xff" * 116,
        },
    )
    place = f"/sys/devices/pci0000:00/0000:00:08.1/{address}"
    pci(look, address, ("0x1002", gpu.device), "amdgpu", "card1", place, gpu.revision)
    sensors: Files = {
        "name": "amdgpu",
        "temp1_input": f"{round(look.warm(*gpu.celsius))}000",
        "temp1_label": "edge",
        "power1_input": str(round(look.at_work(*gpu.watts) * 1e6)),
        "power1_label": "PPT",
        "freq1_input": str(round(look.at_work(*gpu.mhz)) * 1_000_000),
        "freq1_label": "sclk",
    }
    look.files("/sys/class/drm/card1/device", driver_files)
    look.files("/sys/class/drm/card1/device/hwmon/hwmon3", sensors)
    look.files("/sys/class/hwmon/hwmon3", sensors)


def intel_uhd(look: Look) -> None:
    """Graphics inside a Core of the tenth generation, on i915."""
    pci(look, "0000:00:02.0", ("0x8086", "0x8a56"), "i915", "card1")
    act, cur = round(look.at_work(0, 1050)), round(look.at_work(300, 1050))
    card = "/sys/class/drm/card1"
    look.files(card, {"gt_act_freq_mhz": f"{act}", "gt_cur_freq_mhz": f"{cur}", "gt_max_freq_mhz": "1050"})
    look.files(f"{card}/gt/gt0", {"rps_act_freq_mhz": f"{act}", "rps_cur_freq_mhz": f"{cur}"})


def arc_b580(look: Look) -> None:
    """A card of Intel's on xe, for a user without CAP_PERFMON."""
    bridges = "0000:00:01.0/0000:01:00.0/0000:02:01.0"
    address = "0000:03:00.0"
    pci(look, address, ("0x8086", "0xe20b"), "xe", "card1", f"/sys/devices/pci0000:00/{bridges}/{address}")
    device = "/sys/class/drm/card1/device"
    look.files(f"{device}/drm", {"card1/dev": "226:1", "renderD128/dev": "226:128"})
    for group, busy in (("gt0", 2850), ("gt1", 1200)):
        files = {"act_freq": str(round(look.at_work(0, busy))), "cur_freq": str(busy), "max_freq": str(busy)}
        look.files(f"{device}/tile0/{group}/freq0", {**files})
    sensors: Files = {
        "name": "xe",
        "energy1_input": str(look.counted(71_204_000_000, 22.4e6, 151e6)),
        "energy1_label": "card",
        "energy2_input": str(look.counted(40_118_000_000, 6.1e6, 103e6)),
        "energy2_label": "pkg",
        "power1_max": "190000000",
        "power1_label": "card",
        "temp2_input": f"{round(look.warm(44, 69))}000",
        "temp2_label": "pkg",
        "temp3_input": f"{round(look.warm(48, 78))}000",
        "temp3_label": "vram",
        "fan1_input": str(round(look.warm(0, 1450))),
    }
    look.files(f"{device}/hwmon/hwmon4", sensors)
    look.files("/sys/class/hwmon/hwmon4", sensors)
    # `drm_xe_query_mem_regions`: class, instance, page size, size, used; only root is told what is used.
    regions = ((0, 0, 4096, 32 * GIB), (1, 1, 65536, 12216 * MIB))
    answer = struct.pack("<II", len(regions), 0)
    answer += b"".join(struct.pack("<HHIQQ64x", *region, 0) for region in regions)
    look.ask("intel_memory_regions", "/dev/dri/renderD128", "xe", answer=answer.hex())


def _nvml(look: Look, function: str, *arguments: str | int, answer: Any, code: int) -> None:
    outcome = {"error": code, "text": _TEXTS[code]} if code else {"value": answer}
    look.ask("nvml", function, *arguments, answer=outcome)
