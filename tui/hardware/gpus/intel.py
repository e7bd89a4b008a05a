"""Intel GPUs on Linux: frequency, temperature, power, and the memory of a card.

Files: the kernel's `gpu/xe/xe_gt_freq.rst`, `testing/sysfs-driver-intel-i915-hwmon` and `…-xe-hwmon`; energy
in millionths of a joule, temperatures in thousandths of a degree.
"""

import errno
import re
from typing import Literal

import msgspec

from tui.hardware import quantities
from tui.hardware.gpus.drm import DRM, blank_unless_awake, drm_cards, drm_gpu, hwmon_folder
from tui.hardware.gpus.gpu_names import listed_name, name_on_bus
from tui.hardware.gpus.intel_memory import USE_FOR_ROOT_ONLY, IntelMemory, parse_regions
from tui.hardware.gpus.maker import Detection, GpuMaker, GpuReader, ReadGpus
from tui.hardware.gpus.pci import ASLEEP, PciDevice, is_asleep
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu
from tui.hardware.rate import Rate
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.hardware.system_files import file_error_reason, folder_names, read_line, read_quantity
from tui.sentences import Reason, reason

INTEL_PCI = 0x8086
INTEL_LOAD = reason("hardware.intel_load_root_only")
_SHARES_RAM = reason("hardware.gpu_shares_ram")
_TILE, _RENDER_NODE = re.compile(r"tile\d+"), re.compile(r"renderD\d+")
_TEMPERATURE = re.compile(r"temp\d+_input")
_MAX_MHZ, _MAX_WATTS = 20_000, 5000
_NO_POWER = reason("hardware.integrated_gpu_power")
_NO_TEMPERATURE = reason("hardware.integrated_gpu_temperature")


def detect_intel(interfaces: Interfaces) -> Detection:
    """Return the Intel GPUs, and why one that exists cannot be read."""
    cards = drm_cards(interfaces, INTEL_PCI)
    gpus = tuple(_detected(card, device, index, interfaces) for index, (card, device) in enumerate(cards))
    return gpus, ASLEEP if any(device.asleep for _, device in cards) else None


def read_intel(gpu: Gpu, sensors: "IntelSensors", interfaces: Interfaces) -> GpuReading:
    """Return one GPU now; each figure that the driver does not give is unknown with the reason."""
    if blank := blank_unless_awake(gpu, interfaces):
        return blank
    missing: Metric[float] = unknown(reason("hardware.not_asked"))
    return sensors.complete(
        GpuReading(
            gpu.index,
            load_percent=unknown(INTEL_LOAD),
            memory_used_bytes=unknown(_SHARES_RAM if gpu.shares_memory else USE_FOR_ROOT_ONLY),
            memory_total_bytes=gpu.memory_bytes,
            temperature_celsius=missing,
            power_watts=missing,
        )
    )


class IntelSensors:
    """Follows one Intel GPU from sample to sample. One that sleeps is not asked, which would wake it."""

    def __init__(self, interfaces: Interfaces, gpu: Gpu) -> None:
        self._interfaces = interfaces
        self._gpu = gpu
        self._energy = Rate()

    def complete(self, reading: GpuReading) -> GpuReading:
        """Return the reading with frequency, temperature, power, and a card's memory."""
        folder = f"{DRM}/{self._gpu.device}"
        if is_asleep(f"{folder}/device", self._interfaces):
            return msgspec.structs.replace(reading, frequency_mhz=unknown(ASLEEP))
        sensors = hwmon_folder(self._gpu.device, self._interfaces)
        completed = msgspec.structs.replace(
            reading,
            frequency_mhz=read_frequency(self._interfaces, folder),
            temperature_celsius=self._temperature(sensors),
            power_watts=self._power(sensors),
            power_limit_watts=self._power_limit(sensors),
        )
        if self._gpu.shares_memory:
            return completed
        memory, why = card_memory(self._interfaces, self._gpu.device)
        if memory is None:
            return msgspec.structs.replace(
                completed, memory_total_bytes=unknown(why), memory_used_bytes=unknown(why)
            )
        driver = self._gpu.driver.value or ""
        used: Metric[int] = (
            unknown(USE_FOR_ROOT_ONLY, driver)
            if memory.used_bytes is None
            else known(memory.used_bytes, driver)
        )
        return msgspec.structs.replace(
            completed, memory_total_bytes=known(memory.total_bytes, driver), memory_used_bytes=used
        )

    def _temperature(self, sensors: str | None) -> Metric[float]:
        """Return the chip's own sensor where the driver names it (`pkg`), else the first."""
        names = folder_names(self._interfaces, sensors) if sensors else ()
        inputs = [name for name in names if _TEMPERATURE.fullmatch(name)]
        if not inputs:
            return unknown(_NO_TEMPERATURE, "hwmon")
        labels = {
            name: read_line(self._interfaces, f"{sensors}/{name.replace('_input', '_label')}")
            for name in inputs
        }
        chosen = next((name for name, label in labels.items() if label == "pkg"), inputs[0])
        return read_quantity(
            self._interfaces, f"{sensors}/{chosen}", quantities.GPU_TEMPERATURE, 1e-3, -50, 200
        )

    def _power_limit(self, sensors: str | None) -> Metric[float]:
        if sensors is None:
            return unknown(reason("hardware.no_gpu_power_limit"), "hwmon")
        path = f"{sensors}/power1_max"
        return read_quantity(self._interfaces, path, quantities.GPU_POWER_LIMIT, 1e-6, 1, _MAX_WATTS, "hwmon")

    def _power(self, sensors: str | None) -> Metric[float]:
        """Return watts since the last sample: of the whole card, else of its chip."""
        names = folder_names(self._interfaces, sensors) if sensors else ()
        counters = [name for name in ("energy1_input", "energy2_input") if name in names]
        if not counters:
            return unknown(_NO_POWER, "hwmon")
        energy = read_quantity(
            self._interfaces, f"{sensors}/{counters[0]}", quantities.GPU_POWER, 1, 0, 1 << 63
        )
        if energy.value is None:
            return energy
        per_second = self._energy.next(int(energy.value), self._interfaces.clock())
        if per_second is None:
            return unknown(reason("hardware.power_after_next_sample"), "hwmon")
        watts = per_second / 1e6
        if watts > _MAX_WATTS:
            return unknown(reason("hardware.impossible_figure", quantity=quantities.GPU_POWER), "hwmon")
        return known(watts, "hwmon")


