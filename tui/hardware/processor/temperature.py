"""Temperature of the processor, by its own sensors on Linux; never a disk's or a network card's.

Files: the kernel's `hwmon/sysfs-interface.rst` (thousandths of a degree) and, for want of them,
`driver-api/thermal/sysfs-api.rst`.
"""

import re

from tui.hardware import quantities
from tui.hardware.interfaces import Interfaces
from tui.hardware.reading import Metric, unknown
from tui.hardware.system_files import folder_names, read_line, read_quantity
from tui.sentences import reason

_NONE = reason("hardware.cpu_temperature_unmarked")
_ELSEWHERE = {
    "macos": reason("hardware.macos_closed_sensor"),
    "windows": reason("hardware.windows_closed_sensor"),
}
_HWMON, _THERMAL = "/sys/class/hwmon", "/sys/class/thermal"
_INPUT = re.compile(r"temp\d+_input")
_DRIVERS: dict[str, tuple[str, ...]] = {
    "coretemp": ("Package id", "Core"),
    "zenpower": ("Tdie", "Tctl"),
    "k10temp": ("Tdie", "Tctl", ""),
    "k8temp": ("",),
    "via_cputemp": ("",),
    "cpu_thermal": ("",),
    "thinkpad": ("CPU",),
    "asusec": ("CPU Package", "CPU"),
}
"""Drivers of processors' sensors, best first, each with the beginnings of its labels, best first; an empty
one is any sensor. Tctl is what the fan goes by and can lie above the real temperature, Tdie."""
_ZONES = ("x86_pkg_temp", "cpu-thermal", "cpu_thermal")
_LEAST, _MOST = -50, 150


class Thermometer:
    """The processor's temperature. Its sensors are looked up once, and again when one of them has gone."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces
        self._inputs = find_inputs(interfaces)

    def read(self) -> Metric[float]:
        """Return degrees Celsius of the hottest package."""
        if not self._inputs:
            return unknown(_ELSEWHERE.get(self._interfaces.platform, _NONE))
        source = "hwmon" if self._inputs[0].startswith(_HWMON) else "thermal zone"
        metrics = [
            read_quantity(
                self._interfaces,
                path,
                quantities.CPU_TEMPERATURE,
                1e-3,
                _LEAST,
                _MOST,
                source,
            )
            for path in self._inputs
        ]
        hottest = max(
            (metric for metric in metrics if metric.value is not None),
            key=lambda metric: metric.value or 0,
            default=None,
        )
        if hottest is None:
            # A driver that was loaded again comes back under another number.
            self._inputs = find_inputs(self._interfaces) or self._inputs
            return metrics[0]
        return hottest


def find_inputs(interfaces: Interfaces) -> tuple[str, ...]:
    """Return the files that hold the processor's temperature, one a package where there are packages."""
    if interfaces.platform != "linux":
        return ()
    chips = {name: f"{_HWMON}/{name}" for name in folder_names(interfaces, _HWMON)}
    by_driver: dict[str, list[str]] = {}
    for folder in chips.values():
        by_driver.setdefault(read_line(interfaces, f"{folder}/name") or "", []).append(folder)
    for driver, labels in _DRIVERS.items():
        inputs = _labelled(interfaces, by_driver.get(driver, []), labels)
        if inputs:
            return inputs
    for zone in folder_names(interfaces, _THERMAL):
        if read_line(interfaces, f"{_THERMAL}/{zone}/type") in _ZONES:
            return (f"{_THERMAL}/{zone}/temp",)
    return ()


def _labelled(interfaces: Interfaces, folders: list[str], labels: tuple[str, ...]) -> tuple[str, ...]:
    inputs: dict[str, str] = {}
    for folder in folders:
        for name in folder_names(interfaces, folder):
            if _INPUT.fullmatch(name):
                label = read_line(interfaces, f"{folder}/{name.replace('_input', '_label')}")
                inputs[f"{folder}/{name}"] = label or ""
    for wanted in labels:
        paths = tuple(path for path, label in inputs.items() if label.startswith(wanted))
        if paths:
            return paths
    return ()
