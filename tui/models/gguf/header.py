"""Contents of a GGUF header, and the error for a header that cannot be believed."""

import msgspec

from tui.sentences import ReasonedError


class GgufError(ReasonedError):
    """A file that is not a GGUF model this program can use; the sentence says what to do."""

    @property
    def offset(self) -> int:
        """Byte of the file where the mistake is; 0 when it is the file as a whole."""
        byte = self.reason.facts.get("byte", 0)
        return byte if isinstance(byte, int) else 0


class ArrayInfo(msgspec.Struct, frozen=True):
    """A metadata value that is skipped and not kept: a list of strings, a long list, a huge string."""

    type: str
    """GGUF's name of the element type: `string`, `float32`; `char` for a huge string."""
    count: int
    offset: int
    """Byte of the file where the first element starts."""
    bytes: int
    """Bytes of the file from there to the end of the last element."""


Value = bool | int | float | str | tuple[int | float | bool, ...] | ArrayInfo
"""A metadata value: a scalar, a string, a short list of numbers, or the place and length of a long one."""


class TensorInfo(msgspec.Struct, frozen=True):
    """One entry of the table of tensors."""

    name: str
    dims: tuple[int, ...]
    """Elements along each dimension, the row first."""
    type: str
    """ggml's name: `Q4_K`, `F32`."""
    offset: int
    """Bytes from the start of the data."""
    bytes: int
    """Size of its data, without padding."""

    @property
    def elements(self) -> int:
        """Number of elements: the product of the dimensions."""
        product = 1
        for length in self.dims:
            product *= length
        return product


class Header(msgspec.Struct, frozen=True):
    """Everything in a GGUF file before the weights."""

    version: int
    metadata: dict[str, Value]
    tensors: tuple[TensorInfo, ...]
    alignment: int
    """Tensors start on multiples of this many bytes."""
    data_offset: int
    """Byte of the file where the first tensor starts."""
    file_bytes: int
    table_end: int = 0
    """Byte of the file after the table of tensors; padding follows up to the first tensor."""


def padded(count: int, alignment: int) -> int:
    """Round `count` up to a multiple of `alignment`, which is a power of two."""
    return (count + alignment - 1) & -alignment
