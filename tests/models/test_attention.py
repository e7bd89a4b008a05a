"""Sliding windows, head sizes and shared caches, as llama.cpp reads them."""

import pytest

from tests.gguf_files import ATTENTION, bare_header
from tests.reasons import raises_sentence
from tui.models.gguf.metadata import ShapeError
from tui.models.header_shape import shape_from_header
from tui.models.model import Latent


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


def test_missing_window_pattern_is_named() -> None:
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


def test_latent_attention_keeps_one_row() -> None:
    # DeepSeek-V2-Lite
    keys = {
        "block_count": 27,
        "attention__head_count": 16,
        "attention__head_count_kv": 1,
        "attention__key_length": 576,
        "attention__value_length": 512,
        "attention__key_length_mla": 192,
        "attention__value_length_mla": 128,
        "attention__kv_lora_rank": 512,
        "rope__dimension_count": 64,
    }

    shape = shape_from_header(bare_header("deepseek2", **keys))

    assert shape.mla_cache_width == 512 + 64
    assert shape.latent == Latent(kv_rank=512, rope=64, nope=128, value=128)


def test_latent_attention_with_only_rotated_dimensions_is_refused() -> None:
    keys = {
        "attention__head_count": 16,
        "attention__head_count_kv": 1,
        "attention__key_length": 576,
        "attention__value_length": 512,
        "attention__key_length_mla": 64,
        "attention__value_length_mla": 128,
        "attention__kv_lora_rank": 512,
        "rope__dimension_count": 64,
    }

    with raises_sentence(ShapeError, r"rope\.dimension_count is 64 of 64"):
        shape_from_header(bare_header("deepseek2", **keys))


def test_latent_attention_of_an_older_file_keeps_whole_keys_and_values() -> None:
    keys = {
        "attention__head_count": 16,
        "attention__head_count_kv": 16,
        "attention__key_length": 192,
        "attention__value_length": 128,
        "attention__kv_lora_rank": 512,
    }

    shape = shape_from_header(bare_header("deepseek2", **keys))

    assert shape.mla_cache_width is None
    assert shape.latent is None
    assert (shape.key_length, shape.value_length) == (192, 128)
