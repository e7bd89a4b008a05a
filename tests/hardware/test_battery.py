"""The battery's draw over files of Linux and answers of other systems."""

from typing import Any

import pytest

from tests.hardware.standin import StandIn, busy, gone
from tests.reasons import sentence_of
from tui.hardware.battery import NO_BATTERY, PLUGGED_IN, BatteryMeter, read_battery

SUPPLY = "/sys/class/power_supply"

BATTERY = {
    f"{SUPPLY}/BAT0/type": "Battery\n",
    f"{SUPPLY}/BAT0/status": "Discharging\n",
    f"{SUPPLY}/BAT0/power_now": "11520000\n",
    f"{SUPPLY}/BAT0/serial_number": "12345\n",
    f"{SUPPLY}/AC/type": "Mains\n",
    f"{SUPPLY}/AC/online": "0\n",
}


def test_discharging_battery_gives_the_power_draw() -> None:
    machine = StandIn(BATTERY)
    assert read_battery(machine).value == pytest.approx(11.52)
    assert not any("serial" in path for path in machine.reads)


def test_current_and_voltage_replace_a_missing_power() -> None:
    files = dict(BATTERY)
    del files[f"{SUPPLY}/BAT0/power_now"]
    # Some drivers count a current that leaves the battery as negative.
    files |= {f"{SUPPLY}/BAT0/current_now": "-1500000\n", f"{SUPPLY}/BAT0/voltage_now": "12000000\n"}
    assert read_battery(StandIn(files)).value == pytest.approx(18.0)


@pytest.mark.parametrize("status", ["Charging\n", "Full\n", "Not charging\n", "Unknown\n", ""])
def test_power_draw_is_unknown_while_plugged_in(status: str) -> None:
    draw = read_battery(StandIn(BATTERY | {f"{SUPPLY}/BAT0/status": status}))
    assert (draw.value, draw.reason) == (None, PLUGGED_IN)


def test_batteries_are_summed_without_those_of_devices() -> None:
    files = BATTERY | {key.replace("BAT0", "BAT1"): value for key, value in BATTERY.items()}
    files |= {key.replace("BAT0", "hid-mouse"): value for key, value in BATTERY.items()}
    files[f"{SUPPLY}/hid-mouse/scope"] = "Device\n"
    assert read_battery(StandIn(files)).value == pytest.approx(23.04)


@pytest.mark.parametrize("content", ["0\n", "x", str(1 << 60), gone()])
def test_battery_without_a_rate_gives_a_reason(content: Any) -> None:
    draw = read_battery(StandIn(BATTERY | {f"{SUPPLY}/BAT0/power_now": content}))
    assert draw.value is None
    assert draw.reason


def test_no_battery() -> None:
    machine = StandIn({f"{SUPPLY}/AC/type": "Mains\n"})
    assert read_battery(machine).reason == NO_BATTERY
    assert read_battery(StandIn(platform="windows", answers={"battery_draw": None})).reason == NO_BATTERY
    # It is not asked again.
    meter = BatteryMeter(machine)
    assert meter.read().reason == NO_BATTERY
    machine.reads.clear()
    assert meter.read().reason == NO_BATTERY
    assert machine.reads == []


def test_silent_battery_is_asked_again() -> None:
    machine = StandIn(platform="macos", answers={"battery_draw": busy()})
    meter = BatteryMeter(machine)
    assert "battery" in sentence_of(meter.read().reason)
    machine.answers["battery_draw"] = {"discharging": True, "milliwatts": -5000}
    assert meter.read().value == 5


def test_battery_is_read_by_a_question_on_other_systems() -> None:
    answers = {"battery_draw": {"discharging": True, "milliwatts": -7400}}
    machine = StandIn(platform="macos", answers=answers)
    assert read_battery(machine).value == 7.4
    answers["battery_draw"] = {"discharging": False, "milliwatts": 3000}
    assert read_battery(StandIn(platform="macos", answers=answers)).reason == PLUGGED_IN
