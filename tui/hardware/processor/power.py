"""Power of the processor, from the energy counters of its package (RAPL), which AMD has too.

Files: the kernel's `power/powercap/powercap.rst`. A counter is in millionths of a joule and begins again at 0
past `max_energy_range_uj`; since 2020 it is for root only, because its steps betray what other programs do.
"""

import errno
import re

from tui.hardware import quantities
from tui.hardware.interfaces import Interfaces
from tui.hardware.rate import Rate
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import (
    file_error_reason,
    folder_names,
    parse_integer,
    read_integer,
    read_line,
    read_quantity,
    read_text,
)
from tui.sentences import Reason, reason

ROOT_ONLY = reason("hardware.cpu_power_root_only")
_NO_COUNTERS = reason("hardware.no_cpu_power_counters")
_ELSEWHERE = {
    "macos": reason("hardware.macos_root_only"),
    "windows": reason("hardware.windows_closed_sensor"),
}
_POWER = quantities.CPU_POWER
_IMPOSSIBLE = reason("hardware.impossible_figure", quantity=_POWER)
_FOLDER = "/sys/class/powercap"
_SOURCE = "RAPL"
_PACKAGE = re.compile(r"intel-rapl:\d+")
"""A zone at the top; those below it are the package's parts, and `intel-rapl-mmio` counts the same again."""
_MOST_WATTS = 5000


class PowerMeter:
    """Watts of all the processor's packages together. The first sample is taken when it is made."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces
        self._packages = _packages(interfaces)
        self.read()

    def read(self) -> Metric[float]:
        """Return watts since the last sample; unknown as soon as one package cannot be read."""
        if not self._packages:
            return unknown(_ELSEWHERE.get(self._interfaces.platform, _NO_COUNTERS), _SOURCE)
        watts: list[float | None] = []
        for zone, rate in self._packages.items():
            try:
                energy = parse_integer(read_text(self._interfaces, f"{_FOLDER}/{zone}/energy_uj").strip())
            except OSError as error:
                return unknown(_reason(error), _SOURCE)
            if energy is None or energy < 0:
                return unknown(_IMPOSSIBLE, _SOURCE)
            per_second = rate.next(energy, self._interfaces.clock())
            watts.append(None if per_second is None else per_second / 1e6)
        values = [value for value in watts if value is not None]
        if len(values) < len(watts):
            return unknown(reason("hardware.power_after_next_sample"), _SOURCE)
        if sum(values) > _MOST_WATTS:
            return unknown(_IMPOSSIBLE, _SOURCE)
        return known(sum(values), _SOURCE)

    def read_limit(self) -> Metric[float]:
        """Return the watts that all packages together may draw for long; AMD's have no such limit."""
        paths = [f"{_FOLDER}/{zone}/constraint_0_power_limit_uw" for zone in self._packages]
        quantity = quantities.CPU_POWER_LIMIT
        limits = [
            read_quantity(self._interfaces, path, quantity, 1e-6, 1, _MOST_WATTS, _SOURCE) for path in paths
        ]
        if not limits:
            return unknown(_ELSEWHERE.get(self._interfaces.platform, _NO_COUNTERS), _SOURCE)
        missing = next((limit for limit in limits if limit.value is None), None)
        return missing or known(sum(limit.value or 0.0 for limit in limits), _SOURCE)


def _packages(interfaces: Interfaces) -> dict[str, Rate]:
    if interfaces.platform != "linux":
        return {}
    zones = [name for name in folder_names(interfaces, _FOLDER) if _PACKAGE.fullmatch(name)]
    return {zone: _rate(interfaces, zone) for zone in zones if _is_package(interfaces, zone)}


def _is_package(interfaces: Interfaces, zone: str) -> bool:
    """Not `psys`, the whole platform, which holds the package a second time."""
    return (read_line(interfaces, f"{_FOLDER}/{zone}/name") or "").startswith("package")


def _rate(interfaces: Interfaces, zone: str) -> Rate:
    range_microjoules = read_integer(interfaces, f"{_FOLDER}/{zone}/max_energy_range_uj")
    return Rate(range_microjoules + 1 if range_microjoules is not None and range_microjoules > 0 else None)


def _reason(error: OSError) -> Reason:
    if error.errno in (errno.EACCES, errno.EPERM):
        return ROOT_ONLY
    return file_error_reason(error, _POWER)
