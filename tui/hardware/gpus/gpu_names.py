"""Graphics processors by the name they are sold under: `Radeon 780M`, not the chip's `Phoenix1`."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from tui.hardware.figures import line_in, text_in, whole_in
from tui.hardware.gpus.pci import AMD, INTEL, PciDevice, pci_name
from tui.hardware.interfaces import Interfaces
from tui.hardware.processor.cpu import parse_cpuinfo
from tui.text import clean_line

_TABLE = Path(__file__).with_name("gpu_names.toml")
_MAKERS = {AMD: "amd", INTEL: "intel"}
_AMDGPU_IDS = "/usr/share/libdrm/amdgpu.ids"
_AMDGPU_ROW = re.compile(r"^([0-9A-F]{4}),\s*([0-9A-F]{2}),\s*(\S.*?)\s*$", re.MULTILINE | re.IGNORECASE)
_IN_PROCESSOR = re.compile(r"\b(?:w/|with)\s+(?:AMD\s+)?(Radeon\b.*?\d\w*)\b")
_TRADE = re.compile(r"\[(?P<name>.+)\]$")
_SOLD = re.compile(r"radeon|graphics|arc|iris|instinct|geforce|quadro|rtx|gtx|tesla|firepro", re.IGNORECASE)


def product_name(device: PciDevice, interfaces: Interfaces, *, in_processor: bool = False) -> str | None:
    """What the GPU is sold as, without its maker; the chip's name where only that is known, else None.

    `in_processor` is for graphics whose name the processor's own may tell.
    """
    return (
        _listed(device, interfaces)
        or _in_amdgpu_ids(device, interfaces)
        or (_told_by_processor(interfaces) if in_processor and device.vendor == AMD else None)
        or cleaned(pci_name(device.vendor, device.device, interfaces) or "", device.vendor)
    )


def cleaned(name: str, vendor: int) -> str | None:
    """A name of `pci.ids` as people say it: the trade name in brackets; None for nothing.

    AMD's chips without one are named as what they are, with the chip behind it.
    """
    trade = _TRADE.search(name)
    if trade is None:
        if vendor == AMD and name and not _SOLD.search(name):
            return f"Radeon Graphics ({name})"
        return name or None
    kinds = [kind.removesuffix(" Series") for kind in trade["name"].split(" / ")]
    # A laptop's kind of the same name adds nothing.
    kept = [
        kind
        for kind in kinds
        if kind.replace(" Mobile", "") == kind or kind.replace(" Mobile", "") not in kinds
    ]
    return " / ".join(dict.fromkeys(kept)).removeprefix("AMD ").removeprefix("Intel ")


def parse_amdgpu_ids(text: str, device: int, revision: int) -> str | None:
    """The name in libdrm's `amdgpu.ids`, whose rows are device, revision and name; None when not listed."""
    for row in _AMDGPU_ROW.finditer(text):
        if (int(row[1], 16), int(row[2], 16)) == (device, revision):
            return _without_maker(row[3])
    return None


def processor_graphics(name: str) -> str | None:
    """The graphics in a processor's name: `Radeon 780M` of `AMD Ryzen 7 8700G w/ Radeon 780M Graphics`."""
    found = _IN_PROCESSOR.search(clean_line(name))
    return found[1] if found else None


def _listed(device: PciDevice, interfaces: Interfaces) -> str | None:
    maker = _MAKERS.get(device.vendor)
    if maker is None:
        return None
    table = _table()[maker]
    if maker == "intel":
        return table.get((device.device, None))
    revision = _revision(device, interfaces)
    return None if revision is None else table.get((device.device, revision))


def _in_amdgpu_ids(device: PciDevice, interfaces: Interfaces) -> str | None:
    revision = _revision(device, interfaces) if device.vendor == AMD else None
    if revision is None:
        return None
    try:
        text = text_in(interfaces, _AMDGPU_IDS)
    except OSError:
        return None
    return parse_amdgpu_ids(text, device.device, revision)


def _told_by_processor(interfaces: Interfaces) -> str | None:
    name, _features = parse_cpuinfo(line_in(interfaces, "/proc/cpuinfo") or "")
    return processor_graphics(name or "")


def _revision(device: PciDevice, interfaces: Interfaces) -> int | None:
    return whole_in(interfaces, f"/sys/bus/pci/devices/{device.address}/revision")


def _without_maker(name: str) -> str:
    return clean_line(name).removeprefix("AMD ").removeprefix("ATI ").replace("(TM)", "")


@cache
def _table() -> dict[str, dict[tuple[int, int | None], str]]:
    """By maker, the name of a device, at AMD of a device and a revision."""
    rows: dict[str, dict[str, Any]] = tomli.loads(_TABLE.read_text(encoding="utf-8"))
    found: dict[str, dict[tuple[int, int | None], str]] = {}
    for maker, names in rows.items():
        entries = found.setdefault(maker, {})
        for name, texts in names.items():
            for text in texts:
                device, *revisions = (int(number, 16) for number in text.split())
                entries |= {(device, revision): name for revision in revisions or (None,)}
    return found
