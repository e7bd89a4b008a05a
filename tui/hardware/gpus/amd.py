"""AMD GPUs on Linux, through the files of amdgpu.

Files: the kernel's `gpu/amdgpu/driver-misc.rst` and `gpu/amdgpu/thermal.rst`. Names: libdrm's `amdgpu.ids`.
"""

import re
from typing import Literal

import msgspec

from tui.hardware import quantities
from tui.hardware.gpus.drm import (
    DRM,
    blank_unless_awake,
    drm_cards,
    drm_gpu,
    hwmon_folder,
    read_frequency,
    read_power,
    read_power_limit,
    read_temperature,
)
from tui.hardware.gpus.gpu_names import listed_name, trade_name
from tui.hardware.gpus.maker import Detection, GpuMaker, GpuReader
from tui.hardware.gpus.pci import ASLEEP, PciDevice, pci_name
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu
from tui.hardware.processor.cpu import parse_cpuinfo
from tui.hardware.reading import GpuReading, Metric, known
from tui.hardware.system_files import read_integer, read_line, read_quantity, read_text
from tui.sentences import reason
from tui.text import clean_line

AMD_PCI = 0x1002
_PCI_VENDORS = (AMD_PCI, 0x1022)
_AMDGPU_IDS = "/usr/share/libdrm/amdgpu.ids"
_AMDGPU_ROW = re.compile(r"^([0-9A-F]{4}),\s*([0-9A-F]{2}),\s*(\S.*?)\s*$", re.MULTILINE | re.IGNORECASE)
_IN_PROCESSOR = re.compile(r"\b(?:w/|with)\s+(?:AMD\s+)?(Radeon\b.*?\d\w*)\b")
_TRADE_WORDS = re.compile(r"radeon|graphics|instinct|firepro", re.IGNORECASE)


def detect_amd(interfaces: Interfaces) -> Detection:
    """Return the AMD GPUs, and why one that exists cannot be read."""
    cards = drm_cards(interfaces, AMD_PCI)
    gpus = tuple(_detected(card, device, index, interfaces) for index, (card, device) in enumerate(cards))
    if any(device.asleep for _, device in cards):
        return gpus, ASLEEP
    return gpus, next((gpu.memory_bytes.reason for gpu in gpus if gpu.memory_bytes.reason), None)


def read_amd(gpu: Gpu, interfaces: Interfaces) -> GpuReading:
    """Return one GPU now; each figure that the driver does not give is unknown with the reason."""
    if blank := blank_unless_awake(gpu, interfaces):
        return blank
    folder = f"{DRM}/{gpu.device}/device"
    sensors = hwmon_folder(gpu.device, interfaces)
    reading = GpuReading(
        index=gpu.index,
        load_percent=read_quantity(interfaces, f"{folder}/gpu_busy_percent", quantities.GPU_LOAD, 1, 0, 100),
        memory_used_bytes=_memory(folder, gpu.shares_memory, "used", interfaces),
        memory_total_bytes=_memory(folder, gpu.shares_memory, "total", interfaces),
        temperature_celsius=read_temperature(sensors, interfaces),
        power_watts=read_power(sensors, interfaces),
        frequency_mhz=read_frequency(sensors, interfaces),
        power_limit_watts=read_power_limit(sensors, interfaces),
    )
    if not gpu.set_aside_bytes:
        return reading
    return msgspec.structs.replace(reading, aside_used_bytes=_memory(folder, False, "used", interfaces))


def amd_shares_memory(metrics: bytes, vram_bytes: int | None, gtt_bytes: int | None) -> bool:
    """Return whether an AMD GPU is part of the processor, so that its memory is the system's.

    The third byte of `gpu_metrics` is the format's revision: 1 on cards, 2 and 3 on APUs. Without that file,
    a GPU that may borrow more RAM than it has is taken for an APU when it has 4 GiB or less.
    """
    if len(metrics) >= 4:
        return metrics[2] >= 2
    return (
        vram_bytes is not None and gtt_bytes is not None and vram_bytes < gtt_bytes and vram_bytes <= 4 << 30
    )


