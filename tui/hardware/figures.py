"""One text, or one number as a metric, in a file of the system; what lies in a folder that may be missing."""

from tui.hardware.interfaces import Interfaces
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.text import file_error_reason, whole
from tui.sentences import Reason, reason


def text_in(interfaces: Interfaces, path: str) -> str:
    """The text of a small system file; bytes that are not UTF-8 are replaced.

    Raises:
        OSError: as `Interfaces.read`.
    """
    return interfaces.read(path).decode("utf-8", "replace")


def line_in(interfaces: Interfaces, path: str) -> str | None:
    """The text of a system file, stripped; None when it cannot be read for any reason."""
    try:
        return text_in(interfaces, path).strip()
    except OSError:
        return None


def whole_in(interfaces: Interfaces, path: str) -> int | None:
    """The whole number that a system file holds; None when it cannot be read or is not one."""
    return whole(line_in(interfaces, path))


def read_figure(
    interfaces: Interfaces,
    path: str,
    quantity: Reason,
    scale: float,
    low: float,
    high: float,
    source: str = "sysfs",
) -> Metric[float]:
    """The number in a file times `scale`, when that lies between `low` and `high`.

    `quantity` names it in the reason (`hardware.quantity_…`).
    """
    try:
        number = whole(text_in(interfaces, path).strip())
    except OSError as error:
        return unknown(file_error_reason(error, quantity), source)
    if number is None or not low <= number * scale <= high:
        return unknown(reason("hardware.impossible_figure", quantity=quantity), source)
    return known(number * scale, source)


def names_in(interfaces: Interfaces, folder: str) -> tuple[str, ...]:
    """What lies in a folder; nothing when it is not there or closed to this user."""
    try:
        return interfaces.names(folder)
    except OSError:
        return ()
