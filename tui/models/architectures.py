"""Traits of each architecture: its norms, its biases and the parts of its layers."""

import functools
from typing import Literal

import msgspec

from tui.models.model import Shape


class Traits(msgspec.Struct, frozen=True):
    """Differences of an architecture from the plain one: two norms, attention, gated feed-forward."""

    norms: tuple[str, ...] = ("attn_norm.weight", "ffn_norm.weight")
    """Norms of a layer as wide as the embedding, by their full names."""
    final_norm: str = "output_norm"
    attention: Literal["plain", "latent"] = "plain"
    qk_norm: Literal["none", "head", "row"] = "none"
    """Norms on Q and K: none, as long as one head, or as long as the row."""
    qkv_bias: bool = False
    output_bias: bool = False
    sinks: bool = False
    """One attention sink a head."""
    gated_query: bool = False
    """Q is twice as wide: the other half gates the output of the attention."""
    output_gate: bool = False
    """A matrix as wide as Q gates the output of the attention."""
    shared_cache: bool = False
    """The last layers read the KV cache of an earlier one, but have matrices for K and V."""
    fused: bool = False
    """Q, K and V in one matrix, gate and up in another."""
    recurrent: Literal["none", "short_convolution", "mamba", "mamba2", "delta_net"] = "none"
    """Part that replaces attention in a layer without KV heads."""
    parallel: bool = False
    """Every layer has attention and a recurrent part side by side."""
    joined_steps: bool = False
    """The delta net's α and β in one matrix."""
    feed_forward: Literal["gated", "plain", "none"] = "gated"
    """Gate, up and down; without the gate; or no feed-forward network at all."""
    single_part: bool = False
    """A layer is either attention, or recurrent, or a feed-forward network."""
    made_of_experts: bool = False
    """The engine takes no model of this architecture without experts."""
    expert_bias: bool = False
    router_bias: bool = False
    """A bias of the choice among experts."""
    shared_gate: bool = False
    """A gate on the shared expert."""
    per_layer_inputs: bool = False
    """Gemma 3n's inputs to each layer, with the mixing that comes with them."""
    gemma4: bool = False
    """Gemma 4's inputs and scales, and its dense network beside the experts."""

    @property
    def without_attention(self) -> bool:
        """True when no layer has attention."""
        return self.feed_forward == "none"


_SANDWICH = ("attn_norm.weight", "post_attention_norm.weight", "ffn_norm.weight", "post_ffw_norm.weight")
_PRE_AND_POST = ("attn_norm.weight", "post_attention_norm.weight")
_AFTER = ("post_attention_norm.weight", "post_ffw_norm.weight")
_SINGLE = ("attn_norm.weight",)

