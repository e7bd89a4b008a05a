"""Frequency of the processor's cores, on Linux.

Files: the kernel's `admin-guide/pm/cpufreq.rst` (kilohertz); in a virtual machine, which has none of them,
`cpu MHz` of /proc/cpuinfo.
"""

import re

from tui.hardware import quantities
from tui.hardware.interfaces import Interfaces
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import file_error_reason, folder_names, read_quantity, read_text
from tui.sentences import reason

_FOLDER = "/sys/devices/system/cpu/cpufreq"
_POLICY = re.compile(r"policy\d+")
_MHZ = re.compile(r"^cpu MHz\s*:\s*(\d{1,6}(?:\.\d{1,6})?)\s*$", re.MULTILINE)
_ELSEWHERE = {
    "macos": reason("hardware.macos_root_only"),
    "windows": reason("hardware.windows_rated_frequency"),
}
_NONE = reason("hardware.cpu_frequency_missing")
_AT_ONCE = 8
"""Cores read in one sample: each answer may interrupt that core."""
_CPUINFO_SECONDS = 5.0
"""The kernel writes that file anew at each reading, in milliseconds where there are many cores."""
_LEAST, _MOST = 1, 20_000


class FrequencyMeter:
    """Mean frequency; of many cores eight are read in turn, spread over all of them."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces
        self._policies = _policies(interfaces)
        self._turn = 0
        self._mean: Metric[float] | None = None
        self._mean_time = 0.0

    def read(self) -> Metric[float]:
        """Return megahertz, the mean over the cores that were asked."""
        if self._interfaces.platform != "linux":
            return unknown(_ELSEWHERE[self._interfaces.platform])
        return self._of_policies() if self._policies else self._of_cpuinfo()

    def _of_policies(self) -> Metric[float]:
        stride = -(-len(self._policies) // _AT_ONCE)
        policies = self._policies[self._turn % stride :: stride]
        self._turn += 1
        metrics = [self._one(policy) for policy in policies]
        values = [metric.value for metric in metrics if metric.value is not None]
        return known(sum(values) / len(values), "cpufreq") if values else metrics[0]

    def _one(self, policy: str) -> Metric[float]:
        path = f"{_FOLDER}/{policy}/scaling_cur_freq"
        return read_quantity(self._interfaces, path, quantities.CPU_FREQUENCY, 1e-3, _LEAST, _MOST, "cpufreq")

    def _of_cpuinfo(self) -> Metric[float]:
        time = self._interfaces.clock()
        if self._mean is None or time - self._mean_time >= _CPUINFO_SECONDS:
            self._mean_time = time
            try:
                mean = mean_mhz(read_text(self._interfaces, "/proc/cpuinfo"))
            except OSError as error:
                self._mean = unknown(file_error_reason(error, quantities.CPU_FREQUENCY), "/proc/cpuinfo")
            else:
                missing: Metric[float] = unknown(_NONE, "/proc/cpuinfo")
                self._mean = missing if mean is None else known(mean, "/proc/cpuinfo")
        return self._mean


def mean_mhz(text: str) -> float | None:
    """Return the mean of the `cpu MHz` lines of `/proc/cpuinfo`; None without any, as on ARM."""
    values = [float(number) for number in _MHZ.findall(text)]
    values = [number for number in values if _LEAST <= number <= _MOST]
    return sum(values) / len(values) if values else None


def _policies(interfaces: Interfaces) -> tuple[str, ...]:
    if interfaces.platform != "linux":
        return ()
    names = [name for name in folder_names(interfaces, _FOLDER) if _POLICY.fullmatch(name)]
    return tuple(sorted(names, key=lambda name: int(name[len("policy") :])))
