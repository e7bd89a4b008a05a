"""The table of GPU makers. A new maker is a file beside this one and a row here."""

import re

from tui.hardware.gpus.amd import AMD
from tui.hardware.gpus.apple import APPLE
from tui.hardware.gpus.intel import INTEL
from tui.hardware.gpus.maker import Detection, GpuMaker, GpuReader
from tui.hardware.gpus.nvidia import NVIDIA
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu, Vendor

MAKERS: tuple[GpuMaker, ...] = (NVIDIA, AMD, INTEL, APPLE)
"""In the order in which they are asked for their GPUs, and their words looked for in names."""


def _no_gpus(interfaces: Interfaces) -> Detection:
    del interfaces
    return (), None


def _no_readers(gpus: tuple[Gpu, ...], interfaces: Interfaces) -> tuple[GpuReader, ...]:
    del gpus, interfaces
    return ()


_UNKNOWN = GpuMaker(
    vendor="unknown", label="GPU", platforms=(), detect=_no_gpus, readers=_no_readers, ram_ceiling=None
)


def maker_of(vendor: Vendor) -> GpuMaker:
    """Return the row of a maker; one that knows nothing for a vendor that is not in the table."""
    return next((maker for maker in MAKERS if maker.vendor == vendor), _UNKNOWN)


def vendor_of_name(name: str) -> Vendor:
    """Return who made a GPU, by the words in its name."""
    name_words = set(re.findall(r"[a-z]+", name.lower()))
    return next((maker.vendor for maker in MAKERS if name_words.intersection(maker.name_words)), "unknown")


def vendor_of_pci(number: int) -> Vendor | None:
    """Return who made a device, by the vendor's number on the PCI bus; None for nobody in the table."""
    return next((maker.vendor for maker in MAKERS if number in maker.pci_vendors), None)


def vendor_of_backend(name: str) -> Vendor:
    """Return whose GPU a device of the engine is, by a name such as `CUDA0`."""
    lower = name.casefold()
    return next((maker.vendor for maker in MAKERS if lower.startswith(maker.backends)), "unknown")


def short_gpu_name(name: str) -> str:
    """Return a GPU's name without its maker, as people say it: `RTX 4070`."""
    for maker in MAKERS:
        for prefix in maker.name_prefixes:
            name = name.removeprefix(prefix)
    return name
