"""Stub of a model that is not on this disk: its header and a hole for the weights, for the engine to size.

The vocabulary is left out (`tokenizer.ggml.model` = "none"), so a stub of any model is a few kilobytes.
"""

import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tui.models.gguf.ggml_types import TENSOR_TYPES
from tui.models.gguf.header import padded
from tui.models.gguf.stub_metadata import StubValue, shape_keys
from tui.models.model import Shape
from tui.models.quantizations import ALIGNMENT, tensor_types
from tui.models.tensors.tensor import TypedTensor
from tui.sentences import ReasonedError, reason

_VERSION = 3
_LONGEST = (1 << 63) - 1
"""Bytes of the longest possible file: lengths are signed numbers of 64 bits."""
_TYPE_NUMBERS = {kind.name: number for number, kind in TENSOR_TYPES.items()}
_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
"""GGUF's numbers of the value types that a stub needs."""


class StubError(ReasonedError):
    """A shape with a number that a GGUF file cannot hold, so no model has it."""


def write_stub(path: Path, shape: Shape, quant: str) -> None:
    """Write the stub of a model of this shape at this quantization.

    The file is sparse: it looks as long as the model and takes a few blocks of the disk.

    Raises:
        UnknownArchitectureError: the tensors or the keys of the architecture are not known.
        UnknownQuantError: the quantization is none of `QUANTS`.
        StubError: the shape is impossible.
        OSError: the file cannot be written, or the file system has no sparse files of this length.
    """
    # A shape that is impossible fails here.
    typed = tensor_types(shape, quant)
    write_sparse(path, shape_keys(shape), typed)


def write_sparse(path: Path, keys: Mapping[str, StubValue], tensors: Sequence[TypedTensor]) -> None:
    """Write a header of these keys and tensors, and a hole as long as the tensors.

    Raises:
        StubError: a number does not fit the format.
        OSError: the file cannot be written.
    """
    weights = sum(padded(tensor.size_bytes, ALIGNMENT) for tensor in tensors)
    try:
        data = _header(keys, tensors)
    except struct.error:
        raise StubError(reason("models.impossible_layers")) from None
    if len(data) + weights > _LONGEST:
        raise StubError(reason("models.impossible_layers"))
    with path.open("wb") as file:
        file.write(data)
        os.truncate(file.fileno(), len(data) + weights)


def _header(keys: Mapping[str, StubValue], tensors: Sequence[TypedTensor]) -> bytes:
    parts = [b"GGUF", struct.pack("<IQQ", _VERSION, len(tensors), len(keys))]
    parts += [_string(key) + _value(value) for key, value in keys.items()]
    parts += _tensor_table(tensors)
    data = b"".join(parts)
    return data + bytes(padded(len(data), ALIGNMENT) - len(data))


def _tensor_table(tensors: Iterable[TypedTensor]) -> list[bytes]:
    parts: list[bytes] = []
    offset = 0
    for tensor in tensors:
        parts.append(_string(tensor.name))
        parts.append(struct.pack(f"<I{len(tensor.dims)}Q", len(tensor.dims), *tensor.dims))
        parts.append(struct.pack("<IQ", _TYPE_NUMBERS[tensor.type], offset))
        offset += padded(tensor.size_bytes, ALIGNMENT)
    return parts


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: StubValue) -> bytes:
    match value:
        case bool():
            return struct.pack("<I?", _BOOL, value)
        case int():
            return struct.pack("<II", _UINT32, value)
        case float():
            return struct.pack("<If", _FLOAT32, value)
        case str():
            return struct.pack("<I", _STRING) + _string(value)
        case _:
            return struct.pack(f"<IIQ{len(value)}i", _ARRAY, _INT32, len(value), *value)
