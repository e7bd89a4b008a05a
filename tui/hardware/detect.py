"""This machine in one struct. Fast enough to run before the first screen is drawn."""

import importlib
import logging
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from tui.hardware.answers import SenselessAnswerError, VirtualMemory, checked_answer
from tui.hardware.gpus import makers
from tui.hardware.gpus.card_sizes import with_known_sizes
from tui.hardware.gpus.drm import card_number
from tui.hardware.gpus.maker import Detection, driver_silent
from tui.hardware.gpus.pci import display_devices
from tui.hardware.gpus.windows_gpu import detect_windows
from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.machine import Cpu, Gpu, Machine
from tui.hardware.memory.cgroup import cpu_quota, find_folders, memory_levels
from tui.hardware.memory.container import container_kind
from tui.hardware.patient_source import Patience, PatientSource, SourceTimeoutError
from tui.hardware.processor.cpu import physical_cores, quick_name, usable_cpus, vector_features
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.sysctl import read_sysctl
from tui.sentences import Reason, ReasonedError, reason
from tui.system_errors import system_error
from tui.text import clean_line

_log = logging.getLogger(__name__)

_MAX_SECONDS = 3.0
"""For a driver to list its GPUs; NVIDIA's takes about one to wake a card."""


class _Details(msgspec.Struct, frozen=True):
    """The details of a processor that are stored on disk."""

    key: str
    name: str
    features: tuple[str, ...]


def detect_machine(cpu_name: str | None = None, *, interfaces: Interfaces | None = None) -> Machine:
    """Return this machine as it is. `cpu_name` is a better name than the system's."""
    interfaces = interfaces or LocalInterfaces()
    sysctl = read_sysctl(interfaces)
    name, features = quick_name(sysctl, interfaces)
    usable, quota = usable_cpus(interfaces), cpu_quota(interfaces)
    ram, ram_reason = _ram_bytes(interfaces)
    levels = memory_levels(find_folders("memory", interfaces), interfaces)
    limit = min(levels, key=lambda level: level.limit_bytes, default=None)
    limited = limit is not None and (limit.limit_bytes < ram or ram_reason is not None)
    container = container_kind(interfaces)
    gpus, gpu_reason = detect_gpus(interfaces, container)
    if isinstance(interfaces, LocalInterfaces):
        gpus = with_known_sizes(gpus, interfaces)
    return Machine(
        name=reason("hardware.this_machine"),
        system=_system_name(interfaces),
        cpu=Cpu(
            name=known(clean_line(cpu_name), "py-cpuinfo") if cpu_name else name,
            physical_cores=physical_cores(usable, quota.value, sysctl, interfaces),
            logical_cores=max(1, len(usable)),
            quota_cores=quota,
            features=features,
        ),
        ram_bytes=ram,
        memory_limit_bytes=limit.limit_bytes if limit is not None and limited else ram,
        memory_limit_source=limit.source if limit is not None and limited else "RAM",
        container=container,
        gpus=gpus,
        gpu_reason=gpu_reason,
        ram_reason=ram_reason,
    )


def _ram_bytes(interfaces: Interfaces) -> tuple[int, Reason | None]:
    """Return the installed memory that programs see; 0 and the reason where the system's answer cannot be."""
    try:
        return checked_answer(interfaces, "virtual_memory", VirtualMemory).total, None
    except (OSError, SenselessAnswerError):
        return 0, reason("hardware.memory_size_senseless")


def _system_name(interfaces: Interfaces) -> str:
    try:
        name = clean_line(checked_answer(interfaces, "system_name", str))
    except (OSError, SenselessAnswerError):
        name = ""
    return name or {"linux": "Linux", "macos": "macOS", "windows": "Windows"}[interfaces.platform]


