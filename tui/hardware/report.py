"""The machine and one reading of it, for scripts (JSON) and for people (`llmtui doctor`).

Nothing here tells one owner from another: no serial numbers, no names of users or hosts.
"""

from typing import Any, TypeVar

from tui.hardware.battery import NO_BATTERY
from tui.hardware.machine import Gpu, Machine
from tui.hardware.processor.cpu_load import QUOTA_SOURCE
from tui.hardware.reading import GpuReading, Metric, ProcessReading, Reading
from tui.hardware.sentences import SENTENCES
from tui.i18n import _
from tui.sentences import Reason, reason, sentence_from
from tui.units import UNKNOWN, format_bytes

T = TypeVar("T")

_NO_FEATURES = reason("hardware.cpu_features_unlisted")
_IN_CONTAINER = {
    "docker": "--gpus all (NVIDIA) or --device /dev/dri (AMD, Intel)",
    "podman": "--device nvidia.com/gpu=all (NVIDIA) or --device /dev/dri (AMD, Intel)",
}
"""By the kind of container, how to give it the host's GPU."""
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
        "name": machine.name,
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
        "gpus": [_gpu(gpu, _reading_of(gpu, reading)) for gpu in machine.gpus],
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


def report_lines(machine: Machine, reading: Reading | None = None) -> list[str]:
    """The same for people: a label, a value; for what is unknown, `n/a` and the reason with what to do."""
    rows = _machine_rows(machine)
    if reading is not None:
        rows += _reading_rows(reading, machine.cpu.quota_cores.value)
    for gpu in machine.gpus:
        rows += _gpu_rows(gpu, _reading_of(gpu, reading))
    if not machine.gpus or machine.gpu_reason:
        why = machine.gpu_reason or reason("hardware.profile_without_gpu")
        rows.append((_("GPU"), f"{UNKNOWN}  {_sentence(why)}{_gpu_remedy(machine)}"))
    width = max(len(label) for label, _value in rows)
    return [f"{label:<{width}}  {value}" for label, value in rows]


def _machine_rows(machine: Machine) -> list[tuple[str, str]]:
    cpu = machine.cpu
    quota = cpu.quota_cores.value
    limited = machine.memory_limit_bytes < machine.ram_bytes or machine.memory_limit_source != "RAM"
    limit = (
        _("{size} by {limit}").format(
            size=format_bytes(machine.memory_limit_bytes), limit=machine.memory_limit_source
        )
        if limited
        else _("none")
    )
    return [
        (_("System"), machine.system),
        (_("Container"), machine.container or _("none")),
        (_("Processor"), _text(cpu.name)),
        (
            _("Cores"),
            _("{cores} for the engine, {threads} logical").format(
                cores=cpu.physical_cores, threads=cpu.logical_cores
            ),
        ),
        (_("CPU limit"), _("none") if quota is None else _("{count:g} CPUs").format(count=quota)),
        (_("Vector features"), " ".join(cpu.features) or _unknown_text(_NO_FEATURES)),
        (
            _("Memory"),
            _unknown_text(machine.ram_reason) if machine.ram_reason else format_bytes(machine.ram_bytes),
        ),
        (_("Memory limit"), limit),
    ]


def _gpu_remedy(machine: Machine) -> str:
    """Return what to do about a GPU that is missing."""
    if machine.gpus:
        return ""
    option = _IN_CONTAINER.get(machine.container or "")
    if option is None:
        return _("; models run on the CPU")
    return _("; models run on the CPU. If the host has one, start the container with {option}").format(
        option=option
    )


