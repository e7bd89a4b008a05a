"""AMD and Intel GPUs on Linux, through the files of `/sys/class/drm`: no library, no root.

Files: the kernel's `gpu/amdgpu/driver-misc.rst`, `gpu/amdgpu/thermal.rst`, the hwmon ABI (`temp1_input` in
thousandths of a degree, `power1_average`, `power1_input` and `power1_cap` in millionths of a watt).
"""

import re
from typing import Literal

import msgspec

from tui.hardware import quantities
from tui.hardware.figures import line_in, names_in, read_figure, whole_in
from tui.hardware.gpus.gpu_names import product_name
from tui.hardware.gpus.intel_gpu import card_memory
from tui.hardware.gpus.intel_memory import USED_FOR_ROOT
from tui.hardware.gpus.pci import AMD, ASLEEP, INTEL, PciDevice, read_device
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu, blank_reading
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.sentences import Reason, reason
from tui.text import clean_line

INTEL_LOAD = reason("hardware.intel_load_root_only")
_SHARES_RAM = reason("hardware.gpu_shares_ram")
_CARD = re.compile(r"card\d+")


def detect_drm(interfaces: Interfaces, first_index: int = 0) -> tuple[tuple[Gpu, ...], Reason | None]:
    """The AMD and Intel GPUs, and why one that exists cannot be read."""
    found: list[Gpu] = []
    why: Reason | None = None
    for folder in _cards(interfaces):
        device = _pci_device(folder, interfaces)
        if device is None or device.vendor not in (AMD, INTEL):
            continue
        gpu = (_amd if device.vendor == AMD else _intel)(folder, device, first_index + len(found), interfaces)
        found.append(gpu)
        if device.asleep:
            why = ASLEEP
        elif gpu.vendor == "amd":
            why = why or gpu.memory_bytes.reason
    return tuple(found), why


def read_drm(gpu: Gpu, interfaces: Interfaces) -> GpuReading:
    """One AMD or Intel GPU now; each figure that its driver does not give is unknown with the reason."""
    folder = f"/sys/class/drm/{gpu.device}/device"
    device = read_device(folder, interfaces)
    why = reason("hardware.gpu_gone") if device is None else ASLEEP if device.asleep else None
    if why is not None:
        return blank_reading(gpu, why)
    load: Metric[float] = unknown(INTEL_LOAD)
    used: Metric[int] = unknown(_SHARES_RAM if gpu.shares_memory else USED_FOR_ROOT)
    total = gpu.memory_bytes
    if gpu.vendor == "amd":
        load = read_figure(interfaces, f"{folder}/gpu_busy_percent", quantities.GPU_LOAD, 1, 0, 100)
        used = _amd_memory(folder, gpu.shares_memory, "used", interfaces)
        total = _amd_memory(folder, gpu.shares_memory, "total", interfaces)
    sensors = _hwmon(folder, interfaces)
    reading = GpuReading(
        index=gpu.index,
        load_percent=load,
        memory_used_bytes=used,
        memory_total_bytes=total,
        temperature_celsius=_temperature(sensors, interfaces),
        power_watts=_power(sensors, interfaces),
        frequency_mhz=_frequency(sensors, interfaces),
        power_limit_watts=_power_limit(sensors, interfaces),
    )
    if not gpu.set_aside_bytes:
        return reading
    aside = _amd_memory(folder, False, "used", interfaces)
    return msgspec.structs.replace(reading, aside_used_bytes=aside)


def amd_shares_memory(metrics: bytes, vram_bytes: int | None, gtt_bytes: int | None) -> bool:
    """Whether an AMD GPU is part of the processor, so that its memory is the system's.

    The third byte of `gpu_metrics` is the format's revision: 1 on cards, 2 and 3 on APUs. Without that file,
    a GPU that may borrow more RAM than it has is taken for an APU when it has 4 GiB or less.
    """
    if len(metrics) >= 4:
        return metrics[2] >= 2
    return (
        vram_bytes is not None and gtt_bytes is not None and vram_bytes < gtt_bytes and vram_bytes <= 4 << 30
    )


def _cards(interfaces: Interfaces) -> list[str]:
    """`card0`, `card1`, …; not their connectors `card0-HDMI-A-1`."""
    names = [name for name in names_in(interfaces, "/sys/class/drm") if _CARD.fullmatch(name)]
    return sorted(names, key=lambda name: int(name[4:]))


def _pci_device(card: str, interfaces: Interfaces) -> PciDevice | None:
    """The PCI device of a card; its address is the last part of where the link leads."""
    try:
        folder = interfaces.target(f"/sys/class/drm/{card}/device")
    except OSError:
        return None
    return read_device(folder, interfaces)


