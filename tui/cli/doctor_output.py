"""Report of the machine for people, as `llmtui doctor` prints it.

Nothing here tells one owner from another: no serial numbers, no names of users or hosts.
"""

from tui.hardware.battery import NO_BATTERY
from tui.hardware.machine import Gpu, Machine
from tui.hardware.processor.cpu_load import QUOTA_SOURCE
from tui.hardware.reading import GpuReading, Metric, Reading
from tui.hardware.report import reading_of
from tui.hardware.what_if import DESCRIBED_SYSTEM
from tui.i18n import _, pgettext
from tui.sentences import Reason, reason
from tui.services.sentences import sentence
from tui.units import UNKNOWN, format_bytes, format_number

_NO_FEATURES = reason("hardware.cpu_features_unlisted")
_GPU_OPTIONS = {
    "docker": ("--gpus all", "--device /dev/dri"),
    "podman": ("--device nvidia.com/gpu=all", "--device /dev/dri"),
}
"""Options that give a container the host's GPU, of NVIDIA and of others, by the kind of container."""


def report_lines(machine: Machine, reading: Reading | None = None) -> list[str]:
    """Return a line for each figure: its label and value; `n/a` and the reason for an unknown one.

    Without a reading, as for a profile, no load is given.
    """
    rows = _machine_rows(machine)
    if reading is not None:
        rows += _reading_rows(reading, machine.cpu.quota_cores.value)
    for gpu in machine.gpus:
        rows += _gpu_rows(gpu, reading_of(gpu, reading))
    if not machine.gpus or machine.gpu_reason:
        rows.append((_("GPU"), _missing_gpu(machine)))
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
        (_("System"), _system(machine.system)),
        (_("Container"), machine.container or _("none")),
        (_("Processor"), _text(cpu.name)),
        (
            _("Cores"),
            _("{cores} for the engine, {threads} logical").format(
                cores=cpu.physical_cores, threads=cpu.logical_cores
            ),
        ),
        (
            _("CPU limit"),
            _("none") if quota is None else _("{count} CPUs").format(count=format_number(quota)),
        ),
        (_("Vector features"), " ".join(cpu.features) or _unknown_text(_NO_FEATURES)),
        (
            _("Memory"),
            _unknown_text(machine.ram_reason) if machine.ram_reason else format_bytes(machine.ram_bytes),
        ),
        (_("Memory limit"), limit),
    ]


def _system(name: str) -> str:
    """Return the name of a system; of a machine in the settings, that it stands there."""
    return _("described in settings.toml") if name == DESCRIBED_SYSTEM else name


def _missing_gpu(machine: Machine) -> str:
    """Return why a GPU is missing, and what to do about it where there is none at all."""
    why = machine.gpu_reason or reason("hardware.profile_without_gpu")
    nvidia, amd = _GPU_OPTIONS.get(machine.container or "", ("", ""))
    if machine.gpus:
        template = "{unknown}  {why}"
    elif not nvidia:
        template = _("{unknown}  {why}; models run on the CPU")
    else:
        template = _(
            "{unknown}  {why}; models run on the CPU. If the host has one, start the container with "
            "{nvidia} (NVIDIA) or {others} (AMD, Intel)"
        )
    return template.format(unknown=UNKNOWN, why=sentence(why), nvidia=nvidia, others=amd)


