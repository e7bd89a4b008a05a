"""The header reader on sound files."""

from pathlib import Path

import gguf
import pytest

from tests.gguf_files import (
    Tensor,
    Typed,
    header_bytes,
    llama_tensors,
    write_gguf,
)
from tui.models.gguf.header import ArrayInfo
from tui.models.gguf.reader import read_header


def test_reads_a_real_model(smollm2: Path) -> None:
    header = read_header(smollm2)

    assert header.version == 3
    assert header.metadata["general.architecture"] == "llama"
    assert header.metadata["llama.block_count"] == 30
    assert header.metadata["llama.rope.freq_base"] == 100000.0
    assert header.metadata["tokenizer.ggml.add_bos_token"] is False
    tokens = header.metadata["tokenizer.ggml.tokens"]
    assert isinstance(tokens, ArrayInfo)
    assert (tokens.type, tokens.count, tokens.offset) == ("string", 49152, 1107)
    assert header.table_end <= header.data_offset < header.table_end + header.alignment
    assert len(header.tensors) == 272
    assert header.file_bytes == smollm2.stat().st_size
    last = header.tensors[-1]
    assert header.data_offset + last.offset + last.bytes == header.file_bytes


def test_agrees_with_the_reference_reader_on_every_tensor(smollm2: Path) -> None:
    reference = gguf.GGUFReader(smollm2)
    header = read_header(smollm2)

    ours = [(t.name, list(t.dims), t.type, t.bytes, header.data_offset + t.offset) for t in header.tensors]
    theirs = [
        (t.name, t.shape.tolist(), t.tensor_type.name, int(t.n_bytes), int(t.data_offset))
        for t in reference.tensors
    ]
    assert ours == theirs


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", 255),
        ("int8", -128),
        ("uint16", 65535),
        ("int16", -2),
        ("uint32", 1 << 31),
        ("int32", -(1 << 31)),
        ("uint64", (1 << 64) - 1),
        ("int64", -(1 << 63)),
        ("float32", 0.5),
        ("float64", 0.1),
        ("bool", True),
        ("string", "naïve \u4f60\u597d"),
    ],
)
def test_reads_every_type_of_value(tmp_path: Path, kind: str, value: object) -> None:
    path = write_gguf(tmp_path / "a.gguf", {"x.one": Typed(kind, value), "x.after": "here"})

    assert read_header(path).metadata == {"x.one": value, "x.after": "here"}


def test_builds_short_lists_of_numbers_and_walks_over_long_ones(tmp_path: Path) -> None:
    metadata = {
        "x.short": Typed("uint32", [1, 0, 3]),
        "x.flags": [True, False],
        "x.none": Typed("uint32", []),
        "x.long": Typed("float32", [0.0] * 5000),
        "x.words": ["a", "", "word" * 100],
        "x.after": 7,
    }

    read = read_header(write_gguf(tmp_path / "a.gguf", metadata)).metadata

    assert read["x.short"] == (1, 0, 3)
    assert read["x.flags"] == (True, False)
    assert read["x.none"] == ()
    long, tokens = read["x.long"], read["x.words"]
    assert isinstance(long, ArrayInfo)
    assert (long.type, long.count) == ("float32", 5000)
    assert isinstance(tokens, ArrayInfo)
    assert (tokens.type, tokens.count) == ("string", 3)
    assert read["x.after"] == 7


def test_does_not_build_a_huge_string(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "a.gguf", {"x.huge": "a" * (9 << 20), "x.after": 7})

    read = read_header(path).metadata

    assert isinstance(read["x.huge"], ArrayInfo)
    assert read["x.huge"].count == 9 << 20
    assert read["x.after"] == 7


def test_reads_version_2(tmp_path: Path) -> None:
    header = read_header(write_gguf(tmp_path / "a.gguf", {"x.one": 1}, llama_tensors(), version=2))

    assert header.version == 2
    assert len(header.tensors) == len(llama_tensors())


def test_keeps_the_alignment_of_the_file(tmp_path: Path) -> None:
    tensors = [Tensor("a", (3,)), Tensor("b", (5, 2), "F16")]
    path = write_gguf(tmp_path / "a.gguf", {"general.alignment": 128}, tensors, alignment=128)

    header = read_header(path)

    assert header.alignment == 128
    assert header.data_offset % 128 == 0
    assert [tensor.offset for tensor in header.tensors] == [0, 128]


def test_takes_a_last_tensor_without_padding(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(header_bytes({}, [Tensor("a", (3,))]) + b"\x00" * 12)

    assert read_header(path).tensors[0].bytes == 12


def test_extra_tensors_do_no_harm(tmp_path: Path) -> None:
    tensors = [*llama_tensors(), Tensor("blk.2.nextn.eh_proj.weight", (128, 64), "F16"), Tensor("scalar", ())]

    header = read_header(write_gguf(tmp_path / "a.gguf", {}, tensors))

    assert [tensor.name for tensor in header.tensors] == [tensor.name for tensor in tensors]
    assert header.tensors[-1].elements == 1
