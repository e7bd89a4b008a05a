"""Metadata of stubs: what the engine asks of each kind of model."""

from tests.models.shapes import LLAMA_1B, QWEN_MOE, SHAPES
from tui.models.gguf.stub_metadata import shape_keys


def test_a_plain_model_has_the_usual_keys_under_its_architecture() -> None:
    keys = shape_keys(LLAMA_1B)

    assert keys["general.architecture"] == "llama"
    assert keys["tokenizer.ggml.model"] == "none"
    assert keys["llama.block_count"] == LLAMA_1B.layers
    assert keys["llama.attention.head_count_kv"] == LLAMA_1B.kv_heads[0]
    assert not any("expert" in key for key in keys)


def test_a_model_of_experts_says_how_many_and_how_wide() -> None:
    keys = shape_keys(QWEN_MOE)

    assert keys["qwen3moe.expert_count"] == QWEN_MOE.experts
    assert keys["qwen3moe.expert_used_count"] == QWEN_MOE.experts_used
    assert keys["qwen3moe.expert_feed_forward_length"] == QWEN_MOE.feed_forward


def test_every_architecture_keeps_to_its_own_prefix() -> None:
    for shape in SHAPES.values():
        foreign = [
            key
            for key in shape_keys(shape)
            # llama.cpp has the keys of Apertus's activation without a prefix.
            if not key.startswith((f"{shape.architecture}.", "general.", "tokenizer.", "xielu."))
        ]
        assert foreign == []
