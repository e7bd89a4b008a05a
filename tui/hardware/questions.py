"""Questions to the system about what is in no file, by name; each answer is a plain value for JSON."""

import errno
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

import psutil

from tui.hardware.macos_calls import pressure_level_number, process_usage


def _virtual_memory() -> dict[str, int]:
    memory = psutil.virtual_memory()
    return {"total": memory.total, "available": memory.available, "free": memory.free}


def _swap_memory() -> dict[str, int]:
    swap = psutil.swap_memory()
    return {"total": swap.total, "used": swap.used}


def _core_times() -> list[dict[str, float]]:
    return [dict(row._asdict()) for row in psutil.cpu_times(percpu=True)]


def _usable_cpus() -> list[int]:
    if sys.platform == "linux":
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _system_name() -> str:
    """Return operating system, release and architecture: `Linux 6.1 x86_64`, `macOS 14.5 arm64`."""
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]} {platform.machine()}"
    return f"{platform.system()} {platform.release()} {platform.machine()}"


def _processor_name() -> str:
    if sys.platform == "win32":
        import winreg

        place = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
                return str(winreg.QueryValueEx(key, "ProcessorNameString")[0])
        except OSError:
            pass
    return platform.processor()


def _process_accounts(pid: int) -> dict[str, Any]:
    """Return bytes and seconds of one process: a Mac's own accounts where they are open, else psutil's."""
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        accounts: dict[str, Any] = {"started": process.create_time(), "seconds": times.user + times.system}
        usage = process_usage(pid)
        if usage is not None:
            sizes = {"footprint": usage.footprint_bytes, "peak": usage.peak_bytes}
            return accounts | sizes | {"resident": usage.resident_bytes}
        info = process.memory_info()._asdict()
    except psutil.NoSuchProcess as error:
        raise OSError(errno.ESRCH, os.strerror(errno.ESRCH)) from error
    except psutil.Error as error:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES)) from error
    return accounts | {
        "resident": info["rss"],
        "private": info.get("private"),
        "peak": info.get("peak_wset"),
    }


def _page_size() -> int:
    return os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


# Each is imported when it is first asked: most machines have only one of these.


def _pressure_level() -> int | None:
    return pressure_level_number()


def _nvml(function: str, *arguments: str | int) -> Any:
    from tui.hardware.gpus.nvml_library import nvml

    try:
        return nvml(function, *arguments)
    except ImportError as error:
        raise FileNotFoundError(str(error)) from error


def _battery_draw() -> Any:
    from tui.hardware.battery_calls import battery_draw

    return battery_draw()


def _intel_memory_regions(node: str, driver: str) -> str:
    from tui.hardware.gpus.intel_memory import intel_memory_regions

    return intel_memory_regions(node, driver)


def _windows_gpu_adapters() -> Any:
    from tui.hardware.gpus.windows_counters import windows_gpu_adapters

    return windows_gpu_adapters()


def _windows_gpu_counters() -> Any:
    from tui.hardware.gpus.windows_counters import windows_gpu_counters

    return windows_gpu_counters()


QUESTIONS: dict[str, Callable[..., Any]] = {
    "virtual_memory": _virtual_memory,
    "swap_memory": _swap_memory,
    "core_times": _core_times,
    "usable_cpus": _usable_cpus,
    "core_count": lambda: psutil.cpu_count(logical=False),
    "system_name": _system_name,
    "processor_name": _processor_name,
    "process_accounts": _process_accounts,
    "page_size": _page_size,
    "pressure_level": _pressure_level,
    "nvml": _nvml,
    "battery_draw": _battery_draw,
    "intel_memory_regions": _intel_memory_regions,
    "windows_gpu_adapters": _windows_gpu_adapters,
    "windows_gpu_counters": _windows_gpu_counters,
}
