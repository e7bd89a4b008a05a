"""What a loaded model takes of memory."""

from typing import Literal

import msgspec


class DevicePart(msgspec.Struct, frozen=True):
    """What of a model lives in a GPU's own buffers, in bytes."""

    name: str
    """The engine's name of the memory: `CUDA0`, `Metal`, `Vulkan0`."""
    weights_bytes: int
    kv_bytes: int
    compute_bytes: int
    address: str = ""
    """That GPU's PCI address, `0000:01:00.0`; empty where the engine does not tell."""

    @property
    def total_bytes(self) -> int:
        """All of it together."""
        return self.weights_bytes + self.kv_bytes + self.compute_bytes


class Footprint(msgspec.Struct, frozen=True):
    """Memory of a loaded model for given settings, in bytes.

    The total is what the engine's process will be seen to take at its peak: resident size of the process with
    its libraries and vocabulary, plus weights, KV cache, compute and output buffers.
    """

    weights_bytes: int
    kv_bytes: int
    """KV cache and recurrent state."""
    compute_bytes: int
    """Compute and output buffers."""
    process_bytes: int
    """What the engine's process holds besides: libraries, vocabulary, buffers of its own."""
    source: Literal["engine", "formula"]
    device_bytes: int = 0
    """Of the first three, the part that lives in a GPU's own buffers."""
    devices: tuple[DevicePart, ...] = ()
    """That part device by device, where the engine tells it."""
    vocabulary_bytes: int = 0
    """Of `process_bytes`, what the vocabulary takes."""

    @property
    def total_bytes(self) -> int:
        """Everything together."""
        return self.weights_bytes + self.kv_bytes + self.compute_bytes + self.process_bytes
