"""Cards in a recorded tree of sysfs."""

from pathlib import Path

from tests.hardware.recorded import amd_card, intel_card, plant
from tui.hardware.gpus.amd import detect_amd
from tui.hardware.gpus.drm import drm_cards
from tui.hardware.gpus.intel import INTEL_PCI
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


def test_other_makers_and_no_drm_at_all(tmp_path: Path) -> None:
    assert drm_cards(LocalInterfaces(tmp_path), INTEL_PCI) == []
    files = intel_card("card0", "0000:00:01.0", "virtio-pci")
    files["sys/devices/pci0000:00/0000:00:01.0/vendor"] = "0x1af4\n"
    assert drm_cards(LocalInterfaces(plant(tmp_path, files)), INTEL_PCI) == []


def test_cards_are_in_order_of_their_numbers(tmp_path: Path) -> None:
    files = {f"card{n}": amd_card(f"card{n}", f"0000:{n:02x}:00.0", CARD) for n in (10, 2)}
    root = plant(tmp_path, files["card10"] | files["card2"])
    assert [gpu.device for gpu in detect_amd(LocalInterfaces(root))[0]] == ["card2", "card10"]