def _amd(card: str, device: PciDevice, index: int, interfaces: Interfaces) -> Gpu:
    folder = f"/sys/class/drm/{card}/device"
    vram = whole_in(interfaces, f"{folder}/mem_info_vram_total")
    gtt = whole_in(interfaces, f"{folder}/mem_info_gtt_total")
    metrics = b"" if device.asleep else _bytes(f"{folder}/gpu_metrics", interfaces)
    shares = amd_shares_memory(metrics, vram, gtt)
    # The driver answers this one from its notes, without waking the GPU.
    memory = _amd_memory(folder, shares, "total", interfaces)
    name = clean_line(line_in(interfaces, f"{folder}/product_name") or "")
    gpu = _gpu(index, name, "amd", shares, memory, device, card, interfaces)
    carved = vram if shares and memory.value is not None and vram is not None else 0
    return msgspec.structs.replace(gpu, set_aside_bytes=max(0, carved))


def _intel(card: str, device: PciDevice, index: int, interfaces: Interfaces) -> Gpu:
    # Intel's own graphics are always device 2 on the first bus; a card sits behind a bridge.
    shares = device.address.endswith(":00:02.0") and device.address.split(":")[-2] == "00"
    memory: Metric[int] = unknown(_SHARES_RAM if shares else ASLEEP)
    if not shares and not device.asleep:
        found, why = card_memory(interfaces, card)
        memory = known(found.total_bytes, device.driver or "") if found else unknown(why)
    return _gpu(index, "", "intel", shares, memory, device, card, interfaces)


def _gpu(
    index: int,
    name: str,
    vendor: Literal["amd", "intel"],
    shares: bool,
    memory: Metric[int],
    device: PciDevice,
    card: str,
    interfaces: Interfaces,
) -> Gpu:
    maker = "AMD" if vendor == "amd" else "Intel"
    model = name or product_name(device, interfaces, in_processor=shares) or f"GPU {device.device:04x}"
    full = model if model.startswith(maker) else f"{maker} {model}"
    driver: Metric[str] = (
        known(device.driver, "sysfs") if device.driver else unknown(reason("hardware.gpu_without_driver"))
    )
    return Gpu(index, full, vendor, shares, memory, driver, device=card, address=device.address)


def _amd_memory(
    folder: str, shares: bool, kind: Literal["used", "total"], interfaces: Interfaces
) -> Metric[int]:
    """Bytes of VRAM; on an APU, of its carve-out and the RAM it may borrow (GTT) together."""
    vram = read_figure(interfaces, f"{folder}/mem_info_vram_{kind}", quantities.VIDEO_MEMORY, 1, 0, 1 << 50)
    if vram.value is None:
        return Metric(None, vram.reason, vram.source)
    gtt = f"{folder}/mem_info_gtt_{kind}"
    borrowed = read_figure(interfaces, gtt, quantities.BORROWED_MEMORY, 1, 0, 1 << 50).value if shares else 0
    return known(int(vram.value + (borrowed or 0)), "sysfs")


def _hwmon(folder: str, interfaces: Interfaces) -> str | None:
    names = names_in(interfaces, f"{folder}/hwmon")
    return f"{folder}/hwmon/{names[0]}" if names else None


def _temperature(sensors: str | None, interfaces: Interfaces) -> Metric[float]:
    if sensors is None:
        return unknown(reason("hardware.no_gpu_temperature"))
    return read_figure(interfaces, f"{sensors}/temp1_input", quantities.GPU_TEMPERATURE, 1e-3, -50, 200)


def _power(sensors: str | None, interfaces: Interfaces) -> Metric[float]:
    if sensors is None:
        return unknown(reason("hardware.no_gpu_power"))
    average = read_figure(interfaces, f"{sensors}/power1_average", quantities.GPU_POWER, 1e-6, 0, 5000)
    return (
        average
        if average.value is not None
        else read_figure(interfaces, f"{sensors}/power1_input", quantities.GPU_POWER, 1e-6, 0, 5000)
    )


def _power_limit(sensors: str | None, interfaces: Interfaces) -> Metric[float]:
    if sensors is None:
        return unknown(reason("hardware.no_gpu_power_limit"))
    return read_figure(interfaces, f"{sensors}/power1_cap", quantities.GPU_POWER_LIMIT, 1e-6, 1, 5000)


def _frequency(sensors: str | None, interfaces: Interfaces) -> Metric[float]:
    """amdgpu's, in hertz; `intel_gpu` knows where Intel's drivers keep theirs."""
    if sensors is None:
        return unknown(reason("hardware.no_gpu_frequency"))
    return read_figure(interfaces, f"{sensors}/freq1_input", quantities.GPU_FREQUENCY, 1e-6, 0, 20_000)


def _bytes(path: str, interfaces: Interfaces) -> bytes:
    try:
        return interfaces.read(path)
    except OSError:
        return b""
