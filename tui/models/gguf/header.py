"""What a GGUF header says, and the error for one that cannot be believed."""

import msgspec


class GgufError(Exception):
    """A file that is not a GGUF model this program can use."""

    def __init__(self, message: str, offset: int, hint: str) -> None:
        super().__init__(message)
        self.message = message
        """What is wrong, one sentence without its full stop, in the user's words."""
        self.offset = offset
        """Byte of the file where it was found."""
        self.hint = hint
        """What to do about it, one sentence without its full stop."""

    def __str__(self) -> str:
        where = f" (byte {self.offset})" if self.offset else ""
        return f"{self.message}{where}. {self.hint}."


class ArrayInfo(msgspec.Struct, frozen=True):
    """A metadata value that was walked over and not kept: a list of strings, a long list, a huge string."""

    type: str
    """GGUF's name of the element type: `string`, `float32`; `char` for a huge string."""
    count: int
    offset: int
    """Byte of the file where the first element starts."""
    bytes: int
    """Of the file, from there to the end of the last element."""


Value = bool | int | float | str | tuple[int | float | bool, ...] | ArrayInfo
"""A metadata value: a scalar, a string, a short list of numbers, or what is known of a long one."""


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
    """Without padding."""

    @property
    def elements(self) -> int:
        """The product of the dimensions."""
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
    """Byte of the file after the table of tensors; padding follows up to the first of them."""


def padded(count: int, alignment: int) -> int:
    """`count` rounded up to a multiple of `alignment`, a power of two."""
    return (count + alignment - 1) & -alignment
