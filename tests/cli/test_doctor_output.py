"""The report of `llmtui doctor` for people."""

import getpass
import socket

import msgspec
import pytest

from tests.hardware.test_report import GPU, READING
from tests.reasons import because, sentence_of
from tui.cli.doctor_output import report_lines
from tui.hardware.battery import NO_BATTERY
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.processor.cpu_load import QUOTA_SOURCE
from tui.hardware.reading import known, unknown
from tui.hardware.sampler import MachineSampler
from tui.units import GIB, MIB


@pytest.fixture
def machine() -> Machine:
    return msgspec.structs.replace(detect_machine(), gpus=(GPU,), gpu_reason=None)


def test_profile_has_the_sizes_without_loads(machine: Machine) -> None:
    lines = report_lines(machine)
    assert any(line.startswith("GPU 0 memory") for line in lines)
    assert not any(line.startswith("GPU 0 load") for line in lines)


def test_lines_are_aligned_and_say_what_to_do(machine: Machine) -> None:
    lines = report_lines(machine, READING)
    column = lines[0].index(machine.system)
    assert all(line[column - 2 : column] == "  " and line[column] != " " for line in lines)
    assert f"{'Memory pressure':<{column}}n/a  {sentence_of(READING.pressure_percent.reason)}" in lines
    assert f"{'Memory in use':<{column}}5.00 GiB, 3.00 GiB available" in lines
    assert f"{'GPU 0 load':<{column}}21 %" in lines


def test_every_unknown_value_has_its_reason(machine: Machine) -> None:
    lost = msgspec.structs.replace(
        READING, cpu_percent=unknown(because("no counters")), memory=unknown(because("no memory")), gpus=()
    )
    for line in report_lines(msgspec.structs.replace(machine, gpu_reason=because("asleep")), lost):
        _, separator, reason = line.partition("n/a")
        assert not separator or reason.strip()
        assert "None" not in line


def test_report_does_not_name_the_owner() -> None:
    machine = detect_machine()
    reading = MachineSampler(machine, lambda reading: None).take()
    word_set = set(" ".join(report_lines(machine, reading)).split())
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
    lines = [" ".join(line.split()) for line in report_lines(machine, full)]
    for line in (
        "CPU temperature 62 °C",
        "CPU frequency 3100 MHz",
        "CPU power 14.2 W",
        "Battery 21.5 W drawn",
        "Read from swap 2.00 MiB/s",
        "GPU 0 frequency 1920 MHz",
    ):
        assert line in lines


def test_missing_battery_has_no_line(machine: Machine) -> None:
    none = msgspec.structs.replace(READING, battery_watts=unknown(NO_BATTERY))
    assert not any(line.startswith("Battery") for line in report_lines(machine, none))


@pytest.mark.parametrize(
    ("container", "is_any_gpu", "end"),
    [
        (None, False, "; models run on the CPU"),
        ("docker", False, "start the container with --gpus all (NVIDIA) or --device /dev/dri (AMD, Intel)"),
        ("docker", True, ": asleep"),
    ],
)
def test_missing_gpu_has_its_reason_and_what_to_do(
    machine: Machine, container: str | None, is_any_gpu: bool, end: str
) -> None:
    machine = msgspec.structs.replace(
        machine, gpus=(GPU,) if is_any_gpu else (), gpu_reason=because("asleep"), container=container
    )
    line = report_lines(machine)[-1]
    assert line.startswith("GPU ")
    assert "n/a  it could not be read: asleep" in line
    assert line.endswith(end)


def test_load_names_the_quota_and_power_its_limit(machine: Machine) -> None:
    cpu = msgspec.structs.replace(machine.cpu, quota_cores=known(2.0, "cgroup"))
    reading = msgspec.structs.replace(
        READING,
        cpu_percent=known(43.2, QUOTA_SOURCE),
        cpu_power_watts=known(14.2, "RAPL"),
        cpu_power_limit_watts=known(28.0, "RAPL"),
    )
    lines = report_lines(msgspec.structs.replace(machine, cpu=cpu), reading)
    values = [" ".join(line.split()) for line in lines]
    assert "CPU load 43 % of 2 CPUs" in values
    assert "CPU power 14.2 W of at most 28 W" in values


@pytest.mark.parametrize(
    ("cores", "memory_bytes", "set_aside_bytes", "name", "memory"),
    [
        (8, None, 0, "M1, 8 cores, shares the RAM", "none of its own, it shares the RAM"),
        (None, 7 * GIB, 0, "M1, shares the RAM", "up to 7.00 GiB of the RAM"),
        (
            None,
            8 * GIB,
            GIB,
            "M1, shares the RAM",
            "1.00 GiB set aside by the firmware, and up to 7.00 GiB of the RAM",
        ),
    ],
)
def test_gpu_that_shares_the_ram_names_its_part(
    machine: Machine,
    cores: int | None,
    memory_bytes: int | None,
    set_aside_bytes: int,
    name: str,
    memory: str,
) -> None:
    gpu = msgspec.structs.replace(
        GPU,
        name="M1",
        shares_memory=True,
        cores=cores,
        memory_bytes=known(memory_bytes, "driver") if memory_bytes else unknown(because("off")),
        set_aside_bytes=set_aside_bytes,
    )
    lines = report_lines(msgspec.structs.replace(machine, gpus=(gpu,)))
    values = [" ".join(line.split()) for line in lines]
    assert f"GPU 0 {name}" in values
    assert f"GPU 0 memory {memory}" in values
