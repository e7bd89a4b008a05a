"""The processor's temperature over files of hwmon and thermal zones."""

from typing import Any

import pytest

from tests.hardware.standin import StandIn, busy, closed, gone
from tests.reasons import sentence_of
from tui.hardware.processor.frequency import FrequencyMeter
from tui.hardware.processor.temperature import Thermometer, find_inputs

HWMON = "/sys/class/hwmon"


def chip(number: int, name: str, *sensors: tuple[str | None, Any]) -> dict[str, Any]:
    """A chip of hwmon with its sensors, (label, input) each; a label of None is a missing file."""
    files: dict[str, Any] = {f"{HWMON}/hwmon{number}/name": f"{name}\n"}
    for index, (label, value) in enumerate(sensors, 1):
        files[f"{HWMON}/hwmon{number}/temp{index}_input"] = value
        files[f"{HWMON}/hwmon{number}/temp{index}_crit"] = "100000\n"
        if label is not None:
            files[f"{HWMON}/hwmon{number}/temp{index}_label"] = f"{label}\n"
    return files


OTHERS = (
    chip(0, "nvme", ("Composite", "71850\n"))
    | chip(1, "iwlwifi_1", (None, "88000\n"))
    | chip(2, "acpitz", (None, "27800\n"))
    | chip(3, "amdgpu", ("edge", "90000\n"))
)

INTEL = chip(4, "coretemp", ("Package id 0", "62000\n"), ("Core 0", "64000\n"), ("Core 1", "60000\n"))


def test_package_of_an_intel_processor() -> None:
    machine = StandIn(OTHERS | INTEL)
    assert Thermometer(machine).read().value == 62


def test_temperatures_of_other_devices_are_ignored() -> None:
    temperature = Thermometer(StandIn(OTHERS)).read()
    assert temperature.value is None
    assert temperature.reason


@pytest.mark.parametrize(
    ("files", "degrees"),
    [
        (chip(1, "k10temp", ("Tctl", "72250\n"), ("Tdie", "62250\n"), ("Tccd1", "80000\n")), 62.25),
        (chip(1, "k10temp", ("Tctl", "55125\n"), ("Tccd1", "80000\n")), 55.125),
        (chip(1, "k10temp", (None, "41000\n")), 41),
        (chip(1, "zenpower", ("Tdie", "50000\n"), ("Tctl", "60000\n")), 50),
        (chip(1, "cpu_thermal", (None, "48312\n")), 48.312),
        (chip(1, "thinkpad", ("GPU", "40000\n"), ("CPU", "53000\n")), 53),
        (chip(1, "coretemp", ("Core 0", "51000\n"), ("Core 1", "57000\n")), 57),
        (
            chip(1, "coretemp", ("Package id 0", "50000\n"))
            | chip(2, "coretemp", ("Package id 1", "66000\n")),
            66,
        ),
        (chip(1, "thinkpad", ("CPU", "53000\n")) | chip(2, "coretemp", ("Package id 0", "55000\n")), 55),
    ],
)
def test_each_driver_has_its_own_sensor(files: dict[str, Any], degrees: float) -> None:
    assert Thermometer(StandIn(OTHERS | files)).read().value == degrees


def test_package_thermal_zone_is_used_without_a_sensor_chip() -> None:
    zones = {
        "/sys/class/thermal/thermal_zone0/type": "acpitz\n",
        "/sys/class/thermal/thermal_zone0/temp": "27800\n",
        "/sys/class/thermal/thermal_zone3/type": "x86_pkg_temp\n",
        "/sys/class/thermal/thermal_zone3/temp": "58000\n",
    }
    temperature = Thermometer(StandIn(zones)).read()
    assert (temperature.value, temperature.source) == (58, "thermal zone")


@pytest.mark.parametrize("content", ["", "hot\n", "999999999999\n", "-273150\n", closed(), busy(), gone()])
def test_failing_sensor_gives_a_reason(content: Any) -> None:
    files = INTEL | {f"{HWMON}/hwmon4/temp1_input": content}
    temperature = Thermometer(StandIn(files)).read()
    assert temperature.value is None
    assert "temperature" in sentence_of(temperature.reason)


def test_renumbered_chip_is_found_again() -> None:
    machine = StandIn(INTEL)
    meter = Thermometer(machine)
    # WHEN the driver is loaded again
    machine.files = chip(7, "coretemp", ("Package id 0", "44000\n"))
    assert meter.read().value is None
    assert meter.read().value == 44


def test_one_file_is_read_per_reading() -> None:
    machine = StandIn(OTHERS | INTEL)
    meter = Thermometer(machine)
    machine.reads.clear()
    meter.read()
    assert len(machine.reads) == 1


@pytest.mark.parametrize("platform", ["macos", "windows"])
def test_other_systems_give_a_reason(platform: Any) -> None:
    machine = StandIn(OTHERS | INTEL, platform)
    assert find_inputs(machine) == ()
    assert "to no program" in sentence_of(Thermometer(machine).read().reason)
    assert FrequencyMeter(machine).read().reason
