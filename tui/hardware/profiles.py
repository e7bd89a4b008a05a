"""Other machines, for the question "what if": published facts of machines that people own."""

from typing import Literal

from tui.hardware.machine import Cpu, Gpu, Machine
from tui.hardware.reading import known, unknown
from tui.units import GIB, MIB

_SOURCE = "profile"
_LINUX = "Linux x86_64"
_MACOS = "macOS arm64"


def _shared(name: str, vendor: Literal["amd", "intel", "apple"], ceiling_bytes: int) -> Gpu:
    return Gpu(0, name, vendor, True, known(ceiling_bytes, _SOURCE), unknown("a profile has no driver"))


def _card(name: str, memory_bytes: int) -> Gpu:
    return Gpu(0, name, "nvidia", False, known(memory_bytes, _SOURCE), unknown("a profile has no driver"))


def _machine(
    name: str, system: str, cpu: str, cores: tuple[int, int], features: str, ram_bytes: int, gpu: Gpu
) -> Machine:
    """`cores` are physical and logical; `ram_bytes` is what programs can use."""
    return Machine(
        name=name,
        system=system,
        cpu=Cpu(known(cpu, _SOURCE), *cores, unknown("a profile has no container"), tuple(features.split())),
        ram_bytes=ram_bytes,
        memory_limit_bytes=ram_bytes,
        memory_limit_source="RAM",
        container=None,
        gpus=(gpu,),
        gpu_reason=None,
    )


def _pc(card: str, memory_gib: int) -> Machine:
    gpu = _card(f"NVIDIA GeForce {card}", memory_gib * GIB)
    name = f"PC, 32 GB, {card} {memory_gib} GB"
    return _machine(name, _LINUX, "8-core desktop processor", (8, 16), "AVX2", 32 * GIB, gpu)


PROFILES: dict[str, Machine] = {
    "m1-8gb": _machine(
        "MacBook Pro M1, 8 GB",
        _MACOS,
        "Apple M1",
        (8, 8),
        "NEON",
        8 * GIB,
        _shared("Apple M1", "apple", 5461 * MIB),
    ),
    "hp-i5-1035g1": _machine(
        "HP laptop, Core i5-1035G1, 16 GB",
        _LINUX,
        "Intel Core i5-1035G1",
        (4, 8),
        "AVX2 AVX512F",
        # Of 16 GB the firmware and the graphics keep about two.
        14 * GIB,
        _shared("Intel UHD Graphics", "intel", 7 * GIB),
    ),
    "ryzen-8700g": _machine(
        "Ryzen 7 8700G, 32 GB",
        _LINUX,
        "AMD Ryzen 7 8700G",
        (8, 16),
        "AVX2 AVX512F",
        32 * GIB,
        _shared("Radeon 780M", "amd", 16 * GIB),
    ),
    "m3-max-64gb": _machine(
        "MacBook Pro M3 Max, 64 GB",
        _MACOS,
        "Apple M3 Max",
        (16, 16),
        "NEON",
        64 * GIB,
        _shared("Apple M3 Max", "apple", 49152 * MIB),
    ),
    "pc-12gb": _pc("RTX 4070", 12),
    "pc-16gb": _pc("RTX 4080", 16),
    "pc-24gb": _pc("RTX 4090", 24),
}
"""By the name given to `--machine`."""
