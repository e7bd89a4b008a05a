"""Tensors that only Gemma 4 has: inputs to each layer, their scales, and experts beside a dense network.

Dimensions as llama.cpp's model loader asks for them, in src/models/gemma4.cpp.
"""

from collections.abc import Iterator

from tui.models.model import Shape
from tui.models.tensors.tensor import Tensor


def model_inputs(shape: Shape) -> Iterator[Tensor]:
    """Yield the tensors outside the layers: the rotation of full layers, and embeddings of all layers."""
    yield Tensor("rope_freqs.weight", ((shape.full_key_length or shape.key_length) // 2,))
    if shape.layer_input:
        inputs = shape.layer_input * shape.layers
        yield Tensor("per_layer_token_embd.weight", (inputs, shape.vocabulary))
        yield Tensor("per_layer_model_proj.weight", (shape.embedding, inputs))
        yield Tensor("per_layer_proj_norm.weight", (shape.layer_input,))


def layer_inputs(shape: Shape) -> Iterator[Tensor]:
    """Yield the tensors of one layer, without the `blk.N.` before the names."""
    yield Tensor("layer_output_scale.weight", (1,))
    if shape.layer_input:
        yield Tensor("inp_gate.weight", (shape.embedding, shape.layer_input))
        yield Tensor("proj.weight", (shape.layer_input, shape.embedding))
        yield Tensor("post_norm.weight", (shape.embedding,))


def gemma4_experts(shape: Shape) -> Iterator[Tensor]:
    """Yield the experts of a layer, its router and their norms."""
    width, inner, experts = shape.embedding, shape.feed_forward, shape.experts
    yield Tensor("ffn_gate_inp.weight", (width, experts))
    yield Tensor("ffn_gate_inp.scale", (width,))
    for norm in ("pre_ffw_norm_2", "post_ffw_norm_1", "post_ffw_norm_2"):
        yield Tensor(f"{norm}.weight", (width,))
    yield Tensor("ffn_gate_up_exps.weight", (width, 2 * inner, experts))
    yield Tensor("ffn_down_exps.weight", (inner, width, experts))
    yield Tensor("ffn_down_exps.scale", (experts,))
