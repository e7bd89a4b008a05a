"""Figures on gauges: the value and a dim unit, in a fixed width; unknown figures are left out."""

from tui.hardware.reading import GpuReading, Metric, Reading
from tui.i18n import _
from tui.ui.gauges.thresholds import POWER, TEMPERATURE, figure_role
from tui.ui.kit.pieces import Line, Piece, filled
from tui.units import GIB, KIB, MIB, UNKNOWN, format_number, split_bytes

_FREQUENCY_CELLS = 8
_FACTORS = {"GiB": GIB, "MiB": MIB, "KiB": KIB, "B": 1}


def in_unit(count: int | float, unit: str, digits: int) -> str:
    """Return bytes in a unit (`GiB`, `MiB`, `KiB`, `B`) without its name: `2.93`."""
    return format_number(count / _FACTORS[unit], f".{digits}f")


def percent(value: float | None) -> Line:
    """Return a percentage in five cells: ` 43 %`, or `n/a  ` for unknown."""
    if value is None:
        return [Piece(f"{UNKNOWN:<5}", "unit")]
    return [Piece(f"{value:3.0f}", "value"), Piece(" %", "unit")]


def size_pair(used: int | None, total: int | None, kind: str = "") -> Line:
    """Return used bytes and a capacity in the unit of the capacity, then the kind: `5.1 / 8.0 GiB RAM`."""
    tail = f" {kind}" if kind else ""
    if total is None:
        return [*size_of(used), Piece(tail, "unit")]
    unit = split_bytes(total)[1]
    capacity = in_unit(total, unit, 1)
    value = UNKNOWN if used is None else in_unit(used, unit, 1)
    return [Piece(value.rjust(len(capacity)), "value"), Piece(f" / {capacity} {unit}{tail}", "unit")]


def labelled_size(label: str, count: int | None) -> Line:
    """Return a label and a number of bytes: `engine 2.95 GiB`."""
    return [Piece(f"{label} ", "unit"), *size_of(count)]


def temperature(metric: Metric[float]) -> Line:
    """Return ` 54 °C` in the colour of its level; empty for unknown."""
    if metric.value is None:
        return []
    return [Piece(f"{metric.value:3.0f}", figure_role(metric.value, TEMPERATURE)), Piece(" °C", "unit")]


def frequency(metric: Metric[float]) -> Line:
    """Return `2.40 GHz`, or ` at rest` for 0; the width is fixed. Empty for unknown."""
    if metric.value is None:
        return []
    if metric.value == 0:
        return [Piece(_("at rest").rjust(_FREQUENCY_CELLS), "unit")]
    return [Piece(format_number(metric.value / 1000, "4.2f"), "value"), Piece(" GHz", "unit")]


def power(metric: Metric[float], limit: Metric[float] | None = None) -> Line:
    """Return ` 65 W`, or `6.5 W` below ten, in the colour of its share of the limit; empty for unknown."""
    if metric.value is None:
        return []
    digits = 1 if metric.value < 9.95 else 0
    limit_watts = limit.value if limit is not None else None
    role = figure_role(100 * metric.value / limit_watts, POWER) if limit_watts else "value"
    return [Piece(format_number(metric.value, f"3.{digits}f"), role), Piece(" W", "unit")]


def power_limit(metric: Metric[float], limit: Metric[float]) -> Line:
    """Return `draws 186 of at most 200 W`; empty unless both are known."""
    if metric.value is None or limit.value is None:
        return []
    role = figure_role(100 * metric.value / limit.value, POWER)
    return filled(
        _("draws {watts} of at most {limit} W"),
        "unit",
        watts=[Piece(f"{metric.value:.0f}", role)],
        limit=[Piece(f"{limit.value:.0f}", "unit")],
    )


def battery(metric: Metric[float]) -> Line:
    """Return the power of the whole machine: `battery 12 W`; empty for unknown, for example on mains."""
    return filled(_("battery {power}"), "unit", power=power(metric)) if metric.value is not None else []


def cpu_readouts(reading: Reading | None) -> list[Line]:
    """Return the known figures of the processor except its load, the most important first."""
    if reading is None:
        return []
    readouts = [
        temperature(reading.cpu_temperature_celsius),
        frequency(reading.cpu_frequency_mhz),
        power(reading.cpu_power_watts, reading.cpu_power_limit_watts),
        battery(reading.battery_watts),
    ]
    return [readout for readout in readouts if readout]


def gpu_readouts(gpu_reading: GpuReading | None) -> list[Line]:
    """Return the known figures of a GPU except its load, the most important first."""
    if gpu_reading is None:
        return []
    watts = power(gpu_reading.power_watts, gpu_reading.power_limit_watts)
    readouts = [temperature(gpu_reading.temperature_celsius), watts, frequency(gpu_reading.frequency_mhz)]
    return [readout for readout in readouts if readout]


def own_readout(reading: Reading | None) -> Line:
    """Return llmtui's own load in percent of one core, and its memory: `llmtui 1.2 % 84 MiB`."""
    if reading is None:
        return []
    load, size = reading.own_cpu_percent.value, reading.own_resident_bytes.value
    line: Line = []
    if load is not None:
        line += [Piece(f" {format_number(load, '4.1f')}", "value"), Piece(" %", "unit")]
    if size is not None:
        line += labelled_size("", size)
    return [Piece("llmtui", "unit"), *line] if line else []


def size_of(count: int | None) -> Line:
    """Return a number of bytes: `2.95 GiB`, or `n/a`."""
    if count is None:
        return [Piece(UNKNOWN, "unit")]
    value, unit = split_bytes(count)
    return [Piece(value, "value"), Piece(f" {unit}", "unit")]
