"""The sources of a machine's readings."""

from pathlib import Path

import msgspec
import pytest

from tests.hardware.recorded import intel_card, plant
from tests.hardware.standin import StandIn
from tui.hardware.detect import detect_machine
from tui.hardware.gpus.intel import detect_intel
from tui.hardware.gpus.windows_gpu import luid_name
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import known
from tui.hardware.sources import sources_of
from tui.units import GIB

GPU = Gpu(0, "Card", "nvidia", False, known(8 * GIB, "NVML"), known("1", "NVML"))

SOURCE_OF = {"cpu_percent": "cpu", "own_cpu_percent": "own_cpu", "own_resident_bytes": "own_resident"}

SOURCE_OF |= {"memory": "memory", "pressure_percent": "pressure", "pressure_level": "pressure_level"}

SOURCE_OF |= {"cpu_temperature_celsius": "cpu_temperature", "cpu_frequency_mhz": "cpu_frequency"}

SOURCE_OF |= {
    "cpu_power_watts": "cpu_power",
    "cpu_power_limit_watts": "cpu_power_limit",
    "battery_watts": "battery",
    "swap_in_bytes_per_second": "swap_in",
}


@pytest.fixture
def machine() -> Machine:
    return detect_machine()


def test_gpu_of_windows_is_read_by_its_counters_whoever_made_it(machine: Machine) -> None:
    card = msgspec.structs.replace(GPU, device=luid_name(5))
    machine = msgspec.structs.replace(machine, gpus=(card,))
    counters = {"dedicated": [[f"{luid_name(5)}_phys_0", 1e9]]}
    interfaces = StandIn(platform="windows", answers={"usable_cpus": [0], "windows_gpu_counters": counters})
    (source,) = sources_of(machine, interfaces).gpus
    assert source.gpus == (card,)
    assert source.read()[0].memory_used_bytes.value == 1e9


def test_intel_gpu_shows_how_fast_it_runs(machine: Machine, tmp_path: Path) -> None:
    interfaces = LocalInterfaces(plant(tmp_path, intel_card("card0", "0000:00:02.0")), "linux")
    machine = msgspec.structs.replace(machine, gpus=detect_intel(interfaces)[0])
    (source,) = sources_of(machine, interfaces).gpus
    assert source.read()[0].frequency_mhz.value == 350
