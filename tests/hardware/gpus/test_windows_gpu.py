"""GPUs on Windows, from recorded counters and registry values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.standin import StandIn
from tests.reasons import sentence_of
from tui.hardware.detect import detect_machine
from tui.hardware.gpus.windows_counters import registry_number
from tui.hardware.gpus.windows_gpu import (
    detect_windows,
    luid_name,
    parse_adapters,
    parse_counters,
    parse_luid,
    read_windows,
)
from tui.hardware.machine import Vendor
from tui.sentences import reason
from tui.units import GIB, MIB

CARD, INSIDE, SOFTWARE, OLD = 0xD1F8, 0xC5A1, 0xE000, 0x1234


def adapter(name: str, luid: int, vendor: int = 0x8086, **values: Any) -> dict[str, Any]:
    sizes = {"dedicated_bytes": 128 * MIB, "shared_bytes": 8 * GIB, "driver": "31.0.101.5186"}
    return {"name": name, "vendor_id": vendor, "luid": luid} | sizes | values


ADAPTERS = [
    adapter("AMD Radeon RX 7800 XT", CARD, 0x1002, dedicated_bytes=16 * GIB),
    adapter("Intel(R) UHD Graphics 770", INSIDE),
    adapter("Microsoft Basic Render Driver", SOFTWARE, 0x1414),
    adapter("NVIDIA GeForce GTX 970", OLD, 0x10DE),
]

COUNTERS = {
    "engine": [
        [f"pid_4100_{luid_name(CARD)}_phys_0_eng_0_engtype_3D", 12.5],
        [f"pid_9000_{luid_name(CARD)}_phys_0_eng_0_engtype_3D", 30.0],
        [f"pid_9000_{luid_name(CARD)}_phys_0_eng_1_engtype_Compute_0", 61.0],
        [f"pid_4100_{luid_name(INSIDE)}_phys_0_eng_3_engtype_VideoDecode", 4.0],
        ["pid_4_luid_garbage_phys_0", 99.0],
        ["_Total", 99.0],
    ],
    "dedicated": [
        [f"{luid_name(CARD)}_phys_0", 3.0 * GIB],
        [f"{luid_name(INSIDE)}_phys_0", 0.0],
        [f"{luid_name(SOFTWARE)}_phys_0", 0.0],
    ],
    "shared": [[f"{luid_name(INSIDE)}_phys_0", 1.5 * GIB], [f"{luid_name(CARD)}_phys_0", 64.0 * MIB]],
}


def windows(**answers: Any) -> StandIn:
    all_answers = {"windows_gpu_adapters": ADAPTERS, "windows_gpu_counters": COUNTERS} | answers
    return StandIn(platform="windows", answers=all_answers)


def test_card_and_integrated_graphics_as_they_are() -> None:
    gpus, reason = detect_windows(windows())
    assert reason is None
    assert [(gpu.index, gpu.name, gpu.vendor, gpu.shares_memory) for gpu in gpus] == [
        (0, "AMD Radeon RX 7800 XT", "amd", False),
        (1, "Intel(R) UHD Graphics 770", "intel", True),
    ]
    # What shares the RAM may take its carve-out and what Windows lets it borrow.
    assert [gpu.memory_bytes.value for gpu in gpus] == [16 * GIB, 8 * GIB + 128 * MIB]
    assert gpus[0].driver.value == "31.0.101.5186"


def test_readings_of_card_and_integrated_graphics() -> None:
    machine = windows()
    gpus, _ = detect_windows(machine)
    card, inside = read_windows(machine, gpus)
    # The busiest engine counts, with all processes on it together.
    assert card.load_percent.value == 61
    assert (card.memory_used_bytes.value, card.memory_total_bytes.value) == (3 * GIB, 16 * GIB)
    assert (inside.load_percent.value, inside.memory_used_bytes.value) == (4, GIB * 3 // 2)
    assert card.temperature_celsius.reason
    assert card.power_watts.reason
    assert card.frequency_mhz.reason


def test_machine_without_nvidias_library_has_all_its_gpus() -> None:
    answers = {
        "virtual_memory": {"total": 32 * GIB, "available": 20 * GIB, "free": 10 * GIB},
        "swap_memory": {"total": 0, "used": 0},
        "usable_cpus": [0, 1],
        "core_count": 2,
        "system_name": "Windows 11 AMD64",
        "processor_name": "AMD Ryzen 7 7700",
    }
    machine = detect_machine(interfaces=windows(**answers))
    assert [gpu.vendor for gpu in machine.gpus] == ["amd", "intel"]
    assert machine.gpu_reason is None


def test_first_reading_has_no_load() -> None:
    machine = windows(windows_gpu_counters=COUNTERS | {"engine": []})
    gpus, _ = detect_windows(machine)
    reading = read_windows(machine, gpus)[0]
    assert "two readings" in sentence_of(reading.load_percent.reason)
    assert reading.memory_used_bytes.value == 3 * GIB


def test_gpus_read_by_another_source_are_left_out() -> None:
    gpus, reason = detect_windows(windows(), without=("amd",))
    assert ([gpu.vendor for gpu in gpus], reason) == (["intel"], None)
    gpus, reason = detect_windows(windows(), without=("amd", "intel"))
    assert (gpus, reason) == ((), None)


def test_vanished_gpu_is_unknown() -> None:
    gpus, _ = detect_windows(windows())
    reading = read_windows(windows(windows_gpu_counters={}), gpus)[0]
    assert reading.memory_used_bytes.value is None
    assert reading.load_percent.reason


def test_missing_answer_gives_a_reason() -> None:
    gpus, why = detect_windows(windows(windows_gpu_counters=OSError("this Windows counts nothing")))
    assert gpus == ()
    assert "counts nothing" in sentence_of(why)
    assert detect_windows(windows(windows_gpu_adapters=[]))[1] == reason("hardware.windows_no_gpu")


@pytest.mark.parametrize(
    ("name", "vendor", "shares"),
    [
        ("Intel(R) Iris(R) Xe Graphics", "intel", True),
        ("Intel(R) UHD Graphics", "intel", True),
        ("Intel(R) Arc(TM) Graphics", "intel", True),
        ("Intel(R) Arc(TM) 140V GPU (16GB)", "intel", True),
        ("Intel(R) Arc(TM) A770 Graphics", "intel", False),
        ("Intel(R) Arc(TM) B580 Graphics", "intel", False),
        ("AMD Radeon(TM) Graphics", "amd", True),
        ("AMD Radeon(TM) 780M Graphics", "amd", True),
        ("AMD Radeon 780M", "amd", True),
        ("AMD Radeon(TM) 8060S Graphics", "amd", True),
        ("AMD Radeon(TM) RX Vega 10 Graphics", "amd", True),
        ("AMD Radeon RX 7900 XTX", "amd", False),
        ("Radeon RX Vega 64", "amd", False),
        ("Intel(R) Arc(TM) Pro A60", "intel", False),
        ("Intel(R) UHD Graphics 620", "intel", True),
        ("AMD Radeon RX 6600M", "amd", False),
        ("AMD Radeon PRO W7900", "amd", False),
        ("Radeon RX 580 Series", "amd", False),
        ("NVIDIA GeForce RTX 4070 Laptop GPU", "nvidia", False),
        ("Qualcomm(R) Adreno(TM) X1-85 GPU", "unknown", True),
    ],
)
def test_maker_and_kind_by_name(name: str, vendor: Vendor, shares: bool) -> None:
    (adapter_found,) = parse_adapters([adapter(name, CARD, vendor=0)])
    assert (adapter_found.vendor, adapter_found.shares_memory) == (vendor, shares)


def test_values_that_make_no_sense() -> None:
    values: dict[str, Any] = {"dedicated_bytes": -1, "shared_bytes": "much", "driver": 7}
    (adapter_found,) = parse_adapters([{"name": None, "luid": 1}, {}, adapter("X\x1b[31m", CARD, **values)])
    assert (
        adapter_found.name,
        adapter_found.dedicated_bytes,
        adapter_found.shared_bytes,
        adapter_found.driver,
    ) == ("X", None, None, None)
    gpus, _ = detect_windows(windows(windows_gpu_adapters=[adapter("X", CARD, dedicated_bytes=1 << 60)]))
    assert gpus[0].memory_bytes.value is None
    assert gpus[0].memory_bytes.reason
    odd: dict[str, Any] = {"engine": [["a"], [1, 2], None, [luid_name(CARD), "x"]], "dedicated": "x"}
    odd["shared"] = [[luid_name(CARD), float("nan")], [luid_name(CARD), float("inf")]]
    assert parse_counters(odd) == parse_counters({})


def test_luids_are_parsed() -> None:
    assert parse_luid("luid_0x00000001_0x0000D1F8_phys_0") == (1 << 32) | CARD
    assert parse_luid(luid_name((7 << 32) | INSIDE)) == (7 << 32) | INSIDE
    assert parse_luid("luid_0x1_0x2") is None
    assert registry_number((16 * GIB).to_bytes(8, "little")) == 16 * GIB
    assert (registry_number(5), registry_number(b"ab"), registry_number("5")) == (5, None, None)


@given(st.text(), st.floats())
def test_counters_never_raise(instance: str, value: float) -> None:
    rows = [[instance, value], [f"pid_1_{luid_name(CARD)}_phys_0_eng_0_engtype_3D", value]]
    counters = parse_counters({"engine": rows, "dedicated": rows, "shared": rows})
    assert all(0 <= percent <= 100 for percent in counters.load_percent.values())
