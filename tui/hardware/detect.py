"""What this machine is, in one struct. Fast enough to run before the first screen is drawn."""

import importlib
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import platformdirs
import psutil

from tui.hardware.apple import detect_apple, read_accelerator, read_sysctl
from tui.hardware.cgroup import cpu_quota, find_folders, memory_levels
from tui.hardware.container import container_kind
from tui.hardware.cpu import physical_cores, quick_name, usable_cpus, vector_features
from tui.hardware.drm import detect_drm
from tui.hardware.machine import Cpu, Gpu, Machine
from tui.hardware.nvidia import detect_nvidia
from tui.hardware.nvml import Nvml, import_nvml
from tui.hardware.pci import AMD, INTEL, NVIDIA, display_devices
from tui.hardware.reading import Metric, known, unknown
from tui.text import clean_line


class _Details(msgspec.Struct, frozen=True):
    """What is kept on disk of `cpu_details`, and for which processor."""

    key: str
    name: str
    features: tuple[str, ...]


def detect_machine(
    cpu_name: str | None = None, *, root: Path = Path("/"), load_nvml: Callable[[], Nvml] = import_nvml
) -> Machine:
    """This machine as it is. `cpu_name` replaces the name the system gives, when a better one is known."""
    sysctl = read_sysctl() if psutil.MACOS else {}
    name, features = quick_name(sysctl, root)
    usable, quota = usable_cpus(), cpu_quota(root)
    ram = psutil.virtual_memory().total
    levels = memory_levels(find_folders("memory", root))
    limit = min(levels, key=lambda level: level.limit_bytes, default=None)
    limited = limit is not None and limit.limit_bytes < ram
    container = container_kind(os.environ, root)
    gpus, reason = _gpus(sysctl, root, load_nvml, container)
    return Machine(
        name="This machine",
        system=system_name(),
        cpu=Cpu(
            name=known(clean_line(cpu_name), "py-cpuinfo") if cpu_name else name,
            physical_cores=physical_cores(usable, quota.value, sysctl, root),
            logical_cores=len(usable),
            quota_cores=quota,
            features=features,
        ),
        ram_bytes=ram,
        memory_limit_bytes=limit.limit_bytes if limit is not None and limited else ram,
        memory_limit_source=limit.source if limit is not None and limited else "RAM",
        container=container,
        gpus=gpus,
        gpu_reason=reason,
    )


def cpu_details(cache: Path | None = None) -> tuple[Metric[str], tuple[str, ...]]:
    """Name and features of the processor by py-cpuinfo, kept on disk since asking takes over a second.

    `cache` is the file to keep it in; the user's cache folder when None. Not for the screen's thread.
    """
    quick, features = quick_name(read_sysctl() if psutil.MACOS else {})
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
            return unknown(f"py-cpuinfo failed ({type(error).__name__})", "py-cpuinfo"), found
    if name is None:
        return unknown("the system does not name its processor", "py-cpuinfo"), found
    _keep(place, _Details(key, name, found))
    return known(name, "py-cpuinfo"), found


def system_name() -> str:
    """Operating system, release and architecture: `Linux 6.1 x86_64`, `macOS 14.5 arm64`."""
    if psutil.MACOS:
        return clean_line(f"macOS {platform.mac_ver()[0]} {platform.machine()}")
    return clean_line(f"{platform.system()} {platform.release()} {platform.machine()}")


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
    sysctl: dict[str, str], root: Path, load_nvml: Callable[[], Nvml], container: str | None
) -> tuple[tuple[Gpu, ...], str | None]:
    if psutil.MACOS:
        gpus = detect_apple(sysctl, read_accelerator())
        return gpus, None if gpus else "the GPU of an Intel Mac is not used"
    cards, nvidia_reason = detect_nvidia(load_nvml, root)
    others, drm_reason = detect_drm(root, len(cards))
    reason = nvidia_reason or drm_reason
    if cards or others or reason:
        return cards + others, reason
    return (), _nothing(container, root)


def _nothing(container: str | None, root: Path) -> str:
    """Why there is no GPU to show."""
    if any(device.vendor in (NVIDIA, AMD, INTEL) for device in display_devices(root)):
        driver = "its driver is not loaded"
        return f"a GPU is on the bus but {'not open to this container' if container else driver}"
    if psutil.WINDOWS:
        return "on Windows only NVIDIA GPUs are read"
    return "no GPU was found"
