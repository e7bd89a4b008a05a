"""AMD GPUs on recorded trees of sysfs."""

from pathlib import Path

import pytest

from tests.hardware.recorded import PCI_IDS, amd_card, plant
from tests.hardware.standin import StandIn
from tests.reasons import sentence_of
from tui.hardware.gpus.amd import (
    AMD_PCI,
    amd_product_name,
    amd_shares_memory,
    amd_trade_name,
    detect_amd,
    parse_amdgpu_ids,
    processor_graphics,
    read_amd,
)
from tui.hardware.gpus.pci import ASLEEP, PciDevice
from tui.hardware.interfaces import LocalInterfaces
from tui.units import GIB, MIB

CARD = {
    "gpu_busy_percent": "63\n",
    "mem_info_vram_total": f"{24 * GIB}\n",
    "mem_info_vram_used": f"{3 * GIB}\n",
    "mem_info_gtt_total": f"{16 * GIB}\n",
    "mem_info_gtt_used": f"{200 * MIB}\n",
    "gpu_metrics": b"\x78\x00\x01\x03" + bytes(116),
    "hwmon/hwmon3/name": "amdgpu\n",
    "hwmon/hwmon3/temp1_input": "51000\n",
    "hwmon/hwmon3/freq1_input": "1725000000\n",
    "hwmon/hwmon3/power1_average": "87000000\n",
}

APU = CARD | {
    "mem_info_vram_total": f"{512 * MIB}\n",
    "mem_info_vram_used": f"{300 * MIB}\n",
    "gpu_metrics": b"\x80\x00\x02\x01" + bytes(124),
}

ADDRESS = "0000:03:00.0"


def test_card_has_its_own_vram(tmp_path: Path) -> None:
    root = plant(tmp_path, amd_card("card1", ADDRESS, CARD) | {"usr/share/misc/pci.ids": PCI_IDS})
    (gpu,), reason = detect_amd(LocalInterfaces(root))
    assert reason is None
    assert gpu.name == "AMD Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M"
    assert (gpu.vendor, gpu.shares_memory, gpu.driver.value) == ("amd", False, "amdgpu")
    reading = read_amd(gpu, LocalInterfaces(root))
    assert reading.load_percent.value == 63
    assert (reading.memory_used_bytes.value, reading.memory_total_bytes.value) == (3 * GIB, 24 * GIB)
    assert (reading.temperature_celsius.value, reading.power_watts.value) == (51, 87)
    assert reading.frequency_mhz.value == 1725


def test_apu_has_reserved_memory_and_a_shared_limit(tmp_path: Path) -> None:
    root = plant(tmp_path, amd_card("card0", ADDRESS, APU, device="0x15bf"))
    (gpu,), _ = detect_amd(LocalInterfaces(root))
    assert (gpu.index, gpu.name, gpu.shares_memory) == (0, "AMD GPU 15bf", True)
    assert gpu.memory_bytes.value == 16 * GIB + 512 * MIB
    assert read_amd(gpu, LocalInterfaces(root)).memory_used_bytes.value == 500 * MIB


@pytest.mark.parametrize(
    ("metrics", "vram", "gtt", "shares"),
    [
        (b"\x00\x00\x01\x03", 512 * MIB, 16 * GIB, False),
        (b"\x00\x00\x03\x00", 96 * GIB, 16 * GIB, True),
        (b"", 512 * MIB, 16 * GIB, True),
        (b"", 8 * GIB, 16 * GIB, False),
        (b"", None, None, False),
    ],
)
def test_apu_is_distinguished_from_a_card(
    metrics: bytes, vram: int | None, gtt: int | None, shares: bool
) -> None:
    assert amd_shares_memory(metrics, vram, gtt) is shares


def test_power_file_of_newer_kernels_is_read(tmp_path: Path) -> None:
    files = {name: content for name, content in CARD.items() if "power1" not in name}
    root = plant(tmp_path, amd_card("card1", ADDRESS, files | {"hwmon/hwmon3/power1_input": "9000000\n"}))
    (gpu,), _ = detect_amd(LocalInterfaces(root))
    assert read_amd(gpu, LocalInterfaces(root)).power_watts.value == 9


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("gpu_busy_percent", "load_percent"),
        ("mem_info_vram_used", "memory_used_bytes"),
        ("hwmon/hwmon3/temp1_input", "temperature_celsius"),
        ("hwmon/hwmon3/power1_average", "power_watts"),
    ],
)
@pytest.mark.parametrize("content", [None, "", "busy\n", "-99999999999\n", "9" * 40])
def test_failure_of_one_figure_leaves_the_others(
    tmp_path: Path, name: str, field: str, content: str | None
) -> None:
    root = plant(tmp_path, amd_card("card1", ADDRESS, CARD))
    (gpu,), _ = detect_amd(LocalInterfaces(root))
    path = root / "sys/devices/pci0000:00" / ADDRESS / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    reading = read_amd(gpu, LocalInterfaces(root))
    for figure in ("load_percent", "memory_used_bytes", "temperature_celsius", "power_watts"):
        metric = getattr(reading, figure)
        assert (metric.value is None) == (figure == field)
        assert bool(metric.reason) == (figure == field)


