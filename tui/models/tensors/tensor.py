"""A tensor of a model, before any type is chosen for it."""

import math

import msgspec


class Tensor(msgspec.Struct, frozen=True):
    """One tensor by its name in a GGUF file; in a list of one layer's, without the layer's `blk.N.`."""

    name: str
    dims: tuple[int, ...]
    """Elements in each dimension; the first is the length of a row."""

    @property
    def elements(self) -> int:
        """Elements in all."""
        return math.prod(self.dims)
