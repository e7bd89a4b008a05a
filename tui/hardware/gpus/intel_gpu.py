"""What an Intel GPU's driver tells beside the load: its frequency, temperature, power, and a card's memory.

Files: the kernel's `gpu/xe/xe_gt_freq.rst`, `testing/sysfs-driver-intel-i915-hwmon` and `…-xe-hwmon`; energy
in millionths of a joule, temperatures in thousandths of a degree.
"""

import errno
import re
from typing import Literal

import msgspec

from tui.hardware import quantities
from tui.hardware.figures import line_in, names_in, read_figure
from tui.hardware.gpus.intel_memory import USED_FOR_ROOT, IntelMemory, parse_regions
from tui.hardware.gpus.pci import ASLEEP, is_asleep
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu
from tui.hardware.rate import Rate
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.hardware.text import file_error_reason
from tui.sentences import Reason, reason

_DRM = "/sys/class/drm"
_TILE, _RENDER_NODE = re.compile(r"tile\d+"), re.compile(r"renderD\d+")
_TEMPERATURE = re.compile(r"temp\d+_input")
_MOST_MHZ, _MOST_WATTS = 20_000, 5000
_NO_POWER = reason("hardware.integrated_gpu_power")
_NO_TEMPERATURE = reason("hardware.integrated_gpu_temperature")


class IntelSensors:
    """Follows one Intel GPU from look to look. One that sleeps is left alone, since a question wakes it."""

    def __init__(self, interfaces: Interfaces, gpu: Gpu) -> None:
        self._interfaces = interfaces
        self._gpu = gpu
        self._energy = Rate()

    def complete(self, reading: GpuReading) -> GpuReading:
        """The reading with what this file can add to it."""
        folder = f"{_DRM}/{self._gpu.device}"
        if is_asleep(f"{folder}/device", self._interfaces):
            return msgspec.structs.replace(reading, frequency_mhz=unknown(ASLEEP))
        sensors = _hwmon(self._interfaces, f"{folder}/device/hwmon")
        found = msgspec.structs.replace(
            reading,
            frequency_mhz=read_frequency(self._interfaces, folder),
            temperature_celsius=self._temperature(sensors),
            power_watts=self._power(sensors),
            power_limit_watts=self._power_limit(sensors),
        )
        if self._gpu.shares_memory:
            return found
        memory, why = card_memory(self._interfaces, self._gpu.device)
        if memory is None:
            return msgspec.structs.replace(
                found, memory_total_bytes=unknown(why), memory_used_bytes=unknown(why)
            )
        driver = self._gpu.driver.value or ""
        used: Metric[int] = (
            unknown(USED_FOR_ROOT, driver) if memory.used_bytes is None else known(memory.used_bytes, driver)
        )
        return msgspec.structs.replace(
            found, memory_total_bytes=known(memory.total_bytes, driver), memory_used_bytes=used
        )

    def _temperature(self, sensors: str | None) -> Metric[float]:
        """The chip's own sensor where the driver names it (`pkg`), else the first."""
        names = names_in(self._interfaces, sensors) if sensors else ()
        inputs = [name for name in names if _TEMPERATURE.fullmatch(name)]
        if not inputs:
            return unknown(_NO_TEMPERATURE, "hwmon")
        named = {
            name: line_in(self._interfaces, f"{sensors}/{name.replace('_input', '_label')}")
            for name in inputs
        }
        chosen = next((name for name, label in named.items() if label == "pkg"), inputs[0])
        return read_figure(
            self._interfaces,
            f"{sensors}/{chosen}",
            quantities.GPU_TEMPERATURE,
            1e-3,
            -50,
            200,
        )

    def _power_limit(self, sensors: str | None) -> Metric[float]:
        if sensors is None:
            return unknown(reason("hardware.no_gpu_power_limit"), "hwmon")
        path = f"{sensors}/power1_max"
        return read_figure(self._interfaces, path, quantities.GPU_POWER_LIMIT, 1e-6, 1, _MOST_WATTS, "hwmon")

    def _power(self, sensors: str | None) -> Metric[float]:
        """Watts since the last look: of the whole card, or of its chip where that alone is counted."""
        names = names_in(self._interfaces, sensors) if sensors else ()
        counters = [name for name in ("energy1_input", "energy2_input") if name in names]
        if not counters:
            return unknown(_NO_POWER, "hwmon")
        energy = read_figure(
            self._interfaces, f"{sensors}/{counters[0]}", quantities.GPU_POWER, 1, 0, 1 << 63
        )
        if energy.value is None:
            return energy
        per_second = self._energy.next(int(energy.value), self._interfaces.clock())
        if per_second is None:
            return unknown(reason("hardware.power_after_next_sample"), "hwmon")
        watts = per_second / 1e6
        if watts > _MOST_WATTS:
            return unknown(reason("hardware.impossible_figure", quantity=quantities.GPU_POWER), "hwmon")
        return known(watts, "hwmon")


def read_frequency(interfaces: Interfaces, folder: str) -> Metric[float]:
    """Megahertz of the fastest tile's first engine group; 0 while it is switched off for want of work.

    What runs is asked before what is asked for: `act` goes to 0 when the GPU rests, `cur` stays.
    """
    tiles = [name for name in names_in(interfaces, f"{folder}/device") if _TILE.fullmatch(name)]
    places = [[f"{folder}/device/{tile}/gt0/freq0/{kind}_freq" for tile in tiles] for kind in ("act", "cur")]
    places += [[f"{folder}/gt/gt0/rps_act_freq_mhz"], [f"{folder}/gt_act_freq_mhz"]]
    places += [[f"{folder}/gt/gt0/rps_cur_freq_mhz"], [f"{folder}/gt_cur_freq_mhz"]]
    why: Reason | None = None
    for paths in places:
        metrics = [read_figure(interfaces, path, quantities.GPU_FREQUENCY, 1, 0, _MOST_MHZ) for path in paths]
        found = [metric.value for metric in metrics if metric.value is not None]
        if found:
            return known(max(found), "sysfs")
        why = why or next((metric.reason for metric in metrics), None)
    return unknown(why or reason("hardware.no_gpu_frequency"), "sysfs")


def card_memory(interfaces: Interfaces, card: str) -> tuple[IntelMemory | None, Reason]:
    """A card's own memory, or why it is not known; `card` as in `card1`."""
    driver = _driver(interfaces, card)
    node = next(
        (name for name in names_in(interfaces, f"{_DRM}/{card}/device/drm") if _RENDER_NODE.fullmatch(name)),
        None,
    )
    if node is None or driver is None:
        return None, reason("hardware.intel_no_memory_node")
    try:
        answer = interfaces.ask("intel_memory_regions", f"/dev/dri/{node}", driver)
        memory = parse_regions(bytes.fromhex(str(answer)), driver)
    except OSError as error:
        why = file_error_reason(error, quantities.VIDEO_MEMORY)
        closed = error.errno in (errno.EACCES, errno.EPERM)
        return None, reason(
            "hardware.join_gpu_group", problem=why, node=f"/dev/dri/{node}"
        ) if closed else why
    except ValueError:
        memory = None
    return memory, reason("hardware.intel_memory_size_missing")


def _driver(interfaces: Interfaces, card: str) -> Literal["i915", "xe"] | None:
    try:
        name = interfaces.target(f"{_DRM}/{card}/device/driver").rpartition("/")[2]
    except OSError:
        return None
    return name if name in ("i915", "xe") else None


def _hwmon(interfaces: Interfaces, folder: str) -> str | None:
    return next((f"{folder}/{name}" for name in names_in(interfaces, folder)), None)
