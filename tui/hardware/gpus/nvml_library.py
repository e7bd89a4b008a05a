"""NVML itself, behind the question `nvml`: plain values go in and come out."""

import importlib
from typing import Any

_HANDLES: dict[str, Any] = {}
"""NVML's handles by the words that name the card."""


def nvml(function: str, *arguments: str | int) -> dict[str, Any]:
    """Return `value`, or `error` and `text` where NVML says that it failed.

    Raises:
        OSError: the driver's library is missing.
    """
    library: Any = importlib.import_module("pynvml")
    try:
        return {"value": _call(library, function, *arguments)}
    except library.NVMLError as error:
        _HANDLES.clear()
        return {"error": int(error.value), "text": str(error)}


def _call(library: Any, function: str, *arguments: str | int) -> Any:
    if function == "nvmlShutdown":
        _HANDLES.clear()
    if function.startswith("nvmlDeviceGetHandle"):
        name = str(arguments[0])
        kind, _, place = name.partition(" ")
        if kind == "index":
            _HANDLES[name] = library.nvmlDeviceGetHandleByIndex(int(place))
        else:
            _HANDLES[name] = library.nvmlDeviceGetHandleByPciBusId(place.encode())
        return name
    if function.startswith("nvmlDevice") and arguments:
        arguments = (_handle(library, str(arguments[0])), *arguments[1:])
    value = getattr(library, function)(*arguments)
    match function:
        case "nvmlDeviceGetPciInfo":
            value = value.busId
        case "nvmlDeviceGetMemoryInfo":
            return {"total": int(value.total), "used": int(value.used)}
        case "nvmlDeviceGetUtilizationRates":
            return int(value.gpu)
        case _:
            pass
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _handle(library: Any, name: str) -> Any:
    if name not in _HANDLES:
        _call(library, "nvmlDeviceGetHandle", name)
    return _HANDLES[name]
