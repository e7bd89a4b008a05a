"""Copy of a header without the vocabulary, and a hole for the weights: it is sized several times as fast."""

import os
import struct
from pathlib import Path

from tui.models.gguf.header import padded
from tui.models.model import HeaderLayout

_COUNT = struct.Struct("<Q")


def write_header_copy(
    source: Path, target: Path, layout: HeaderLayout, span: tuple[int, int] | None = None
) -> None:
    """Copy the header of `source` with the long lists of its vocabulary empty; all else stays byte for byte.

    `layout` says where the lists lie, and `span` which bytes of the source are the model; None for all. A
    source that is cut off gives a copy that lacks the same bytes.

    Raises:
        OSError: one of the two cannot be read or written.
    """
    parts: list[bytes] = []
    base = span[0] if span is not None else 0
    copied_to = 0
    # Unbuffered: only what lies between the lists is read.
    with source.open("rb", buffering=0) as file:
        for start, length in layout.vocabulary_lists:
            file.seek(base + copied_to)
            # The number of elements stands right before them.
            parts += [file.read(start - _COUNT.size - copied_to), _COUNT.pack(0)]
            copied_to = start + length
        file.seek(base + copied_to)
        parts.append(file.read(layout.table_end - copied_to))
        size = span[1] if span is not None else os.fstat(file.fileno()).st_size
    data = b"".join(parts)
    data += bytes(padded(len(data), layout.alignment) - len(data))
    with target.open("wb") as file:
        file.write(data)
        os.truncate(file.fileno(), len(data) + max(0, size - layout.data_offset))
