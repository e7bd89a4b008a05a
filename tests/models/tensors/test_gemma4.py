"""Tensors that only Gemma 4 has."""

from tests.models.shapes import SHAPES
from tui.models.tensors.gemma4 import gemma4_experts, layer_inputs, model_inputs
from tui.models.tensors.model_tensors import tensors

SMALL = SHAPES["heads of two lengths, a shared cache, inputs to each layer"]
EXPERTS = SHAPES["values from keys, experts beside a dense network"]


def test_inputs_of_all_layers_are_one_embedding() -> None:
    dims = {tensor.name: tensor.dims for tensor in model_inputs(SMALL)}

    assert dims["per_layer_token_embd.weight"] == (256 * 10, 50000)
    assert dims["per_layer_model_proj.weight"] == (1024, 256 * 10)
    assert dims["rope_freqs.weight"] == (256,)


def test_layers_without_inputs_have_a_scale_alone() -> None:
    assert [tensor.name for tensor in layer_inputs(EXPERTS)] == ["layer_output_scale.weight"]
    assert [tensor.name for tensor in model_inputs(EXPERTS)] == ["rope_freqs.weight"]


def test_gate_and_up_of_the_experts_are_one_matrix() -> None:
    dims = {tensor.name: tensor.dims for tensor in gemma4_experts(EXPERTS)}

    assert dims["ffn_gate_up_exps.weight"] == (1024, 2 * 768, 16)
    assert dims["ffn_down_exps.weight"] == (768, 1024, 16)


def test_layers_that_read_another_cache_are_wider_and_have_matrices_for_it() -> None:
    dims = {tensor.name: tensor.dims for tensor in tensors(SMALL)}

    assert dims["blk.0.ffn_up.weight"] == (1024, 2048)
    assert dims["blk.9.ffn_up.weight"] == (1024, 4096)
    assert dims["blk.5.attn_k.weight"] == (1024, 256)
    # Layers that see everything have longer heads.
    assert dims["blk.9.attn_k.weight"] == (1024, 512)
    assert dims["blk.9.attn_q.weight"] == (1024, 8 * 512)


def test_layers_that_see_everything_take_values_from_keys() -> None:
    names = {tensor.name for tensor in tensors(EXPERTS)}

    assert "blk.0.attn_v.weight" in names
    assert "blk.4.attn_v.weight" not in names