def amd_product_name(device: PciDevice, interfaces: Interfaces, *, in_processor: bool = False) -> str | None:
    """Return the name that a GPU is sold under, without its maker; the chip's name where only that is known.

    `in_processor` is for graphics inside a processor, whose name may contain theirs.
    """
    revision = read_integer(interfaces, f"/sys/bus/pci/devices/{device.address}/revision")
    if revision is not None:
        name = listed_name("amd", device.device, revision) or _name_in_amdgpu_ids(
            device, revision, interfaces
        )
        if name:
            return name
    if in_processor:
        processor, _features = parse_cpuinfo(read_line(interfaces, "/proc/cpuinfo") or "")
        if name := processor_graphics(processor or ""):
            return name
    return amd_trade_name(pci_name(device.vendor, device.device, interfaces) or "")


def amd_trade_name(name: str) -> str | None:
    """Return a name of `pci.ids` as people say it; a chip without a trade name stands behind what it is."""
    if name and name == trade_name(name) and not _TRADE_WORDS.search(name):
        return f"Radeon Graphics ({name})"
    return trade_name(name)


def parse_amdgpu_ids(text: str, device: int, revision: int) -> str | None:
    """Return the name in libdrm's `amdgpu.ids` (rows of device, revision, name); None when not listed."""
    for row in _AMDGPU_ROW.finditer(text):
        if (int(row[1], 16), int(row[2], 16)) == (device, revision):
            return clean_line(row[3]).removeprefix("AMD ").removeprefix("ATI ").replace("(TM)", "")
    return None


def processor_graphics(name: str) -> str | None:
    """Return the graphics in a processor's name: `Radeon 780M` of `AMD Ryzen 7 8700G w/ Radeon 780M`."""
    graphics = _IN_PROCESSOR.search(clean_line(name))
    return graphics[1] if graphics else None


def _readers(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReader, ...]:
    return tuple(GpuReader((gpu,), lambda gpu=gpu: lambda: (read_amd(gpu, interfaces),)) for gpu in gpus)


def _detected(card: str, device: PciDevice, index: int, interfaces: Interfaces) -> Gpu:
    folder = f"{DRM}/{card}/device"
    vram = read_integer(interfaces, f"{folder}/mem_info_vram_total")
    gtt = read_integer(interfaces, f"{folder}/mem_info_gtt_total")
    metrics = b"" if device.asleep else _read_bytes(f"{folder}/gpu_metrics", interfaces)
    shares = amd_shares_memory(metrics, vram, gtt)
    # The driver answers this one from its notes, without waking the GPU.
    memory = _memory(folder, shares, "total", interfaces)
    model = (
        clean_line(read_line(interfaces, f"{folder}/product_name") or "")
        or amd_product_name(device, interfaces, in_processor=shares)
        or f"GPU {device.device:04x}"
    )
    gpu = drm_gpu(index, "amd", AMD.label, model, shares, memory, card, device)
    carved = vram if shares and memory.value is not None and vram is not None else 0
    return msgspec.structs.replace(gpu, set_aside_bytes=max(0, carved))


def _memory(folder: str, shares: bool, kind: Literal["used", "total"], interfaces: Interfaces) -> Metric[int]:
    """Return bytes of VRAM; on an APU, of its carve-out and the RAM it may borrow (GTT) together."""
    vram = read_quantity(interfaces, f"{folder}/mem_info_vram_{kind}", quantities.VIDEO_MEMORY, 1, 0, 1 << 50)
    if vram.value is None:
        return Metric(None, vram.reason, vram.source)
    borrowed = 0.0
    if shares:
        gtt = f"{folder}/mem_info_gtt_{kind}"
        borrowed = read_quantity(interfaces, gtt, quantities.BORROWED_MEMORY, 1, 0, 1 << 50).value or 0.0
    return known(int(vram.value + borrowed), "sysfs")


def _name_in_amdgpu_ids(device: PciDevice, revision: int, interfaces: Interfaces) -> str | None:
    try:
        text = read_text(interfaces, _AMDGPU_IDS)
    except OSError:
        return None
    return parse_amdgpu_ids(text, device.device, revision)


def _read_bytes(path: str, interfaces: Interfaces) -> bytes:
    try:
        return interfaces.read(path)
    except OSError:
        return b""


AMD = GpuMaker(
    vendor="amd",
    label="AMD",
    platforms=("linux",),
    detect=detect_amd,
    readers=_readers,
    pci_vendors=_PCI_VENDORS,
    name_words=("amd", "radeon", "rx"),
    name_prefixes=("AMD ",),
    backends=("rocm", "hip"),
    build_hint=reason("hardware.rocm_build"),
)
