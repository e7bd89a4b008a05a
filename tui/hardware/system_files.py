"""Small files of the system, read as text, a whole number or a quantity, and the names in a folder."""

import errno

from tui.hardware.interfaces import Interfaces
from tui.hardware.reading import Metric, known, unknown
from tui.sentences import Reason, reason
from tui.system_errors import system_error

_MOST = 1 << 64
"""No counter of a kernel goes further."""
_LONGEST_NUMBER = 100


def read_text(interfaces: Interfaces, path: str) -> str:
    """Return the text of a small system file; bytes that are not UTF-8 are replaced.

    Raises:
        OSError: as `Interfaces.read`.
    """
    return interfaces.read(path).decode("utf-8", "replace")


def read_line(interfaces: Interfaces, path: str) -> str | None:
    """Return the text of a system file, stripped; None when it cannot be read for any reason."""
    try:
        return read_text(interfaces, path).strip()
    except OSError:
        return None


def read_integer(interfaces: Interfaces, path: str) -> int | None:
    """Return the whole number that a system file holds; None when it cannot be read or is not one."""
    return parse_integer(read_line(interfaces, path))


def read_quantity(
    interfaces: Interfaces,
    path: str,
    quantity: Reason,
    scale: float,
    low: float,
    high: float,
    source: str = "sysfs",
) -> Metric[float]:
    """Return the number in a file times `scale`, when that lies between `low` and `high`.

    `quantity`, one of `quantities`, names it in the reason.
    """
    try:
        number = parse_integer(read_text(interfaces, path).strip())
    except OSError as error:
        return unknown(file_error_reason(error, quantity), source)
    if number is None or not low <= number * scale <= high:
        return unknown(reason("hardware.impossible_figure", quantity=quantity), source)
    return known(number * scale, source)


def folder_names(interfaces: Interfaces, folder: str) -> tuple[str, ...]:
    """Return the names in a folder; none when it is missing or closed to this user."""
    try:
        return interfaces.names(folder)
    except OSError:
        return ()


def parse_integer(text: str | None) -> int | None:
    """Return a decimal or 0x number as an int; None for anything else, and for one of more than 64 bits."""
    if text is None or len(text) > _LONGEST_NUMBER:
        return None
    try:
        number = int(text, 16) if text.startswith("0x") else int(text)
    except ValueError:
        return None
    return number if -_MOST <= number < _MOST else None


def parse_cpu_list(text: str) -> frozenset[int]:
    """Return CPU numbers as the kernel lists them: `0-3,8` is 0, 1, 2, 3, 8; senseless parts are skipped."""
    numbers: set[int] = set()
    for part in text.strip().split(","):
        first, dash, last = part.partition("-")
        low, high = parse_integer(first), parse_integer(last if dash else first)
        # No machine has 65536 CPUs; the bound keeps a garbled file from filling memory.
        if low is not None and high is not None and 0 <= low <= high < 65536:
            numbers.update(range(low, high + 1))
    return frozenset(numbers)


def file_error_reason(error: OSError, quantity: Reason) -> Reason:
    """Return the reason why the file of a quantity (one of `quantities`) could not be read."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return reason("hardware.needs_more_rights", quantity=quantity)
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENODEV):
        return reason("hardware.not_reported", quantity=quantity)
    if error.errno == errno.EBUSY:
        return reason("hardware.busy", quantity=quantity)
    return reason("hardware.unreadable", quantity=quantity, error=system_error(error))
