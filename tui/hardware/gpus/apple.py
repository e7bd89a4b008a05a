"""Apple Silicon without sudo: `sysctl`, `ioreg`, `proc_pid_rusage`. Pure parsers and a few lines of I/O."""

import ctypes
import struct
import sys
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.hardware.text import whole
from tui.sentences import Reason, reason
from tui.text import clean_line
from tui.units import GIB, MIB

SYSCTL_NAMES = (
    "machdep.cpu.brand_string",
    "hw.memsize",
    "hw.physicalcpu",
    "hw.logicalcpu",
    "hw.perflevel0.physicalcpu",
    "hw.optional.arm64",
    "hw.optional.arm.FEAT_DotProd",
    "hw.optional.arm.FEAT_I8MM",
    "hw.optional.arm.FEAT_BF16",
    "hw.optional.arm.FEAT_FP16",
    "iogpu.wired_limit_mb",
)
_IOREG = ("ioreg", "-r", "-d", "1", "-c", "IOAccelerator", "-a")
_PRESSURE = {1: "normal", 2: "warning", 4: "critical"}
_RUSAGE_V4_BYTES = 296
_NOT_LISTED = reason("hardware.macos_gpu_value_missing")


class Accelerator(msgspec.Struct, frozen=True):
    """What `ioreg` says of the GPU; memory in bytes."""

    model: str | None
    cores: int | None
    load_percent: Metric[float]
    used_bytes: Metric[int]


class Usage(msgspec.Struct, frozen=True):
    """A process as macOS accounts for it, in bytes."""

    resident_bytes: int
    footprint_bytes: int
    """Memory charged to the process: its own pages, compressed ones and Metal's buffers."""
    peak_bytes: int
    """The largest footprint in its life."""


def parse_sysctl(text: str) -> dict[str, str]:
    """Lines of `name: value` as `sysctl` prints them."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def metal_ceiling(ram_bytes: int, wired_limit_mib: int | None) -> Metric[int]:
    """The part of RAM that Metal lets the GPU use, in bytes.

    `iogpu.wired_limit_mb` when somebody set it (0 is the default, not a limit); else the rule of macOS: two
    thirds of RAM up to 36 GB, three quarters above, which is Metal's `recommendedMaxWorkingSetSize`.
    """
    if wired_limit_mib is not None and wired_limit_mib > 0:
        return known(min(wired_limit_mib * MIB, ram_bytes), "iogpu.wired_limit_mb")
    share = ram_bytes * 2 // 3 if ram_bytes <= 36 * GIB else ram_bytes * 3 // 4
    return known(share, "Metal working-set rule")


def parse_accelerator(data: bytes) -> Accelerator:
    """The first GPU of `ioreg … -a`, a property list; every key of it may be missing."""
    try:
        # Here: it brings an XML parser, and only a Mac has such lists.
        import plistlib

        parsed: Any = plistlib.loads(data)
    except Exception as error:  # noqa: BLE001 - plistlib raises half a dozen unrelated types on a damaged list
        return _no_accelerator(reason("hardware.ioreg_unreadable", error=type(error).__name__))
    items = cast("list[Any]", parsed) if isinstance(parsed, list) else [parsed]
    for item in items:
        if isinstance(item, dict):
            return _accelerator(cast("dict[str, Any]", item))
    return _no_accelerator(reason("hardware.macos_no_gpu"))


def detect_apple(
    sysctl: Mapping[str, str], accelerator: Accelerator, first_index: int = 0
) -> tuple[Gpu, ...]:
    """The GPU of an Apple Silicon machine; none on an Intel Mac, whose GPU the engine does not use well."""
    ram = whole(sysctl.get("hw.memsize"))
    if sysctl.get("hw.optional.arm64") != "1" or ram is None:
        return ()
    name = accelerator.model or clean_line(sysctl.get("machdep.cpu.brand_string", "")) or "Apple GPU"
    ceiling = metal_ceiling(ram, whole(sysctl.get("iogpu.wired_limit_mb")))
    return (Gpu(first_index, name, "apple", True, ceiling, known("Metal", "macOS"), cores=accelerator.cores),)


def apple_reading(gpu: Gpu, accelerator: Accelerator) -> GpuReading:
    """The GPU now, against the ceiling found when the machine was detected."""
    watts: Metric[float] = unknown(reason("hardware.macos_root_only"))
    degrees: Metric[float] = unknown(reason("hardware.macos_closed_sensor"))
    return GpuReading(
        gpu.index,
        accelerator.load_percent,
        accelerator.used_bytes,
        gpu.memory_bytes,
        degrees,
        power_watts=watts,
        frequency_mhz=watts,
        power_limit_watts=watts,
    )


def parse_rusage(data: bytes) -> Usage | None:
    """`struct rusage_info_v4` of macOS's `sys/resource.h`: a 16-byte id, then 35 numbers of 64 bits."""
    if len(data) < _RUSAGE_V4_BYTES:
        return None
    numbers = struct.unpack_from("<35Q", data, 16)
    return Usage(resident_bytes=numbers[6], footprint_bytes=numbers[7], peak_bytes=numbers[28])


