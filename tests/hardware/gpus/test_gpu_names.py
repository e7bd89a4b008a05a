"""GPUs by the name they are sold under."""

from pathlib import Path

import pytest
import tomli

from tests.hardware.standin import StandIn
from tui.hardware.gpus import gpu_names
from tui.hardware.gpus.gpu_names import listed_name, name_on_bus, trade_name
from tui.hardware.gpus.pci import PciDevice

TABLE = Path(gpu_names.__file__).with_name("gpu_names.toml")


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (0x8A56, "UHD Graphics"),
        (0x46A6, "Iris Xe Graphics"),
        (0xA780, "UHD Graphics 770"),
        (0x7D55, "Arc Graphics"),
        (0xE20B, "Arc B580"),
        (0x56A0, "Arc A770"),
    ],
)
def test_common_intel_gpus_are_named_by_the_table(device: int, name: str) -> None:
    assert listed_name("intel", device) == name


def test_a_maker_without_a_table_has_no_listed_name() -> None:
    assert listed_name("nobody", 0x8A56) is None


def test_card_missing_from_the_table_is_named_by_the_pci_list() -> None:
    names = "10de  NVIDIA Corporation\n\t2b85  GB202 [GeForce RTX 5090]\n"
    device = PciDevice("0000:0c:00.0", 0x10DE, 0x2B85, asleep=False, driver=None)
    assert name_on_bus(device, StandIn({"/usr/share/misc/pci.ids": names})) == "GeForce RTX 5090"
    assert name_on_bus(device, StandIn()) is None


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("AD104 [GeForce RTX 4070]", "GeForce RTX 4070"),
        ("Cezanne [Radeon Vega Series / Radeon Vega Mobile Series]", "Radeon Vega"),
        ("Arrow Lake-S [Intel Graphics]", "Graphics"),
        ("Iris Plus Graphics G1 (Ice Lake)", "Iris Plus Graphics G1 (Ice Lake)"),
        ("", None),
    ],
)
def test_names_from_the_pci_list_are_cleaned(listed: str, name: str | None) -> None:
    assert trade_name(listed) == name


def test_no_device_has_two_names() -> None:
    for names in tomli.loads(TABLE.read_text(encoding="utf-8")).values():
        listed = [
            (device, revision)
            for texts in names.values()
            for device, *revisions in map(str.split, texts)
            for revision in revisions or [""]
        ]
        assert len(listed) == len(set(listed)) > 100
