"""Memory of an Intel card, asked of its kernel driver: neither i915 nor xe has it in a file.

The questions and the layouts of their answers: the kernel's `uapi/drm/i915_drm.h` and `uapi/drm/xe_drm.h`.
The amount in use is for root only (CAP_PERFMON); for others the driver reports nothing in use.
"""

import ctypes
import errno
import os
import struct
import sys
from typing import Literal

import msgspec

from tui.sentences import reason

USE_FOR_ROOT_ONLY = reason("hardware.intel_memory_use_root_only")
_DEVICE_MEMORY = 1
"""Class of a region: 0 is the system's memory, 1 the card's own."""
_REGION_BYTES = 88
_MOST_REGIONS = 16
_HEADER_BYTES: dict[str, int] = {"i915": 16, "xe": 8}
_REGION = struct.Struct("<HHIQQ")
"""Class, instance, then 4 bytes, the size, and what is free (i915) or used (xe)."""
_MOST_BYTES = 1 << 50


class IntelMemory(msgspec.Struct, frozen=True):
    """A card's own memory, in bytes."""

    total_bytes: int
    used_bytes: int | None
    """None for users other than root."""


def parse_regions(data: bytes, driver: Literal["i915", "xe"]) -> IntelMemory | None:
    """Parse the driver's answer about its memory regions; None when the card has none of its own."""
    if len(data) < 4:
        return None
    (count,) = struct.unpack_from("<I", data)
    total = used = 0
    use_is_told = False
    for position in range(min(count, _MOST_REGIONS)):
        start = _HEADER_BYTES[driver] + position * _REGION_BYTES
        if start + _REGION.size > len(data):
            break
        kind, _instance, _page, size, figure = _REGION.unpack_from(data, start)
        if kind != _DEVICE_MEMORY or not 0 < size <= _MOST_BYTES or figure > size:
            continue
        used_here = size - figure if driver == "i915" else figure
        total += size
        used += used_here
        # A driver at work always holds something itself: nothing at all means that it is hidden.
        use_is_told = use_is_told or used_here > 0
    return IntelMemory(total, used if use_is_told else None) if total else None


def intel_memory_regions(node: str, driver: str) -> str:
    """Return the driver's answer for `/dev/dri/renderD…`, in hexadecimal, to `intel_memory_regions`.

    Opening the node wakes a sleeping card.

    Raises:
        OSError: the node is missing or closed to this user, or the driver does not know the question.
    """
    if sys.platform != "linux" or driver not in _HEADER_BYTES:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    descriptor = os.open(node, os.O_RDWR | os.O_CLOEXEC)
    try:
        return (_ask_xe(descriptor) if driver == "xe" else _ask_i915(descriptor)).hex()
    finally:
        os.close(descriptor)


def _ask_xe(descriptor: int) -> bytes:
    """`DRM_IOCTL_XE_DEVICE_QUERY` twice: for the answer's size, then for the answer."""
    query = bytearray(struct.pack("<QIIQQQ", 0, 1, 0, 0, 0, 0))
    _ioctl(descriptor, 0xC0286440, query)
    size = _checked(struct.unpack_from("<I", query, 12)[0])
    answer = ctypes.create_string_buffer(size)
    _ioctl(
        descriptor, 0xC0286440, bytearray(struct.pack("<QIIQQQ", 0, 1, size, ctypes.addressof(answer), 0, 0))
    )
    return answer.raw


def _ask_i915(descriptor: int) -> bytes:
    """`DRM_IOCTL_I915_QUERY` twice; its item: `DRM_I915_QUERY_MEMORY_REGIONS`; a negative size: an error."""
    item = ctypes.create_string_buffer(struct.pack("<QiIQ", 4, 0, 0, 0), 24)
    query = bytearray(struct.pack("<IIQ", 1, 0, ctypes.addressof(item)))
    _ioctl(descriptor, 0xC0106479, query)
    size = _checked(struct.unpack_from("<i", item.raw, 8)[0])
    answer = ctypes.create_string_buffer(size)
    struct.pack_into("<QiIQ", item, 0, 4, size, 0, ctypes.addressof(answer))
    _ioctl(descriptor, 0xC0106479, query)
    return answer.raw


def _checked(size: int) -> int:
    if not 0 < size <= 1 << 16:
        raise OSError(errno.ENODATA, os.strerror(errno.ENODATA))
    return size


def _ioctl(descriptor: int, request: int, query: bytearray) -> None:
    if sys.platform == "linux":
        import fcntl

        fcntl.ioctl(descriptor, request, query)
