"""GPUs of Apple Silicon, without sudo, through `ioreg` and `sysctl`."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from tui.hardware.gpus.maker import Detection, GpuMaker, GpuReader, ReadGpus
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.hardware.sysctl import read_sysctl
from tui.hardware.system_files import parse_integer
from tui.sentences import Reason, reason
from tui.text import clean_line
from tui.units import GIB, MIB

_IOREG = ("ioreg", "-r", "-d", "1", "-c", "IOAccelerator", "-a")
_NOT_LISTED = reason("hardware.macos_gpu_value_missing")


class Accelerator(msgspec.Struct, frozen=True):
    """The GPU as `ioreg` describes it; memory in bytes."""

    model: str | None
    cores: int | None
    load_percent: Metric[float]
    used_bytes: Metric[int]


def metal_ceiling(ram_bytes: int, wired_limit_mib: int | None = None) -> Metric[int]:
    """Return the part of RAM that Metal lets the GPU use, in bytes.

    `iogpu.wired_limit_mb` when somebody set it (0 is the default, not a limit); else the rule of macOS: two
    thirds of RAM up to 36 GB, three quarters above, which is Metal's `recommendedMaxWorkingSetSize`.
    """
    if wired_limit_mib is not None and wired_limit_mib > 0:
        return known(min(wired_limit_mib * MIB, ram_bytes), "iogpu.wired_limit_mb")
    share = ram_bytes * 2 // 3 if ram_bytes <= 36 * GIB else ram_bytes * 3 // 4
    return known(share, "Metal working-set rule")


def parse_accelerator(data: bytes) -> Accelerator:
    """Parse the first GPU of `ioreg … -a`, a property list; every key of it may be missing."""
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


def detect_apple(sysctl: Mapping[str, str], accelerator: Accelerator) -> tuple[Gpu, ...]:
    """Return the GPU of an Apple Silicon machine; none on an Intel Mac, whose GPU the engine uses badly."""
    ram = parse_integer(sysctl.get("hw.memsize"))
    if sysctl.get("hw.optional.arm64") != "1" or ram is None:
        return ()
    name = accelerator.model or clean_line(sysctl.get("machdep.cpu.brand_string", "")) or "Apple GPU"
    ceiling = metal_ceiling(ram, parse_integer(sysctl.get("iogpu.wired_limit_mb")))
    return (Gpu(0, name, "apple", True, ceiling, known("Metal", "macOS"), cores=accelerator.cores),)


def apple_reading(gpu: Gpu, accelerator: Accelerator) -> GpuReading:
    """Return the GPU now, against the ceiling that was read when the machine was detected."""
    root_only: Metric[float] = unknown(reason("hardware.macos_root_only"))
    return GpuReading(
        gpu.index,
        accelerator.load_percent,
        accelerator.used_bytes,
        gpu.memory_bytes,
        temperature_celsius=unknown(reason("hardware.macos_closed_sensor")),
        power_watts=root_only,
        frequency_mhz=root_only,
        power_limit_watts=root_only,
    )


def read_accelerator(interfaces: Interfaces) -> Accelerator:
    """Ask `ioreg` once; takes some 20 ms, so at most once a second."""
    try:
        data = interfaces.run(_IOREG)
    except OSError:
        data = b""
    return parse_accelerator(data) if data else _no_accelerator(reason("hardware.ioreg_silent"))


def _detect(interfaces: Interfaces) -> Detection:
    gpus = detect_apple(read_sysctl(interfaces), read_accelerator(interfaces))
    return gpus, None if gpus else reason("hardware.intel_mac_gpu")


def _readers(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReader, ...]:
    def read() -> tuple[GpuReading, ...]:
        accelerator = read_accelerator(interfaces)
        return tuple(apple_reading(gpu, accelerator) for gpu in gpus)

    def start() -> ReadGpus:
        return read

    return (GpuReader(gpus, start),)


def _accelerator(item: dict[str, Any]) -> Accelerator:
    table: Any = item.get("PerformanceStatistics")
    statistics = cast("dict[str, Any]", table) if isinstance(table, dict) else {}
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


APPLE = GpuMaker(
    vendor="apple",
    label="Apple",
    platforms=("macos",),
    detect=_detect,
    readers=_readers,
    name_words=("apple",),
    backends=("mtl", "metal"),
    build_option="METAL",
    ram_ceiling=metal_ceiling,
)