def _reading_rows(reading: Reading, quota: float | None) -> list[tuple[str, str]]:
    memory = reading.memory.value
    share = (
        _(" of {count:g} CPUs").format(count=quota)
        if quota is not None and reading.cpu_percent.source == QUOTA_SOURCE
        else ""
    )
    rows = [
        (_("CPU load"), _number(reading.cpu_percent, "{:.0f} %" + share)),
        (_("CPU temperature"), _number(reading.cpu_temperature_celsius, "{:.0f} °C")),
        (_("CPU frequency"), _number(reading.cpu_frequency_mhz, "{:.0f} MHz")),
        (_("CPU power"), _power(reading.cpu_power_watts, reading.cpu_power_limit_watts)),
    ]
    if reading.battery_watts.reason != NO_BATTERY:
        rows.append((_("Battery"), _number(reading.battery_watts, _("{:.1f} W drawn"))))
    if memory is None:
        rows.append((_("Memory in use"), _unknown_text(reading.memory.reason)))
    else:
        used, free = format_bytes(memory.used_bytes), format_bytes(memory.available_bytes)
        rows.append((_("Memory in use"), _("{used}, {free} available").format(used=used, free=free)))
        swap = _("{used} of {total}").format(
            used=format_bytes(memory.swap_used_bytes), total=format_bytes(memory.swap_total_bytes)
        )
        if memory.swap_total_bytes is None:
            swap = _unknown_text(memory.swap_reason)
        rows.append((_("Swap"), swap if memory.swap_total_bytes != 0 else _("none")))
        if memory.swap_total_bytes:
            rows.append((_("Read from swap"), _rate(reading.swap_in_bytes_per_second)))
    # Each system has one of the two; the other is n/a by nature and would only raise questions.
    level = reading.pressure_level
    pressure = (
        _text(level) if level.value else _number(reading.pressure_percent, _("{:.1f} % of the last 10 s"))
    )
    rows.append((_("Memory pressure"), pressure))
    return rows


def _gpu_rows(gpu: Gpu, reading: GpuReading | None) -> list[tuple[str, str]]:
    label = _("GPU {number}").format(number=gpu.index)
    cores = _(", {count} cores").format(count=gpu.cores) if gpu.cores else ""
    kind = _(", shares the RAM") if gpu.shares_memory else ""
    rows = [(label, f"{gpu.name}{cores}{kind}"), (_("{gpu} driver").format(gpu=label), _text(gpu.driver))]
    total = (
        gpu.memory_bytes
        if reading is None or reading.memory_total_bytes.value is None
        else reading.memory_total_bytes
    )
    rows.append(
        (_("{gpu} memory").format(gpu=label), _shared_size(gpu) if gpu.shares_memory else _size(total))
    )
    if reading is None:
        return rows
    if reading.memory_used_bytes.value is not None or not gpu.shares_memory:
        rows.append((_("{gpu} in use").format(gpu=label), _size(reading.memory_used_bytes)))
    rests = reading.frequency_mhz.value == 0
    return [
        *rows,
        (_("{gpu} load").format(gpu=label), _number(reading.load_percent, "{:.0f} %")),
        (
            _("{gpu} frequency").format(gpu=label),
            _("0 MHz, it rests") if rests else _number(reading.frequency_mhz, "{:.0f} MHz"),
        ),
        (_("{gpu} temperature").format(gpu=label), _number(reading.temperature_celsius, "{:.0f} °C")),
        (_("{gpu} power").format(gpu=label), _power(reading.power_watts, reading.power_limit_watts)),
    ]


def _shared_size(gpu: Gpu) -> str:
    """Of one that shares the RAM: how much of it, and what the firmware set aside."""
    ram_bytes = gpu.max_ram_bytes
    if ram_bytes is None:
        return _("none of its own, it shares the RAM")
    part = _("up to {size} of the RAM").format(size=format_bytes(ram_bytes))
    aside = gpu.set_aside_bytes
    if not aside:
        return part
    return _("{size} set aside by the firmware, and {part}").format(size=format_bytes(aside), part=part)


def _reading_of(gpu: Gpu, reading: Reading | None) -> GpuReading | None:
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
    return sentence_from(SENTENCES, why)


def _unknown_text(why: Reason | None) -> str:
    return f"{UNKNOWN}  {_sentence(why)}" if why else UNKNOWN


def _text(metric: Metric[str]) -> str:
    return metric.value if metric.value is not None else _unknown_text(metric.reason)


def _size(metric: Metric[int]) -> str:
    return format_bytes(metric.value) if metric.value is not None else _unknown_text(metric.reason)


def _rate(metric: Metric[float]) -> str:
    return (
        f"{format_bytes(round(metric.value))}/s" if metric.value is not None else _unknown_text(metric.reason)
    )


def _power(metric: Metric[float], limit: Metric[float]) -> str:
    suffix = (
        ""
        if metric.value is None or limit.value is None
        else _(" of at most {watts:.0f} W").format(watts=limit.value)
    )
    return _number(metric, "{:.1f} W") + suffix


def _number(metric: Metric[float], form: str) -> str:
    return form.format(metric.value) if metric.value is not None else _unknown_text(metric.reason)
