"""Devices in ggml's registry: those that this build of the engine can use, of any maker.

Functions and the order of the types: llama.cpp's `ggml-backend.h`.
"""

import ctypes
import re
from collections.abc import Sequence
from typing import Any

from tui.engine.protocol import DeviceKind, EngineDevice

_ADDRESS = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
_KINDS: tuple[DeviceKind, ...] = ("cpu", "gpu", "igpu", "accel")
"""By `enum ggml_backend_dev_type`; later values stand for several devices together."""


class _Properties(ctypes.Structure):
    """`struct ggml_backend_dev_props`, with room for capabilities of later versions."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("description", ctypes.c_char_p),
        ("memory_free", ctypes.c_size_t),
        ("memory_total", ctypes.c_size_t),
        ("type", ctypes.c_int),
        ("device_id", ctypes.c_char_p),
        ("capabilities", ctypes.c_uint8 * 256),
    )


def pci_address(libraries: Sequence[Any], device: Any) -> str:
    """Return the PCI address of a device; empty where the build or its backend does not tell."""
    try:
        read = _function(libraries, "ggml_backend_dev_get_props", None, ctypes.c_void_p, ctypes.c_void_p)
    except AttributeError:
        return ""
    properties = _Properties()
    read(device, ctypes.addressof(properties))
    address = _decoded(properties.device_id).lower()
    # Other backends use names of their own.
    return address if _ADDRESS.fullmatch(address) else ""


def list_devices(libraries: Sequence[Any]) -> tuple[EngineDevice, ...]:
    """Return every device of the registry; none where the build does not export it.

    Args:
        libraries: those that may have the functions; on Windows each has names of its own.
    """
    try:
        count = _function(libraries, "ggml_backend_dev_count", ctypes.c_size_t)
        get = _function(libraries, "ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
        name = _function(libraries, "ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
        description = _function(libraries, "ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
        kind = _function(libraries, "ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
    except AttributeError:
        return ()
    devices: list[EngineDevice] = []
    for index in range(count()):
        device: Any = get(index)
        number: int = kind(device)
        if not 0 <= number < len(_KINDS):
            continue
        free, total = _memory(libraries, device)
        devices.append(
            EngineDevice(
                _decoded(name(device)),
                _decoded(description(device)),
                _KINDS[number],
                free,
                total,
                pci_address(libraries, device),
            )
        )
    return tuple(devices)


def _memory(libraries: Sequence[Any], device: Any) -> tuple[int | None, int | None]:
    """Return (free, total) in bytes; None where the registry does not tell, which it writes as 0."""
    free, total = ctypes.c_size_t(0), ctypes.c_size_t(0)
    try:
        read = _function(libraries, "ggml_backend_dev_memory", None, ctypes.c_void_p, *[ctypes.c_void_p] * 2)
    except AttributeError:
        return None, None
    read(device, ctypes.addressof(free), ctypes.addressof(total))
    return (free.value, total.value) if total.value else (None, None)


def _function(libraries: Sequence[Any], name: str, result: Any, *arguments: Any) -> Any:
    """Return a C function with its types; raises `AttributeError` when no library has it."""
    for library in libraries:
        function = getattr(library, name, None)
        if function is not None:
            function.restype, function.argtypes = result, list(arguments)
            return function
    raise AttributeError(name)


def _decoded(text: bytes | None) -> str:
    return (text or b"").decode("utf-8", "replace")
