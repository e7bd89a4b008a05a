"""Intel GPUs over answers of both drivers."""

import struct
from pathlib import Path
from typing import Any

import pytest

from tests.hardware.recorded import PCI_IDS, intel_card, plant
from tests.hardware.standin import StandIn, busy, closed, gone
from tests.reasons import because, sentence_of
from tui.hardware.gpus.intel import (
    INTEL_LOAD,
    IntelSensors,
    card_memory,
    detect_intel,
    read_frequency,
    read_intel,
)
from tui.hardware.gpus.intel_memory import USE_FOR_ROOT_ONLY
from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.machine import Gpu, blank_reading
from tui.hardware.reading import known, unknown
from tui.sentences import reason
from tui.units import GIB, MIB

CARD = "/sys/class/drm/card1"

VRAM, LEFT = 16225 * MIB, 12000 * MIB


def gpu(driver: str = "xe", shares: bool = False) -> Gpu:
    return Gpu(
        0, "Intel Arc A770", "intel", shares, unknown(because("x")), known(driver, "sysfs"), device="card1"
    )


def xe_regions(*regions: tuple[int, int, int]) -> bytes:
    """`drm_xe_query_mem_regions` of (class, size, used)."""
    head = struct.pack("<II", len(regions), 0)
    return head + b"".join(
        struct.pack("<HHIQQ64x", kind, 0, 65536, size, used) for kind, size, used in regions
    )


RAM = (0, 32 * GIB, 5 * GIB)


def xe_card(answer: Any = None, **files: Any) -> StandIn:
    """A card as xe lays it out; names of `files` have `__` for `/`."""
    machine = StandIn(
        {
            f"{CARD}/device/vendor": "0x8086\n",
            f"{CARD}/device/power/runtime_status": "active\n",
            f"{CARD}/device/drm/renderD129/dev": "226:129\n",
            f"{CARD}/device/drm/card1/dev": "226:1\n",
            f"{CARD}/device/tile0/gt0/freq0/act_freq": "2100\n",
            f"{CARD}/device/tile0/gt0/freq0/cur_freq": "2400\n",
            f"{CARD}/device/tile0/gt1/freq0/act_freq": "1300\n",
            f"{CARD}/device/hwmon/hwmon5/name": "xe\n",
            f"{CARD}/device/hwmon/hwmon5/energy1_input": "5000000\n",
            f"{CARD}/device/hwmon/hwmon5/temp2_input": "54000\n",
            f"{CARD}/device/hwmon/hwmon5/temp2_label": "pkg\n",
            f"{CARD}/device/hwmon/hwmon5/temp3_input": "70000\n",
            f"{CARD}/device/hwmon/hwmon5/temp3_label": "vram\n",
        }
        | {f"{CARD}/{name.replace('__', '/')}": content for name, content in files.items()}
    )
    machine.targets[f"{CARD}/device/driver"] = "/sys/bus/pci/drivers/xe"
    if answer is not None:
        machine.answers["intel_memory_regions"] = answer
    return machine


def test_card_on_xe() -> None:
    machine = xe_card(xe_regions(RAM, (1, VRAM, GIB)).hex())
    sensors = IntelSensors(machine, gpu())
    blank = blank_reading(gpu(), because("root only"))
    first = sensors.complete(blank)
    assert (first.frequency_mhz.value, first.temperature_celsius.value) == (2100, 54)
    assert (first.memory_total_bytes.value, first.memory_used_bytes.value) == (VRAM, GIB)
    assert first.power_watts.value is None
    # The load is not this file's business.
    assert first.load_percent.reason == because("root only")
    # WHEN two seconds pass in which the card takes 90 J
    machine.clock_seconds += 2
    machine.files[f"{CARD}/device/hwmon/hwmon5/energy1_input"] = "95000000\n"
    assert sensors.complete(blank).power_watts.value == 45
    assert ("intel_memory_regions", "/dev/dri/renderD129", "xe") in machine.questions


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_size_of_a_card_is_known_as_soon_as_it_is_awake(status: str) -> None:
    machine = xe_card(xe_regions(RAM, (1, VRAM, 0)).hex())
    place = "/sys/devices/pci0000:00/0000:00:01.0/0000:03:00.0"
    machine.targets |= {f"{CARD}/device": place, f"{place}/driver": "/sys/bus/pci/drivers/xe"}
    machine.files |= {f"{place}/class": "0x030000\n", f"{place}/vendor": "0x8086\n"}
    machine.files |= {f"{place}/device": "0x56a0\n", f"{place}/power/runtime_status": f"{status}\n"}
    (card,), _ = detect_intel(machine)
    assert not card.shares_memory
    if status == "active":
        assert card.memory_bytes.value == VRAM
    else:
        assert (card.memory_bytes.reason, machine.questions) == (ASLEEP, [])


