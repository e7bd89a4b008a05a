"""Hostile headers, byte by byte, and the refusals that they get."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gguf_files import string
from tui.models.gguf.header import GgufError
from tui.models.gguf.reader import read_header
from tui.services.sentences import sentence

Write = Callable[[bytes], Path]

HUGE = (1 << 64) - 1


def refusal(path: Path) -> GgufError:
    with pytest.raises(GgufError) as caught:
        read_header(path)
    # What is wrong, and then what to do.
    assert re.search(r"\. [A-Z].*\.$", sentence(caught.value.reason))
    assert caught.value.offset >= 0
    return caught.value


def refusal_words(path: Path) -> str:
    return sentence(refusal(path).reason)


def start(tensors: int = 0, pairs: int = 0, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, pairs)


def entry(name: str, dims: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    return string(name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, offset)
