"""Small texts of the system parsed, and its errors in words."""

import errno

from tui.sentences import Reason, reason
from tui.text import clean_line


def whole(text: str | None) -> int | None:
    """A decimal or 0x number as an int; None for anything else."""
    if text is None:
        return None
    try:
        return int(text, 16) if text.startswith("0x") else int(text)
    except ValueError:
        return None


def file_error_reason(error: OSError, quantity: Reason) -> Reason:
    """Return the reason why the file of a quantity (`hardware.quantity_…`) could not be read."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return reason("hardware.needs_more_rights", quantity=quantity)
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENODEV):
        return reason("hardware.not_reported", quantity=quantity)
    if error.errno == errno.EBUSY:
        return reason("hardware.busy", quantity=quantity)
    return reason("hardware.unreadable", quantity=quantity, error=error_text(error))


def error_text(error: Exception) -> str:
    """Return what an error says of itself, in the system's words; its type when it says nothing."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return clean_line(text) or type(error).__name__


def parse_range_list(text: str) -> frozenset[int]:
    """CPU numbers as the kernel lists them: `0-3,8` is 0, 1, 2, 3, 8; senseless parts are skipped."""
    numbers: set[int] = set()
    for part in text.strip().split(","):
        first, dash, last = part.partition("-")
        low, high = whole(first), whole(last if dash else first)
        # No machine has 65536 CPUs; the bound keeps a garbled file from filling memory.
        if low is not None and high is not None and 0 <= low <= high < 65536:
            numbers.update(range(low, high + 1))
    return frozenset(numbers)
