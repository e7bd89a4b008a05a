"""Calls of macOS's C library: the accounts of a process, and how hard memory is pressed."""

import ctypes
import struct
import sys

import msgspec

_RUSAGE_V4_BYTES = 296


class MacProcessUsage(msgspec.Struct, frozen=True):
    """A process as macOS accounts for it, in bytes."""

    resident_bytes: int
    footprint_bytes: int
    """Memory charged to the process: its own pages, compressed ones and Metal's buffers."""
    peak_bytes: int
    """The largest footprint in its life."""


def parse_process_usage(data: bytes) -> MacProcessUsage | None:
    """Parse `struct rusage_info_v4` of macOS's `sys/resource.h`: a 16-byte id, then 35 numbers of 64 bits."""
    if len(data) < _RUSAGE_V4_BYTES:
        return None
    numbers = struct.unpack_from("<35Q", data, 16)
    return MacProcessUsage(resident_bytes=numbers[6], footprint_bytes=numbers[7], peak_bytes=numbers[28])


def process_usage(pid: int) -> MacProcessUsage | None:
    """Return the accounts of a process on this Mac; None elsewhere, or when it is not open to this user."""
    if sys.platform != "darwin":
        return None
    data = ctypes.create_string_buffer(_RUSAGE_V4_BYTES)
    failed = ctypes.CDLL(None).proc_pid_rusage(pid, 4, data)
    return None if failed else parse_process_usage(data.raw)


def pressure_level_number() -> int | None:
    """Return `kern.memorystatus_vm_pressure_level`; answers the question `pressure_level`."""
    if sys.platform != "darwin":
        return None
    value, size = ctypes.c_int(0), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int))
    name = b"kern.memorystatus_vm_pressure_level"
    failed = ctypes.CDLL(None).sysctlbyname(name, ctypes.byref(value), ctypes.byref(size), None, 0)
    return None if failed else value.value
