"""Tensors of the feed-forward network of a layer: dense, or experts with a router and shared experts.

Dimensions as llama.cpp's model loader asks for them, in src/models.
"""

from collections.abc import Iterator

from tui.models.architectures import Traits
from tui.models.model import Shape
from tui.models.tensors.gemma4 import gemma4_experts
from tui.models.tensors.tensor import Tensor


def feed_forward(shape: Shape, traits: Traits, layer: int) -> Iterator[Tensor]:
    """Yield the tensors of the network; none in a layer without one."""
    if traits.feed_forward == "none" or (traits.single_part and layer not in shape.feed_forward_only):
        return
    if not shape.experts:
        own_cache = shape.kv_heads[layer] or not shape.shared_cache_feed_forward
        inner = shape.feed_forward if own_cache else shape.shared_cache_feed_forward
        yield from _dense(shape, traits, inner)
    elif traits.gemma4:
        yield from _dense(shape, traits, shape.shared_feed_forward)
        yield from gemma4_experts(shape)
    elif layer < shape.dense_layers:
        yield from _dense(shape, traits, shape.dense_feed_forward)
    else:
        yield from _experts(shape, traits)


def _dense(shape: Shape, traits: Traits, inner: int) -> Iterator[Tensor]:
    width = shape.embedding
    if traits.feed_forward == "gated" and not traits.fused:
        yield Tensor("ffn_gate.weight", (width, inner))
    yield Tensor("ffn_up.weight", (width, 2 * inner if traits.fused else inner))
    yield Tensor("ffn_down.weight", (inner, width))


def _experts(shape: Shape, traits: Traits) -> Iterator[Tensor]:
    width, inner, experts = shape.embedding, shape.feed_forward, shape.experts
    narrow = shape.expert_width or width
    yield Tensor("ffn_gate_inp.weight", (width, experts))
    if shape.expert_width:
        yield Tensor("ffn_latent_down.weight", (width, narrow))
        yield Tensor("ffn_latent_up.weight", (narrow, width))
    if traits.expert_bias:
        yield Tensor("ffn_gate_inp.bias", (experts,))
    if traits.router_bias:
        yield Tensor("exp_probs_b.bias", (experts,))
    for name, row, rows in _matrices(narrow, inner, traits):
        yield Tensor(f"ffn_{name}_exps.weight", (row, rows, experts))
        if traits.expert_bias:
            yield Tensor(f"ffn_{name}_exps.bias", (rows, experts))
    if not shape.shared_feed_forward:
        return
    if traits.shared_gate:
        yield Tensor("ffn_gate_inp_shexp.weight", (width,))
    for name, row, rows in _matrices(width, shape.shared_feed_forward, traits):
        yield Tensor(f"ffn_{name}_shexp.weight", (row, rows))


def _matrices(width: int, inner: int, traits: Traits) -> Iterator[tuple[str, int, int]]:
    """Yield the name, the length of a row and the number of rows of each matrix."""
    if traits.feed_forward == "gated":
        yield "gate", width, inner
    yield "up", width, inner
    yield "down", inner, width
