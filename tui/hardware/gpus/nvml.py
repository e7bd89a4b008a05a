"""The NVIDIA library (NVML) as this program uses it: its functions, and its errors in words."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Protocol, TypeVar

from tui.hardware.interfaces import Interfaces
from tui.hardware.reading import Metric, known, unknown
from tui.sentences import Reason, ReasonedError, reason
from tui.system_errors import system_error
from tui.text import clean_line

T = TypeVar("T")

NO_LIBRARY = reason("hardware.nvidia_no_library")
NOT_REPORTED = reason("hardware.nvidia_not_reported")
# Return codes of `nvml.h`, as `NVMLError.value` gives them.
_REASONS = {
    1: reason("hardware.nvidia_library_closed"),
    3: NOT_REPORTED,
    4: reason("hardware.nvidia_administrator_only"),
    6: reason("hardware.nvidia_gpu_gone"),
    9: reason("hardware.nvidia_not_running"),
    10: reason("hardware.nvidia_timeout"),
    12: NO_LIBRARY,
    13: reason("hardware.nvidia_too_old"),
    15: reason("hardware.nvidia_gpu_lost"),
    16: reason("hardware.nvidia_reset_required"),
    18: reason("hardware.nvidia_updated"),
}


class Nvml(Protocol):
    """The functions of `pynvml` that are used; whatever they raise is turned into a reason."""

    def nvmlInit(self) -> None:
        """Open the library; wakes a sleeping GPU."""
        ...

    def nvmlShutdown(self) -> None:
        """Close the library; an open one keeps a laptop's GPU from going to sleep."""
        ...

    def nvmlSystemGetDriverVersion(self) -> str | bytes:
        """Return the version, such as `550.54.14`."""
        ...

    def nvmlDeviceGetCount(self) -> int:
        """Return the number of GPUs that the driver lists."""
        ...

    def nvmlDeviceGetHandleByIndex(self, index: int, /) -> Any:
        """Return a handle for the other calls."""
        ...

    def nvmlDeviceGetHandleByPciBusId(self, address: bytes, /) -> Any:
        """Return a handle by PCI address, which stays the same when another card vanishes."""
        ...

    def nvmlDeviceGetPciInfo(self, handle: Any, /) -> Any:
        """Return an object whose `.busId` is the PCI address."""
        ...

    def nvmlDeviceGetName(self, handle: Any, /) -> str | bytes:
        """Return the name, such as `NVIDIA GeForce RTX 4070`."""
        ...

    def nvmlDeviceGetMemoryInfo(self, handle: Any, /) -> Any:
        """Return `.total` and `.used` in bytes."""
        ...

    def nvmlDeviceGetUtilizationRates(self, handle: Any, /) -> Any:
        """Return `.gpu` in percent of the last sampling period."""
        ...

    def nvmlDeviceGetTemperature(self, handle: Any, sensor: int, /) -> int:
        """Return degrees Celsius; sensor 0 is the GPU itself."""
        ...

    def nvmlDeviceGetPowerUsage(self, handle: Any, /) -> int:
        """Return milliwatts."""
        ...

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: Any, /) -> int:
        """Return milliwatts; the smallest of all limits that hold now."""
        ...

    def nvmlDeviceGetClockInfo(self, handle: Any, kind: int, /) -> int:
        """Return MHz; kind 0 is the graphics clock."""
        ...


class NvmlFailure(Exception):
    """An answer of NVML that is an error; `value` is its return code in `nvml.h`."""

    def __init__(self, value: int, text: str) -> None:
        super().__init__(text)
        self.value = value


