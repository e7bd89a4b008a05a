"""Numbers on gauges: value first, unit dim, columns that never move."""

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


def _size(count: int | None) -> Line:
    if count is None:
        return [Piece(UNKNOWN, "unit")]
    value, unit = split_bytes(count)
    return [Piece(value, "value"), Piece(f" {unit}", "unit")]
