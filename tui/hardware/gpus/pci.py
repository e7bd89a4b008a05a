"""Graphics processors on the PCI bus, seen through Linux's sysfs without waking them."""

from collections.abc import Iterable

import msgspec

from tui.hardware.interfaces import Interfaces
from tui.hardware.system_files import folder_names, read_integer, read_line, read_text
from tui.sentences import reason
from tui.text import clean_line

ASLEEP = reason("hardware.gpu_asleep")
_DISPLAY_CLASS = 0x03
_ID_FILES = (
    "/usr/share/hwdata/pci.ids",
    "/usr/share/misc/pci.ids",
    "/usr/share/pci.ids",
    "/var/lib/pciutils/pci.ids",
)


class PciDevice(msgspec.Struct, frozen=True):
    """A display device (VGA, 3D or display controller)."""

    address: str
    """`0000:01:00.0`."""
    vendor: int
    device: int
    asleep: bool
    """True when runtime power management has suspended it: any question to its driver would wake it."""
    driver: str | None
    """The kernel driver bound to it."""


def display_devices(interfaces: Interfaces) -> tuple[PciDevice, ...]:
    """Return every display device of the machine, by address; empty without a PCI bus in sight."""
    bus = "/sys/bus/pci/devices"
    devices = (read_device(f"{bus}/{name}", interfaces) for name in folder_names(interfaces, bus))
    return tuple(device for device in devices if device is not None)


def read_device(folder: str, interfaces: Interfaces) -> PciDevice | None:
    """Return the device of a sysfs folder, or None when it is not a display device."""
    kind, vendor, device = (
        read_integer(interfaces, f"{folder}/{name}") for name in ("class", "vendor", "device")
    )
    if kind is None or kind >> 16 != _DISPLAY_CLASS or vendor is None or device is None:
        return None
    address = folder.rpartition("/")[2]
    return PciDevice(address, vendor, device, is_asleep(folder, interfaces), driver_name(folder, interfaces))


def is_asleep(folder: str, interfaces: Interfaces) -> bool:
    """Return whether the device of a sysfs folder is suspended; reading this does not wake it."""
    return read_line(interfaces, f"{folder}/power/runtime_status") in ("suspended", "suspending")


def may_sleep(address: str, interfaces: Interfaces) -> bool:
    """Return whether the device may be suspended while it rests, as on laptops; this does not wake it."""
    return read_line(interfaces, f"/sys/bus/pci/devices/{address}/power/control") == "auto"


def driver_name(folder: str, interfaces: Interfaces) -> str | None:
    """Return the kernel driver bound to the device of a sysfs folder."""
    try:
        return clean_line(interfaces.target(f"{folder}/driver").rpartition("/")[2]) or None
    except OSError:
        return None


def parse_pci_ids(lines: Iterable[str], vendor: int, device: int) -> str | None:
    """Return the device's name in the text of `pci.ids`: the chip, then in brackets a trade name.

    The format: a vendor's line starts with four hex digits, its devices' lines start with a tab.
    """
    vendor_start, device_start = f"{vendor:04x} ", f"\t{device:04x} "
    inside = False
    for line in lines:
        if inside and line.startswith(device_start):
            return clean_line(line[len(device_start) :]) or None
        if line[:1] not in ("\t", "#", "\n", ""):
            if inside:
                return None
            inside = line.startswith(vendor_start)
    return None


def pci_name(vendor: int, device: int, interfaces: Interfaces) -> str | None:
    """Return the device's name from the system's `pci.ids`; None without that or when it is not listed."""
    for place in _ID_FILES:
        try:
            lines = read_text(interfaces, place).splitlines()
        except OSError:
            continue
        return parse_pci_ids(lines, vendor, device)
    return None
