"""A header without its vocabulary: all else stays, and it is read as a model of the same weights."""

from pathlib import Path

import msgspec

from tests.gguf_files import Typed, llama_metadata, llama_tensors, write_gguf
from tui.models.gguf.header import ArrayInfo
from tui.models.gguf.header_copy import write_header_copy
from tui.models.gguf.reader import read_header
from tui.models.model import HeaderLayout
from tui.models.model_file import model_file


def layout_of(path: Path) -> HeaderLayout:
    layout = model_file(path, "test").layout
    assert layout is not None
    return layout


def vocabulary(tokens: int) -> dict[str, object]:
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": [f"t{number}" for number in range(tokens)],
        "tokenizer.ggml.scores": Typed("float32", [0.0] * tokens),
        "tokenizer.ggml.merges": ["a b"] * tokens,
        "tokenizer.chat_template": "{{ messages }}",
    }


def test_only_the_vocabulary_is_left_out(tmp_path: Path) -> None:
    # GIVEN a file with keys before and after its vocabulary
    keys = llama_metadata(vocabulary=5000) | vocabulary(5000) | {"general.file_type": 7}
    source = write_gguf(tmp_path / "whole.gguf", keys, llama_tensors(vocabulary=5000))

    # WHEN its bare copy is written
    write_header_copy(source, tmp_path / "bare.gguf", layout_of(source))

    # THEN it says the same of everything else, and has room for the same weights
    complete, bare = read_header(source), read_header(tmp_path / "bare.gguf")
    assert bare.tensors == complete.tensors
    for key, value in complete.metadata.items():
        if not isinstance(value, ArrayInfo):
            assert bare.metadata[key] == value
    assert bare.data_offset < complete.data_offset // 10
    assert bare.file_bytes - bare.data_offset == complete.file_bytes - complete.data_offset


def test_the_padding_before_the_weights_is_made_anew(tmp_path: Path) -> None:
    for tokens in range(5000, 5008):
        keys = llama_metadata(vocabulary=tokens) | vocabulary(tokens)
        source = write_gguf(tmp_path / "whole.gguf", keys, llama_tensors(vocabulary=tokens), alignment=32)
        write_header_copy(source, tmp_path / "bare.gguf", layout_of(source))

        bare = read_header(tmp_path / "bare.gguf")
        assert bare.data_offset % bare.alignment == 0
        assert bare.data_offset - bare.table_end < bare.alignment


def test_a_file_without_a_vocabulary_is_copied_as_it_is(tmp_path: Path) -> None:
    source = write_gguf(tmp_path / "whole.gguf", llama_metadata(), llama_tensors())
    write_header_copy(source, tmp_path / "bare.gguf", layout_of(source))

    assert msgspec.structs.asdict(read_header(tmp_path / "bare.gguf")) == msgspec.structs.asdict(
        read_header(source)
    )
    assert (tmp_path / "bare.gguf").read_bytes() == source.read_bytes()