TRAITS = {
    "afmoe": Traits(
        norms=_SANDWICH, qk_norm="head", output_gate=True, made_of_experts=True, router_bias=True
    ),
    "apertus": Traits(qk_norm="head", feed_forward="plain"),
    "cohere2": Traits(norms=_SINGLE),
    "command-r": Traits(norms=_SINGLE),
    "deepseek2": Traits(attention="latent"),
    "exaone4": Traits(norms=_AFTER, qk_norm="head"),
    "ernie4_5-moe": Traits(made_of_experts=True, router_bias=True),
    # Its second norm has no `.weight` at the end of its name.
    "falcon-h1": Traits(norms=("attn_norm.weight", "ffn_norm"), recurrent="mamba2", parallel=True),
    "gemma": Traits(),
    "gemma2": Traits(norms=_SANDWICH),
    "gemma3": Traits(norms=_SANDWICH, qk_norm="head"),
    "gemma3n": Traits(norms=_SANDWICH, qk_norm="head", shared_cache=True, per_layer_inputs=True),
    "gemma4": Traits(norms=_SANDWICH, qk_norm="head", shared_cache=True, gemma4=True),
    "glm4moe": Traits(norms=_PRE_AND_POST, qkv_bias=True, made_of_experts=True, router_bias=True),
    "gpt-oss": Traits(
        norms=_PRE_AND_POST,
        qkv_bias=True,
        output_bias=True,
        sinks=True,
        expert_bias=True,
        made_of_experts=True,
    ),
    "granite": Traits(),
    "granitehybrid": Traits(recurrent="mamba2"),
    "hunyuan-dense": Traits(qk_norm="head"),
    "hunyuan-moe": Traits(qk_norm="head", made_of_experts=True),
    "lfm2": Traits(final_norm="token_embd_norm", qk_norm="head", recurrent="short_convolution"),
    "lfm2moe": Traits(
        final_norm="token_embd_norm",
        qk_norm="head",
        recurrent="short_convolution",
        made_of_experts=True,
        router_bias=True,
    ),
    "llama": Traits(),
    "mamba": Traits(norms=_SINGLE, recurrent="mamba", feed_forward="none"),
    "mamba2": Traits(norms=_SINGLE, recurrent="mamba2", feed_forward="none"),
    "mellum": Traits(qk_norm="head", made_of_experts=True),
    "mistral3": Traits(),
    "mistral4": Traits(attention="latent"),
    "muse-glimmer": Traits(norms=_SANDWICH, qk_norm="head", output_gate=True),
    "nemotron_h": Traits(norms=_SINGLE, recurrent="mamba2", feed_forward="plain", single_part=True),
    "nemotron_h_moe": Traits(
        norms=_SINGLE,
        recurrent="mamba2",
        feed_forward="plain",
        single_part=True,
        made_of_experts=True,
        router_bias=True,
    ),
    "olmo2": Traits(norms=_AFTER, qk_norm="row"),
    "olmoe": Traits(qk_norm="row", made_of_experts=True),
    "phi3": Traits(fused=True),
    "qwen2": Traits(qkv_bias=True),
    "qwen3": Traits(qk_norm="head"),
    "qwen35": Traits(norms=_PRE_AND_POST, qk_norm="head", gated_query=True, recurrent="delta_net"),
    "qwen35moe": Traits(
        norms=_PRE_AND_POST,
        qk_norm="head",
        gated_query=True,
        recurrent="delta_net",
        made_of_experts=True,
        shared_gate=True,
    ),
    "qwen3moe": Traits(qk_norm="head", made_of_experts=True),
    "qwen3next": Traits(
        norms=_PRE_AND_POST,
        qk_norm="head",
        gated_query=True,
        recurrent="delta_net",
        joined_steps=True,
        made_of_experts=True,
        shared_gate=True,
    ),
    "qwen3vl": Traits(qk_norm="head"),
    "seed_oss": Traits(norms=_PRE_AND_POST, qkv_bias=True),
    "smollm3": Traits(),
}
"""The architectures whose tensors are known here, by their names in GGUF."""

ARCHITECTURES = tuple(sorted(TRAITS))
"""Their names."""


def kv_heads_in_file(shape: Shape) -> tuple[int, ...]:
    """Return the K/V heads of every layer as a file has them.

    One number stands for all layers where the engine finds out otherwise which of them keep no cache.
    """
    traits = TRAITS.get(shape.architecture)
    if traits is not None and traits.shared_cache:
        units = max(1, shape.full_key_length // max(1, shape.key_length))
        slides = _slides(shape)
        return tuple(
            heads if slides[layer] else heads // units
            for layer, heads in enumerate(kv_heads_of_matrices(shape))
        )
    if traits is not None and traits.recurrent == "delta_net":
        return (max(shape.kv_heads, default=0),) * len(shape.kv_heads)
    return shape.kv_heads


@functools.lru_cache(maxsize=128)
def kv_heads_of_matrices(shape: Shape) -> tuple[int, ...]:
    """Return the K/V heads of every layer for which it has matrices, in heads of `key_length`.

    A layer that reads the cache of an earlier one has them, too: as many as that layer.
    """
    traits = TRAITS.get(shape.architecture)
    if traits is None or not traits.shared_cache:
        return shape.kv_heads
    slides = _slides(shape)
    heads = {
        kind: max(
            (heads for heads, flag in zip(shape.kv_heads, slides, strict=True) if flag is kind), default=0
        )
        for kind in (False, True)
    }
    return tuple(heads[flag] for flag in slides)


def _slides(shape: Shape) -> tuple[bool, ...]:
    flags = shape.sliding_layers[: len(shape.kv_heads)]
    return flags + (False,) * (len(shape.kv_heads) - len(flags))
