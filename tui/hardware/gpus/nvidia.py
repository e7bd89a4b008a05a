"""NVIDIA cards through NVML, asked only when a card is there and awake: NVML wakes a sleeping laptop GPU."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec

from tui.hardware.gpus.gpu_names import name_on_bus
from tui.hardware.gpus.maker import Detection, GpuMaker, GpuReader
from tui.hardware.gpus.nvml import NOT_REPORTED, Nvml, NvmlOverInterfaces, checked, query, reason_of, text_of
from tui.hardware.gpus.pci import ASLEEP, PciDevice, display_devices, may_sleep
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu, blank_reading
from tui.hardware.reading import GpuReading, Metric, known, unknown
from tui.hardware.system_files import folder_names, read_line
from tui.sentences import Reason, reason
from tui.text import clean_line

NVIDIA_PCI = 0x10DE
NO_ANSWER = reason("hardware.nvidia_silent")
_MOST_CARDS = 1024
_QUIET_READINGS = 5
_QUIET_BYTES = 64 << 20
"""A card that nobody draws or computes on holds a few MiB; any program on it holds more than this."""
_REST_SECONDS = 15.0
"""NVIDIA's driver lets a card sleep some seconds after the last program has let go of it."""
_SHARED = reason("hardware.nvidia_shares_memory")


def may_be_present(interfaces: Interfaces) -> bool:
    """Return whether there may be an NVIDIA GPU: on the bus, behind a driver (Jetson), in WSL, Windows."""
    signs = (("/proc/driver/nvidia", "version"), ("/usr/lib/wsl/lib", "libnvidia-ml.so.1"))
    return (
        interfaces.platform == "windows"
        or any(sign in folder_names(interfaces, folder) for folder, sign in signs)
        or any(device.vendor == NVIDIA_PCI for device in display_devices(interfaces))
    )


def detect_nvidia(interfaces: Interfaces, load: Callable[[], Nvml] | None = None) -> Detection:
    """Return the NVIDIA GPUs, and why one that exists is missing or cannot be read.

    A card that sleeps is named from what the driver left in /proc, and NVML is not asked about it: opening
    NVML attaches to no card, asking for a card does (`nvmlInit_v2` in NVIDIA's NVML reference). While all of
    them sleep NVML is not touched at all. `load` stands in for NVML, in tests.
    """
    if not may_be_present(interfaces):
        return (), None
    cards = [device for device in display_devices(interfaces) if device.vendor == NVIDIA_PCI]
    if cards and all(card.asleep for card in cards):
        return _all_from_bus(cards, ASLEEP, interfaces), ASLEEP
    foreign = [card.driver for card in cards if card.driver not in (None, "nvidia")]
    try:
        nvml = load() if load else NvmlOverInterfaces(interfaces)
        nvml.nvmlInit()
        count = int(checked(nvml.nvmlDeviceGetCount(), 0, _MOST_CARDS))
    except Exception as error:  # noqa: BLE001 - native library behind ctypes: a fault there is a reason, not a crash
        if not cards:
            # Without a card on the bus a missing library only means that there is nothing to read.
            return (), None if interfaces.platform == "windows" else reason_of(error)
        why = (
            reason("hardware.nvidia_foreign_driver", driver=foreign[0] or "") if foreign else reason_of(error)
        )
        return _all_from_bus(cards, why, interfaces), why
    driver_version = query(lambda: text_of(nvml.nvmlSystemGetDriverVersion()))
    gpus: list[Gpu] = []
    reasons: list[Reason] = []
    sizes: dict[int, Metric[int]] = {}
    """Memory of the cards that are awake, by the number of their kind."""
    for handle_of, card in _handles(nvml, count, cards):
        index = len(gpus)
        if card is not None and card.asleep:
            gpu = _from_bus(card, index, ASLEEP, interfaces)
            gpus.append(msgspec.structs.replace(gpu, driver=driver_version))
            continue
        try:
            gpu = _detected(nvml, handle_of(), index, driver_version)
        except Exception as error:  # noqa: BLE001 - one card that fell off the bus must not hide the others
            reasons.append(reason_of(error))
            if card is not None:
                # It may come back, and is read then.
                gpus.append(_from_bus(card, index, reasons[-1], interfaces))
            continue
        gpus.append(gpu)
        if card is not None:
            sizes[card.device] = gpu.memory_bytes
    kinds = {card.address: card.device for card in cards if card.asleep}
    # A card that sleeps has as much memory as its twin.
    gpus = [
        msgspec.structs.replace(gpu, memory_bytes=sizes.get(kinds[gpu.device], gpu.memory_bytes))
        if gpu.device in kinds
        else gpu
        for gpu in gpus
    ]
    return tuple(gpus), (reasons[0] if reasons else None)


