"""The processor's power and the battery's, from recorded counters."""

import plistlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.standin import StandIn, busy, closed, gone
from tests.reasons import sentence_of
from tui.hardware.battery import NO_BATTERY, PLUGGED_IN, BatteryMeter, read_battery
from tui.hardware.battery_system import parse_battery_state, parse_smart_battery
from tui.hardware.processor.power import ROOT_ONLY, PowerMeter
from tui.hardware.rate import Rate

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
    machine.now += 2
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


def test_first_look_asks_for_another() -> None:
    assert "two looks" in sentence_of(PowerMeter(StandIn(package(0))).read().reason)


def test_packages_are_added_and_nothing_else_is() -> None:
    # GIVEN two sockets, the platform's own counter, and the same package counted by another way
    files = package(0) | package(1) | package(2, name="psys")
    files[f"{RAPL}/intel-rapl-mmio:0/name"] = "package-0\n"
    files[f"{RAPL}/intel-rapl-mmio:0/energy_uj"] = "5\n"
    machine = StandIn(files)
    meter = PowerMeter(machine)
    machine.now += 1
    for number in (0, 1, 2):
        machine.files[f"{RAPL}/intel-rapl:{number}/energy_uj"] = "31000000\n"
    assert meter.read().value == 60


def test_counter_that_begins_again_is_counted_on() -> None:
    machine = StandIn(package(0, f"{MOST - 4_000_000}\n"))
    meter = PowerMeter(machine)
    machine.now += 1
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = "5999999\n"
    assert meter.read().value == pytest.approx(10.0)


def test_root_only_says_how_to_open_it() -> None:
    power = PowerMeter(StandIn(package(0, closed()))).read()
    assert (power.value, power.reason) == (None, ROOT_ONLY)
    assert "chmod" in sentence_of(ROOT_ONLY)


def test_one_closed_package_is_no_half_of_the_power() -> None:
    machine = StandIn(package(0) | package(1, closed()))
    meter = PowerMeter(machine)
    machine.now += 1
    assert meter.read().reason == ROOT_ONLY


@pytest.mark.parametrize("content", ["", "many\n", "-3\n", busy(), gone(), b"\xff\xfe"])
def test_garbage_is_unknown_and_the_next_look_counts(content: Any) -> None:
    machine = StandIn(package(0))
    meter = PowerMeter(machine)
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = content
    machine.now += 1
    broken = meter.read()
    assert broken.value is None
    assert broken.reason
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = "21000000\n"
    machine.now += 1
    assert meter.read().value == 10


def test_impossible_watts_are_unknown() -> None:
    machine = StandIn(package(0))
    meter = PowerMeter(machine)
    machine.now += 1
    machine.files[f"{RAPL}/intel-rapl:0/energy_uj"] = f"{MOST - 1}\n"
    assert "impossible" in sentence_of(meter.read().reason)


@pytest.mark.parametrize(
    ("platform", "words"), [("linux", "RAPL"), ("macos", "powermetrics"), ("windows", "driver of its own")]
)
def test_without_counters_the_reason_is_the_systems(platform: Any, words: str) -> None:
    assert words in sentence_of(PowerMeter(StandIn(platform=platform)).read().reason)


class TestRate:
    def test_too_soon_gives_the_last_answer_again(self) -> None:
        rate = Rate()
        assert [rate.next(0, 0.0), rate.next(10, 1.0), rate.next(999, 1.01)] == [None, 10, 10]
        # The look that came too soon did not move the start.
        assert rate.next(30, 2.0) == 20

    def test_counter_that_was_started_again_is_not_negative(self) -> None:
        rate = Rate()
        rate.next(100, 0.0)
        assert rate.next(5, 1.0) is None
        assert rate.next(15, 2.0) == 10

    @given(st.lists(st.tuples(st.integers(0, 1 << 64), st.floats(0, 1e6)), max_size=8))
    def test_never_negative(self, looks: list[tuple[int, float]]) -> None:
        rate = Rate(1 << 32)
        for value, now in looks:
            found = rate.next(value, now)
            assert found is None or found >= 0


SUPPLY = "/sys/class/power_supply"
BATTERY = {
    f"{SUPPLY}/BAT0/type": "Battery\n",
    f"{SUPPLY}/BAT0/status": "Discharging\n",
    f"{SUPPLY}/BAT0/power_now": "11520000\n",
    f"{SUPPLY}/BAT0/serial_number": "12345\n",
    f"{SUPPLY}/AC/type": "Mains\n",
    f"{SUPPLY}/AC/online": "0\n",
}


