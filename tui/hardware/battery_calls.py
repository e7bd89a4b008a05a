"""The battery's draw on macOS and Windows: answers the question `battery_draw`.

Only the two figures leave this file: macOS lists the battery's serial number beside them.
"""

import ctypes
import errno
import os
import struct
import subprocess
import sys
from typing import Any, cast

_IOREG = ("ioreg", "-r", "-d", "1", "-n", "AppleSmartBattery", "-a")
_TIMEOUT_SECONDS = 2.0
_BATTERY_STATE = 5
"""`SystemBatteryState` of `POWER_INFORMATION_LEVEL`."""
_STATE_BYTES = 32
_RATE_UNKNOWN = -(1 << 31)


def battery_draw() -> dict[str, Any] | None:
    """Return `discharging`, and `milliwatts` or None; None when there is no battery.

    Raises:
        OSError: this system does not answer.
    """
    if sys.platform == "darwin":
        try:
            done = subprocess.run(_IOREG, capture_output=True, timeout=_TIMEOUT_SECONDS, check=False)
        except subprocess.SubprocessError as error:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from error
        return parse_smart_battery(done.stdout)
    if sys.platform == "win32":
        data = ctypes.create_string_buffer(_STATE_BYTES)
        call = ctypes.WinDLL("powrprof").CallNtPowerInformation
        if call(_BATTERY_STATE, None, 0, data, _STATE_BYTES):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return parse_battery_state(data.raw)
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


def parse_smart_battery(data: bytes) -> dict[str, Any] | None:
    """macOS's property list of `AppleSmartBattery`: milliamperes, negative while it empties; millivolts."""
    try:
        # Here: it brings an XML parser, and only a Mac has such lists.
        import plistlib

        parsed: Any = plistlib.loads(data)
    except Exception:  # noqa: BLE001 - plistlib raises half a dozen unrelated types on a damaged list
        return None
    first: Any = next(iter(cast("list[Any]", parsed)), None) if isinstance(parsed, list) else None
    if not isinstance(first, dict):
        return None
    item = cast("dict[str, Any]", first)
    volts = _whole(item.get("Voltage"))
    amperes = _whole(item.get("InstantAmperage"))
    if amperes is not None and amperes >= 1 << 63:
        # The list has no negative numbers: they come as their two's complement.
        amperes -= 1 << 64
    product = None if volts is None or amperes is None else volts * amperes // 1000
    return {"discharging": item.get("ExternalConnected") is False, "milliwatts": product}


def parse_battery_state(data: bytes) -> dict[str, Any] | None:
    """`SYSTEM_BATTERY_STATE` of winnt.h: four flags, three spare bytes, a tag, then six numbers of 32 bits.

    The third is the rate in milliwatts, negative while it empties.
    """
    if len(data) < _STATE_BYTES or not data[1]:
        return None
    (rate,) = struct.unpack_from("<i", data, 16)
    return {"discharging": bool(data[3]), "milliwatts": None if rate in (0, _RATE_UNKNOWN) else rate}


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
