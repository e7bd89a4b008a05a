"""The table of tensors of a GGUF file, with every entry checked."""

import struct

from tui.models.gguf.bytes_reader import BytesReader
from tui.models.gguf.ggml_types import REMOVED_TYPES, TENSOR_TYPES, TensorType
from tui.models.gguf.header import GgufError, TensorInfo, padded
from tui.sentences import reason

_MOST_TENSORS = 1 << 17
_MOST_DIMS = 4
"""GGML_MAX_DIMS."""
_LONGEST_NAME = 63
"""GGML_MAX_NAME less its final zero."""
_MOST_ELEMENTS = (1 << 63) - 1
_DIMS = tuple(struct.Struct(f"<{rank}Q") for rank in range(_MOST_DIMS + 1))
_SMALLEST_ENTRY = 8 + 4 + 4 + 8
_LONGEST_ENTRY = 8 + _LONGEST_NAME + 4 + 8 * _MOST_DIMS + 4 + 8
_LENGTH, _RANK = struct.Struct("<Q"), struct.Struct("<I")
_AFTER_RANK: tuple[struct.Struct, ...] = tuple(struct.Struct(f"<{rank}QIQ") for rank in range(_MOST_DIMS + 1))
"""Dimensions, type and offset of an entry."""


def read_tensors(reader: BytesReader, count: int, alignment: int) -> tuple[tuple[TensorInfo, ...], int]:
    """Read the table of `count` tensors at the reader's position, and the byte where their data starts.

    Raises:
        GgufError: an entry cannot be true, or the file ends before its tensors do.
    """
    if count > min(_MOST_TENSORS, (reader.size - reader.position) // _SMALLEST_ENTRY):
        raise GgufError(reason("models.too_many_tensors", count=count, byte=8))
    tensors: list[TensorInfo] = []
    names: set[str] = set()
    end = 0
    for _ in range(count):
        entry_start = reader.position
        tensor = _read_plain_tensor(reader) or _read_tensor(reader, entry_start)
        if tensor.name in names:
            raise GgufError(reason("models.tensor_twice", tensor=tensor.name, byte=entry_start))
        # llama.cpp wants each tensor right after the one before it.
        if tensor.offset != end:
            raise GgufError(
                reason(
                    "models.tensor_misplaced",
                    tensor=tensor.name,
                    start=tensor.offset,
                    expected=end,
                    byte=entry_start,
                )
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
        raise GgufError(reason("models.file_cut_off", missing=needed - size, byte=size))


def _read_plain_tensor(reader: BytesReader) -> TensorInfo | None:
    """Read an entry without a mistake, in a third of the time; None leaves the entry to be read in full."""
    window, cursor = reader.window(_LONGEST_ENTRY)
    try:
        length: int = _LENGTH.unpack_from(window, cursor)[0]
        name_start = cursor + 8
        name_end = name_start + length
        rank: int = _RANK.unpack_from(window, name_end)[0]
        if length > _LONGEST_NAME or rank > _MOST_DIMS:
            return None
        numbers: tuple[int, ...] = _AFTER_RANK[rank].unpack_from(window, name_end + 4)
    except (struct.error, OverflowError):
        return None
    dims, number, offset = numbers[:rank], numbers[rank], numbers[rank + 1]
    elements = 1
    for dim in dims:
        elements *= dim
    kind = TENSOR_TYPES.get(number)
    if kind is None or not 0 < elements <= _MOST_ELEMENTS or (dims and dims[0] % kind.block):
        return None
    if not dims and kind.block > 1:
        return None
    reader.advance(name_end - cursor + 4 + _AFTER_RANK[rank].size)
    name = window[name_start:name_end].decode(errors="replace")
    return TensorInfo(name, dims, kind.name, offset, kind.row_bytes(elements))


def _read_tensor(reader: BytesReader, entry_start: int) -> TensorInfo:
    length = reader.u64()
    if length > _LONGEST_NAME:
        raise GgufError(
            reason("models.tensor_name_too_long", length=length, most=_LONGEST_NAME, byte=entry_start)
        )
    name = reader.take(length).decode(errors="replace")
    rank = reader.u32()
    if rank > _MOST_DIMS:
        raise GgufError(
            reason(
                "models.too_many_dimensions",
                tensor=name,
                count=rank,
                most=_MOST_DIMS,
                byte=reader.position - 4,
            )
        )
    dims = _DIMS[rank].unpack(reader.take(8 * rank))
    elements = 1
    for dim in dims:
        elements *= dim
    if elements > _MOST_ELEMENTS or max(dims, default=0) > _MOST_ELEMENTS:
        raise GgufError(reason("models.tensor_uncountable", tensor=name, byte=entry_start))
    kind = _read_type(reader, name)
    row = dims[0] if dims else 1
    if row % kind.block:
        raise GgufError(
            reason(
                "models.broken_blocks",
                tensor=name,
                row=row,
                block=kind.block,
                type=kind.name,
                byte=entry_start,
            )
        )
    return TensorInfo(name, dims, kind.name, reader.u64(), kind.row_bytes(elements))


def _read_type(reader: BytesReader, name: str) -> TensorType:
    type_start = reader.position
    number = reader.u32()
    if number in REMOVED_TYPES:
        raise GgufError(
            reason("models.removed_type", tensor=name, type=REMOVED_TYPES[number], byte=type_start)
        )
    if number not in TENSOR_TYPES:
        raise GgufError(reason("models.unknown_tensor_type", tensor=name, number=number, byte=type_start))
    return TENSOR_TYPES[number]
