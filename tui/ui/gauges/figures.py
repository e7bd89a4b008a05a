"""Numbers on gauges: value first, unit dim, columns that never move."""

from tui.hardware.reading import GpuReading, Metric, Reading
from tui.i18n import _
from tui.ui.gauges.thresholds import POWER, TEMPERATURE, figure_role
from tui.ui.kit.pieces import Line, Piece
from tui.units import GIB, KIB, MIB, UNKNOWN, split_bytes

_FACTORS = {"GiB": GIB, "MiB": MIB, "KiB": KIB, "B": 1}


def in_unit(count: int | float, unit: str, digits: int) -> str:
    """A number of bytes in a given unit (`GiB`, `MiB`, `KiB`, `B`), for columns that share one: `2.93`."""
    return f"{count / _FACTORS[unit]:.{digits}f}"


def percent(value: float | None) -> Line:
    """A percentage in five cells: ` 43 %`, `n/a  ` when it is unknown."""
    if value is None:
        return [Piece(f"{UNKNOWN:<5}", "unit")]
    return [Piece(f"{value:3.0f}", "value"), Piece(" %", "unit")]


def size_pair(used: int | None, total: int | None, what: str = "") -> Line:
    """Bytes taken of a capacity, in the unit of the capacity: `5.1 / 8.0 GiB`, then what it is."""
    tail = f" {what}" if what else ""
    if total is None:
        return [*_size(used), Piece(tail, "unit")]
    unit = split_bytes(total)[1]
    capacity = in_unit(total, unit, 1)
    value = UNKNOWN if used is None else in_unit(used, unit, 1)
    return [Piece(value.rjust(len(capacity)), "value"), Piece(f" / {capacity} {unit}{tail}", "unit")]


def labelled_size(label: str, count: int | None) -> Line:
    """A word and a number of bytes: `engine 2.95 GiB`."""
    return [Piece(f"{label} ", "unit"), *_size(count)]


def temperature(metric: Metric[float]) -> Line:
    """` 54 °C`, in the colour of its step; nothing when it is unknown."""
    if metric.value is None:
        return []
    return [Piece(f"{metric.value:3.0f}", figure_role(metric.value, TEMPERATURE)), Piece(" °C", "unit")]


def frequency(metric: Metric[float]) -> Line:
    """`2.40 GHz`, the same width below one GHz, and at rest; nothing when it is unknown."""
    if metric.value is None:
        return []
    if metric.value == 0:
        return [Piece(_(" at rest"), "unit")]
    return [Piece(f"{metric.value / 1000:4.2f}", "value"), Piece(" GHz", "unit")]


def power(metric: Metric[float], limit: Metric[float] | None = None) -> Line:
    """` 65 W`, with a tenth below ten watts, in the colour of its step to the limit; nothing when unknown."""
    if metric.value is None:
        return []
    digits = 1 if metric.value < 9.95 else 0
    most = limit.value if limit is not None else None
    role = figure_role(100 * metric.value / most, POWER) if most else "value"
    return [Piece(f"{metric.value:3.{digits}f}", role), Piece(" W", "unit")]


def power_limit(metric: Metric[float], limit: Metric[float]) -> Line:
    """`draws 186 of at most 200 W`; nothing unless both are known."""
    if metric.value is None or limit.value is None:
        return []
    role = figure_role(100 * metric.value / limit.value, POWER)
    most = _(" of at most {watts:.0f} W").format(watts=limit.value)
    return [Piece(_("draws "), "unit"), Piece(f"{metric.value:.0f}", role), Piece(most, "unit")]


def battery(metric: Metric[float]) -> Line:
    """`battery 12 W`: what the whole machine draws; nothing when it is unknown, as on mains."""
    return [Piece(_("battery "), "unit"), *power(metric)] if metric.value is not None else []


def cpu_readouts(reading: Reading | None) -> list[Line]:
    """What is known of the processor besides its load, the most telling first."""
    if reading is None:
        return []
    found = [
        temperature(reading.cpu_temperature_celsius),
        frequency(reading.cpu_frequency_mhz),
        power(reading.cpu_power_watts, reading.cpu_power_limit_watts),
        battery(reading.battery_watts),
    ]
    return [one for one in found if one]


def gpu_readouts(found: GpuReading | None) -> list[Line]:
    """The same of a GPU."""
    if found is None:
        return []
    watts = power(found.power_watts, found.power_limit_watts)
    known = [temperature(found.temperature_celsius), watts, frequency(found.frequency_mhz)]
    return [one for one in known if one]


def own_readout(reading: Reading | None) -> Line:
    """`llmtui 1.2 % 84 MiB`: what this program itself takes, percent of one core; nothing when unknown."""
    if reading is None:
        return []
    load, size = reading.own_cpu_percent.value, reading.own_resident_bytes.value
    line: Line = []
    if load is not None:
        line += [Piece(f" {load:4.1f}", "value"), Piece(" %", "unit")]
    if size is not None:
        line += labelled_size("", size)
    return [Piece("llmtui", "unit"), *line] if line else []


def _size(count: int | None) -> Line:
    if count is None:
        return [Piece(UNKNOWN, "unit")]
    value, unit = split_bytes(count)
    return [Piece(value, "value"), Piece(f" {unit}", "unit")]
