"""Description of a GPU maker: one row of the table in `makers`."""

from collections.abc import Callable

import msgspec

from tui.hardware.interfaces import Interfaces, Platform
from tui.hardware.machine import Gpu, Vendor
from tui.hardware.reading import GpuReading, Metric
from tui.sentences import Reason, reason

Detection = tuple[tuple[Gpu, ...], Reason | None]
"""GPUs in the order of the system, and why one that exists is missing or cannot be read."""
ReadGpus = Callable[[], tuple[GpuReading, ...]]
OFTEN_SECONDS = 0.9
"""Less than a tick, so that one that comes a little early does not get the answer of the last one."""


class GpuReader(msgspec.Struct, frozen=True):
    """GPUs that are read together, so that a driver that hangs holds up these only."""

    gpus: tuple[Gpu, ...]
    start: Callable[[], ReadGpus]
    """Prepares the reading, on the thread that reads; the counters of loads start then."""
    interval_seconds: float = OFTEN_SECONDS
    """The least time between two readings."""


def driver_silent(interfaces: Interfaces) -> Detection:
    """Return no GPU, because a driver does not answer."""
    del interfaces
    return (), reason("hardware.gpu_driver_silent")


class GpuMaker(msgspec.Struct, frozen=True, kw_only=True):
    """A maker: recognition of its GPUs by name and number, and the functions that detect and read them."""

    vendor: Vendor
    label: str
    """Its name on screen: `NVIDIA`."""
    platforms: tuple[Platform, ...]
    """Systems on which `detect` and `readers` work."""
    detect: Callable[[Interfaces], Detection]
    """Called at the start, on a thread of its own, and waited for up to three seconds; never raises."""
    readers: Callable[[tuple[Gpu, ...], Interfaces], tuple[GpuReader, ...]]
    """Return the readers of GPUs that `detect` found."""
    detect_silent: Callable[[Interfaces], Detection] = driver_silent
    """Stands for `detect` when the driver hangs."""
    pci_vendors: tuple[int, ...] = ()
    """Its numbers on the PCI bus."""
    name_words: tuple[str, ...] = ()
    """Words, in lower case, by which a name is known to be of its GPUs: `geforce`."""
    name_prefixes: tuple[str, ...] = ()
    """Beginnings of names that short names leave out: `NVIDIA `."""
    backends: tuple[str, ...] = ()
    """Beginnings, in lower case, of the engine's device names that stand for its GPUs only: `cuda`."""
    build_option: str = "VULKAN"
    """The engine's build option for its GPUs, as in `-DGGML_CUDA=on`."""
    build_hint: Reason | None = None
    """Another way to build the engine, on Linux; None where there is none."""
    own_load_only: bool = False
    """True where users can read the load of their own processes only: the engine's stands for the GPU's."""
    processor_as_fast: bool = False
    """True where the processor computes as fast as the graphics inside it."""
    ram_ceiling: Callable[[int], Metric[int]] | None = None
    """The part of the RAM, by its size in bytes, that a GPU which shares it can hold of a model at most.

    None where the processor can compute what is over.
    """
