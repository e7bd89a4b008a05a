"""The power of the processor over its energy counters."""

from typing import Any

import pytest

from tests.hardware.standin import StandIn, busy, closed, gone
from tests.reasons import sentence_of
from tui.hardware.processor.power import ROOT_ONLY, PowerMeter

MOST = 262143328850

RAPL = "/sys/class/powercap"


def package(number: int, energy: Any = "1000000\n", name: str | None = None) -> dict[str, Any]:
    """A zone of powercap as intel_rapl lays it out, with a part below it."""
    zone = f"{RAPL}/intel-rapl:{number}"
    return {
        f"{zone}/name": f"{name or f'package-{number}'}\n",
        f"{zone}/energy_uj": energy,
        f"{zone}/max_energy_range_uj": f"{MOST}\n",
        f"{RAPL}/intel-rapl:{number}:0/name": "core\n",
        f"{RAPL}/intel-rapl:{number}:0/energy_uj": "999999999\n",
        f"{RAPL}/intel-rapl/enabled": "1\n",
    }


def test_watts_are_joules_over_seconds() -> None:
    machine = StandIn(package(0))
    meter = PowerMeter(machine)
    # WHEN two seconds pass in which the package takes 25 J
    machine.clock_seconds += 2
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = "26000000\n"
    power = meter.read()
    assert (power.value, power.source) == (12.5, "RAPL")


def test_limits_of_the_packages_are_added() -> None:
    files = package(0, closed()) | package(1)
    files |= {f"{RAPL}/intel-rapl:{n}/constraint_0_power_limit_uw": "125000000\n" for n in (0, 1)}
    # Everybody may read them, though the counters are for root.
    assert PowerMeter(StandIn(files)).read_limit().value == 250
    # AMD's packages tell none, and nothing is not no limit.
    assert "is not reported" in sentence_of(PowerMeter(StandIn(package(0))).read_limit().reason)
    assert PowerMeter(StandIn()).read_limit().value is None


def test_first_reading_has_no_power() -> None:
    assert "two readings" in sentence_of(PowerMeter(StandIn(package(0))).read().reason)


def test_only_packages_are_summed() -> None:
    # GIVEN two sockets, the platform's own counter, and the same package counted by another way
    files = package(0) | package(1) | package(2, name="psys")
    files[f"{RAPL}/intel-rapl-mmio:0/name"] = "package-0\n"
    files[f"{RAPL}/intel-rapl-mmio:0/energy_uj"] = "5\n"
    machine = StandIn(files)
    meter = PowerMeter(machine)
    machine.clock_seconds += 1
    for number in (0, 1, 2):
        machine.files[f"{RAPL}/intel-rapl:{number}/energy_uj"] = "31000000\n"
    assert meter.read().value == 60


def test_wrapped_counter_continues() -> None:
    machine = StandIn(package(0, f"{MOST - 4_000_000}\n"))
    meter = PowerMeter(machine)
    machine.clock_seconds += 1
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = "5999999\n"
    assert meter.read().value == pytest.approx(10.0)


def test_root_only_counter_has_advice() -> None:
    power = PowerMeter(StandIn(package(0, closed()))).read()
    assert (power.value, power.reason) == (None, ROOT_ONLY)
    assert "chmod" in sentence_of(ROOT_ONLY)


def test_unreadable_package_makes_the_power_unknown() -> None:
    machine = StandIn(package(0) | package(1, closed()))
    meter = PowerMeter(machine)
    machine.clock_seconds += 1
    assert meter.read().reason == ROOT_ONLY


@pytest.mark.parametrize("content", ["", "many\n", "-3\n", busy(), gone(), b"\xff\xfe"])
def test_garbage_is_unknown_until_the_next_reading(content: Any) -> None:
    machine = StandIn(package(0))
    meter = PowerMeter(machine)
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = content
    machine.clock_seconds += 1
    broken = meter.read()
    assert broken.value is None
    assert broken.reason
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = "21000000\n"
    machine.clock_seconds += 1
    assert meter.read().value == 10


def test_impossible_watts_are_unknown() -> None:
    machine = StandIn(package(0))
    meter = PowerMeter(machine)
    machine.clock_seconds += 1
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = f"{MOST - 1}\n"
    assert "impossible" in sentence_of(meter.read().reason)


@pytest.mark.parametrize(
    ("platform", "reason_text"),
    [("linux", "RAPL"), ("macos", "powermetrics"), ("windows", "driver of its own")],
)
def test_missing_counters_have_a_reason_per_system(platform: Any, reason_text: str) -> None:
    assert reason_text in sentence_of(PowerMeter(StandIn(platform=platform)).read().reason)