def test_memory_use_needs_root() -> None:
    machine = xe_card(xe_regions(RAM, (1, VRAM, 0)).hex())
    reading = IntelSensors(machine, gpu()).complete(blank_reading(gpu(), because("x")))
    assert reading.memory_total_bytes.value == VRAM
    assert (reading.memory_used_bytes.value, reading.memory_used_bytes.reason) == (None, USE_FOR_ROOT_ONLY)


def test_sleeping_card_is_not_woken() -> None:
    machine = xe_card("", device__power__runtime_status="suspended\n")
    sensors = IntelSensors(machine, gpu())
    machine.reads.clear()
    reading = sensors.complete(blank_reading(gpu(), ASLEEP))
    assert reading.frequency_mhz.reason == ASLEEP
    assert machine.reads == [f"{CARD}/device/power/runtime_status"]
    assert machine.questions == []


def test_integrated_graphics_on_i915() -> None:
    machine = StandIn(
        {
            f"{CARD}/device/power/runtime_status": "active\n",
            f"{CARD}/gt_cur_freq_mhz": "350\n",
            f"{CARD}/gt_act_freq_mhz": "0\n",
        }
    )
    reading = IntelSensors(machine, gpu("i915", shares=True)).complete(blank_reading(gpu(), because("x")))
    # Switched off for want of work: that is a frequency too.
    assert reading.frequency_mhz.value == 0
    assert "integrated" in sentence_of(reading.power_watts.reason)
    assert "integrated" in sentence_of(reading.temperature_celsius.reason)
    assert machine.questions == []


@pytest.mark.parametrize(
    ("files", "megahertz"),
    [
        ({"gt/gt0/rps_act_freq_mhz": "1100\n", "gt_act_freq_mhz": "1\n"}, 1100),
        ({"gt_act_freq_mhz": "900\n", "gt_cur_freq_mhz": "1000\n"}, 900),
        ({"gt_cur_freq_mhz": "300\n"}, 300),
        ({"device/tile0/gt0/freq0/cur_freq": "1450\n"}, 1450),
        ({"device/tile0/gt0/freq0/act_freq": "100\n", "device/tile1/gt0/freq0/act_freq": "200\n"}, 200),
    ],
)
def test_frequency_of_each_driver(files: dict[str, str], megahertz: float) -> None:
    machine = StandIn({f"{CARD}/{name}": content for name, content in files.items()})
    assert read_frequency(machine, CARD).value == megahertz


@pytest.mark.parametrize("content", ["", "fast\n", "4294967295\n", "-1\n", closed(), busy(), gone()])
def test_frequency_that_cannot_be_read(content: Any) -> None:
    frequency = read_frequency(StandIn({f"{CARD}/gt_cur_freq_mhz": content}), CARD)
    assert frequency.value is None
    assert "frequency" in sentence_of(frequency.reason)


@pytest.mark.parametrize("answer", ["", "zz", xe_regions(RAM).hex(), 12, closed(), busy(), gone(), None])
def test_card_without_a_memory_figure(answer: Any) -> None:
    memory, reason = card_memory(xe_card(answer), "card1")
    assert memory is None
    assert "memory" in sentence_of(reason)


def test_unreadable_device_node_has_advice() -> None:
    assert "/dev/dri/renderD129" in sentence_of(card_memory(xe_card(closed()), "card1")[1])


def test_vanished_card() -> None:
    assert card_memory(StandIn(), "card1")[0] is None
    reading = IntelSensors(StandIn(), gpu()).complete(blank_reading(gpu(), because("x")))
    values = (
        reading.frequency_mhz,
        reading.power_watts,
        reading.temperature_celsius,
        reading.memory_total_bytes,
    )
    assert all(metric.value is None and metric.reason for metric in values)


def test_intel_graphics_share_the_ram(tmp_path: Path) -> None:
    root = plant(tmp_path, intel_card("card0", "0000:00:02.0") | {"usr/share/hwdata/pci.ids": PCI_IDS})
    (gpu,), why = detect_intel(LocalInterfaces(root))
    assert why is None
    assert (gpu.name, gpu.shares_memory) == ("Intel UHD Graphics", True)
    interfaces = LocalInterfaces(root)
    reading = read_intel(gpu, IntelSensors(interfaces, gpu), interfaces)
    assert (reading.load_percent.value, reading.load_percent.reason) == (None, INTEL_LOAD)
    assert "shares the RAM" in sentence_of(reading.memory_used_bytes.reason)
    assert reading.temperature_celsius.reason == reason("hardware.integrated_gpu_temperature")


def test_intel_card_behind_a_bridge_has_memory_of_its_own(tmp_path: Path) -> None:
    (gpu,), _ = detect_intel(LocalInterfaces(plant(tmp_path, intel_card("card1", "0000:03:00.0", "xe"))))
    assert not gpu.shares_memory
    assert gpu.memory_bytes.value is None
    assert gpu.memory_bytes.reason
