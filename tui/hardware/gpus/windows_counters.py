"""GPUs in Windows's performance counters and registry: `windows_gpu_counters`, `windows_gpu_adapters`.

The counters are read through pdh.dll by their English names, whatever the language of Windows.
"""

import ctypes
import errno
import os
import sys
from typing import Any

_COUNTERS = {
    "engine": r"\GPU Engine(*)\Utilization Percentage",
    "dedicated": r"\GPU Adapter Memory(*)\Dedicated Usage",
    "shared": r"\GPU Adapter Memory(*)\Shared Usage",
}
_FORMAT = 0x00000200 | 0x00008000
"""PDH_FMT_DOUBLE, PDH_FMT_NOCAP100."""
_MORE_DATA = 0x800007D2
_VALID = (0, 1)
"""PDH_CSTATUS_VALID_DATA, PDH_CSTATUS_NEW_DATA."""
_MOST_BYTES = 1 << 24
_DIRECTX = r"SOFTWARE\Microsoft\DirectX"
_DISPLAY_CLASS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


class _Value(ctypes.Structure):
    """`PDH_FMT_COUNTERVALUE` with its `double`."""

    _fields_ = (("status", ctypes.c_uint32), ("number", ctypes.c_double))


class _Item(ctypes.Structure):
    """`PDH_FMT_COUNTERVALUE_ITEM_W`."""

    _fields_ = (("name", ctypes.c_wchar_p), ("value", _Value))


class CounterQuery:
    """Counters held open: a load is what happened between two collections."""

    def __init__(self, pdh: Any) -> None:
        """`pdh` is the library, or a stand-in.

        Raises:
            OSError: this Windows has no such counters.
        """
        self._pdh = pdh
        self._query = ctypes.c_void_p()
        self._counters: dict[str, ctypes.c_void_p] = {}
        _check(pdh.PdhOpenQueryW(None, None, ctypes.byref(self._query)))
        for key, path in _COUNTERS.items():
            counter = ctypes.c_void_p()
            status = pdh.PdhAddEnglishCounterW(self._query, path, None, ctypes.byref(counter))
            if status & 0xFFFFFFFF == 0:
                self._counters[key] = counter
        if "dedicated" not in self._counters:
            raise OSError(errno.ENODATA, os.strerror(errno.ENODATA))

    def read(self) -> dict[str, list[list[Any]]]:
        """Return `[instance, value]` of every instance, under `engine`, `dedicated`, `shared`.

        Raises:
            OSError: Windows does not collect them.
        """
        _check(self._pdh.PdhCollectQueryData(self._query))
        return {key: self._values(counter) for key, counter in self._counters.items()}

    def _values(self, counter: ctypes.c_void_p) -> list[list[Any]]:
        size, count = ctypes.c_uint32(0), ctypes.c_uint32(0)
        ask = self._pdh.PdhGetFormattedCounterArrayW
        status = ask(counter, _FORMAT, ctypes.byref(size), ctypes.byref(count), None)
        # Anything but a size is a counter without values, as a load is at the first collection.
        if status & 0xFFFFFFFF != _MORE_DATA or not 0 < size.value <= _MOST_BYTES:
            return []
        buffer = ctypes.create_string_buffer(size.value)
        status = ask(counter, _FORMAT, ctypes.byref(size), ctypes.byref(count), buffer)
        if status & 0xFFFFFFFF or count.value * ctypes.sizeof(_Item) > len(buffer):
            return []
        items = (_Item * count.value).from_buffer(buffer)
        return [[item.name or "", item.value.number] for item in items if item.value.status in _VALID]


_open: list[CounterQuery] = []


def windows_gpu_counters() -> dict[str, list[list[Any]]]:
    """See `CounterQuery.read`; the first answer has no load.

    Raises:
        OSError: these are not Windows's, or it does not give them.
    """
    if sys.platform != "win32":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if not _open:
        _open.append(CounterQuery(ctypes.WinDLL("pdh")))
    return _open[0].read()


def windows_gpu_adapters() -> list[dict[str, Any]]:
    """The registry's adapters: `name`, `vendor_id`, `luid`, `dedicated_bytes`, `shared_bytes`, `driver`.

    Raises:
        OSError: this is not Windows, or its registry lists no adapters.
    """
    if sys.platform != "win32":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    import winreg

    sizes = _card_sizes()
    adapters: list[dict[str, Any]] = []
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _DIRECTX) as top:
        for values in _children(top):
            name = values.get("Description")
            size, version = sizes.get(name, (None, None))
            adapters.append(
                {
                    "name": name,
                    "vendor_id": values.get("VendorId"),
                    "luid": values.get("AdapterLuid"),
                    "dedicated_bytes": size or values.get("DedicatedVideoMemory"),
                    "shared_bytes": values.get("SharedSystemMemory"),
                    "driver": version,
                }
            )
    return adapters


def registry_number(value: Any) -> int | None:
    """Return a number of the registry, which some drivers store as eight bytes."""
    if isinstance(value, bytes) and len(value) == 8:
        return int.from_bytes(value, "little")
    return value if isinstance(value, int) else None


def _card_sizes() -> dict[Any, tuple[int | None, Any]]:
    """By an adapter's name, what its driver noted: VRAM in bytes, and the driver's version."""
    if sys.platform != "win32":
        return {}
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _DISPLAY_CLASS) as top:
            return {
                values.get("DriverDesc"): (
                    registry_number(values.get("HardwareInformation.qwMemorySize")),
                    values.get("DriverVersion"),
                )
                for values in _children(top)
            }
    except OSError:
        return {}


def _children(top: Any) -> list[dict[str, Any]]:
    """Return the values that are asked for, of each key below; keys closed to this user are left out."""
    if sys.platform != "win32":
        return []
    import winreg

    names = (
        *("Description", "VendorId", "AdapterLuid", "DedicatedVideoMemory", "SharedSystemMemory"),
        *("DriverDesc", "DriverVersion", "HardwareInformation.qwMemorySize"),
    )
    keys: list[dict[str, Any]] = []
    for number in range(winreg.QueryInfoKey(top)[0]):
        values: dict[str, Any] = {}
        try:
            with winreg.OpenKey(top, winreg.EnumKey(top, number)) as key:
                for name in names:
                    try:
                        values[name] = winreg.QueryValueEx(key, name)[0]
                    except OSError:
                        continue
        except OSError:
            continue
        keys.append(values)
    return keys


def _check(status: int) -> None:
    if status & 0xFFFFFFFF:
        raise OSError(f"PDH {status & 0xFFFFFFFF:#010x}")