def cpu_details(cache: Path | None = None) -> tuple[Metric[str], tuple[str, ...]]:
    """Name and features of the processor by py-cpuinfo, kept on disk since asking takes over a second.

    `cache` is the file to keep it in; the user's cache folder when None. Not for the screen's thread.
    """
    interfaces = LocalInterfaces()
    sysctl = read_sysctl(interfaces)
    quick, features = quick_name(sysctl, interfaces)
    place = cache or Path(platformdirs.user_cache_dir("llmtui")) / "cpu.json"
    key = f"{platform.machine()} {quick.value} {os.cpu_count()}"
    try:
        stored = msgspec.json.decode(place.read_bytes(), type=_Details)
        if stored.key == key:
            return known(stored.name, "py-cpuinfo"), stored.features
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        info: dict[str, Any] = importlib.import_module("cpuinfo").get_cpu_info()
        name = clean_line(str(info.get("brand_raw") or "")) or quick.value
        features = vector_features(str(flag) for flag in info.get("flags") or ()) or features
    except Exception as error:  # noqa: BLE001 - it runs probes of its own in a child process; any may fail
        name = quick.value
        if name is None:
            return unknown(
                reason("hardware.cpuinfo_failed", error=type(error).__name__), "py-cpuinfo"
            ), features
    if name is None:
        return unknown(reason("hardware.cpu_unnamed"), "py-cpuinfo"), features
    _store(place, _Details(key, name, features))
    return known(name, "py-cpuinfo"), features


def _store(place: Path, details: _Details) -> None:
    """Write through a second file, so that a reader never sees half of it; no cache is no harm."""
    part = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(details))
        part.replace(place)
    except OSError:
        part.unlink(missing_ok=True)


def detect_gpus(interfaces: Interfaces, container: str | None) -> Detection:
    """Return the GPUs of every maker in the table, numbered, and why there is none or one cannot be read.

    A driver that hangs is waited for three seconds: the rest of the machine does not wait longer.
    """
    gpus: list[Gpu] = []
    reasons: list[Reason | None] = []
    for maker in makers.MAKERS:
        if interfaces.platform in maker.platforms:
            detected, why = _detect_in_time(maker.detect, maker.detect_silent, interfaces)
            gpus += detected
            reasons.append(why)
    if interfaces.platform == "windows":
        # A card whose own library is missing is read by Windows's counters like any other.
        vendors = {gpu.vendor for gpu in gpus}
        listed, why = _detect_in_time(
            lambda door: detect_windows(door, without=vendors), driver_silent, interfaces
        )
        # Nothing more in Windows's list beside a card that is read is no news.
        reasons.append(None if gpus and not listed else why)
        gpus += listed
    gpu_reason = next((why for why in reasons if why), None)
    if not gpus and gpu_reason is None:
        gpu_reason = _absence(container, interfaces)
    gpus.sort(key=lambda gpu: card_number(gpu.device))
    numbered = (msgspec.structs.replace(gpu, index=index) for index, gpu in enumerate(gpus))
    return tuple(numbered), gpu_reason


def _detect_in_time(
    detect: Callable[[Interfaces], Detection],
    detect_silent: Callable[[Interfaces], Detection],
    interfaces: Interfaces,
) -> Detection:
    patience = Patience(first_wait=_MAX_SECONDS, max_silence=0.0)
    try:
        if not isinstance(interfaces, LocalInterfaces):
            return detect(interfaces)
        return PatientSource(lambda: detect(interfaces), patience=patience).get()
    except SourceTimeoutError:
        return detect_silent(interfaces)
    except Exception as error:  # noqa: BLE001 - a driver behind it may fail in any way
        # That must not keep the program from starting.
        _log.exception("GPUs could not be looked for")
        cause = error.reason if isinstance(error, ReasonedError) else system_error(error)
        return (), reason("hardware.detection_failed", cause=cause)


def _absence(container: str | None, interfaces: Interfaces) -> Reason:
    """Return why there is no GPU to show."""
    if any(makers.vendor_of_pci(device.vendor) for device in display_devices(interfaces)):
        return reason("hardware.gpu_closed_to_container" if container else "hardware.gpu_driver_not_loaded")
    return reason("hardware.no_gpu")