def read_frequency(interfaces: Interfaces, folder: str) -> Metric[float]:
    """Return megahertz of the fastest tile's first engine group; 0 while it is switched off for want of work.

    `act`, what runs, goes before `cur`, what is asked for: `act` goes to 0 when the GPU rests, `cur` stays.
    """
    tiles = [name for name in folder_names(interfaces, f"{folder}/device") if _TILE.fullmatch(name)]
    places = [[f"{folder}/device/{tile}/gt0/freq0/{kind}_freq" for tile in tiles] for kind in ("act", "cur")]
    places += [[f"{folder}/gt/gt0/rps_act_freq_mhz"], [f"{folder}/gt_act_freq_mhz"]]
    places += [[f"{folder}/gt/gt0/rps_cur_freq_mhz"], [f"{folder}/gt_cur_freq_mhz"]]
    why: Reason | None = None
    for paths in places:
        metrics = [
            read_quantity(interfaces, path, quantities.GPU_FREQUENCY, 1, 0, _MAX_MHZ) for path in paths
        ]
        values = [metric.value for metric in metrics if metric.value is not None]
        if values:
            return known(max(values), "sysfs")
        why = why or next((metric.reason for metric in metrics), None)
    return unknown(why or reason("hardware.no_gpu_frequency"), "sysfs")


def card_memory(interfaces: Interfaces, card: str) -> tuple[IntelMemory | None, Reason]:
    """Return a card's own memory, or why it is not known; `card` as in `card1`."""
    driver = _driver(interfaces, card)
    nodes = folder_names(interfaces, f"{DRM}/{card}/device/drm")
    node = next((name for name in nodes if _RENDER_NODE.fullmatch(name)), None)
    if node is None or driver is None:
        return None, reason("hardware.intel_no_memory_node")
    try:
        answer = interfaces.ask("intel_memory_regions", f"/dev/dri/{node}", driver)
        memory = parse_regions(bytes.fromhex(str(answer)), driver)
    except OSError as error:
        why = file_error_reason(error, quantities.VIDEO_MEMORY)
        if error.errno in (errno.EACCES, errno.EPERM):
            why = reason("hardware.join_gpu_group", problem=why, node=f"/dev/dri/{node}")
        return None, why
    except ValueError:
        memory = None
    return memory, reason("hardware.intel_memory_size_missing")


def _readers(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReader, ...]:
    def start(gpu: Gpu) -> ReadGpus:
        sensors = IntelSensors(interfaces, gpu)
        return lambda: (read_intel(gpu, sensors, interfaces),)

    return tuple(GpuReader((gpu,), lambda gpu=gpu: start(gpu)) for gpu in gpus)


def _detected(card: str, device: PciDevice, index: int, interfaces: Interfaces) -> Gpu:
    # Intel's own graphics are always device 2 on the first bus; a card sits behind a bridge.
    shares = device.address.endswith(":00:02.0") and device.address.split(":")[-2] == "00"
    memory: Metric[int] = unknown(_SHARES_RAM if shares else ASLEEP)
    if not shares and not device.asleep:
        own, why = card_memory(interfaces, card)
        memory = known(own.total_bytes, device.driver or "") if own else unknown(why)
    model = (
        listed_name("intel", device.device) or name_on_bus(device, interfaces) or f"GPU {device.device:04x}"
    )
    return drm_gpu(index, "intel", INTEL.label, model, shares, memory, card, device)


def _driver(interfaces: Interfaces, card: str) -> Literal["i915", "xe"] | None:
    try:
        name = interfaces.target(f"{DRM}/{card}/device/driver").rpartition("/")[2]
    except OSError:
        return None
    return name if name in ("i915", "xe") else None


INTEL = GpuMaker(
    vendor="intel",
    label="Intel",
    platforms=("linux",),
    detect=detect_intel,
    readers=_readers,
    pci_vendors=(INTEL_PCI,),
    name_words=("intel", "arc", "iris", "uhd"),
    name_prefixes=("Intel(R) ", "Intel "),
    backends=("sycl",),
    own_load_only=True,
    processor_as_fast=True,
)
