"""Sizes of cards that were awake once: one that sleeps is not woken to be asked again."""

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
SOURCE = "remembered"


def with_known_sizes(
    gpus: tuple[Gpu, ...], interfaces: Interfaces, file: Path | None = None
) -> tuple[Gpu, ...]:
    """Return the GPUs, those that sleep with the size that their kind had when it was awake.

    `file` stores the sizes; one in the user's cache folder when None.
    """
    path = file or Path(platformdirs.user_cache_dir("llmtui")) / "cards.json"
    kinds = {gpu.index: _kind(gpu, interfaces) for gpu in gpus if not gpu.shares_memory}
    awake = {
        kind: gpu.memory_bytes.value
        for gpu, kind in _of_kind(gpus, kinds)
        if gpu.memory_bytes.value is not None and gpu.memory_bytes.source != SOURCE
    }
    asleep = any(gpu.memory_bytes.reason == ASLEEP for gpu in gpus)
    if not awake and not asleep:
        return gpus
    stored = _read(path)
    if awake.items() - stored.items():
        stored |= awake
        _write(path, stored)
    remembered = {
        gpu.index: msgspec.structs.replace(gpu, memory_bytes=known(stored[kind], SOURCE))
        for gpu, kind in _of_kind(gpus, kinds)
        if gpu.memory_bytes.reason == ASLEEP and kind in stored
    }
    return tuple(remembered.get(gpu.index, gpu) for gpu in gpus)


def _of_kind(gpus: Iterable[Gpu], kinds: dict[int, str | None]) -> list[tuple[Gpu, str]]:
    return [(gpu, kind) for gpu in gpus if (kind := kinds.get(gpu.index)) is not None]


def _kind(gpu: Gpu, interfaces: Interfaces) -> str | None:
    """Return a key such as `10de:2786`, the same for every card of a kind; None off the PCI bus."""
    folder = (
        f"/sys/class/drm/{gpu.device}/device"
        if gpu.device.startswith("card")
        else f"/sys/bus/pci/devices/{gpu.device}"
    )
    vendor, device = (read_integer(interfaces, f"{folder}/{name}") for name in ("vendor", "device"))
    return None if not gpu.device or vendor is None or device is None else f"{vendor:04x}:{device:04x}"


def _read(path: Path) -> dict[str, int]:
    try:
        sizes = msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return {kind: size for kind, size in sizes.items() if 0 < size <= _MOST_BYTES}


def _write(path: Path, sizes: dict[str, int]) -> None:
    """Through a second file, so that a reader never sees half of it; without it only a size is lost."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(msgspec.json.encode(sizes))
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
