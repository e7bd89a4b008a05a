"""Tensors of attention, and of the recurrent parts in its place."""

import msgspec

from tests.models.shapes import LLAMA_1B, SHAPES
from tui.models.architectures import TRAITS, Traits
from tui.models.model import Latent, Shape, StateSpace
from tui.models.tensors.mixers import mixer


def dims_by_name(shape: Shape, traits: Traits, layer: int = 0) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tensor.dims for tensor in mixer(shape, traits, layer)}


def test_grouped_heads_have_narrow_keys_and_values() -> None:
    dims = dims_by_name(LLAMA_1B, Traits())
    key_rows = LLAMA_1B.kv_heads[0] * LLAMA_1B.key_length

    assert dims["attn_q.weight"] == (LLAMA_1B.embedding, LLAMA_1B.heads * LLAMA_1B.key_length)
    assert dims["attn_k.weight"] == dims["attn_v.weight"] == (LLAMA_1B.embedding, key_rows)


def test_traits_add_biases_norms_and_sinks() -> None:
    dims = dims_by_name(LLAMA_1B, Traits(qkv_bias=True, output_bias=True, sinks=True, qk_norm="head"))

    assert {"attn_q.bias", "attn_output.bias", "attn_sinks.weight"} < set(dims)
    assert dims["attn_k_norm.weight"] == (LLAMA_1B.key_length,)


def test_latent_attention_unpacks_keys_and_values_from_one_row() -> None:
    latent = Latent(kv_rank=512, rope=64, nope=128, value=128)
    dims = dims_by_name(msgspec.structs.replace(LLAMA_1B, latent=latent), TRAITS["deepseek2"])

    assert dims["attn_kv_a_mqa.weight"] == (LLAMA_1B.embedding, 512 + 64)
    assert dims["attn_k_b.weight"] == (128, 512, LLAMA_1B.heads)
    assert "attn_q_a.weight" not in dims


def test_a_layer_without_kv_heads_has_a_recurrent_part_and_no_attention() -> None:
    hybrid = next(shape for shape in SHAPES.values() if shape.architecture == "qwen3next")
    recurrent_layer = hybrid.kv_heads.index(0)

    dims = dims_by_name(hybrid, TRAITS["qwen3next"], recurrent_layer)

    assert "ssm_out.weight" in dims
    assert "attn_q.weight" not in dims


def test_parallel_layers_have_attention_and_a_recurrent_part() -> None:
    shape = msgspec.structs.replace(LLAMA_1B, state_space=StateSpace(4, 3072, 256, 24, 1))

    assert {"attn_q.weight", "ssm_in.weight"} < set(dims_by_name(shape, TRAITS["falcon-h1"]))