def _reading_rows(reading: Reading, quota: float | None) -> list[tuple[str, str]]:
    memory = reading.memory.value
    rows = [
        (_("CPU load"), _cpu_load(reading.cpu_percent, quota)),
        (_("CPU temperature"), _number(reading.cpu_temperature_celsius, "{value} °C")),
        (_("CPU frequency"), _number(reading.cpu_frequency_mhz, "{value} MHz")),
        (_("CPU power"), _power(reading.cpu_power_watts, reading.cpu_power_limit_watts)),
    ]
    if reading.battery_watts.reason != NO_BATTERY:
        rows.append((_("Battery"), _number(reading.battery_watts, _("{watts} W drawn"), ".1f")))
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
        rows.append((_("Swap"), swap if memory.swap_total_bytes != 0 else pgettext("swap", "none")))
        if memory.swap_total_bytes:
            rows.append((_("Read from swap"), _rate(reading.swap_in_bytes_per_second)))
    # Each system has one of the two; the other is n/a by nature and would only raise questions.
    level = reading.pressure_level
    pressure = (
        _text(level)
        if level.value
        else _number(reading.pressure_percent, _("{percent} % of the last 10 s"), ".1f")
    )
    rows.append((_("Memory pressure"), pressure))
    return rows


def _gpu_rows(gpu: Gpu, reading: GpuReading | None) -> list[tuple[str, str]]:
    label = _("GPU {number}").format(number=gpu.index)
    rows = [(label, _gpu_name(gpu)), (_("{gpu} driver").format(gpu=label), _text(gpu.driver))]
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
        (_("{gpu} load").format(gpu=label), _number(reading.load_percent, "{value} %")),
        (
            _("{gpu} frequency").format(gpu=label),
            _("0 MHz, it rests") if rests else _number(reading.frequency_mhz, "{value} MHz"),
        ),
        (_("{gpu} temperature").format(gpu=label), _number(reading.temperature_celsius, "{value} °C")),
        (_("{gpu} power").format(gpu=label), _power(reading.power_watts, reading.power_limit_watts)),
    ]


def _gpu_name(gpu: Gpu) -> str:
    if gpu.shares_memory:
        template = _("{name}, {count} cores, shares the RAM") if gpu.cores else _("{name}, shares the RAM")
    else:
        template = _("{name}, {count} cores") if gpu.cores else "{name}"
    return template.format(name=gpu.name, count=gpu.cores)


def _shared_size(gpu: Gpu) -> str:
    """Return the RAM that a GPU shares, and what the firmware set aside for it."""
    ram_bytes = gpu.max_ram_bytes
    if ram_bytes is None:
        return _("none of its own, it shares the RAM")
    if not gpu.set_aside_bytes:
        return _("up to {size} of the RAM").format(size=format_bytes(ram_bytes))
    return _("{set_aside} set aside by the firmware, and up to {size} of the RAM").format(
        set_aside=format_bytes(gpu.set_aside_bytes), size=format_bytes(ram_bytes)
    )


def _unknown_text(why: Reason | None) -> str:
    return f"{UNKNOWN}  {sentence(why)}" if why else UNKNOWN


def _text(metric: Metric[str]) -> str:
    return metric.value if metric.value is not None else _unknown_text(metric.reason)


def _size(metric: Metric[int]) -> str:
    return format_bytes(metric.value) if metric.value is not None else _unknown_text(metric.reason)


def _rate(metric: Metric[float]) -> str:
    return (
        f"{format_bytes(round(metric.value))}/s" if metric.value is not None else _unknown_text(metric.reason)
    )


def _cpu_load(load: Metric[float], quota: float | None) -> str:
    """Return the load; of the CPUs of the quota, in `quota`, where it is measured against that."""
    if load.value is None or quota is None or load.source != QUOTA_SOURCE:
        return _number(load, "{value} %")
    return _("{load} % of {count} CPUs").format(
        load=format_number(load.value, ".0f"), count=format_number(quota)
    )


def _power(power: Metric[float], limit: Metric[float]) -> str:
    if power.value is None or limit.value is None:
        return _number(power, "{watts} W", ".1f")
    return _("{power} W of at most {limit} W").format(
        power=format_number(power.value, ".1f"), limit=format_number(limit.value, ".0f")
    )


def _number(metric: Metric[float], template: str, form: str = ".0f") -> str:
    """Return a figure in a text with one field, or why it is unknown."""
    if metric.value is None:
        return _unknown_text(metric.reason)
    value = format_number(metric.value, form)
    return template.format(value=value, watts=value, percent=value)
