"""Tensors of a model as they stand in a GGUF file: before a type is chosen for them, and with one."""

import functools
import math

import msgspec

from tui.models.gguf.ggml_types import TYPES_BY_NAME


class Tensor(msgspec.Struct, frozen=True):
    """One tensor by its name in a GGUF file; in the list of one layer, without the layer's `blk.N.`."""

    name: str
    dims: tuple[int, ...]
    """Elements along each dimension; the first is the length of a row."""

    @property
    def elements(self) -> int:
        """Number of elements."""
        return math.prod(self.dims)


class TypedTensor(msgspec.Struct, frozen=True):
    """One tensor with the type that a quantization gives it."""

    name: str
    dims: tuple[int, ...]
    """Elements along each dimension; the first is the length of a row."""
    type: str
    """ggml's name: `Q4_K`, `F32`."""

    @property
    def size_bytes(self) -> int:
        """Size of its data in bytes, without padding."""
        return _size_bytes(self.type, self.dims)


# The layers of a model repeat the same few sizes.
@functools.lru_cache(maxsize=8192)
def _size_bytes(type_name: str, dims: tuple[int, ...]) -> int:
    return TYPES_BY_NAME[type_name].row_bytes(math.prod(dims))
