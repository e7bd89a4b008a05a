"""Other machines, for the question "what if": published facts of machines that people own."""

import re

import msgspec

from tui.hardware.machine import Cpu, Gpu, Machine, Vendor
from tui.hardware.reading import known, unknown
from tui.sentences import Reason, reason
from tui.units import GIB, MIB

_SOURCE = "profile"
_NO_CONTAINER = reason("hardware.profile_without_container")
_DESKTOP_CPU = reason("hardware.profile_desktop_cpu", cores=8)
_LINUX = "Linux x86_64"
_MACOS = "macOS arm64"
_GB_PER_SECOND = 1e9
_NAME_NOISE = re.compile(r"\((?:r|tm)\)|\bcpu\b|@.*|\bw/.*|\bwith radeon.*")
"""Parts of a processor's name that do not say which processor it is."""
_DDR4_DUAL = 51.2
"""Two channels of 8 bytes of DDR4-3200 (JEDEC JESD79-4)."""
_SLOWEST_APPLE = {"": 68.0, "pro": 150.0, "max": 300.0, "ultra": 800.0}
"""By the last word of the chip's name: M1, M3 Pro, M3 Max with 30 cores, M1 Ultra (apple.com)."""
_DDR5_DUAL = 89.6
"""Two channels of 8 bytes of DDR5-5600 (JEDEC JESD79-5), as a desktop PC of these years has them."""


def _gpu(
    name: str,
    vendor: Vendor,
    memory_bytes: int,
    gbs: float,
    aside_bytes: int = 0,
    *,
    shares_memory: bool = True,
) -> Gpu:
    """Return a GPU; `memory_bytes` is a card's VRAM, else all it may use, `aside_bytes` included."""
    return Gpu(
        index=0,
        name=name,
        vendor=vendor,
        shares_memory=shares_memory,
        memory_bytes=known(memory_bytes, _SOURCE),
        driver=unknown(reason("hardware.profile_without_driver")),
        memory_bandwidth=gbs * _GB_PER_SECOND,
        set_aside_bytes=aside_bytes,
    )


def _machine(
    name: str | Reason,
    system: str,
    cpu: str | Reason,
    cores: tuple[int, int],
    features: str,
    ram_bytes: int,
    gbs: float,
    gpu: Gpu,
) -> Machine:
    """`cores` are physical and logical; `ram_bytes` is what programs can use, `gbs` its GB a second."""
    return Machine(
        name=name if isinstance(name, Reason) else reason("hardware.profile_name", name=name),
        system=system,
        cpu=Cpu(
            unknown(cpu) if isinstance(cpu, Reason) else known(cpu, _SOURCE),
            *cores,
            unknown(reason("hardware.profile_without_container")),
            tuple(features.split()),
        ),
        ram_bytes=ram_bytes,
        memory_limit_bytes=ram_bytes,
        memory_limit_source="RAM",
        container=None,
        gpus=(gpu,),
        gpu_reason=None,
        memory_bandwidth=gbs * _GB_PER_SECOND,
    )


def _pc(card: str, memory_gib: int, gbs: float) -> Machine:
    gpu = _gpu(f"NVIDIA GeForce {card}", "nvidia", memory_gib * GIB, gbs, shares_memory=False)
    name = f"PC, 32 GB, {card} {memory_gib} GB"
    return _machine(name, _LINUX, _DESKTOP_CPU, (8, 16), "AVX2", 32 * GIB, _DDR5_DUAL, gpu)


PROFILES: dict[str, Machine] = {
    "m1-8gb": _machine(
        "MacBook Pro M1, 8 GB",
        _MACOS,
        "Apple M1",
        (8, 8),
        "NEON",
        8 * GIB,
        68,
        _gpu("Apple M1", "apple", 5461 * MIB, 68),
    ),
    "hp-i5-1035g1": _machine(
        reason("hardware.profile_laptop", maker="HP", cpu="Core i5-1035G1", ram=16),
        _LINUX,
        "Intel Core i5-1035G1",
        (4, 8),
        "AVX2 AVX512F",
        # Of 16 GB the firmware and the graphics keep about two.
        14 * GIB,
        # DDR4-2666 on one channel: it ships with one module, and a second one would only make it faster.
        21.3,
        _gpu("Intel UHD Graphics", "intel", 7 * GIB, 21.3),
    ),
    "ryzen-8700g": _machine(
        "Ryzen 7 8700G, 32 GB",
        _LINUX,
        "AMD Ryzen 7 8700G",
        (8, 16),
        "AVX2 AVX512F",
        # Of 32 GB the firmware keeps two for the graphics, the kernel one.
        29 * GIB,
        83,
        # What was set aside, and half of the RAM: amdgpu's limit where nobody set another (`gttsize`).
        _gpu("Radeon 780M", "amd", 2 * GIB + 29 * GIB // 2, 83, 2 * GIB),
    ),
    "ryzen-ai-max-128gb": _machine(
        "Ryzen AI Max+ 395, 32 + 96 GB",
        _LINUX,
        "AMD Ryzen AI Max+ 395",
        (16, 32),
        "AVX2 AVX512F",
        # The most that its firmware sets aside is 96 GB; what is left is less a little for the kernel.
        31 * GIB,
        # LPDDR5X-8000 on 256 bits.
        256,
        _gpu("Radeon 8060S", "amd", 96 * GIB + 31 * GIB // 2, 256, 96 * GIB),
    ),
    "m3-max-64gb": _machine(
        "MacBook Pro M3 Max, 64 GB",
        _MACOS,
        "Apple M3 Max",
        (16, 16),
        "NEON",
        64 * GIB,
        400,
        _gpu("Apple M3 Max", "apple", 49152 * MIB, 400),
    ),
    "pc-12gb": _pc("RTX 4070", 12, 504),
    "pc-16gb": _pc("RTX 4080", 16, 717),
    "pc-24gb": _pc("RTX 4090", 24, 1008),
}
"""By the name given to `--machine`."""


def with_class_bandwidth(machine: Machine) -> Machine:
    """Return a machine with the memory bandwidths of its class, for rough estimates of what was not measured.

    The memory is as fast as that of the profile with the same processor; else it is the slowest of Apple's
    chips of such a name, or two channels of DDR4. The bandwidth of a card is known by its name or not at all.
    """
    memory_bandwidth = _class_bandwidth(machine.cpu.name.value or "")
    cards = {
        _plain_name(gpu.name): gpu.memory_bandwidth
        for profile in PROFILES.values()
        for gpu in profile.gpus
        if not gpu.shares_memory
    }
    gpus = tuple(
        msgspec.structs.replace(
            gpu,
            memory_bandwidth=memory_bandwidth if gpu.shares_memory else cards.get(_plain_name(gpu.name)),
        )
        for gpu in machine.gpus
    )
    return msgspec.structs.replace(machine, gpus=gpus, memory_bandwidth=memory_bandwidth)


def _class_bandwidth(processor: str) -> float:
    """Return the bytes a second of the memory of machines with a processor of this name."""
    name = _plain_name(processor)
    for profile in PROFILES.values():
        if name and _plain_name(profile.cpu.name.value or "") == name and profile.memory_bandwidth:
            return profile.memory_bandwidth
    if not name.startswith("apple"):
        return _DDR4_DUAL * _GB_PER_SECOND
    return _SLOWEST_APPLE.get(name.split()[-1], _SLOWEST_APPLE[""]) * _GB_PER_SECOND


def _plain_name(name: str) -> str:
    return " ".join(_NAME_NOISE.sub(" ", name.casefold()).split())
