"""Accounts of a process, in macOS's own layout."""

import struct

from tui.hardware.macos_calls import parse_process_usage
from tui.units import MIB


def test_accounts_of_a_process() -> None:
    numbers = [0] * 35
    numbers[6], numbers[7], numbers[28] = 700 * MIB, 900 * MIB, 950 * MIB
    usage = parse_process_usage(bytes(16) + struct.pack("<35Q", *numbers))
    assert usage is not None
    assert (usage.resident_bytes, usage.footprint_bytes, usage.peak_bytes) == (
        700 * MIB,
        900 * MIB,
        950 * MIB,
    )
    assert parse_process_usage(bytes(295)) is None
