"""What ggml's device registry lists: the truth about this build of the engine, whoever made the hardware.

Functions and the order of the types: llama.cpp's `ggml-backend.h`.
"""

import ctypes
import re
from collections.abc import Sequence
from typing import Any

from tui.engine.protocol import DeviceKind, EngineDevice

_ADDRESS = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
_KINDS: tuple[DeviceKind, ...] = ("cpu", "gpu", "igpu", "accel")
"""By `enum ggml_backend_dev_type`; what comes after them stands for several devices together."""


class _Properties(ctypes.Structure):
    """`struct ggml_backend_dev_props`, with room for capabilities that are still to come."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("description", ctypes.c_char_p),
        ("memory_free", ctypes.c_size_t),
        ("memory_total", ctypes.c_size_t),
        ("type", ctypes.c_int),
        ("device_id", ctypes.c_char_p),
        ("capabilities", ctypes.c_uint8 * 256),
    )


def address_of(libraries: Sequence[Any], device: Any) -> str:
    """The PCI address of a device of the registry; empty where the build or its backend does not tell."""
    try:
        ask = _function(libraries, "ggml_backend_dev_get_props", None, ctypes.c_void_p, ctypes.c_void_p)
    except AttributeError:
        return ""
    properties = _Properties()
    ask(device, ctypes.addressof(properties))
    address = _words(properties.device_id).lower()
    # Other backends put names of their own there.
    return address if _ADDRESS.fullmatch(address) else ""


def list_devices(libraries: Sequence[Any]) -> tuple[EngineDevice, ...]:
    """Every device of the registry; none where the build does not export it, for the list is no need.

    Args:
        libraries: those that may have the functions; Windows looks a name up in one of them only.
    """
    try:
        count = _function(libraries, "ggml_backend_dev_count", ctypes.c_size_t)
        get = _function(libraries, "ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
        name = _function(libraries, "ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
        description = _function(libraries, "ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
        kind = _function(libraries, "ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
    except AttributeError:
        return ()
    found: list[EngineDevice] = []
    for index in range(count()):
        device: Any = get(index)
        number: int = kind(device)
        if not 0 <= number < len(_KINDS):
            continue
        free, total = _memory(libraries, device)
        found.append(
            EngineDevice(
                _words(name(device)),
                _words(description(device)),
                _KINDS[number],
                free,
                total,
                address_of(libraries, device),
            )
        )
    return tuple(found)


def _memory(libraries: Sequence[Any], device: Any) -> tuple[int | None, int | None]:
    """(free, total) in bytes; None for what the registry does not tell, which it writes as 0."""
    free, total = ctypes.c_size_t(0), ctypes.c_size_t(0)
    try:
        ask = _function(libraries, "ggml_backend_dev_memory", None, ctypes.c_void_p, *[ctypes.c_void_p] * 2)
    except AttributeError:
        return None, None
    ask(device, ctypes.addressof(free), ctypes.addressof(total))
    return (free.value, total.value) if total.value else (None, None)


def _function(libraries: Sequence[Any], name: str, result: Any, *arguments: Any) -> Any:
    """Raises `AttributeError` when no library has it."""
    for library in libraries:
        function = getattr(library, name, None)
        if function is not None:
            function.restype, function.argtypes = result, list(arguments)
            return function
    raise AttributeError(name)


def _words(text: bytes | None) -> str:
    return (text or b"").decode("utf-8", "replace")
