"""AMD and Intel GPUs on recorded trees of sysfs."""

from pathlib import Path

import pytest

from tests.hardware.recorded import PCI_IDS, amd_card, intel_card, plant
from tests.reasons import sentence_of
from tui.hardware.gpus.drm import INTEL_LOAD, amd_shares_memory, detect_drm, read_drm
from tui.hardware.gpus.pci import ASLEEP
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


def test_card_has_vram_of_its_own(tmp_path: Path) -> None:
    root = plant(tmp_path, amd_card("card1", ADDRESS, CARD) | {"usr/share/misc/pci.ids": PCI_IDS})
    (gpu,), reason = detect_drm(LocalInterfaces(root))
    assert reason is None
    assert gpu.name == "AMD Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M"
    assert (gpu.vendor, gpu.shares_memory, gpu.driver.value) == ("amd", False, "amdgpu")
    reading = read_drm(gpu, LocalInterfaces(root))
    assert reading.load_percent.value == 63
    assert (reading.memory_used_bytes.value, reading.memory_total_bytes.value) == (3 * GIB, 24 * GIB)
    assert (reading.temperature_celsius.value, reading.power_watts.value) == (51, 87)
    assert reading.frequency_mhz.value == 1725


def test_apu_has_its_carve_out_and_what_it_may_borrow(tmp_path: Path) -> None:
    root = plant(tmp_path, amd_card("card0", ADDRESS, APU, device="0x15bf"))
    (gpu,), _ = detect_drm(LocalInterfaces(root), first_index=2)
    assert (gpu.index, gpu.name, gpu.shares_memory) == (2, "AMD GPU 15bf", True)
    assert gpu.memory_bytes.value == 16 * GIB + 512 * MIB
    assert read_drm(gpu, LocalInterfaces(root)).memory_used_bytes.value == 500 * MIB


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
def test_apu_is_told_from_card(metrics: bytes, vram: int | None, gtt: int | None, shares: bool) -> None:
    assert amd_shares_memory(metrics, vram, gtt) is shares


def test_newer_kernels_name_power_otherwise(tmp_path: Path) -> None:
    files = {name: content for name, content in CARD.items() if "power1" not in name}
    root = plant(tmp_path, amd_card("card1", ADDRESS, files | {"hwmon/hwmon3/power1_input": "9000000\n"}))
    (gpu,), _ = detect_drm(LocalInterfaces(root))
    assert read_drm(gpu, LocalInterfaces(root)).power_watts.value == 9


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
def test_each_figure_fails_alone(tmp_path: Path, name: str, field: str, content: str | None) -> None:
    root = plant(tmp_path, amd_card("card1", ADDRESS, CARD))
    (gpu,), _ = detect_drm(LocalInterfaces(root))
    path = root / "sys/devices/pci0000:00" / ADDRESS / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    reading = read_drm(gpu, LocalInterfaces(root))
    for other in ("load_percent", "memory_used_bytes", "temperature_celsius", "power_watts"):
        metric = getattr(reading, other)
        assert (metric.value is None) == (other == field)
        assert bool(metric.reason) == (other == field)


def test_sleeping_card_is_not_asked(tmp_path: Path) -> None:
    files = amd_card("card1", ADDRESS, CARD | {"power/runtime_status": "suspended\n"})
    root = plant(tmp_path, files)
    (gpu,), reason = detect_drm(LocalInterfaces(root))
    # Its size is in the kernel's notes.
    assert (reason, gpu.memory_bytes.reason) == (ASLEEP, None)
    reading = read_drm(gpu, LocalInterfaces(root))
    assert {reading.load_percent.reason, reading.power_watts.reason} == {ASLEEP}


def test_card_that_is_unplugged_is_gone(tmp_path: Path) -> None:
    root = plant(tmp_path, amd_card("card1", ADDRESS, CARD))
    (gpu,), _ = detect_drm(LocalInterfaces(root))
    (root / "sys/class/drm/card1/device").unlink()
    reading = read_drm(gpu, LocalInterfaces(root))
    assert (reading.load_percent.value, sentence_of(reading.load_percent.reason)) == (None, "the GPU is gone")


def test_intel_graphics_share_the_ram(tmp_path: Path) -> None:
    root = plant(tmp_path, intel_card("card0", "0000:00:02.0") | {"usr/share/hwdata/pci.ids": PCI_IDS})
    (gpu,), reason = detect_drm(LocalInterfaces(root))
    assert reason is None
    assert (gpu.name, gpu.shares_memory) == ("Intel UHD Graphics", True)
    reading = read_drm(gpu, LocalInterfaces(root))
    assert (reading.load_percent.value, reading.load_percent.reason) == (None, INTEL_LOAD)
    assert "shares the RAM" in sentence_of(reading.memory_used_bytes.reason)
    assert sentence_of(reading.temperature_celsius.reason) == "the driver reports no temperature"


def test_intel_card_behind_a_bridge_has_memory_of_its_own(tmp_path: Path) -> None:
    (gpu,), _ = detect_drm(LocalInterfaces(plant(tmp_path, intel_card("card1", "0000:03:00.0", "xe"))))
    assert not gpu.shares_memory
    assert gpu.memory_bytes.value is None
    assert gpu.memory_bytes.reason


def test_other_makers_and_no_drm_at_all(tmp_path: Path) -> None:
    assert detect_drm(LocalInterfaces(tmp_path)) == ((), None)
    files = intel_card("card0", "0000:00:01.0", "virtio-pci")
    files["sys/devices/pci0000:00/0000:00:01.0/vendor"] = "0x1af4\n"
    assert detect_drm(LocalInterfaces(plant(tmp_path, files))) == ((), None)


def test_cards_are_in_order_of_their_numbers(tmp_path: Path) -> None:
    files = {f"card{n}": amd_card(f"card{n}", f"0000:{n:02x}:00.0", CARD) for n in (10, 2)}
    root = plant(tmp_path, files["card10"] | files["card2"])
    assert [gpu.device for gpu in detect_drm(LocalInterfaces(root))[0]] == ["card2", "card10"]
