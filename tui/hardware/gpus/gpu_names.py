"""Graphics processors by the name they are sold under: `Radeon 780M`, not the chip's `Phoenix1`."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from tui.hardware.gpus.pci import PciDevice, pci_name
from tui.hardware.interfaces import Interfaces

_TABLE = Path(__file__).with_name("gpu_names.toml")
_TRADE = re.compile(r"\[(?P<name>.+)\]$")


def listed_name(maker: str, device: int, revision: int | None = None) -> str | None:
    """Return the name in the table that comes with the program; None when it is not there.

    A maker that sells one chip under several names has a revision for each.
    """
    return _table().get(maker, {}).get((device, revision))


def name_on_bus(device: PciDevice, interfaces: Interfaces) -> str | None:
    """Return the name in the system's list of PCI devices, as people say it; None when it has none."""
    return trade_name(pci_name(device.vendor, device.device, interfaces) or "")


def trade_name(name: str) -> str | None:
    """Return a name of `pci.ids` as people say it: the trade name in brackets; None for nothing."""
    trade = _TRADE.search(name)
    if trade is None:
        return name or None
    kinds = [kind.removesuffix(" Series") for kind in trade["name"].split(" / ")]
    # A laptop's kind of the same name adds nothing.
    distinct = [
        kind
        for kind in kinds
        if kind.replace(" Mobile", "") == kind or kind.replace(" Mobile", "") not in kinds
    ]
    return " / ".join(dict.fromkeys(distinct)).removeprefix("AMD ").removeprefix("Intel ")


@cache
def _table() -> dict[str, dict[tuple[int, int | None], str]]:
    """Return by maker the name of a device, at AMD of a device and a revision."""
    rows: dict[str, dict[str, Any]] = tomli.loads(_TABLE.read_text(encoding="utf-8"))
    table: dict[str, dict[tuple[int, int | None], str]] = {}
    for maker, names in rows.items():
        entries = table.setdefault(maker, {})
        for name, texts in names.items():
            for text in texts:
                device, *revisions = (int(number, 16) for number in text.split())
                entries |= {(device, revision): name for revision in revisions or (None,)}
    return table
