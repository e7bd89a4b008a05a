"""Reading of GGUF headers: fast, and without trust in any count or length.

The format is described in docs/gguf.md of ggml. What llama.cpp refuses is refused here too, since its
refusal may be an abort; every count and length is checked against the file before it is used.
"""

import io
import os
import stat
import struct
from pathlib import Path

from tui.models.gguf.bytes_reader import BytesReader
from tui.models.gguf.header import ArrayInfo, GgufError, Header, Value
from tui.models.gguf.signature import not_gguf
from tui.models.gguf.tensor_table import read_tensors
from tui.sentences import reason
from tui.system_errors import system_error

_VERSIONS = (2, 3)
_ALIGNMENT = 32
_ALIGNMENT_KEY = "general.alignment"

_STRING, _ARRAY, _BOOL, _U32 = 8, 9, 7, 4
_SCALARS: dict[int, tuple[str, struct.Struct]] = {
    0: ("uint8", struct.Struct("<B")),
    1: ("int8", struct.Struct("<b")),
    2: ("uint16", struct.Struct("<H")),
    3: ("int16", struct.Struct("<h")),
    4: ("uint32", struct.Struct("<I")),
    5: ("int32", struct.Struct("<i")),
    6: ("float32", struct.Struct("<f")),
    7: ("bool", struct.Struct("<?")),
    10: ("uint64", struct.Struct("<Q")),
    11: ("int64", struct.Struct("<q")),
    12: ("float64", struct.Struct("<d")),
}

_LONGEST_KEY = (1 << 16) - 1
_LONGEST_STRING = 8 << 20
_LONGEST_LIST = 4096
_MOST_KEYS = 1 << 16
# Sixteen of the largest vocabularies known: a hostile header costs a second or two of walking, not an hour.
_MOST_STRINGS = 1 << 23
_SMALLEST_PAIR = 8 + 1 + 4 + 1


def read_header(path: Path, span: tuple[int, int] | None = None) -> Header:
    """Read everything in the file before its weights; long lists are skipped, not built.

    `span` is first byte and length of a GGUF file inside a larger file; all offsets are counted from there.

    Raises:
        GgufError: the file is not GGUF, is damaged or incomplete, or cannot be read; it says what to do.
    """
    with _open(path) as file:
        try:
            base, size = span or (0, os.fstat(file.fileno()).st_size)
            file.seek(base)
            start = file.read(512)
            if not start.startswith(b"GGUF"):
                raise not_gguf(start, size)
            return _read(BytesReader(file, size, base))
        except OSError as error:
            raise GgufError(reason("models.file_unreadable", why=system_error(error))) from error


def _open(path: Path) -> io.FileIO:
    """Open a file that is known to be a plain one: opening a pipe or a device could wait for ever."""
    try:
        _check_plain(path.stat().st_mode)
        # O_NONBLOCK for the pipe that took the file's place a moment ago.
        file = io.FileIO(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "r")
    except FileNotFoundError:
        raise GgufError(reason("models.dead_link" if path.is_symlink() else "models.no_such_file")) from None
    except PermissionError:
        raise GgufError(reason("models.file_forbidden")) from None
    except OSError as error:
        raise GgufError(reason("models.file_unopenable", why=system_error(error))) from error
    except ValueError:
        raise GgufError(reason("models.impossible_name")) from None
    try:
        _check_plain(os.fstat(file.fileno()).st_mode)
    except GgufError:
        file.close()
        raise
    return file