def pressure_level(level: int | None) -> Metric[str]:
    """`kern.memorystatus_vm_pressure_level` in words."""
    word = _PRESSURE.get(level) if level is not None else None
    return (
        known(word, "sysctl") if word else unknown(reason("hardware.macos_pressure_level_missing"), "sysctl")
    )


def read_sysctl(interfaces: Interfaces) -> dict[str, str]:
    """The named settings of this Mac; those it does not know are left out."""
    return parse_sysctl(_output(("sysctl", *SYSCTL_NAMES), interfaces).decode("utf-8", "replace"))


def read_accelerator(interfaces: Interfaces) -> Accelerator:
    """Ask `ioreg` once; takes some 20 ms, so at most once a second."""
    data = _output(_IOREG, interfaces)
    return parse_accelerator(data) if data else _no_accelerator(reason("hardware.ioreg_silent"))


def read_pressure_level(interfaces: Interfaces) -> Metric[str]:
    """How hard memory is pressed on this Mac, without starting a process; unknown elsewhere."""
    if interfaces.platform != "macos":
        return unknown(reason("hardware.pressure_level_on_macos_only"))
    return pressure_level(interfaces.ask("pressure_level"))


def system_pressure_level() -> int | None:
    """`kern.memorystatus_vm_pressure_level`; answers the question `pressure_level`."""
    if sys.platform != "darwin":
        return None
    value, size = ctypes.c_int(0), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int))
    name = b"kern.memorystatus_vm_pressure_level"
    failed = ctypes.CDLL(None).sysctlbyname(name, ctypes.byref(value), ctypes.byref(size), None, 0)
    return None if failed else value.value


def read_rusage(pid: int) -> Usage | None:
    """The accounts of a process on this Mac; None elsewhere, or when it is not open to this user."""
    if sys.platform != "darwin":
        return None
    data = ctypes.create_string_buffer(_RUSAGE_V4_BYTES)
    failed = ctypes.CDLL(None).proc_pid_rusage(pid, 4, data)
    return None if failed else parse_rusage(data.raw)


def _output(command: tuple[str, ...], interfaces: Interfaces) -> bytes:
    try:
        return interfaces.run(command)
    except OSError:
        return b""


def _accelerator(item: dict[str, Any]) -> Accelerator:
    found: Any = item.get("PerformanceStatistics")
    statistics = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    load = _number(statistics.get("Device Utilization %"))
    used = _number(statistics.get("In use system memory"))
    model: Any = item.get("model")
    if isinstance(model, bytes):
        model = model.split(b"\0")[0].decode("utf-8", "replace")
    return Accelerator(
        (clean_line(model) or None) if isinstance(model, str) else None,
        _number(item.get("gpu-core-count")),
        known(float(load), "ioreg") if load is not None and load <= 100 else unknown(_NOT_LISTED, "ioreg"),
        known(used, "ioreg") if used is not None else unknown(_NOT_LISTED, "ioreg"),
    )


def _no_accelerator(why: Reason) -> Accelerator:
    return Accelerator(None, None, unknown(why, "ioreg"), unknown(why, "ioreg"))


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
