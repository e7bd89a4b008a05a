"""Which tensors a model of a known architecture is made of, from its shape alone.

Names and dimensions are those GGUF files carry, innermost dimension first, as llama.cpp's converter writes
them and its model loader asks for them.
"""

import math
from collections.abc import Iterator
from typing import Literal

import msgspec

from tui.models.model import Shape


class Tensor(msgspec.Struct, frozen=True):
    """One tensor, before any type is chosen for it."""

    name: str
    dims: tuple[int, ...]
    """Elements in each dimension; the first is the length of a row."""

    @property
    def elements(self) -> int:
        """Elements in all."""
        return math.prod(self.dims)


class UnknownArchitectureError(ValueError):
    """The tensors of this architecture are not known here, so it can't be sized without a file."""


class _Traits(msgspec.Struct, frozen=True):
    """Where an architecture departs from the plain one: two norms a layer, three matrices a feed-forward."""

    norms: tuple[str, ...] = ("attn_norm", "ffn_norm")
    final_norm: str = "output_norm"
    qk_norm: Literal["none", "head", "row"] = "none"
    """Norms on Q and K: none, of one head's length, or of the whole row's."""
    qkv_bias: bool = False
    output_bias: bool = False
    sinks: bool = False
    """One attention sink a head."""
    expert_bias: bool = False
    fused: bool = False
    """Q, K and V in one matrix, gate and up in another."""


_SANDWICH = ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")

_TRAITS = {
    "gemma": _Traits(),
    "gemma2": _Traits(norms=_SANDWICH),
    "gemma3": _Traits(norms=_SANDWICH, qk_norm="head"),
    "gpt-oss": _Traits(
        norms=("attn_norm", "post_attention_norm"),
        qkv_bias=True,
        output_bias=True,
        sinks=True,
        expert_bias=True,
    ),
    "granite": _Traits(),
    "lfm2": _Traits(final_norm="token_embd_norm", qk_norm="head"),
    "llama": _Traits(),
    "mistral3": _Traits(),
    "olmo2": _Traits(norms=("post_attention_norm", "post_ffw_norm"), qk_norm="row"),
    "olmoe": _Traits(qk_norm="row"),
    "phi3": _Traits(fused=True),
    "qwen2": _Traits(qkv_bias=True),
    "qwen3": _Traits(qk_norm="head"),
    "qwen3moe": _Traits(qk_norm="head"),
    "smollm3": _Traits(),
}

ARCHITECTURES = tuple(sorted(_TRAITS))
"""The architectures whose tensors are known here."""


def tensors(shape: Shape) -> tuple[Tensor, ...]:
    """Every tensor of a model, layer by layer.

    Small tables that depend on how a file was converted (`rope_freqs`, a few hundred bytes) are left out.

    Raises:
        UnknownArchitectureError: the architecture is none of `ARCHITECTURES`.
    """
    traits = _TRAITS.get(shape.architecture)
    if traits is None:
        raise UnknownArchitectureError(f"the tensors of architecture {shape.architecture!r} are not known")
    found = [Tensor("token_embd.weight", (shape.embedding, shape.vocabulary))]
    for layer in range(shape.layers):
        parts = [*_mixer(shape, traits, layer), *_feed_forward(shape, traits)]
        parts += [Tensor(f"{norm}.weight", (shape.embedding,)) for norm in traits.norms]
        found += [Tensor(f"blk.{layer}.{part.name}", part.dims) for part in parts]
    found.append(Tensor(f"{traits.final_norm}.weight", (shape.embedding,)))
    if not shape.tied_embeddings:
        found.append(Tensor("output.weight", (shape.embedding, shape.vocabulary)))
    return tuple(found)


def parameters(shape: Shape) -> int:
    """Elements in all tensors: what is published as the number of parameters.

    Raises:
        UnknownArchitectureError: the architecture is none of `ARCHITECTURES`.
    """
    return sum(tensor.elements for tensor in tensors(shape))


def active_parameters(shape: Shape) -> int | None:
    """Parameters that one token passes through: all but the experts it isn't sent to; None when all are.

    Raises:
        UnknownArchitectureError: the architecture is none of `ARCHITECTURES`.
    """
    if not shape.experts:
        return None
    every = tensors(shape)
    in_experts = sum(tensor.elements for tensor in every if "_exps." in tensor.name)
    outside = sum(tensor.elements for tensor in every) - in_experts
    return outside + in_experts * shape.experts_used // shape.experts


def _mixer(shape: Shape, traits: _Traits, layer: int) -> Iterator[Tensor]:
    """Attention, or the short convolution that stands in its place in a layer without KV heads."""
    width = shape.embedding
    kv_heads = shape.kv_heads[layer]
    if not kv_heads:
        # The state keeps every column of the kernel but the newest.
        kernel = shape.recurrent_state // width + 1
        yield Tensor("shortconv.conv.weight", (kernel, width))
        yield Tensor("shortconv.in_proj.weight", (width, 3 * width))
        yield Tensor("shortconv.out_proj.weight", (width, width))
        return
    query = shape.heads * shape.key_length
    key = kv_heads * shape.key_length
    value = kv_heads * shape.value_length
    merged = shape.heads * shape.value_length
    if traits.fused:
        yield Tensor("attn_qkv.weight", (width, query + key + value))
    else:
        for name, rows in (("q", query), ("k", key), ("v", value)):
            yield Tensor(f"attn_{name}.weight", (width, rows))
            if traits.qkv_bias:
                yield Tensor(f"attn_{name}.bias", (rows,))
    if traits.qk_norm != "none":
        one_head = traits.qk_norm == "head"
        yield Tensor("attn_q_norm.weight", (shape.key_length if one_head else query,))
        yield Tensor("attn_k_norm.weight", (shape.key_length if one_head else key,))
    yield Tensor("attn_output.weight", (merged, width))
    if traits.output_bias:
        yield Tensor("attn_output.bias", (width,))
    if traits.sinks:
        yield Tensor("attn_sinks.weight", (shape.heads,))


def _feed_forward(shape: Shape, traits: _Traits) -> Iterator[Tensor]:
    width, inner, experts = shape.embedding, shape.feed_forward, shape.experts
    if not experts:
        if not traits.fused:
            yield Tensor("ffn_gate.weight", (width, inner))
        yield Tensor("ffn_up.weight", (width, 2 * inner if traits.fused else inner))
        yield Tensor("ffn_down.weight", (inner, width))
        return
    yield Tensor("ffn_gate_inp.weight", (width, experts))
    if traits.expert_bias:
        yield Tensor("ffn_gate_inp.bias", (experts,))
    for name, row, rows in (("gate", width, inner), ("up", width, inner), ("down", inner, width)):
        yield Tensor(f"ffn_{name}_exps.weight", (row, rows, experts))
        if traits.expert_bias:
            yield Tensor(f"ffn_{name}_exps.bias", (rows, experts))
