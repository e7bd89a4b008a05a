"""The battery as macOS and Windows describe it."""

import plistlib
import struct
from typing import Any

import pytest

from tui.hardware.battery_calls import parse_battery_state, parse_smart_battery


def smart_battery(**values: Any) -> bytes:
    facts = {"ExternalConnected": False, "Voltage": 12450, "Serial": "D86000000000000"}
    return plistlib.dumps([facts | values])


def test_macos_battery_writes_negative_numbers_as_large_ones() -> None:
    reading = parse_smart_battery(smart_battery(InstantAmperage=(1 << 64) - 1200))
    assert reading == {"discharging": True, "milliwatts": -14940}


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
