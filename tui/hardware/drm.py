"""AMD and Intel GPUs on Linux, through the files of `/sys/class/drm`: no library, no root.

Files: the kernel's `gpu/amdgpu/driver-misc.rst`, `gpu/amdgpu/thermal.rst`, the hwmon ABI (`temp1_input` in
thousandths of a degree, `power1_average` and `power1_input` in millionths of a watt).
"""

import re
from pathlib import Path
from typing import Literal

from tui.hardware.machine import Gpu, blank_reading
from tui.hardware.pci import AMD, ASLEEP, INTEL, PciDevice, device_name, read_device
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.hardware.text import read_optional, read_text, whole, why
from tui.text import clean_line

INTEL_LOAD = "the whole GPU's load is for root only (CAP_PERFMON); the engine's own part shows while it runs"
_INTEL_VRAM = "Intel's driver does not report video memory to users"
_SHARES_RAM = "it has no memory of its own: it shares the RAM, see the memory gauge"
_CARD = re.compile(r"card\d+")


def detect_drm(root: Path = Path("/"), first_index: int = 0) -> tuple[tuple[Gpu, ...], str | None]:
    """The AMD and Intel GPUs, and why one that exists cannot be read."""
    found: list[Gpu] = []
    reason: str | None = None
    for folder in _cards(root):
        device = _pci_device(folder)
        if device is None or device.vendor not in (AMD, INTEL):
            continue
        gpu = (_amd if device.vendor == AMD else _intel)(folder, device, first_index + len(found), root)
        found.append(gpu)
        if device.asleep:
            reason = ASLEEP
        elif gpu.vendor == "amd":
            reason = reason or gpu.memory_bytes.reason
    return tuple(found), reason


def read_drm(gpu: Gpu, root: Path = Path("/")) -> GpuReading:
    """One AMD or Intel GPU now; each figure that its driver does not give is unknown with the reason."""
    folder = root / "sys/class/drm" / gpu.device / "device"
    device = read_device(folder)
    reason = "the GPU is gone" if device is None else ASLEEP if device.asleep else None
    if reason is not None:
        return blank_reading(gpu, reason)
    load: Metric[float] = unknown(INTEL_LOAD)
    used: Metric[int] = unknown(_SHARES_RAM if gpu.shares_memory else _INTEL_VRAM)
    total = gpu.memory_bytes
    if gpu.vendor == "amd":
        load = _scaled(folder / "gpu_busy_percent", "the GPU's load", 1, 0, 100)
        used = _amd_memory(folder, gpu.shares_memory, "used")
        total = _amd_memory(folder, gpu.shares_memory, "total")
    sensors = _hwmon(folder)
    return GpuReading(gpu.index, load, used, total, _temperature(sensors), _power(sensors))


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


def _cards(root: Path) -> list[Path]:
    """`card0`, `card1`, …; not their connectors `card0-HDMI-A-1`."""
    try:
        names = [path for path in (root / "sys/class/drm").iterdir() if _CARD.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(names, key=lambda path: int(path.name[4:]))


def _pci_device(card: Path) -> PciDevice | None:
    """The PCI device of a card; its address is the last part of where the link leads."""
    try:
        folder = (card / "device").resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return read_device(folder)


def _amd(card: Path, device: PciDevice, index: int, root: Path) -> Gpu:
    folder = card / "device"
    vram = whole(read_optional(folder / "mem_info_vram_total"))
    gtt = whole(read_optional(folder / "mem_info_gtt_total"))
    shares = amd_shares_memory(b"" if device.asleep else _bytes(folder / "gpu_metrics"), vram, gtt)
    memory: Metric[int] = unknown(ASLEEP) if device.asleep else _amd_memory(folder, shares, "total")
    name = clean_line(read_optional(folder / "product_name") or "")
    return _gpu(index, name, "amd", shares, memory, device, card, root)


def _intel(card: Path, device: PciDevice, index: int, root: Path) -> Gpu:
    # Intel's own graphics are always device 2 on the first bus; a card sits behind a bridge.
    shares = device.address.endswith(":00:02.0") and device.address.split(":")[-2] == "00"
    memory: Metric[int] = unknown(_SHARES_RAM if shares else _INTEL_VRAM)
    return _gpu(index, "", "intel", shares, memory, device, card, root)


def _gpu(
    index: int,
    name: str,
    vendor: Literal["amd", "intel"],
    shares: bool,
    memory: Metric[int],
    device: PciDevice,
    card: Path,
    root: Path,
) -> Gpu:
    maker = "AMD" if vendor == "amd" else "Intel"
    model = name or device_name(device.vendor, device.device, root) or f"GPU {device.device:04x}"
    full = model if model.startswith(maker) else f"{maker} {model}"
    driver: Metric[str] = (
        known(device.driver, "sysfs") if device.driver else unknown("no driver is bound to it")
    )
    return Gpu(index, full, vendor, shares, memory, driver, device=card.name)


def _amd_memory(folder: Path, shares: bool, kind: Literal["used", "total"]) -> Metric[int]:
    """Bytes of VRAM; on an APU, of its carve-out and the RAM it may borrow (GTT) together."""
    vram = _scaled(folder / f"mem_info_vram_{kind}", "video memory", 1, 0, 1 << 50)
    if vram.value is None:
        return unknown(vram.reason or "", vram.source)
    borrowed = (
        _scaled(folder / f"mem_info_gtt_{kind}", "borrowed memory", 1, 0, 1 << 50).value if shares else 0
    )
    return known(int(vram.value + (borrowed or 0)), "sysfs")


def _hwmon(folder: Path) -> Path | None:
    try:
        return next(iter(sorted((folder / "hwmon").iterdir())), None)
    except OSError:
        return None


def _temperature(sensors: Path | None) -> Metric[float]:
    if sensors is None:
        return unknown("the driver reports no temperature")
    return _scaled(sensors / "temp1_input", "the GPU's temperature", 1e-3, -50, 200)


def _power(sensors: Path | None) -> Metric[float]:
    if sensors is None:
        return unknown("the driver reports no power")
    average = _scaled(sensors / "power1_average", "the GPU's power", 1e-6, 0, 5000)
    return (
        average
        if average.value is not None
        else _scaled(sensors / "power1_input", "the GPU's power", 1e-6, 0, 5000)
    )


def _scaled(path: Path, what: str, factor: float, low: float, high: float) -> Metric[float]:
    """The number in a file times `factor`, when it lies between `low` and `high`."""
    try:
        number = whole(read_text(path).strip())
    except OSError as error:
        return unknown(why(error, what), "sysfs")
    if number is None or not low <= number * factor <= high:
        return unknown(f"{what} is given as an impossible figure", "sysfs")
    return known(number * factor, "sysfs")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
