"""Graphics cards on Linux in `/sys/class/drm`, the same for each maker: no library, no root.

Files: the hwmon ABI (`temp1_input` in thousandths of a degree, `power1_average`, `power1_input` and
`power1_cap` in millionths of a watt, `freq1_input` in hertz).
"""

import re

from tui.hardware import quantities
from tui.hardware.gpus.pci import ASLEEP, PciDevice, read_device
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu, Vendor, blank_reading
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.hardware.system_files import folder_names, read_quantity
from tui.sentences import reason

DRM = "/sys/class/drm"
_CARD = re.compile(r"card\d+")


def drm_cards(interfaces: Interfaces, vendor: int) -> list[tuple[str, PciDevice]]:
    """Return the cards of a maker (its number on the PCI bus): `card0` and its device, in their order."""
    # Not their connectors, `card0-HDMI-A-1`.
    names = [name for name in folder_names(interfaces, DRM) if _CARD.fullmatch(name)]
    cards = [(name, _pci_device(name, interfaces)) for name in sorted(names, key=card_number)]
    return [(name, device) for name, device in cards if device is not None and device.vendor == vendor]


def card_number(card: str) -> int:
    """Return the number of a card: 1 for `card1`; -1 for another device."""
    return int(card[len("card") :]) if _CARD.fullmatch(card) else -1


def drm_gpu(
    index: int,
    vendor: Vendor,
    label: str,
    model: str,
    shares_memory: bool,
    memory: Metric[int],
    card: str,
    device: PciDevice,
) -> Gpu:
    """Return a card as the rest of the program knows it, its name with the maker's label before it."""
    driver: Metric[str] = (
        known(device.driver, "sysfs") if device.driver else unknown(reason("hardware.gpu_without_driver"))
    )
    name = model if model.startswith(label) else f"{label} {model}"
    return Gpu(index, name, vendor, shares_memory, memory, driver, device=card, address=device.address)


def blank_unless_awake(gpu: Gpu, interfaces: Interfaces) -> GpuReading | None:
    """Return a reading without figures for a card that is gone or asleep; None for one that can be read."""
    device = read_device(f"{DRM}/{gpu.device}/device", interfaces)
    if device is None:
        return blank_reading(gpu, reason("hardware.gpu_gone"))
    return blank_reading(gpu, ASLEEP) if device.asleep else None


def hwmon_folder(card: str, interfaces: Interfaces) -> str | None:
    """Return the folder of a card's sensors; None when it has none."""
    folder = f"{DRM}/{card}/device/hwmon"
    return next((f"{folder}/{name}" for name in folder_names(interfaces, folder)), None)


def read_temperature(sensors: str | None, interfaces: Interfaces) -> Metric[float]:
    """Return degrees Celsius of the first sensor."""
    if sensors is None:
        return unknown(reason("hardware.no_gpu_temperature"))
    return read_quantity(interfaces, f"{sensors}/temp1_input", quantities.GPU_TEMPERATURE, 1e-3, -50, 200)


def read_power(sensors: str | None, interfaces: Interfaces) -> Metric[float]:
    """Return watts, the mean of a short time where the driver forms one."""
    if sensors is None:
        return unknown(reason("hardware.no_gpu_power"))
    mean, momentary = (
        read_quantity(interfaces, f"{sensors}/{name}", quantities.GPU_POWER, 1e-6, 0, 5000)
        for name in ("power1_average", "power1_input")
    )
    return mean if mean.value is not None else momentary


def read_power_limit(sensors: str | None, interfaces: Interfaces) -> Metric[float]:
    """Return the watts that the driver allows."""
    if sensors is None:
        return unknown(reason("hardware.no_gpu_power_limit"))
    return read_quantity(interfaces, f"{sensors}/power1_cap", quantities.GPU_POWER_LIMIT, 1e-6, 1, 5000)


def read_frequency(sensors: str | None, interfaces: Interfaces) -> Metric[float]:
    """Return megahertz, of drivers that report them as hwmon does."""
    if sensors is None:
        return unknown(reason("hardware.no_gpu_frequency"))
    return read_quantity(interfaces, f"{sensors}/freq1_input", quantities.GPU_FREQUENCY, 1e-6, 0, 20_000)


def _pci_device(card: str, interfaces: Interfaces) -> PciDevice | None:
    """Return the PCI device of a card; its address is the last part of the link's target."""
    try:
        folder = interfaces.target(f"{DRM}/{card}/device")
    except OSError:
        return None
    return read_device(folder, interfaces)