def name_silent_nvidia(interfaces: Interfaces) -> Detection:
    """Return the NVIDIA GPUs on the bus, named without their driver, which does not answer."""
    cards = [device for device in display_devices(interfaces) if device.vendor == NVIDIA_PCI]
    return _all_from_bus(cards, NO_ANSWER, interfaces), NO_ANSWER


def _handles(
    nvml: Nvml, count: int, cards: Sequence[PciDevice]
) -> list[tuple[Callable[[], Any], PciDevice | None]]:
    """Return how to open each card: by its place on the bus where there is one in sight, else by number.

    A handle by number would attach to the cards before it, too, and wake those that sleep.
    """
    bound = [card for card in cards if card.driver in (None, "nvidia")]
    if bound:
        return [(partial(nvml.nvmlDeviceGetHandleByPciBusId, card.address.encode()), card) for card in bound]
    return [(partial(nvml.nvmlDeviceGetHandleByIndex, number), None) for number in range(count)]


class NvidiaReader:
    """Reads the NVIDIA GPUs of a machine. NVML stays open between readings; a fault opens it again.

    While it is open a laptop's GPU cannot go to sleep. So where nothing is on cards that may sleep, it is
    closed for a while, in which the last reading stands; one that did not fall asleep is looked at once more.
    """

    def __init__(self, gpus: tuple[Gpu, ...], load: Callable[[], Nvml], interfaces: Interfaces) -> None:
        self._gpus = gpus
        self._load = load
        self._interfaces = interfaces
        self._nvml: Nvml | None = None
        self._quiet = 0
        """Readings in a row in which nothing was on any card that is awake."""
        self._resting_until = -float("inf")
        self._last: tuple[GpuReading, ...] = ()

    def read(self) -> tuple[GpuReading, ...]:
        """Return every GPU now, in the machine's order; what fails is unknown with its reason."""
        asleep = {device.address for device in display_devices(self._interfaces) if device.asleep}
        rests = bool(self._last) and self._interfaces.clock() < self._resting_until
        readings = tuple(
            blank_reading(gpu, ASLEEP)
            if gpu.device in asleep
            else self._last[position]
            if rests and self._last[position].load_percent.reason != ASLEEP
            else self._read_gpu(position, gpu)
            for position, gpu in enumerate(self._gpus)
        )
        self._last = readings
        if not rests:
            self._rest([gpu for gpu in self._gpus if gpu.device not in asleep])
        return readings

    def _rest(self, awake: list[Gpu]) -> None:
        """Close NVML for a while where that lets every card that is awake go to sleep."""
        reading_by_index = {reading.index: reading for reading in self._last}
        quiet = bool(awake) and all(
            reading_by_index[gpu.index].load_percent.value == 0
            and (reading_by_index[gpu.index].memory_used_bytes.value or _QUIET_BYTES) < _QUIET_BYTES
            and may_sleep(gpu.device, self._interfaces)
            for gpu in awake
        )
        self._quiet = self._quiet + 1 if quiet else 0
        if self._quiet < _QUIET_READINGS or self._nvml is None:
            return
        with suppress(Exception):
            self._nvml.nvmlShutdown()
        self._nvml = None
        self._resting_until = self._interfaces.clock() + _REST_SECONDS

    def _read_gpu(self, position: int, gpu: Gpu) -> GpuReading:
        try:
            if self._nvml is None:
                nvml = self._load()
                nvml.nvmlInit()
                self._nvml = nvml
            nvml = self._nvml
            if gpu.device:
                handle = nvml.nvmlDeviceGetHandleByPciBusId(gpu.device.encode())
            else:
                handle = nvml.nvmlDeviceGetHandleByIndex(position)
        except Exception as error:  # noqa: BLE001 - a card may vanish at any moment; the gauge says so
            self._nvml = None
            return blank_reading(gpu, reason_of(error))
        return _reading(nvml, handle, gpu)


