"""Latent attention, shared experts and dense first layers, as llama.cpp reads them."""

import pytest

from tests.gguf_files import ATTENTION, bare_header
from tests.reasons import raises_sentence
from tui.models.gguf.metadata import ShapeError
from tui.models.header_shape import shape_from_header
from tui.models.model import Latent


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


def test_latent_attention_without_room_for_what_does_not_rotate_is_named() -> None:
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


def test_shared_and_dense_mean_nothing_without_experts() -> None:
    shape = shape_from_header(
        bare_header("llama", **ATTENTION, expert_shared_count=2, leading_dense_block_count=3)
    )

    assert (shape.shared_feed_forward, shape.dense_layers, shape.dense_feed_forward) == (0, 0, 0)
