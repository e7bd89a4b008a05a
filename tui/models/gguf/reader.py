"""Reading the header of a GGUF file: quickly, and without believing it.

The format is described in docs/gguf.md of ggml. What llama.cpp refuses is refused here too, since its
refusal may be an abort; every count and length is checked against the file before it is used.
"""

import io
import os
import stat
import struct
from pathlib import Path

from tui.models.gguf.bytes_reader import AGAIN, BytesReader
from tui.models.gguf.header import ArrayInfo, GgufError, Header, Value
from tui.models.gguf.signature import not_gguf
from tui.models.gguf.tensor_table import read_tensors

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


def read_header(path: Path) -> Header:
    """Everything in the file before its weights; long lists are walked over, not built.

    Raises:
        GgufError: the file is not GGUF, is damaged or incomplete, or cannot be read; it says what to do.
    """
    with _open(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            start = file.read(512)
            if not start.startswith(b"GGUF"):
                raise not_gguf(start, size)
            return _read(BytesReader(file, size))
        except OSError as error:
            raise GgufError(
                f"The file cannot be read: {error.strerror}", 0, "Check the disk it is on"
            ) from error


def _open(path: Path) -> io.FileIO:
    """The file, once it is known to be a plain one: opening a pipe or a device could wait for ever."""
    try:
        _check_plain(path.stat().st_mode)
        # O_NONBLOCK for the pipe that took the file's place a moment ago.
        file = io.FileIO(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "r")
    except FileNotFoundError:
        message = "The link leads nowhere" if path.is_symlink() else "There is no such file"
        raise GgufError(message, 0, "Check the path") from None
    except PermissionError:
        raise GgufError("You may not read this file", 0, "Change its permissions with chmod +r") from None
    except OSError as error:
        raise GgufError(f"The file cannot be opened: {error.strerror}", 0, "Check the path") from error
    except ValueError:
        raise GgufError("No file can have this name", 0, "Check the path") from None
    try:
        _check_plain(os.fstat(file.fileno()).st_mode)
    except GgufError:
        file.close()
        raise
    return file


def _check_plain(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise GgufError("This is a folder, not a file", 0, "Name a GGUF file in it")
    if not stat.S_ISREG(mode):
        raise GgufError("This is a pipe or a device, not a file", 0, "Name a GGUF file")


def _read(reader: BytesReader) -> Header:
    reader.skip(4)
    version = _read_version(reader)
    tensor_count = reader.u64()
    pair_count = reader.u64()
    left = reader.size - reader.position
    if pair_count > min(_MOST_KEYS, left // _SMALLEST_PAIR):
        raise GgufError(f"The header claims {pair_count} metadata keys, more than it can hold", 16, AGAIN)
    metadata, alignment = _read_metadata(reader, pair_count)
    tensors, data_offset = read_tensors(reader, tensor_count, alignment)
    return Header(version, metadata, tensors, alignment, data_offset, reader.size, reader.position)


def _read_version(reader: BytesReader) -> int:
    version = reader.u32()
    if version in _VERSIONS:
        return version
    if version == 1:
        raise GgufError(
            "This is GGUF version 1, which no engine reads any more", 4, "Get a newer file of the model"
        )
    if version & 0xFFFF == 0 and version:
        raise GgufError(
            "This is a big-endian GGUF file, made for another kind of computer", 4, "Get the usual file"
        )
    if version == 0:
        raise GgufError("The header names no GGUF version", 4, AGAIN)
    raise GgufError(
        f"This is GGUF version {version}; versions 2 and 3 are known here", 4, "Look for a newer llmtui"
    )


def _read_metadata(reader: BytesReader, count: int) -> tuple[dict[str, Value], int]:
    """All keys with their values, and the alignment of the tensors."""
    metadata: dict[str, Value] = {}
    alignment = _ALIGNMENT
    strings_left = _MOST_STRINGS
    for _ in range(count):
        at = reader.position
        key = _read_key(reader, at)
        if key in metadata:
            raise GgufError(f"The metadata key {key!r} is there twice", at, AGAIN)
        at = reader.position
        kind = reader.u32()
        value = _read_value(reader, key, kind, at, strings_left)
        metadata[key] = value
        if isinstance(value, ArrayInfo) and value.type == "string":
            strings_left -= value.count
        if key == _ALIGNMENT_KEY:
            alignment = _checked_alignment(kind, value, at)
    return metadata, alignment


def _read_key(reader: BytesReader, at: int) -> str:
    length = reader.u64()
    if not 0 < length <= _LONGEST_KEY:
        raise GgufError(f"A metadata key is {length} bytes long", at, AGAIN)
    return reader.take(length).decode(errors="replace")


def _checked_alignment(kind: int, value: Value, at: int) -> int:
    # llama.cpp takes this key as uint32 only.
    if kind != _U32 or not isinstance(value, int) or value <= 0 or value & (value - 1):
        raise GgufError(f"The alignment of tensors is {value!r}, not a power of two", at, AGAIN)
    return value


def _read_value(reader: BytesReader, key: str, kind: int, at: int, strings_left: int) -> Value:
    if kind == _STRING:
        return _read_string(reader)
    if kind == _ARRAY:
        return _read_array(reader, key, strings_left)
    if kind not in _SCALARS:
        raise GgufError(f"The metadata key {key!r} has the unknown type {kind}", at, AGAIN)
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
    reader: BytesReader, key: str, strings_left: int
) -> tuple[int | float | bool, ...] | ArrayInfo:
    at = reader.position
    kind = reader.u32()
    count = reader.u64()
    start = reader.position
    left = reader.size - start
    if kind == _STRING:
        if count > min(left // 8, strings_left):
            raise GgufError(
                f"The metadata key {key!r} claims {count} strings, more than it can hold", at, AGAIN
            )
        reader.skip_strings(count)
        return ArrayInfo("string", count, start, reader.position - start)
    if kind == _ARRAY:
        raise GgufError(f"The metadata key {key!r} is a list of lists", at, AGAIN)
    if kind not in _SCALARS:
        raise GgufError(f"The metadata key {key!r} is a list of the unknown type {kind}", at, AGAIN)
    name, layout = _SCALARS[kind]
    if count > left // layout.size:
        raise GgufError(f"The metadata key {key!r} claims {count} values, more than it can hold", at, AGAIN)
    if count > _LONGEST_LIST:
        reader.skip(count * layout.size)
        return ArrayInfo(name, count, start, count * layout.size)
    return struct.unpack(f"<{count}{layout.format[1:]}", reader.take(count * layout.size))
