"""The processor's temperature and frequency, and reading from swap, from recorded files."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.standin import StandIn, busy, closed, gone
from tests.reasons import sentence_of
from tui.hardware.memory.swap import SwapMeter, parse_swap_in, swapped_in_macos
from tui.hardware.processor.frequency import FrequencyMeter, mean_mhz
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


def test_never_another_devices_temperature() -> None:
    found = Thermometer(StandIn(OTHERS)).read()
    assert found.value is None
    assert found.reason


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


def test_thermal_zone_of_the_package_does_where_there_is_no_chip() -> None:
    zones = {
        "/sys/class/thermal/thermal_zone0/type": "acpitz\n",
        "/sys/class/thermal/thermal_zone0/temp": "27800\n",
        "/sys/class/thermal/thermal_zone3/type": "x86_pkg_temp\n",
        "/sys/class/thermal/thermal_zone3/temp": "58000\n",
    }
    found = Thermometer(StandIn(zones)).read()
    assert (found.value, found.source) == (58, "thermal zone")


@pytest.mark.parametrize("content", ["", "hot\n", "999999999999\n", "-273150\n", closed(), busy(), gone()])
def test_sensor_that_fails_is_a_reason(content: Any) -> None:
    files = INTEL | {f"{HWMON}/hwmon4/temp1_input": content}
    found = Thermometer(StandIn(files)).read()
    assert found.value is None
    assert "temperature" in sentence_of(found.reason)


def test_chip_that_comes_back_under_another_number_is_found() -> None:
    machine = StandIn(INTEL)
    meter = Thermometer(machine)
    # WHEN the driver is loaded again
    machine.files = chip(7, "coretemp", ("Package id 0", "44000\n"))
    assert meter.read().value is None
    assert meter.read().value == 44


def test_one_file_a_look() -> None:
    machine = StandIn(OTHERS | INTEL)
    meter = Thermometer(machine)
    machine.reads.clear()
    meter.read()
    assert len(machine.reads) == 1


@pytest.mark.parametrize("platform", ["macos", "windows"])
def test_other_systems_say_that_they_do_not_report_it(platform: Any) -> None:
    machine = StandIn(OTHERS | INTEL, platform)
    assert find_inputs(machine) == ()
    assert "to no program" in sentence_of(Thermometer(machine).read().reason)
    assert FrequencyMeter(machine).read().reason


CPUFREQ = "/sys/devices/system/cpu/cpufreq"


def policies(count: int, kilohertz: Any = "2400000\n") -> dict[str, Any]:
    return {f"{CPUFREQ}/policy{number}/scaling_cur_freq": kilohertz for number in range(count)}


def test_mean_over_the_cores() -> None:
    files = policies(2) | {f"{CPUFREQ}/policy1/scaling_cur_freq": "1200000\n"}
    found = FrequencyMeter(StandIn(files)).read()
    assert (found.value, found.source) == (1800, "cpufreq")


def test_many_cores_are_asked_in_turn_and_few_at_once() -> None:
    machine = StandIn(policies(64))
    meter = FrequencyMeter(machine)
    asked: list[set[str]] = []
    for _ in range(8):
        machine.reads.clear()
        assert meter.read().value == 2400
        asked.append(set(machine.reads))
    assert max(len(each) for each in asked) <= 8
    # All of them have had their turn, and each look was spread over the machine.
    assert len(set[str]().union(*asked)) == 64
    assert f"{CPUFREQ}/policy0/scaling_cur_freq" in asked[0]
    assert f"{CPUFREQ}/policy56/scaling_cur_freq" in asked[0]


@pytest.mark.parametrize("content", ["", "<unknown>\n", "0\n", "99999999999\n", closed(), busy(), gone()])
def test_core_that_does_not_answer_is_left_out(content: Any) -> None:
    files = policies(2) | {f"{CPUFREQ}/policy0/scaling_cur_freq": content}
    assert FrequencyMeter(StandIn(files)).read().value == 2400
    found = FrequencyMeter(StandIn(policies(2, content))).read()
    assert found.value is None
    assert "frequency" in sentence_of(found.reason)


CPUINFO = """\
processor\t: 0
model name\t: Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz
cpu MHz\t\t: 1190.400
cache size\t: 6144 KB

processor\t: 1
cpu MHz\t\t: 3600.000
"""


def test_virtual_machine_is_read_from_cpuinfo_and_not_each_second() -> None:
    machine = StandIn({"/proc/cpuinfo": CPUINFO})
    meter = FrequencyMeter(machine)
    assert meter.read().value == pytest.approx(2395.2)
    machine.now += 1
    meter.read()
    assert machine.reads.count("/proc/cpuinfo") == 1
    machine.now += 5
    meter.read()
    assert machine.reads.count("/proc/cpuinfo") == 2


def test_kernel_that_tells_no_frequency() -> None:
    arm = StandIn({"/proc/cpuinfo": "processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd\n"})
    assert sentence_of(FrequencyMeter(arm).read().reason) == "this kernel does not report it"
    assert FrequencyMeter(StandIn()).read().reason


VMSTAT = "nr_free_pages 100\npgpgin 5\npswpin {}\npswpout 9\npgswapin 1\n"


def test_swap_in_is_pages_times_their_size() -> None:
    machine = StandIn({"/proc/vmstat": VMSTAT.format(1000)}, answers={"page_size": 4096})
    meter = SwapMeter(machine)
    machine.now += 2
    machine.files["/proc/vmstat"] = VMSTAT.format(3000)
    assert meter.read().value == 4096 * 1000
    machine.now += 1
    assert meter.read().value == 0


@pytest.mark.parametrize(
    "content", ["", "pswpin\n", "pswpin many\n", "pswpin -4\n", "xpswpin 4\n", closed(), gone()]
)
def test_no_count_of_swap_is_unknown(content: Any) -> None:
    machine = StandIn({"/proc/vmstat": content}, answers={"page_size": 4096})
    found = SwapMeter(machine).read()
    assert found.value is None
    assert "swap" in sentence_of(found.reason)


def test_page_size_that_is_not_told_is_not_guessed() -> None:
    machine = StandIn({"/proc/vmstat": VMSTAT.format(1)})
    meter = SwapMeter(machine)
    machine.now += 1
    assert meter.read().value is None


VM_STAT = """\
Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                5183.
Pages active:                            130012.
Pageins:                                 900000.
Swapins:                                  {}.
Swapouts:                                  4096.
"""


def test_macos_swap_in() -> None:
    machine = StandIn(platform="macos")
    machine.commands["vm_stat"] = VM_STAT.format(10).encode()
    meter = SwapMeter(machine)
    machine.now += 1
    machine.commands["vm_stat"] = VM_STAT.format(74).encode()
    assert meter.read().value == 64 * 16384
    machine.commands.clear()
    machine.now += 1
    assert meter.read().value is None
    assert SwapMeter(StandIn(platform="windows")).read().reason


@given(st.text())
def test_parsers_never_raise(text: str) -> None:
    assert (parse_swap_in(text) or 0) >= 0
    swapped_in_macos(text)
    mean_mhz(text)
