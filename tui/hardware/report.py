"""The machine and one reading of it as values for JSON.

Nothing here tells one owner from another: no serial numbers, no names of users or hosts.
"""

from typing import Any, TypeVar

from tui.hardware.machine import Gpu, Machine
from tui.hardware.reading import GpuReading, Metric, ProcessReading, Reading
from tui.hardware.sentences import SENTENCES
from tui.sentences import Reason, reason, sentence_from
from tui.system_errors import SENTENCES as SYSTEM

T = TypeVar("T")

NO_CACHE = reason("hardware.windows_cache_is_free")


def machine_report(machine: Machine, reading: Reading | None = None) -> dict[str, Any]:
    """Return plain values ready for JSON: bytes, percents, watts and degrees Celsius as numbers.

    An unknown is None beside a key `…_reason`. Without a reading, as for a profile, no load is given.
    """
    cpu = machine.cpu
    cpu_report: dict[str, Any] = {
        **_pair("name", cpu.name),
        "physical_cores": cpu.physical_cores,
        "logical_cores": cpu.logical_cores,
        **_pair("quota_cores", cpu.quota_cores),
        "features": list(cpu.features),
    }
    report: dict[str, Any] = {
        **_reason_pair("name", machine.name),
        "system": machine.system,
        "container": machine.container,
        **_reason_pair("container_reason", None if machine.container else reason("hardware.no_container")),
        "cpu": cpu_report,
        "ram_bytes": machine.ram_bytes or None,
        **_reason_pair("ram_bytes_reason", machine.ram_reason),
        "memory_limit_bytes": machine.memory_limit_bytes or None,
        **_reason_pair(
            "memory_limit_bytes_reason", None if machine.memory_limit_bytes else machine.ram_reason
        ),
        "memory_limit_source": machine.memory_limit_source,
        "gpus": [_gpu(gpu, reading_of(gpu, reading)) for gpu in machine.gpus],
        **_reason_pair("gpu_reason", machine.gpu_reason),
    }
    if reading is not None:
        cpu_report |= {
            **_pair("load_percent", reading.cpu_percent),
            "core_percents": list(reading.core_percents),
            **_pair("temperature_celsius", reading.cpu_temperature_celsius),
            **_pair("frequency_mhz", reading.cpu_frequency_mhz),
            **_pair("power_watts", reading.cpu_power_watts),
            **_pair("power_limit_watts", reading.cpu_power_limit_watts),
        }
        report |= _pair("battery_watts", reading.battery_watts)
        report |= _pair("swap_in_bytes_per_second", reading.swap_in_bytes_per_second)
        report["memory"] = _memory(reading)
        report |= _reason_pair("memory_reason", reading.memory.reason)
        report |= _pair("pressure_percent", reading.pressure_percent)
        report |= _pair("pressure_level", reading.pressure_level)
        report["engine"] = _process(reading.engine) if reading.engine else None
        no_engine = None if reading.engine else reason("hardware.no_engine_process")
        report |= _reason_pair("engine_reason", no_engine)
        report["dashboard"] = {
            **_pair("cpu_percent", reading.own_cpu_percent),
            **_pair("resident_bytes", reading.own_resident_bytes),
        }
    return report


def reading_of(gpu: Gpu, reading: Reading | None) -> GpuReading | None:
    """Return the reading of one GPU; None where there is none."""
    return (
        next((gpu_reading for gpu_reading in reading.gpus if gpu_reading.index == gpu.index), None)
        if reading
        else None
    )


def _gpu(gpu: Gpu, reading: GpuReading | None) -> dict[str, Any]:
    report: dict[str, Any] = {
        "index": gpu.index,
        "name": gpu.name,
        "vendor": gpu.vendor,
        "shares_memory": gpu.shares_memory,
        **_pair("memory_bytes", gpu.memory_bytes),
        "set_aside_bytes": gpu.set_aside_bytes,
        **_pair("driver", gpu.driver),
        "cores": gpu.cores,
        **_reason_pair("cores_reason", None if gpu.cores is not None else _no_cores(gpu)),
    }
    if reading is not None:
        report |= _pair("load_percent", reading.load_percent)
        report |= _pair("memory_used_bytes", reading.memory_used_bytes)
        report |= _pair("memory_total_bytes", reading.memory_total_bytes)
        report |= _pair("temperature_celsius", reading.temperature_celsius)
        report |= _pair("power_watts", reading.power_watts)
        report |= _pair("power_limit_watts", reading.power_limit_watts)
        report |= _pair("frequency_mhz", reading.frequency_mhz)
    return report


def _no_cores(gpu: Gpu) -> Reason:
    """Return why a GPU's cores are not known; only Apple counts in them."""
    return reason("hardware.gpu_cores_unknown" if gpu.vendor == "apple" else "hardware.gpu_cores_uncounted")


def _memory(reading: Reading) -> dict[str, Any] | None:
    memory = reading.memory.value
    if memory is None:
        return None
    return {
        "total_bytes": memory.total_bytes,
        "used_bytes": memory.used_bytes,
        "available_bytes": memory.available_bytes,
        "reclaimable_bytes": memory.reclaimable_bytes,
        **_reason_pair("reclaimable_bytes_reason", NO_CACHE if memory.reclaimable_bytes is None else None),
        "swap_total_bytes": memory.swap_total_bytes,
        **_reason_pair("swap_total_bytes_reason", memory.swap_reason),
        "swap_used_bytes": memory.swap_used_bytes,
        **_reason_pair("swap_used_bytes_reason", memory.swap_reason),
        "source": memory.source,
    }


def _process(process: ProcessReading) -> dict[str, Any]:
    return {
        "pid": process.pid,
        **_pair("resident_bytes", process.resident_bytes),
        **_pair("anonymous_bytes", process.anonymous_bytes),
        **_pair("file_bytes", process.file_bytes),
        **_pair("peak_bytes", process.peak_bytes),
        **_pair("cpu_percent", process.cpu_percent),
    }


def _pair(key: str, metric: Metric[T]) -> dict[str, T | str | None]:
    """Return a value and its reason: both keys always there, so that a script can count on them."""
    return {key: metric.value, **_reason_pair(f"{key}_reason", metric.reason)}


def _reason_pair(key: str, why: Reason | None) -> dict[str, str | None]:
    """Return the sentence of a reason under `key`, and its code under `…_code`."""
    return {key: _sentence(why) if why else None, f"{key}_code": why.code if why else None}


def _sentence(why: Reason) -> str:
    return sentence_from({**SYSTEM, **SENTENCES}, why)
