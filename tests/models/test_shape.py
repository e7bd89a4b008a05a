"""Shapes as llama.cpp reads them; the figures of published models are from their configurations."""

from pathlib import Path

import pytest

from tests.gguf_files import ATTENTION, Tensor, bare_header, llama_metadata, llama_tensors, write_gguf
from tests.reasons import raises_sentence
from tui.models.gguf.header import Header
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


@pytest.mark.parametrize(
    ("architecture", "keys", "window", "full"),
    [
        ("gemma2", {}, 4096, [1, 3, 5, 7, 9, 11]),
        ("gemma3", {"attention__sliding_window": 512}, 512, [5, 11]),
        ("gemma3n", {"attention__sliding_window": 512}, 512, [4, 9]),
        ("cohere2", {"attention__sliding_window": 4096}, 4096, [3, 7, 11]),
        ("gpt-oss", {"attention__sliding_window": 128}, 128, [1, 3, 5, 7, 9, 11]),
        ("laguna", {"attention__sliding_window": 128}, 128, [0, 4, 8]),
        ("smallthinker", {"attention__sliding_window": 1}, 4096, [0, 4, 8]),
        ("llama4", {}, 8192, [3, 7, 11]),
        ("exaone4", {"block_count": 64}, 4096, list(range(3, 64, 4))),
        (
            "gemma3",
            {"attention__sliding_window": 512, "attention__sliding_window_pattern": 3},
            512,
            [2, 5, 8, 11],
        ),
        (
            "gemma3",
            {"attention__sliding_window": 512, "attention__sliding_window_pattern": (True, False) * 6},
            512,
            [1, 3, 5, 7, 9, 11],
        ),
        (
            "step35",
            {"attention__sliding_window": 512, "attention__sliding_window_pattern": (0, 1, 1, 1) * 3},
            512,
            [0, 4, 8],
        ),
    ],
)
def test_sliding_windows(architecture: str, keys: dict[str, object], window: int, full: list[int]) -> None:
    shape = shape_from_header(bare_header(architecture, **{**ATTENTION, **keys}))

    assert shape.sliding_window == window
    assert [layer for layer, slides in enumerate(shape.sliding_layers) if not slides] == full
    assert len(shape.sliding_layers) == shape.layers


@pytest.mark.parametrize(
    ("architecture", "keys"),
    [
        ("llama", {"attention__sliding_window": 4096}),
        ("phi3", {"attention__sliding_window": 2047}),
        ("gemma3", {}),
        ("llama4", {"attention__sliding_window": 0}),
        ("exaone4", {"attention__sliding_window": 4096}),
        ("olmo2", {"attention__sliding_window": 0}),
    ],
)
def test_windows_that_the_engine_does_not_use(architecture: str, keys: dict[str, object]) -> None:
    shape = shape_from_header(bare_header(architecture, **ATTENTION, **keys))

    assert shape.sliding_window is None
    assert shape.sliding_layers == ()


def test_a_listed_pattern_that_is_missing_is_named() -> None:
    with raises_sentence(ShapeError, r"gemma4\.attention\.sliding_window_pattern"):
        shape_from_header(bare_header("gemma4", **ATTENTION, attention__sliding_window=512))


def test_shared_layers_keep_no_cache_and_heads_of_two_sizes_share_a_unit() -> None:
    # GIVEN five layers, the last two reading the cache of others, and full heads twice as wide
    keys = {
        "block_count": 5,
        "attention__head_count": 8,
        "attention__head_count_kv": (4, 1, 4, 4, 1),
        "attention__key_length": 512,
        "attention__value_length": 512,
        "attention__key_length_swa": 256,
        "attention__value_length_swa": 256,
        "attention__sliding_window": 512,
        "attention__sliding_window_pattern": (True, False, True, True, False),
        "attention__shared_kv_layers": 2,
    }

    shape = shape_from_header(bare_header("gemma4", **keys))

    # THEN heads times size is right for every layer
    assert [heads * shape.key_length for heads in shape.kv_heads] == [1024, 512, 1024, 0, 0]
    assert [heads * shape.value_length for heads in shape.kv_heads] == [1024, 512, 1024, 0, 0]


def test_experts_count_only_as_far_as_they_work(tmp_path: Path) -> None:
    metadata = llama_metadata(**{"llama.expert_count": 8, "llama.expert_used_count": 2})
    metadata["llama.expert_feed_forward_length"] = 32
    experts = Tensor("blk.0.ffn_down_exps.weight", (32, 64, 8), "F16")
    dense = llama_tensors()

    shape = shape_from_header(read_header(write_gguf(tmp_path / "a.gguf", metadata, [*dense, experts])))

    elements = sum(tensor.bytes // (2 if tensor.type == "F16" else 4) for tensor in dense)
    assert (shape.experts, shape.experts_used, shape.feed_forward) == (8, 2, 32)
    assert shape.parameters == elements + 32 * 64 * 8
    assert shape.active_parameters == elements + 32 * 64 * 2


def test_an_output_matrix_of_its_own_is_seen(tmp_path: Path) -> None:
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


def test_an_architecture_nobody_knows_is_sized_by_the_usual_keys() -> None:
    assert shape_from_header(bare_header("model-of-tomorrow", **ATTENTION)).kv_heads == (2,) * 12


@pytest.mark.parametrize("missing", ["block_count", "embedding_length", "context_length", "vocab_size"])
def test_a_missing_key_is_named(missing: str) -> None:
    given = bare_header("llama", **ATTENTION)
    del given.metadata[f"llama.{missing}"]

    with raises_sentence(ShapeError, rf"llama\.{missing} is missing"):
        shape_from_header(given)


def test_a_missing_architecture_is_named() -> None:
    with raises_sentence(ShapeError, r"general\.architecture"):
        shape_from_header(Header(3, {}, (), 32, 0, 0))


@pytest.mark.parametrize(
    ("keys", "words"),
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
def test_impossible_values_are_named(keys: dict[str, object], words: str) -> None:
    with raises_sentence(ShapeError, words):
        shape_from_header(bare_header("llama", **{**ATTENTION, **keys}))


def test_caches_of_an_unknown_form_are_left_to_the_engine() -> None:
    with raises_sentence(ShapeError, "only the engine"):
        shape_from_header(bare_header("deepseek32", **ATTENTION))
