"""Memory of a loaded model."""

from typing import Literal

import msgspec


class DevicePart(msgspec.Struct, frozen=True):
    """Part of a model in the buffers of one GPU, in bytes."""

    name: str
    """The engine's name of the memory: `CUDA0`, `Metal`, `Vulkan0`."""
    weights_bytes: int
    kv_bytes: int
    compute_bytes: int
    address: str = ""
    """PCI address of the GPU, `0000:01:00.0`; empty where the engine does not tell."""

    @property
    def total_bytes(self) -> int:
        """Sum of the three."""
        return self.weights_bytes + self.kv_bytes + self.compute_bytes


class Footprint(msgspec.Struct, frozen=True):
    """Memory of a loaded model for given settings, in bytes.

    The total is the peak of the engine's process as the system shows it: resident size of the process with
    its libraries and vocabulary, plus weights, KV cache, compute and output buffers.
    """

    weights_bytes: int
    kv_bytes: int
    """KV cache and recurrent state."""
    compute_bytes: int
    """Compute and output buffers."""
    process_bytes: int
    """Rest of the engine's process: libraries, vocabulary, buffers of its own."""
    source: Literal["engine", "formula"]
    device_bytes: int = 0
    """Part of the first three in a GPU's own buffers."""
    devices: tuple[DevicePart, ...] = ()
    """Same part by device, where the engine tells it."""
    vocabulary_bytes: int = 0
    """Part of `process_bytes` that the vocabulary takes."""

    @property
    def total_bytes(self) -> int:
        """Sum of all parts."""
        return self.weights_bytes + self.kv_bytes + self.compute_bytes + self.process_bytes
