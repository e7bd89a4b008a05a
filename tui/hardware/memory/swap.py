"""Rate of reading back from swap, the surest sign that memory is too small for what runs."""

import re

from tui.hardware import quantities
from tui.hardware.answers import PageBytes, SenselessAnswerError, checked_answer
from tui.hardware.interfaces import Interfaces
from tui.hardware.rate import Rate
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import file_error_reason, parse_integer, read_text
from tui.sentences import reason

_VMSTAT = "/proc/vmstat"
_PAGE_SIZE = re.compile(r"page size of (\d+) bytes")
_SWAPINS = re.compile(r"^Swapins:\s*(\d+)\.?\s*$", re.MULTILINE)
_WINDOWS = reason("hardware.windows_no_swap_rate")


class SwapMeter:
    """Bytes a second read back from swap, of the whole system. The first sample is taken when it is made."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces
        self._rate = Rate()
        self._page_bytes = _page_bytes(interfaces)
        self.read()

    def read(self) -> Metric[float]:
        """Return bytes a second since the last sample."""
        if self._interfaces.platform == "windows":
            return unknown(_WINDOWS)
        source = _VMSTAT if self._interfaces.platform == "linux" else "vm_stat"
        try:
            swapped = self._swapped_bytes()
        except OSError as error:
            return unknown(file_error_reason(error, quantities.SWAP_IN), source)
        if swapped is None:
            return unknown(reason("hardware.swap_in_uncounted"), source)
        per_second = self._rate.next(swapped, self._interfaces.clock())
        if per_second is None:
            return unknown(reason("hardware.rate_after_next_sample"), source)
        return known(per_second, source)

    def _swapped_bytes(self) -> int | None:
        if self._interfaces.platform == "macos":
            return swapped_in_macos(self._interfaces.run(("vm_stat",)).decode("utf-8", "replace"))
        pages = parse_swap_in(read_text(self._interfaces, _VMSTAT))
        return None if pages is None or self._page_bytes is None else pages * self._page_bytes


def parse_swap_in(text: str) -> int | None:
    """Pages read from swap since the start: `pswpin` of `/proc/vmstat`; None in a kernel without swap."""
    _, separator, tail = f"\n{text}".partition("\npswpin ")
    count = parse_integer(tail.partition("\n")[0].strip()) if separator else None
    return count if count is not None and count >= 0 else None


def swapped_in_macos(text: str) -> int | None:
    """Return bytes read from swap since the start, of the output of `vm_stat`."""
    size, pages = _PAGE_SIZE.search(text), _SWAPINS.search(text)
    return int(size[1]) * int(pages[1]) if size and pages else None


def _page_bytes(interfaces: Interfaces) -> int | None:
    if interfaces.platform != "linux":
        return None
    try:
        return checked_answer(interfaces, "page_size", PageBytes)
    except (OSError, SenselessAnswerError):
        return None
