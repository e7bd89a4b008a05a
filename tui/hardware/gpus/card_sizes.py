"""How much memory cards have that were awake once: one that sleeps is not woken to be asked again."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import platformdirs

from tui.hardware.gpus.pci import ASLEEP
from tui.hardware.interfaces import Interfaces
from tui.hardware.machine import Gpu
from tui.hardware.reading import known
from tui.hardware.system_files import read_integer

_MOST_BYTES = 1 << 50
SOURCE = "as it was when it was awake"


def with_known_sizes(
    gpus: tuple[Gpu, ...], interfaces: Interfaces, file: Path | None = None
) -> tuple[Gpu, ...]:
    """The GPUs, those that sleep with the size that their kind had when it was awake, if it ever was.

    `file` is where sizes are kept; one in the user's cache folder when None.
    """
    place = file or Path(platformdirs.user_cache_dir("llmtui")) / "cards.json"
    kinds = {gpu.index: _kind(gpu, interfaces) for gpu in gpus if not gpu.shares_memory}
    awake = {
        kind: gpu.memory_bytes.value
        for gpu, kind in _of_kind(gpus, kinds)
        if gpu.memory_bytes.value is not None and gpu.memory_bytes.source != SOURCE
    }
    asleep = any(gpu.memory_bytes.reason == ASLEEP for gpu in gpus)
    if not awake and not asleep:
        return gpus
    kept = _read(place)
    if awake.items() - kept.items():
        kept |= awake
        _write(place, kept)
    found = {
        gpu.index: msgspec.structs.replace(gpu, memory_bytes=known(kept[kind], SOURCE))
        for gpu, kind in _of_kind(gpus, kinds)
        if gpu.memory_bytes.reason == ASLEEP and kind in kept
    }
    return tuple(found.get(gpu.index, gpu) for gpu in gpus)


def _of_kind(gpus: Iterable[Gpu], kinds: dict[int, str | None]) -> list[tuple[Gpu, str]]:
    return [(gpu, kind) for gpu in gpus if (kind := kinds.get(gpu.index)) is not None]


def _kind(gpu: Gpu, interfaces: Interfaces) -> str | None:
    """`10de:2786`, the same for every card of a kind; None off the PCI bus."""
    folder = (
        f"/sys/class/drm/{gpu.device}/device"
        if gpu.device.startswith("card")
        else f"/sys/bus/pci/devices/{gpu.device}"
    )
    vendor, device = (read_integer(interfaces, f"{folder}/{name}") for name in ("vendor", "device"))
    return None if not gpu.device or vendor is None or device is None else f"{vendor:04x}:{device:04x}"


def _read(place: Path) -> dict[str, int]:
    try:
        kept = msgspec.json.decode(place.read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return {kind: size for kind, size in kept.items() if 0 < size <= _MOST_BYTES}


def _write(place: Path, sizes: dict[str, int]) -> None:
    """Through a second file, so that a reader never sees half of it; without it only a size is lost."""
    part = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(sizes))
        part.replace(place)
    except OSError:
        part.unlink(missing_ok=True)
