"""Lengths that reach past the end of a file, and windows over it."""

import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gguf_files import (
    Typed,
    llama_metadata,
    llama_tensors,
    string,
    write_gguf,
    write_llama,
)
from tests.models.gguf.hostile import HUGE, Write, refusal_words, start
from tui.models.gguf.header import ArrayInfo
from tui.models.gguf.reader import read_header


def test_refuses_a_string_that_is_longer_than_the_file(written: Write) -> None:
    data = start(pairs=1) + string("k") + struct.pack("<IQ", 8, 5_000_000) + b"short"

    assert "ends inside its header" in refusal_words(written(data))


@pytest.mark.parametrize("length", [1000, 1 << 40, (1 << 63) - 1, HUGE])
def test_refuses_a_list_whose_string_is_longer_than_the_file(written: Write, length: int) -> None:
    content = string("a") + struct.pack("<Q", length) + b"b" * 16
    data = start(pairs=1) + string("k") + struct.pack("<IIQ", 9, 8, 3) + content

    assert "longer than the file" in refusal_words(written(data))


def test_limits_the_text_kept_in_memory(tmp_path: Path) -> None:
    # GIVEN keys whose values are each within bounds, in a file that is mostly hole
    path = tmp_path / "a.gguf"
    entry_bytes = 8 << 20
    with path.open("wb") as file:
        file.write(start(pairs=40))
        for index in range(40):
            file.write(string(f"key{index}") + struct.pack("<IQ", 8, entry_bytes))
            file.seek(entry_bytes, os.SEEK_CUR)
        file.truncate()

    assert "more text" in refusal_words(path)


@pytest.mark.parametrize("cut", [5, 23, 24, 60, 700])
def test_a_file_cut_in_its_header_ends_early(written: Write, small: bytes, cut: int) -> None:
    assert refusal_words(written(small[:cut]))


@pytest.mark.parametrize("longer_at", [9_000, 15_000, 19_998])
def test_distinguishes_vocabularies_that_start_the_same(tmp_path: Path, longer_at: int) -> None:
    # GIVEN two lists of as many strings, one of which is longer in the middle
    tokens = [f"token {number}" for number in range(20_000)]
    longer = [token + "!" * (number == longer_at) for number, token in enumerate(tokens)]
    paths = [
        write_gguf(tmp_path / f"{name}.gguf", {"a.tokens": listed, "a.after": "still here"}, [])
        for name, listed in (("first", tokens), ("second", longer), ("first again", tokens))
    ]

    # WHEN they are read one after the other
    headers = [read_header(path) for path in paths]

    # THEN what follows them is found where it is
    assert [header.metadata["a.after"] for header in headers] == ["still here"] * 3
    first, second, again = (header.metadata["a.tokens"] for header in headers)
    assert isinstance(first, ArrayInfo)
    assert isinstance(second, ArrayInfo)
    assert second.bytes == first.bytes + 1
    assert again == first


def test_walks_a_vocabulary_across_the_windows_it_is_read_through(tmp_path: Path) -> None:
    vocabulary = [f"{index:x}" * (index % 40) for index in range(100_000)]
    metadata = {"tokenizer.ggml.tokens": vocabulary, "x.after": 7}

    header = read_header(write_llama(tmp_path / "a.gguf", metadata=metadata))

    assert header.metadata["x.after"] == 7
    assert len(header.tensors) == len(llama_tensors())


def test_reports_how_long_the_largest_vocabulary_takes(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    count = 262_144
    metadata = {
        "tokenizer.ggml.tokens": [f"token{index}" for index in range(count)],
        "tokenizer.ggml.scores": Typed("float32", [0.0] * count),
        "tokenizer.ggml.token_type": Typed("int32", [1] * count),
    }
    path = write_llama(tmp_path / "a.gguf", metadata=metadata)

    start = time.perf_counter()
    header = read_header(path)
    seconds = time.perf_counter() - start

    record_property("header_seconds", seconds)
    print(f"header of a {count}-token vocabulary: {seconds * 1000:.0f} ms")
    tokens = header.metadata["tokenizer.ggml.tokens"]
    assert isinstance(tokens, ArrayInfo)
    assert tokens.count == count


def test_long_lists_that_begin_alike_are_distinguished(tmp_path: Path) -> None:
    # GIVEN three vocabularies of as many tokens, the third longer towards its end
    lists = [[f"t{number}" for number in range(12_000)] for _ in range(3)]
    lists[2][-1] = "a longer last token"
    ends: list[int] = []
    for number, tokens in enumerate(lists):
        keys = llama_metadata(vocabulary=12_000) | {"tokenizer.ggml.tokens": tokens, "general.last": 7}
        path = write_gguf(tmp_path / f"{number}.gguf", keys, llama_tensors(vocabulary=12_000))

        # WHEN one is read after the other
        header = read_header(path)

        # THEN what follows the list is read right in each
        assert header.metadata["general.last"] == 7
        ends.append(header.table_end)
    assert ends[0] == ends[1] == ends[2] - len("a longer last token") + len("t11999")