def test_sleeping_card_is_not_queried(tmp_path: Path) -> None:
    files = amd_card("card1", ADDRESS, CARD | {"power/runtime_status": "suspended\n"})
    root = plant(tmp_path, files)
    (gpu,), reason = detect_amd(LocalInterfaces(root))
    # Its size is in the kernel's notes.
    assert (reason, gpu.memory_bytes.reason) == (ASLEEP, None)
    reading = read_amd(gpu, LocalInterfaces(root))
    assert {reading.load_percent.reason, reading.power_watts.reason} == {ASLEEP}


def test_unplugged_card_is_reported_as_gone(tmp_path: Path) -> None:
    root = plant(tmp_path, amd_card("card1", ADDRESS, CARD))
    (gpu,), _ = detect_amd(LocalInterfaces(root))
    (root / "sys/class/drm/card1/device").unlink()
    reading = read_amd(gpu, LocalInterfaces(root))
    assert (reading.load_percent.value, sentence_of(reading.load_percent.reason)) == (None, "the GPU is gone")


def on_bus(device: int, revision: str, **files: str) -> tuple[PciDevice, StandIn]:
    system = StandIn({"/sys/bus/pci/devices/0000:0c:00.0/revision": f"{revision}\n", **files})
    return PciDevice("0000:0c:00.0", AMD_PCI, device, asleep=False, driver=None), system


@pytest.mark.parametrize(
    ("device", "revision", "name"),
    [
        (0x15BF, "0xc1", "Radeon 780M"),
        (0x15BF, "0xc3", "Radeon 760M"),
        (0x1586, "0xc1", "Radeon 8060S"),
        (0x150E, "0xd1", "Radeon 890M"),
        (0x744C, "0xc8", "Radeon RX 7900 XTX"),
        (0x7550, "0xc0", "Radeon RX 9070 XT"),
    ],
)
def test_common_gpus_are_named_without_the_pci_list(device: int, revision: str, name: str) -> None:
    assert amd_product_name(*on_bus(device, revision)) == name


def test_gpu_missing_from_the_table_is_named_by_the_pci_list() -> None:
    ids = "1.0.0\n7FFF,\tC0,\tAMD Radeon RX 9999 XT\n"
    listed = on_bus(0x7FFF, "0xc0", **{"/usr/share/libdrm/amdgpu.ids": ids})
    assert amd_product_name(*listed) == "Radeon RX 9999 XT"


def test_graphics_are_named_after_the_processor_when_the_revision_is_unknown() -> None:
    cpuinfo = "model name\t: AMD Ryzen 7 8700G w/ Radeon 780M Graphics\n"
    device, system = on_bus(0x15BF, "0x05", **{"/proc/cpuinfo": cpuinfo})
    assert amd_product_name(device, system, in_processor=True) == "Radeon 780M"
    # A card beside it is another thing.
    assert amd_product_name(device, system) is None


@pytest.mark.parametrize(
    ("name", "graphics"),
    [
        ("AMD Ryzen AI 9 HX 370 w/ Radeon 890M", "Radeon 890M"),
        ("AMD A8-7410 APU with AMD Radeon R5 Graphics", "Radeon R5"),
        ("AMD Ryzen 7 PRO 4750U with Radeon Graphics", None),
        ("AMD Ryzen 9 5950X 16-Core Processor", None),
    ],
)
def test_graphics_are_read_from_the_processor_name(name: str, graphics: str | None) -> None:
    assert processor_graphics(name) == graphics


def test_malformed_rows_are_skipped() -> None:
    text = "# device_id,\trevision_id,\tproduct_name\n1.0.0\n15BF,\tC1,\tAMD Radeon 780M\nZZ\n"
    assert parse_amdgpu_ids(text, 0x15BF, 0xC1) == "Radeon 780M"
    assert parse_amdgpu_ids(text, 0x15BF, 0xC2) is None


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("Cezanne [Radeon Vega Series / Radeon Vega Mobile Series]", "Radeon Vega"),
        ("Lucienne", "Radeon Graphics (Lucienne)"),
        ("", None),
    ],
)
def test_chip_without_a_trade_name_is_named_after_its_kind(listed: str, name: str | None) -> None:
    assert amd_trade_name(listed) == name
