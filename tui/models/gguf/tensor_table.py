"""The table of tensors of a GGUF file, with every entry checked."""

import struct

from tui.models.gguf.bytes_reader import AGAIN, BytesReader
from tui.models.gguf.ggml_types import REMOVED_TYPES, TENSOR_TYPES, TensorType
from tui.models.gguf.header import GgufError, TensorInfo, padded
from tui.units import format_bytes

_MOST_TENSORS = 1 << 17
_MOST_DIMS = 4
"""GGML_MAX_DIMS."""
_LONGEST_NAME = 63
"""GGML_MAX_NAME less its final zero."""
_MOST_ELEMENTS = (1 << 63) - 1
_DIMS = tuple(struct.Struct(f"<{rank}Q") for rank in range(_MOST_DIMS + 1))
_SMALLEST_ENTRY = 8 + 4 + 4 + 8


def read_tensors(reader: BytesReader, count: int, alignment: int) -> tuple[tuple[TensorInfo, ...], int]:
    """The `count` tensors of the table at the reader's position, and the byte where their data starts.

    Raises:
        GgufError: an entry cannot be true, or the file ends before its tensors do.
    """
    if count > min(_MOST_TENSORS, (reader.size - reader.position) // _SMALLEST_ENTRY):
        raise GgufError(f"The header claims {count} tensors, more than it can hold", 8, AGAIN)
    tensors: list[TensorInfo] = []
    names: set[str] = set()
    end = 0
    for _ in range(count):
        at = reader.position
        tensor = _read_tensor(reader, at)
        if tensor.name in names:
            raise GgufError(f"The tensor {tensor.name!r} is there twice", at, AGAIN)
        # llama.cpp wants each tensor right after the one before it.
        if tensor.offset != end:
            raise GgufError(
                f"The tensor {tensor.name!r} starts at byte {tensor.offset} of the data, not at {end}",
                at,
                AGAIN,
            )
        names.add(tensor.name)
        tensors.append(tensor)
        end = padded(tensor.offset + tensor.bytes, alignment)
    data_offset = padded(reader.position, alignment) if count else reader.position
    _check_complete(tensors, data_offset, reader.size)
    return tuple(tensors), data_offset


def _check_complete(tensors: list[TensorInfo], data_offset: int, size: int) -> None:
    needed = max((data_offset + tensor.offset + tensor.bytes for tensor in tensors), default=0)
    if needed > size:
        raise GgufError(f"The file ends {format_bytes(needed - size)} early", size, AGAIN)


def _read_tensor(reader: BytesReader, at: int) -> TensorInfo:
    length = reader.u64()
    if length > _LONGEST_NAME:
        raise GgufError(f"A tensor's name is {length} bytes long; {_LONGEST_NAME} is the most", at, AGAIN)
    name = reader.take(length).decode(errors="replace")
    rank = reader.u32()
    if rank > _MOST_DIMS:
        raise GgufError(
            f"The tensor {name!r} has {rank} dimensions; {_MOST_DIMS} is the most", reader.position - 4, AGAIN
        )
    dims = _DIMS[rank].unpack(reader.take(8 * rank))
    elements = 1
    for dim in dims:
        elements *= dim
    if elements > _MOST_ELEMENTS or max(dims, default=0) > _MOST_ELEMENTS:
        raise GgufError(f"The tensor {name!r} has more elements than can be counted", at, AGAIN)
    kind = _read_type(reader, name)
    row = dims[0] if dims else 1
    if row % kind.block:
        raise GgufError(
            f"The tensor {name!r} has rows of {row} elements, not whole blocks of {kind.block} ({kind.name})",
            at,
            AGAIN,
        )
    return TensorInfo(name, dims, kind.name, reader.u64(), kind.row_bytes(elements))


def _read_type(reader: BytesReader, name: str) -> TensorType:
    at = reader.position
    number = reader.u32()
    if number in REMOVED_TYPES:
        raise GgufError(
            f"The tensor {name!r} has the type {REMOVED_TYPES[number]}, which engines no longer read",
            at,
            "Get the model in another quantization, such as Q4_0",
        )
    if number not in TENSOR_TYPES:
        raise GgufError(
            f"The tensor {name!r} has the type number {number}, which is not known here",
            at,
            "Download it again, or look for a newer llmtui",
        )
    return TENSOR_TYPES[number]
