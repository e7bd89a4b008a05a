"""A machine: the facts that do not change while the program runs."""

from typing import TypeAlias

import msgspec

from tui.hardware.reading import GpuReading, Metric, unknown
from tui.sentences import Reason

Vendor: TypeAlias = str
"""Maker of a GPU, as in the table `gpus.makers`: `nvidia`; `unknown` for a maker that is not in it."""


class Cpu(msgspec.Struct, frozen=True):
    """The processor."""

    name: Metric[str]
    physical_cores: int
    """Cores the engine should use: physical, and inside the container's quota and affinity."""
    logical_cores: int
    quota_cores: Metric[float]
    """CPUs a container may use (cgroup `cpu.max`)."""
    features: tuple[str, ...]
    """Vector features that matter to the engine: `AVX2`, `AVX512F`, `NEON`, …"""


class Gpu(msgspec.Struct, frozen=True):
    """A graphics processor that a model could live on."""

    index: int
    name: str
    vendor: Vendor
    shares_memory: bool
    """True when its memory is the system RAM (Apple Silicon, integrated graphics)."""
    memory_bytes: Metric[int]
    """Its own VRAM; for one that shares RAM, all that the driver lets it use, `set_aside_bytes` included."""
    driver: Metric[str]
    cores: int | None = None
    """GPU cores, where the maker counts in them (Apple)."""
    device: str = ""
    """Place in the system's list: PCI address `0000:01:00.0`, or `card1`; empty for a profile."""
    address: str = ""
    """Its PCI address, where that is known."""
    memory_bandwidth: float | None = None
    """Bytes a second of its own VRAM, or of the RAM that it shares; None when not known."""
    set_aside_bytes: int = 0
    """Of `memory_bytes` of one that shares RAM, what the firmware keeps for it: no program sees it as RAM."""

    @property
    def max_ram_bytes(self) -> int | None:
        """The part of the RAM that programs see which it can use, where it shares the RAM and has a limit."""
        reachable = self.memory_bytes.value if self.shares_memory else None
        return None if reachable is None else max(0, reachable - self.set_aside_bytes)


class Machine(msgspec.Struct, frozen=True):
    """A machine: this one as detected, or a profile for the question "what if"."""

    name: Reason
    """Host-neutral name: `This machine`, or that of a profile."""
    system: str
    """Operating system, release and architecture: `Linux 6.1 x86_64`."""
    cpu: Cpu
    ram_bytes: int
    memory_limit_bytes: int
    """The real ceiling for programs here: RAM, or the smallest container limit above this process."""
    memory_limit_source: str
    """`RAM`, or which limit: `cgroup v2 memory.max`."""
    container: str | None
    """`docker`, `podman`, `lxc`, `kubernetes`, `WSL`, …; None on the bare system."""
    gpus: tuple[Gpu, ...]
    gpu_reason: Reason | None
    """Reason why there is no GPU, or why one that exists cannot be read; None when all are read."""
    memory_bandwidth: float | None = None
    """Bytes a second of the system's memory; None when not known."""
    ram_reason: Reason | None = None
    """Reason why the size of the RAM is not known, with 0 `ram_bytes`; None when it is known."""


def blank_reading(gpu: Gpu, why: Reason) -> GpuReading:
    """Return a reading of a GPU that did not answer; the size of its memory is still what was detected."""
    number: Metric[float] = unknown(why)
    return GpuReading(
        gpu.index, number, unknown(why), gpu.memory_bytes, number, number, number, power_limit_watts=number
    )