class NvmlOverInterfaces:
    """NVML asked through `Interfaces`, so that its answers can be recorded.

    A handle is the words that name the card.
    """

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces

    def nvmlInit(self) -> None:
        """See `Nvml`."""
        self._ask("nvmlInit")

    def nvmlShutdown(self) -> None:
        """See `Nvml`."""
        self._ask("nvmlShutdown")

    def nvmlSystemGetDriverVersion(self) -> str:
        """See `Nvml`."""
        return self._ask("nvmlSystemGetDriverVersion")

    def nvmlDeviceGetCount(self) -> int:
        """See `Nvml`."""
        return self._ask("nvmlDeviceGetCount")

    def nvmlDeviceGetHandleByIndex(self, index: int, /) -> str:
        """See `Nvml`."""
        return self._ask("nvmlDeviceGetHandleByIndex", f"index {index}")

    def nvmlDeviceGetHandleByPciBusId(self, address: bytes, /) -> str:
        """See `Nvml`."""
        return self._ask("nvmlDeviceGetHandleByPciBusId", f"bus {address.decode()}")

    def nvmlDeviceGetPciInfo(self, handle: str, /) -> SimpleNamespace:
        """See `Nvml`."""
        return SimpleNamespace(busId=self._ask("nvmlDeviceGetPciInfo", handle))

    def nvmlDeviceGetName(self, handle: str, /) -> str:
        """See `Nvml`."""
        return self._ask("nvmlDeviceGetName", handle)

    def nvmlDeviceGetMemoryInfo(self, handle: str, /) -> SimpleNamespace:
        """See `Nvml`."""
        return SimpleNamespace(**self._ask("nvmlDeviceGetMemoryInfo", handle))

    def nvmlDeviceGetUtilizationRates(self, handle: str, /) -> SimpleNamespace:
        """See `Nvml`."""
        return SimpleNamespace(gpu=self._ask("nvmlDeviceGetUtilizationRates", handle))

    def nvmlDeviceGetTemperature(self, handle: str, sensor: int, /) -> int:
        """See `Nvml`."""
        return self._ask("nvmlDeviceGetTemperature", handle, sensor)

    def nvmlDeviceGetPowerUsage(self, handle: str, /) -> int:
        """See `Nvml`."""
        return self._ask("nvmlDeviceGetPowerUsage", handle)

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: str, /) -> int:
        """See `Nvml`."""
        return self._ask("nvmlDeviceGetEnforcedPowerLimit", handle)

    def nvmlDeviceGetClockInfo(self, handle: str, kind: int, /) -> int:
        """See `Nvml`."""
        return self._ask("nvmlDeviceGetClockInfo", handle, kind)

    def _ask(self, function: str, *arguments: str | int) -> Any:
        """Call a function of NVML.

        Raises:
            NvmlFailure: NVML answers that it failed.
            OSError: there is no library to ask.
        """
        answer = self._interfaces.ask("nvml", function, *arguments)
        if "error" in answer:
            raise NvmlFailure(answer["error"], str(answer.get("text", "")))
        return answer["value"]


def reason_of(error: Exception) -> Reason:
    """Return what an error of NVML, or of importing it, means to the user."""
    code = getattr(error, "value", None)
    if isinstance(code, int) and code in _REASONS:
        return _REASONS[code]
    if isinstance(error, ImportError | OSError):
        return NO_LIBRARY
    cause = error.reason if isinstance(error, ReasonedError) else system_error(error)
    return reason("hardware.nvidia_failed", error=cause)


def query(question: Callable[[], T]) -> Metric[T]:
    """Return one figure of NVML, or why it failed."""
    try:
        return known(question(), "NVML")
    except Exception as error:  # noqa: BLE001 - each figure may fail alone, and the others still count
        return unknown(reason_of(error), "NVML")


def checked(value: Any, low: float, high: float) -> float:
    """Return a figure that is possible; drivers are known to answer 2^32 − 1 for "I cannot say".

    Raises:
        ReasonedError: it is not a number, or an impossible one.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ReasonedError(reason("hardware.nvidia_impossible_figure"))
    return float(value)


def text_of(value: object) -> str:
    """Return a text of NVML, safe to show; old versions of the binding give bytes."""
    return clean_line(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))
