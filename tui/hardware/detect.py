"""What this machine is, in one struct. Fast enough to run before the first screen is drawn."""

import importlib
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from tui.hardware.gpus.apple import detect_apple, read_accelerator, read_sysctl
from tui.hardware.gpus.card_sizes import with_known_sizes
from tui.hardware.gpus.drm import detect_drm
from tui.hardware.gpus.nvidia import NO_ANSWER, detect_nvidia, named_nvidia
from tui.hardware.gpus.nvml import Nvml, NvmlOver
from tui.hardware.gpus.pci import AMD, INTEL, NVIDIA, display_devices
from tui.hardware.gpus.windows_gpu import detect_windows
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.machine import Cpu, Gpu, Machine, Vendor
from tui.hardware.memory.cgroup import cpu_quota, find_folders, memory_levels
from tui.hardware.memory.container import container_kind
from tui.hardware.patient_source import Patience, Slow, SourceTimeoutError
from tui.hardware.processor.cpu import physical_cores, quick_name, usable_cpus, vector_features
from tui.hardware.reading import Metric, known, unknown
from tui.sentences import Reason, reason
from tui.text import clean_line

_MOST_SECONDS = 3.0
"""For a driver to tell its GPUs; NVIDIA's takes about one to wake a card."""


class _Details(msgspec.Struct, frozen=True):
    """What is kept on disk of `cpu_details`, and for which processor."""

    key: str
    name: str
    features: tuple[str, ...]


def detect_machine(
    cpu_name: str | None = None,
    *,
    interfaces: Interfaces | None = None,
    load_nvml: Callable[[], Nvml] | None = None,
) -> Machine:
    """This machine as it is. `cpu_name` replaces the name the system gives, when a better one is known."""
    interfaces = interfaces or LocalInterfaces()
    sysctl = read_sysctl(interfaces) if interfaces.platform == "macos" else {}
    name, features = quick_name(sysctl, interfaces)
    usable, quota = usable_cpus(interfaces), cpu_quota(interfaces)
    ram = int(interfaces.ask("virtual_memory")["total"])
    levels = memory_levels(find_folders("memory", interfaces), interfaces)
    limit = min(levels, key=lambda level: level.limit_bytes, default=None)
    limited = limit is not None and limit.limit_bytes < ram
    container = container_kind(interfaces)
    gpus, gpu_reason = _gpus(sysctl, interfaces, load_nvml or (lambda: NvmlOver(interfaces)), container)
    if isinstance(interfaces, LocalInterfaces):
        gpus = with_known_sizes(gpus, interfaces)
    return Machine(
        name="This machine",
        system=clean_line(str(interfaces.ask("system_name"))),
        cpu=Cpu(
            name=known(clean_line(cpu_name), "py-cpuinfo") if cpu_name else name,
            physical_cores=physical_cores(usable, quota.value, sysctl, interfaces),
            logical_cores=len(usable),
            quota_cores=quota,
            features=features,
        ),
        ram_bytes=ram,
        memory_limit_bytes=limit.limit_bytes if limit is not None and limited else ram,
        memory_limit_source=limit.source if limit is not None and limited else "RAM",
        container=container,
        gpus=gpus,
        gpu_reason=gpu_reason,
    )


def cpu_details(cache: Path | None = None) -> tuple[Metric[str], tuple[str, ...]]:
    """Name and features of the processor by py-cpuinfo, kept on disk since asking takes over a second.

    `cache` is the file to keep it in; the user's cache folder when None. Not for the screen's thread.
    """
    interfaces = LocalInterfaces()
    sysctl = read_sysctl(interfaces) if interfaces.platform == "macos" else {}
    quick, features = quick_name(sysctl, interfaces)
    place = cache or Path(platformdirs.user_cache_dir("llmtui")) / "cpu.json"
    key = f"{platform.machine()} {quick.value} {os.cpu_count()}"
    try:
        kept = msgspec.json.decode(place.read_bytes(), type=_Details)
        if kept.key == key:
            return known(kept.name, "py-cpuinfo"), kept.features
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        info: dict[str, Any] = importlib.import_module("cpuinfo").get_cpu_info()
        name = clean_line(str(info.get("brand_raw") or "")) or quick.value
        found = vector_features(str(flag) for flag in info.get("flags") or ()) or features
    except Exception as error:  # noqa: BLE001 - it runs probes of its own in a child process; any may fail
        name, found = quick.value, features
        if name is None:
            return unknown(reason("hardware.cpuinfo_failed", error=type(error).__name__), "py-cpuinfo"), found
    if name is None:
        return unknown(reason("hardware.cpu_unnamed"), "py-cpuinfo"), found
    _keep(place, _Details(key, name, found))
    return known(name, "py-cpuinfo"), found


def _keep(place: Path, details: _Details) -> None:
    """Write through a second file, so that a reader never sees half of it; no cache is no harm."""
    part = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(details))
        part.replace(place)
    except OSError:
        part.unlink(missing_ok=True)


def _gpus(
    sysctl: dict[str, str], interfaces: Interfaces, load_nvml: Callable[[], Nvml], container: str | None
) -> tuple[tuple[Gpu, ...], Reason | None]:
    if interfaces.platform == "macos":
        gpus = detect_apple(sysctl, read_accelerator(interfaces))
        return gpus, None if gpus else reason("hardware.intel_mac_gpu")
    cards, nvidia_reason = _in_time(
        lambda: detect_nvidia(load_nvml, interfaces),
        lambda: named_nvidia(interfaces, NO_ANSWER),
        interfaces,
    )
    if interfaces.platform == "windows":
        # A card whose own library is missing is read by Windows's counters like any other.
        without: tuple[Vendor, ...] = ("nvidia",) if cards else ()
        others, other_reason = _in_time(
            lambda: detect_windows(interfaces, len(cards), without), _no_answer, interfaces
        )
    else:
        others, other_reason = _in_time(lambda: detect_drm(interfaces, len(cards)), _no_answer, interfaces)
    # What Windows does not list beside a card that is read is no news.
    why = nvidia_reason or (None if cards and not others else other_reason)
    if cards or others or why:
        return cards + others, why
    return (), _nothing(container, interfaces)


def _in_time(
    detect: Callable[[], tuple[tuple[Gpu, ...], Reason | None]],
    otherwise: Callable[[], tuple[tuple[Gpu, ...], Reason | None]],
    interfaces: Interfaces,
) -> tuple[tuple[Gpu, ...], Reason | None]:
    """What is detected, or what stands for it when a driver hangs: the rest of the machine is not to wait."""
    if not isinstance(interfaces, LocalInterfaces):
        return detect()
    try:
        return Slow(detect, patience=Patience(first_wait=_MOST_SECONDS, most=0.0)).get()
    except SourceTimeoutError:
        return otherwise()


def _no_answer() -> tuple[tuple[Gpu, ...], Reason | None]:
    return (), reason("hardware.gpu_driver_silent")


def _nothing(container: str | None, interfaces: Interfaces) -> Reason:
    """Why there is no GPU to show."""
    if any(device.vendor in (NVIDIA, AMD, INTEL) for device in display_devices(interfaces)):
        return reason("hardware.gpu_closed_to_container" if container else "hardware.gpu_driver_not_loaded")
    return reason("hardware.no_gpu")
