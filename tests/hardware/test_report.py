"""The machine and a reading of it as JSON."""

import getpass
import json
import socket
from typing import Any

import msgspec
import pytest

from tests.reasons import because, sentence_of
from tui.hardware.battery import NO_BATTERY
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import GpuReading, MemoryReading, Reading, known, unknown
from tui.hardware.report import machine_report
from tui.hardware.sampler import MachineSampler
from tui.sentences import reason
from tui.units import GIB, MIB

GPU = Gpu(0, "RTX 4070", "nvidia", False, known(12 * GIB, "NVML"), known("550.54", "NVML"))
READING = Reading(
    time_seconds=1.0,
    cpu_percent=known(43.2, "/proc/stat"),
    core_percents=(40.0, 46.4),
    memory=known(MemoryReading(8 * GIB, 5 * GIB, 3 * GIB, GIB, 2 * GIB, 0, "psutil"), "psutil"),
    gpus=(
        GpuReading(
            0,
            known(21.0, "NVML"),
            known(3 * GIB, "NVML"),
            GPU.memory_bytes,
            known(54.0, "NVML"),
            unknown(because("off")),
        ),
    ),
    pressure_percent=unknown(reason("hardware.no_pressure_figures")),
    engine=None,
    own_cpu_percent=known(1.0, "process times"),
    own_resident_bytes=known(60 * MIB, "psutil"),
)


@pytest.fixture
def machine() -> Machine:
    return msgspec.structs.replace(detect_machine(), gpus=(GPU,), gpu_reason=None)


def unknowns_without_reason(value: Any, path: str = "") -> list[str]:
    """Every key that is null although a sibling for its reason exists and is empty."""
    violations: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            if item is None and f"{key}_reason" in value and not value[f"{key}_reason"]:
                violations.append(f"{path}.{key}")
            violations += unknowns_without_reason(item, f"{path}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            violations += unknowns_without_reason(item, f"{path}[{number}]")
    return violations


def test_this_machine_is_ready_for_json() -> None:
    machine = detect_machine()
    sampler = MachineSampler(machine, lambda reading: None)
    report = machine_report(machine, sampler.take())
    assert json.loads(json.dumps(report)) == report
    assert unknowns_without_reason(report) == []
    assert report["memory"]["total_bytes"] == machine.memory_limit_bytes


def test_an_unknown_is_null_beside_its_reason(machine: Machine) -> None:
    report = machine_report(machine, READING)
    assert report["pressure_percent"] is None
    assert report["pressure_percent_reason"] == sentence_of(READING.pressure_percent.reason)
    assert (report["gpus"][0]["power_watts"], report["gpus"][0]["power_watts_reason"]) == (
        None,
        "it could not be read: off",
    )
    assert (report["gpus"][0]["load_percent"], report["gpus"][0]["load_percent_reason"]) == (21.0, None)


def test_each_reason_has_its_code_beside_it(machine: Machine) -> None:
    report = machine_report(
        msgspec.structs.replace(machine, gpu_reason=reason("hardware.gpu_asleep")), READING
    )
    assert report["gpu_reason_code"] == "hardware.gpu_asleep"
    assert report["pressure_percent_reason_code"] == "hardware.no_pressure_figures"
    assert report["cpu"]["load_percent_reason_code"] is None


def test_keys_stay_the_same_whatever_is_known(machine: Machine) -> None:
    lost = msgspec.structs.replace(READING, cpu_percent=unknown(because("x")), memory=unknown(because("y")))
    assert machine_report(machine, READING).keys() == machine_report(machine, lost).keys()
    assert machine_report(machine, READING)["cpu"].keys() == machine_report(machine, lost)["cpu"].keys()


def test_profile_has_no_current_readings(machine: Machine) -> None:
    report = machine_report(machine)
    assert "memory" not in report
    assert "load_percent" not in report["gpus"][0]


def test_report_does_not_name_the_owner() -> None:
    machine = detect_machine()
    reading = MachineSampler(machine, lambda reading: None).take()
    word_set = set(json.dumps(machine_report(machine, reading)).split())
    for private in {socket.gethostname(), getpass.getuser()}:
        assert private not in word_set


def test_report_has_processor_battery_and_swap(machine: Machine) -> None:
    gpu = msgspec.structs.replace(READING.gpus[0], frequency_mhz=known(1920.0, "NVML"))
    full = msgspec.structs.replace(
        READING,
        cpu_temperature_celsius=known(61.6, "hwmon"),
        cpu_frequency_mhz=known(3100.4, "cpufreq"),
        cpu_power_watts=known(14.25, "RAPL"),
        battery_watts=known(21.5, "sysfs"),
        swap_in_bytes_per_second=known(2.0 * MIB, "/proc/vmstat"),
        gpus=(gpu,),
    )
    report = machine_report(machine, full)
    cpu = report["cpu"]
    assert (cpu["temperature_celsius"], cpu["frequency_mhz"], cpu["power_watts"]) == (61.6, 3100.4, 14.25)
    assert (report["battery_watts"], report["swap_in_bytes_per_second"]) == (21.5, 2 * MIB)
    assert report["gpus"][0]["frequency_mhz"] == 1920


def test_missing_battery_is_not_reported(machine: Machine) -> None:
    none = msgspec.structs.replace(READING, battery_watts=unknown(NO_BATTERY))
    assert machine_report(machine, none)["battery_watts_reason"] == sentence_of(NO_BATTERY)
