"""The NVIDIA library (NVML) as this program uses it: its functions, and its errors in words."""

import importlib
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from tui.hardware.reading import Metric, known, unknown
from tui.text import clean_line

T = TypeVar("T")

NO_LIBRARY = (
    "the NVIDIA driver's library is missing; install the driver, or start the container with --gpus all"
)
NOT_REPORTED = "the NVIDIA driver does not report it for this GPU"
# Return codes of `nvml.h`, as `NVMLError.value` gives them.
_REASONS = {
    1: "the NVIDIA library was closed; it is opened again",
    3: NOT_REPORTED,
    4: "the NVIDIA driver gives it to an administrator only",
    6: "the NVIDIA driver no longer lists this GPU",
    9: "the NVIDIA driver is not running; load or install it",
    10: "the NVIDIA driver took too long to answer",
    12: NO_LIBRARY,
    13: "this NVIDIA driver is too old to report it; update it",
    15: "the GPU stopped answering; restart the machine",
    16: "the GPU needs a reset; restart the machine",
    18: "the NVIDIA driver was updated while it ran; restart the machine",
}


class Nvml(Protocol):
    """The functions of `pynvml` that are used; whatever they raise is turned into a reason."""

    def nvmlInit(self) -> None:
        """Open the library; wakes a sleeping GPU."""
        ...

    def nvmlSystemGetDriverVersion(self) -> str | bytes:
        """`550.54.14`."""
        ...

    def nvmlDeviceGetCount(self) -> int:
        """GPUs that the driver lists."""
        ...

    def nvmlDeviceGetHandleByIndex(self, index: int, /) -> Any:
        """A handle for the other calls."""
        ...

    def nvmlDeviceGetHandleByPciBusId(self, address: bytes, /) -> Any:
        """A handle by PCI address, which stays the same when another card vanishes."""
        ...

    def nvmlDeviceGetPciInfo(self, handle: Any, /) -> Any:
        """`.busId` is the PCI address."""
        ...

    def nvmlDeviceGetName(self, handle: Any, /) -> str | bytes:
        """`NVIDIA GeForce RTX 4070`."""
        ...

    def nvmlDeviceGetMemoryInfo(self, handle: Any, /) -> Any:
        """`.total` and `.used` in bytes."""
        ...

    def nvmlDeviceGetUtilizationRates(self, handle: Any, /) -> Any:
        """`.gpu` in percent of the last sampling period."""
        ...

    def nvmlDeviceGetTemperature(self, handle: Any, sensor: int, /) -> int:
        """Degrees Celsius; sensor 0 is the GPU itself."""
        ...

    def nvmlDeviceGetPowerUsage(self, handle: Any, /) -> int:
        """Milliwatts."""
        ...


def import_nvml() -> Nvml:
    """The `pynvml` module, imported when it is first needed."""
    return cast("Nvml", cast("object", importlib.import_module("pynvml")))


def reason_of(error: Exception) -> str:
    """What an error of NVML, or of importing it, means to the user."""
    code = getattr(error, "value", None)
    if isinstance(code, int) and code in _REASONS:
        return _REASONS[code]
    if isinstance(error, ImportError | OSError):
        return NO_LIBRARY
    return f"the NVIDIA driver failed ({clean_line(str(error)) or type(error).__name__})"


def ask(question: Callable[[], T]) -> Metric[T]:
    """One figure of NVML, or why it failed."""
    try:
        return known(question(), "NVML")
    except Exception as error:  # noqa: BLE001 - each figure may fail alone, and the others still count
        return unknown(reason_of(error), "NVML")


def within(value: Any, low: float, high: float) -> float:
    """A figure inside what is possible; drivers are known to answer 2^32 − 1 for "I cannot say".

    Raises:
        ValueError: it is not a number, or an impossible one.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError("an impossible figure")
    return float(value)


def words(value: object) -> str:
    """A text of NVML, safe to show; old versions of the binding give bytes."""
    return clean_line(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))