def _reading(nvml: Nvml, handle: Any, gpu: Gpu) -> GpuReading:
    used, total = _memory(nvml, handle)
    return GpuReading(
        index=gpu.index,
        load_percent=query(lambda: checked(nvml.nvmlDeviceGetUtilizationRates(handle).gpu, 0, 100)),
        memory_used_bytes=used,
        memory_total_bytes=total,
        # Sensor 0 is NVML_TEMPERATURE_GPU.
        temperature_celsius=query(lambda: checked(nvml.nvmlDeviceGetTemperature(handle, 0), -50, 200)),
        power_watts=query(lambda: checked(nvml.nvmlDeviceGetPowerUsage(handle), 0, 5_000_000) / 1000),
        # Clock 0 is NVML_CLOCK_GRAPHICS.
        frequency_mhz=query(lambda: checked(nvml.nvmlDeviceGetClockInfo(handle, 0), 0, 20_000)),
        power_limit_watts=query(
            lambda: checked(nvml.nvmlDeviceGetEnforcedPowerLimit(handle), 1, 5_000_000) / 1000
        ),
    )


def _memory(nvml: Nvml, handle: Any) -> tuple[Metric[int], Metric[int]]:
    """Return (used, total) in bytes."""
    info = query(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
    sizes = info.value
    if sizes is None:
        # GB10 and Jetson answer "not supported": there is no memory but the system's.
        why = _SHARED if info.reason == NOT_REPORTED else info.reason
        return Metric(None, why, "NVML"), Metric(None, why, "NVML")
    total = query(lambda: int(checked(sizes.total, 1, 1 << 50)))
    used = query(lambda: int(checked(sizes.used, 0, total.value or 1 << 50)))
    return used, total


def _detected(nvml: Nvml, handle: Any, index: int, driver: Metric[str]) -> Gpu:
    name = query(lambda: text_of(nvml.nvmlDeviceGetName(handle)))
    address = query(lambda: text_of(nvml.nvmlDeviceGetPciInfo(handle).busId))
    _, total = _memory(nvml, handle)
    return Gpu(
        index=index,
        name=name.value or "NVIDIA GPU",
        vendor="nvidia",
        shares_memory=total.reason == _SHARED,
        memory_bytes=total,
        driver=driver,
        device=_bus_address(address.value or ""),
        address=_bus_address(address.value or ""),
    )


def _all_from_bus(cards: Sequence[PciDevice], why: Reason, interfaces: Interfaces) -> tuple[Gpu, ...]:
    return tuple(_from_bus(card, index, why, interfaces) for index, card in enumerate(cards))


def _from_bus(card: PciDevice, index: int, why: Reason, interfaces: Interfaces) -> Gpu:
    """Return a card that is not asked itself, named by the driver's notes or the system's list."""
    notes = read_line(interfaces, f"/proc/driver/nvidia/gpus/{card.address}/information") or ""
    model = next((line.partition(":")[2] for line in notes.splitlines() if line.startswith("Model:")), "")
    name = clean_line(model) or name_on_bus(card, interfaces) or f"NVIDIA GPU {card.device:04x}"
    driver: Metric[str] = (
        known(card.driver, "sysfs") if card.driver else unknown(reason("hardware.gpu_without_driver"))
    )
    return Gpu(index, name, "nvidia", False, unknown(why), driver, device=card.address, address=card.address)


def _bus_address(text: str) -> str:
    """Return NVML's address, `00000000:01:00.0`, as sysfs writes it, with four digits of the domain."""
    domain, colon, slot = text.lower().partition(":")
    return f"{domain[-4:]}:{slot}" if colon else ""


def _readers(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReader, ...]:
    reader = NvidiaReader(gpus, lambda: NvmlOverInterfaces(interfaces), interfaces)
    return (GpuReader(gpus, lambda: reader.read),)


NVIDIA = GpuMaker(
    vendor="nvidia",
    label="NVIDIA",
    platforms=("linux", "windows"),
    detect=detect_nvidia,
    detect_silent=name_silent_nvidia,
    readers=_readers,
    pci_vendors=(NVIDIA_PCI,),
    name_words=("nvidia", "geforce", "rtx", "gtx", "quadro", "tesla"),
    name_prefixes=("NVIDIA ", "GeForce "),
    backends=("cuda",),
    build_option="CUDA",
)
