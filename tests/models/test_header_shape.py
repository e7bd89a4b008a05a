"""Shapes as llama.cpp reads them; the figures of published models are from their configurations."""

from pathlib import Path

import pytest

from tests.gguf_files import ATTENTION, Tensor, bare_header, llama_metadata, llama_tensors, write_gguf
from tests.reasons import raises_sentence
from tui.models.gguf.metadata import ShapeError
from tui.models.gguf.reader import read_header
from tui.models.header_shape import shape_from_header
from tui.models.recurrent import recurrent_layers


def test_the_real_model(smollm2: Path) -> None:
    shape = shape_from_header(read_header(smollm2))

    assert shape.architecture == "llama"
    assert (shape.layers, shape.embedding, shape.feed_forward, shape.heads) == (30, 576, 1536, 9)
    assert shape.kv_heads == (3,) * 30
    assert (shape.key_length, shape.value_length) == (64, 64)
    assert (shape.vocabulary, shape.context_length) == (49152, 8192)
    assert shape.tied_embeddings
    assert shape.parameters == 134_515_008
    assert shape.active_parameters is None
    assert shape.sliding_window is None
    assert recurrent_layers(shape) == 0


def test_grouped_heads_and_own_head_size() -> None:
    shape = shape_from_header(
        bare_header("qwen3", **ATTENTION, attention__key_length=256, attention__value_length=64)
    )

    assert shape.kv_heads == (2,) * 12
    assert (shape.key_length, shape.value_length) == (256, 64)


def test_without_kv_heads_every_head_has_its_own() -> None:
    shape = shape_from_header(bare_header("gpt2", attention__head_count=16, feed_forward_length=4096))

    assert shape.kv_heads == (16,) * 12
    assert shape.key_length == 64


def test_heads_that_differ_by_layer() -> None:
    keys = {"block_count": 3, "attention__head_count": (8, 4, 8), "attention__head_count_kv": (2, 0, 1)}

    shape = shape_from_header(bare_header("deci", **keys, feed_forward_length=(10, 0, 30)))

    assert shape.heads == 8
    assert shape.kv_heads == (2, 0, 1)
    assert shape.feed_forward == 30
    assert recurrent_layers(shape) == 0


def test_layers_that_only_predict_further_tokens_keep_no_cache() -> None:
    shape = shape_from_header(bare_header("glm4moe", **ATTENTION, block_count=47, nextn_predict_layers=1))

    assert shape.layers == 46
    assert len(shape.kv_heads) == 46


def test_only_used_experts_count(tmp_path: Path) -> None:
    metadata = llama_metadata(**{"llama.expert_count": 8, "llama.expert_used_count": 2})
    metadata["llama.expert_feed_forward_length"] = 32
    experts = Tensor("blk.0.ffn_down_exps.weight", (32, 64, 8), "F16")
    dense = llama_tensors()

    shape = shape_from_header(read_header(write_gguf(tmp_path / "a.gguf", metadata, [*dense, experts])))

    elements = sum(tensor.bytes // (2 if tensor.type == "F16" else 4) for tensor in dense)
    assert (shape.experts, shape.experts_used, shape.feed_forward) == (8, 2, 32)
    assert shape.parameters == elements + 32 * 64 * 8
    assert shape.active_parameters == elements + 32 * 64 * 2


def test_separate_output_matrix_is_detected(tmp_path: Path) -> None:
    tied = write_gguf(tmp_path / "tied.gguf", llama_metadata(), llama_tensors(tied=True))
    untied = write_gguf(tmp_path / "untied.gguf", llama_metadata(), llama_tensors())

    assert shape_from_header(read_header(tied)).tied_embeddings
    assert not shape_from_header(read_header(untied)).tied_embeddings


def test_vocabulary_from_tokens_from_the_key_and_from_the_embedding(tmp_path: Path) -> None:
    tokens = {"tokenizer.ggml.tokens": [str(index) for index in range(300)]}
    counted = write_gguf(tmp_path / "a.gguf", llama_metadata() | tokens, llama_tensors())
    keyed = write_gguf(tmp_path / "b.gguf", llama_metadata(vocabulary=280), llama_tensors())
    bare = llama_metadata()
    del bare["llama.vocab_size"]
    embedded = write_gguf(tmp_path / "c.gguf", bare, llama_tensors(vocabulary=260))

    assert [shape_from_header(read_header(path)).vocabulary for path in (counted, keyed, embedded)] == [
        300,
        280,
        260,
    ]


def test_unknown_architecture_is_sized_by_the_common_keys() -> None:
    assert shape_from_header(bare_header("model-of-tomorrow", **ATTENTION)).kv_heads == (2,) * 12


@pytest.mark.parametrize(
    ("keys", "sentence_part"),
    [
        ({"block_count": 0}, "block_count is 0"),
        ({"block_count": 10**9}, "block_count is 1000000000"),
        ({"block_count": "12"}, "block_count is not a whole number"),
        ({"block_count": -1}, "block_count is not a whole number"),
        ({"block_count": (1, 2)}, "block_count is a list"),
        ({"embedding_length": 0}, "embedding_length is 0"),
        ({"attention__head_count_kv": (1, 2, 3)}, "has 3 values for 12 layers"),
        ({"nextn_predict_layers": 12}, "nextn_predict_layers is 12"),
        ({"expert_count": 5000, "expert_used_count": 2}, "expert_count is 5000"),
        ({"expert_count": 4, "expert_used_count": 8}, "8 of 4 experts"),
        ({"attention__key_length": 1 << 31, "attention__head_count_kv": 1 << 31}, "impossibly large"),
    ],
)
def test_impossible_values_are_named(keys: dict[str, object], sentence_part: str) -> None:
    with raises_sentence(ShapeError, sentence_part):
        shape_from_header(bare_header("llama", **{**ATTENTION, **keys}))


def test_cache_of_an_unknown_form_has_no_closed_form() -> None:
    with raises_sentence(ShapeError, "only the engine"):
        shape_from_header(bare_header("deepseek32", **ATTENTION))


@pytest.mark.parametrize(
    ("keys", "shared"),
    [
        ({"expert_shared_count": 2}, 64),
        ({"expert_shared_feed_forward_length": 48}, 48),
        ({"expert_shared_feed_forward_length": 48, "expert_shared_count": 2}, 48),
        ({}, 0),
    ],
)
def test_shared_experts_and_dense_first_layers(keys: dict[str, object], shared: int) -> None:
    experts = {
        "expert_count": 8,
        "expert_used_count": 2,
        "expert_feed_forward_length": 32,
        "feed_forward_length": 256,
        "leading_dense_block_count": 3,
    }

    shape = shape_from_header(bare_header("glm4moe", **{**ATTENTION, **experts, **keys}))

    assert (shape.feed_forward, shape.shared_feed_forward) == (32, shared)
    assert (shape.dense_layers, shape.dense_feed_forward) == (3, 256)


def test_shared_and_dense_counts_are_ignored_without_experts() -> None:
    shape = shape_from_header(
        bare_header("llama", **ATTENTION, expert_shared_count=2, leading_dense_block_count=3)
    )

    assert (shape.shared_feed_forward, shape.dense_layers, shape.dense_feed_forward) == (0, 0, 0)
