"""Tensors of feed-forward networks: dense, of experts, shared, and none."""

import msgspec

from tests.models.shapes import LLAMA_1B, QWEN_MOE
from tui.models.architectures import TRAITS, Traits
from tui.models.model import Shape
from tui.models.tensors.feed_forward import feed_forward


def dims_by_name(shape: Shape, traits: Traits, layer: int = 0) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.dims for tensor in feed_forward(shape, traits, layer)}


def test_a_dense_network_has_gate_up_and_down() -> None:
    width, inner = LLAMA_1B.embedding, LLAMA_1B.feed_forward

    assert dims_by_name(LLAMA_1B, Traits()) == {
        "ffn_gate.weight": (width, inner),
        "ffn_up.weight": (width, inner),
        "ffn_down.weight": (inner, width),
    }


def test_a_fused_network_has_gate_and_up_in_one_matrix() -> None:
    assert dims_by_name(LLAMA_1B, Traits(fused=True)) == {
        "ffn_up.weight": (LLAMA_1B.embedding, 2 * LLAMA_1B.feed_forward),
        "ffn_down.weight": (LLAMA_1B.feed_forward, LLAMA_1B.embedding),
    }


def test_experts_have_a_router_and_a_third_dimension() -> None:
    dims = dims_by_name(QWEN_MOE, TRAITS["qwen3moe"])

    assert dims["ffn_gate_inp.weight"] == (QWEN_MOE.embedding, QWEN_MOE.experts)
    assert dims["ffn_up_exps.weight"] == (QWEN_MOE.embedding, QWEN_MOE.feed_forward, QWEN_MOE.experts)
    assert not any("shexp" in name for name in dims)


def test_the_first_dense_layers_of_a_model_of_experts_have_no_router() -> None:
    shape = msgspec.structs.replace(QWEN_MOE, dense_layers=1, dense_feed_forward=99)

    assert dims_by_name(shape, TRAITS["qwen3moe"], 0)["ffn_up.weight"] == (shape.embedding, 99)
    assert "ffn_gate_inp.weight" in dims_by_name(shape, TRAITS["qwen3moe"], 1)


def test_a_layer_without_a_network_has_no_tensors() -> None:
    assert dims_by_name(LLAMA_1B, Traits(feed_forward="none")) == {}
    assert dims_by_name(LLAMA_1B, Traits(single_part=True)) == {}