def test_battery_that_empties_tells_the_machines_draw() -> None:
    machine = StandIn(BATTERY)
    assert read_battery(machine).value == pytest.approx(11.52)
    assert not any("serial" in path for path in machine.reads)


def test_current_and_voltage_do_where_there_is_no_power() -> None:
    files = dict(BATTERY)
    del files[f"{SUPPLY}/BAT0/power_now"]
    # Some drivers count a current that leaves the battery as negative.
    files |= {f"{SUPPLY}/BAT0/current_now": "-1500000\n", f"{SUPPLY}/BAT0/voltage_now": "12000000\n"}
    assert read_battery(StandIn(files)).value == pytest.approx(18.0)


@pytest.mark.parametrize("status", ["Charging\n", "Full\n", "Not charging\n", "Unknown\n", ""])
def test_plugged_in_the_draw_is_unknown(status: str) -> None:
    draw = read_battery(StandIn(BATTERY | {f"{SUPPLY}/BAT0/status": status}))
    assert (draw.value, draw.reason) == (None, PLUGGED_IN)


def test_two_batteries_are_added_and_a_mouse_is_not() -> None:
    files = BATTERY | {key.replace("BAT0", "BAT1"): value for key, value in BATTERY.items()}
    files |= {key.replace("BAT0", "hid-mouse"): value for key, value in BATTERY.items()}
    files[f"{SUPPLY}/hid-mouse/scope"] = "Device\n"
    assert read_battery(StandIn(files)).value == pytest.approx(23.04)


@pytest.mark.parametrize("content", ["0\n", "x", str(1 << 60), gone()])
def test_battery_that_does_not_say_how_fast(content: Any) -> None:
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


def test_battery_that_does_not_answer_is_asked_again() -> None:
    machine = StandIn(platform="macos", answers={"battery_draw": busy()})
    meter = BatteryMeter(machine)
    assert "battery" in sentence_of(meter.read().reason)
    machine.answers["battery_draw"] = {"discharging": True, "milliwatts": -5000}
    assert meter.read().value == 5


def test_battery_of_another_system() -> None:
    answers = {"battery_draw": {"discharging": True, "milliwatts": -7400}}
    machine = StandIn(platform="macos", answers=answers)
    assert read_battery(machine).value == 7.4
    answers["battery_draw"] = {"discharging": False, "milliwatts": 3000}
    assert read_battery(StandIn(platform="macos", answers=answers)).reason == PLUGGED_IN


def smart_battery(**values: Any) -> bytes:
    facts = {"ExternalConnected": False, "Voltage": 12450, "Serial": "D86000000000000"}
    return plistlib.dumps([facts | values])


def test_macos_battery_writes_negative_numbers_as_large_ones() -> None:
    found = parse_smart_battery(smart_battery(InstantAmperage=(1 << 64) - 1200))
    assert found == {"discharging": True, "milliwatts": -14940}


@pytest.mark.parametrize(
    "data", [b"", b"<plist", plistlib.dumps([]), plistlib.dumps({"a": 1}), plistlib.dumps([1])]
)
def test_macos_without_battery(data: bytes) -> None:
    assert parse_smart_battery(data) is None


def test_macos_battery_with_keys_missing() -> None:
    assert parse_smart_battery(plistlib.dumps([{}])) == {"discharging": False, "milliwatts": None}
    assert parse_smart_battery(smart_battery()) == {"discharging": True, "milliwatts": None}


def test_windows_battery_state() -> None:
    numbers = struct.pack("<6I", 50000, 31000, (1 << 32) - 9100, 12000, 0, 0)
    assert parse_battery_state(bytes([0, 1, 0, 1, 0, 0, 0, 0]) + numbers) == {
        "discharging": True,
        "milliwatts": -9100,
    }
    unknown = struct.pack("<6I", 50000, 31000, 1 << 31, 12000, 0, 0)
    assert parse_battery_state(bytes([0, 1, 0, 1, 0, 0, 0, 0]) + unknown) == {
        "discharging": True,
        "milliwatts": None,
    }
    assert parse_battery_state(bytes(32)) is None
    assert parse_battery_state(b"") is None