def _check_plain(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise GgufError(reason("models.folder_not_file"))
    if not stat.S_ISREG(mode):
        raise GgufError(reason("models.device_not_file"))


def _read(reader: BytesReader) -> Header:
    reader.skip(4)
    version = _read_version(reader)
    tensor_count = reader.u64()
    pair_count = reader.u64()
    remaining_bytes = reader.size - reader.position
    if pair_count > min(_MOST_KEYS, remaining_bytes // _SMALLEST_PAIR):
        raise GgufError(reason("models.too_many_keys", count=pair_count, byte=16))
    metadata, alignment = _read_metadata(reader, pair_count)
    tensors, data_offset = read_tensors(reader, tensor_count, alignment)
    return Header(version, metadata, tensors, alignment, data_offset, reader.size, reader.position)


def _read_version(reader: BytesReader) -> int:
    version = reader.u32()
    if version in _VERSIONS:
        return version
    if version == 1:
        raise GgufError(reason("models.gguf_version_1", byte=4))
    if version & 0xFFFF == 0 and version:
        raise GgufError(reason("models.big_endian", byte=4))
    if version == 0:
        raise GgufError(reason("models.no_gguf_version", byte=4))
    raise GgufError(reason("models.unknown_gguf_version", version=version, byte=4))


def _read_metadata(reader: BytesReader, count: int) -> tuple[dict[str, Value], int]:
    """Read all keys with their values, and the alignment of the tensors."""
    metadata: dict[str, Value] = {}
    alignment = _ALIGNMENT
    string_budget = _MOST_STRINGS
    for _ in range(count):
        key_start = reader.position
        key = _read_key(reader)
        if key in metadata:
            raise GgufError(reason("models.key_twice", key=key, byte=key_start))
        value_start = reader.position
        kind = reader.u32()
        value = _read_value(reader, key, kind, string_budget)
        metadata[key] = value
        if isinstance(value, ArrayInfo) and value.type == "string":
            string_budget -= value.count
        if key == _ALIGNMENT_KEY:
            alignment = _check_alignment(kind, value, value_start)
    return metadata, alignment


def _read_key(reader: BytesReader) -> str:
    start = reader.position
    length = reader.u64()
    if not 0 < length <= _LONGEST_KEY:
        raise GgufError(reason("models.key_length", length=length, byte=start))
    return reader.take(length).decode(errors="replace")


def _check_alignment(kind: int, value: Value, value_start: int) -> int:
    # llama.cpp takes this key as uint32 only.
    if kind != _U32 or not isinstance(value, int) or value <= 0 or value & (value - 1):
        raise GgufError(reason("models.alignment", value=str(value), byte=value_start))
    return value


def _read_value(reader: BytesReader, key: str, kind: int, string_budget: int) -> Value:
    if kind == _STRING:
        return _read_string(reader)
    if kind == _ARRAY:
        return _read_array(reader, key, string_budget)
    if kind not in _SCALARS:
        raise GgufError(reason("models.unknown_value_type", key=key, type=kind, byte=reader.position - 4))
    layout = _SCALARS[kind][1]
    return layout.unpack(reader.take(layout.size))[0]


def _read_string(reader: BytesReader) -> str | ArrayInfo:
    length = reader.u64()
    if length > _LONGEST_STRING:
        info = ArrayInfo("char", length, reader.position, length)
        reader.skip(length)
        return info
    return reader.take(length).decode(errors="replace")


def _read_array(
    reader: BytesReader, key: str, string_budget: int
) -> tuple[int | float | bool, ...] | ArrayInfo:
    array_start = reader.position
    kind = reader.u32()
    count = reader.u64()
    start = reader.position
    remaining_bytes = reader.size - start
    if kind == _STRING:
        if count > min(remaining_bytes // 8, string_budget):
            raise GgufError(reason("models.too_many_strings", key=key, count=count, byte=array_start))
        reader.skip_strings(count)
        return ArrayInfo("string", count, start, reader.position - start)
    if kind == _ARRAY:
        raise GgufError(reason("models.list_of_lists", key=key, byte=array_start))
    if kind not in _SCALARS:
        raise GgufError(reason("models.unknown_element_type", key=key, type=kind, byte=array_start))
    name, layout = _SCALARS[kind]
    if count > remaining_bytes // layout.size:
        raise GgufError(reason("models.too_many_values", key=key, count=count, byte=array_start))
    if count > _LONGEST_LIST:
        reader.skip(count * layout.size)
        return ArrayInfo(name, count, start, count * layout.size)
    return struct.unpack(f"<{count}{layout.format[1:]}", reader.take(count * layout.size))
