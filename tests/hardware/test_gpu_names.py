"""GPUs by the name they are sold under."""

from pathlib import Path

import pytest
import tomli

from tests.hardware.standin import StandIn
from tui.hardware.gpus import gpu_names
from tui.hardware.gpus.gpu_names import cleaned, parse_amdgpu_ids, processor_graphics, product_name
from tui.hardware.gpus.pci import AMD, INTEL, NVIDIA, PciDevice

TABLE = Path(gpu_names.__file__).with_name("gpu_names.toml")
PLACE = "0000:0c:00.0"


def on_bus(vendor: int, device: int, revision: str = "0x00", **files: str) -> tuple[PciDevice, StandIn]:
    system = StandIn({f"/sys/bus/pci/devices/{PLACE}/revision": f"{revision}\n", **files})
    return PciDevice(PLACE, vendor, device, asleep=False, driver=None), system


@pytest.mark.parametrize(
    ("vendor", "device", "revision", "name"),
    [
        (AMD, 0x15BF, "0xc1", "Radeon 780M"),
        (AMD, 0x15BF, "0xc3", "Radeon 760M"),
        (AMD, 0x1586, "0xc1", "Radeon 8060S"),
        (AMD, 0x150E, "0xd1", "Radeon 890M"),
        (AMD, 0x744C, "0xc8", "Radeon RX 7900 XTX"),
        (AMD, 0x7550, "0xc0", "Radeon RX 9070 XT"),
        (INTEL, 0x8A56, "0x07", "UHD Graphics"),
        (INTEL, 0x46A6, "0x0c", "Iris Xe Graphics"),
        (INTEL, 0xA780, "0x04", "UHD Graphics 770"),
        (INTEL, 0x7D55, "0x08", "Arc Graphics"),
        (INTEL, 0xE20B, "0x00", "Arc B580"),
        (INTEL, 0x56A0, "0x08", "Arc A770"),
    ],
)
def test_common_ones_are_named_without_any_list_of_the_system(
    vendor: int, device: int, revision: str, name: str
) -> None:
    assert product_name(*on_bus(vendor, device, revision)) == name


def test_what_is_newer_than_the_table_is_named_by_the_systems_lists() -> None:
    ids = "1.0.0\n7FFF,\tC0,\tAMD Radeon RX 9999 XT\n"
    assert product_name(*on_bus(AMD, 0x7FFF, "0xc0", **{"/usr/share/libdrm/amdgpu.ids": ids})) == (
        "Radeon RX 9999 XT"
    )
    names = "10de  NVIDIA Corporation\n\t2b85  GB202 [GeForce RTX 5090]\n"
    found = product_name(*on_bus(NVIDIA, 0x2B85, **{"/usr/share/misc/pci.ids": names}))
    assert found == "GeForce RTX 5090"
    assert product_name(*on_bus(NVIDIA, 0x2B85)) is None


def test_a_processor_tells_its_graphics_where_the_revision_does_not() -> None:
    cpuinfo = "model name\t: AMD Ryzen 7 8700G w/ Radeon 780M Graphics\n"
    device, system = on_bus(AMD, 0x15BF, "0x05", **{"/proc/cpuinfo": cpuinfo})
    assert product_name(device, system, in_processor=True) == "Radeon 780M"
    # A card beside it is another thing.
    assert product_name(device, system) is None


@pytest.mark.parametrize(
    ("name", "graphics"),
    [
        ("AMD Ryzen AI 9 HX 370 w/ Radeon 890M", "Radeon 890M"),
        ("AMD A8-7410 APU with AMD Radeon R5 Graphics", "Radeon R5"),
        ("AMD Ryzen 7 PRO 4750U with Radeon Graphics", None),
        ("AMD Ryzen 9 5950X 16-Core Processor", None),
    ],
)
def test_graphics_in_a_processors_name(name: str, graphics: str | None) -> None:
    assert processor_graphics(name) == graphics


@pytest.mark.parametrize(
    ("listed", "vendor", "name"),
    [
        ("AD104 [GeForce RTX 4070]", NVIDIA, "GeForce RTX 4070"),
        ("Cezanne [Radeon Vega Series / Radeon Vega Mobile Series]", AMD, "Radeon Vega"),
        ("Lucienne", AMD, "Radeon Graphics (Lucienne)"),
        ("Arrow Lake-S [Intel Graphics]", INTEL, "Graphics"),
        ("Iris Plus Graphics G1 (Ice Lake)", INTEL, "Iris Plus Graphics G1 (Ice Lake)"),
        ("", INTEL, None),
    ],
)
def test_names_of_the_list_of_the_bus_are_cleaned(listed: str, vendor: int, name: str | None) -> None:
    assert cleaned(listed, vendor) == name


def test_rows_that_are_none_are_passed_over() -> None:
    text = "# device_id,\trevision_id,\tproduct_name\n1.0.0\n15BF,\tC1,\tAMD Radeon 780M\nZZ\n"
    assert parse_amdgpu_ids(text, 0x15BF, 0xC1) == "Radeon 780M"
    assert parse_amdgpu_ids(text, 0x15BF, 0xC2) is None


def test_no_device_has_two_names() -> None:
    for names in tomli.loads(TABLE.read_text(encoding="utf-8")).values():
        listed = [
            (device, revision)
            for texts in names.values()
            for device, *revisions in map(str.split, texts)
            for revision in revisions or [""]
        ]
        assert len(listed) == len(set(listed)) > 100
