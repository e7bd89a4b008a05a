"""Shape of a model from its GGUF header: the dimensions that decide its memory."""

from collections.abc import Sequence

import msgspec

from tui.models.attention import HeadSizes, head_sizes, latent, own_cache_layers, sliding_layers
from tui.models.gguf.header import Header, TensorInfo
from tui.models.gguf.metadata import Keys, ShapeError, plausible
from tui.models.model import Shape
from tui.models.recurrent import (
    feed_forward_only,
    keeps_kv,
    recurrent_flags,
    state_elements,
    state_space,
)
from tui.sentences import reason

_MOST_LAYERS = 512
"""LLAMA_MAX_LAYERS: with more the engine aborts."""
_MOST_EXPERTS = 1024
"""LLAMA_MAX_EXPERTS."""

_SPECIAL_CACHES = frozenset(
    {"deepseek32", "deepseek4", "dots3note", "glm-dsa", "glm5-next", "graniteswitch", "kimi-k3", "minimax-m3"}
    | {"nanbeige", "qwen4exp", "t5"}
)
"""Architectures with caches that `Shape` cannot express: sparse-attention indexers, looped layers."""


def shape_from_header(header: Header, tensors: Sequence[TensorInfo] | None = None) -> Shape:
    """Return the shape of the model that `header` describes, as llama.cpp reads it.

    Args:
        header: of the file, the first one of a split model.
        tensors: of all its files; those of `header` when None.

    Raises:
        ShapeError: a key is missing or impossible, or the architecture keeps caches of an unknown form.
    """
    keys = Keys(header)
    if keys.architecture in _SPECIAL_CACHES:
        raise ShapeError(reason("models.engine_sizes_only", architecture=keys.architecture))
    tensors = header.tensors if tensors is None else tensors
    blocks = _checked(keys, "block_count", 1, _MOST_LAYERS)
    layers = blocks - _checked(keys, "nextn_predict_layers", 0, blocks - 1, 0)
    head_counts = keys.per_layer("attention.head_count", blocks, 0)[:layers]
    heads = next((count for count in head_counts if count), 0)
    sizes = head_sizes(keys, heads)
    window, sliding = sliding_layers(keys, layers)
    kv_heads, recurrent = _kv_heads(keys, blocks, layers, head_counts)
    state_count = sum(recurrent)
    experts, used = _experts(keys, blocks)
    cacheless = feed_forward_only(keys, layers, kv_heads)
    dense, dense_width = _dense(keys, blocks, layers) if experts else (0, 0)
    parameters, active = _parameters(tensors, experts, used)
    shape = Shape(
        architecture=keys.architecture,
        layers=layers,
        embedding=_checked(keys, "embedding_length", 1, 1 << 20),
        feed_forward=_feed_forward(keys, blocks),
        heads=max(head_counts),
        kv_heads=_in_units(kv_heads, sizes, sliding),
        key_length=sizes.key,
        value_length=sizes.value,
        vocabulary=_vocabulary(keys, tensors),
        context_length=keys.number("context_length"),
        tied_embeddings=all(tensor.name != "output.weight" for tensor in tensors),
        sliding_window=window,
        sliding_layers=sliding,
        experts=experts,
        experts_used=used,
        mla_cache_width=_latent_width(keys, sizes, kv_heads),
        latent=latent(keys),
        recurrent_state=_state(keys, heads, sizes, kv_heads.count(0) - len(cacheless), state_count),
        state_space=state_space(keys) if state_count else None,
        feed_forward_only=cacheless,
        shared_feed_forward=_shared(keys, blocks) if experts else 0,
        dense_layers=dense,
        dense_feed_forward=dense_width,
        expert_width=keys.number("moe_latent_size", 0) if experts else 0,
        full_key_length=sizes.key * sizes.full_units if sizes.full_units > 1 else 0,
        parameters=parameters,
        active_parameters=active,
    )
    return _with_gemma4(keys, shape, blocks, tensors) if keys.architecture == "gemma4" else shape


def _with_gemma4(keys: Keys, shape: Shape, blocks: int, tensors: Sequence[TensorInfo]) -> Shape:
    """Add what only Gemma 4 has: a dense network beside experts or of two widths, and inputs of layers."""
    widths = keys.per_layer("feed_forward_length", blocks, 0)[: shape.layers]
    names = {tensor.name for tensor in tensors}
    full_layers = [
        layer
        for layer, heads in enumerate(shape.kv_heads)
        if heads and not (shape.sliding_layers and shape.sliding_layers[layer])
    ]
    return msgspec.structs.replace(
        shape,
        feed_forward=shape.feed_forward if shape.experts else widths[0],
        shared_feed_forward=widths[0] if shape.experts else 0,
        shared_cache_feed_forward=widths[-1] if widths[-1] != widths[0] else 0,
        values_from_keys=any(f"blk.{layer}.attn_v.weight" not in names for layer in full_layers)
        and not any(name.endswith("attn_qkv.weight") for name in names),
        layer_input=keys.number("embedding_length_per_layer_input", 0),
    )


def _checked(keys: Keys, key: str, least: int, largest: int, default: int | None = None) -> int:
    value = keys.number(key, default)
    if not least <= value <= largest:
        raise ShapeError(
            reason("models.key_out_of_range", key=keys.full(key), value=value, least=least, most=largest)
        )
    return value


def _kv_heads(
    keys: Keys, blocks: int, layers: int, head_counts: list[int]
) -> tuple[list[int], tuple[bool, ...]]:
    """Return the K/V heads of every layer, and a flag for each recurrent layer."""
    default = keys.numbers("attention.head_count_kv")
    listed = head_counts if default is None else keys.per_layer("attention.head_count_kv", blocks)[:layers]
    recurrent = recurrent_flags(keys, layers, listed)
    cached_layers = own_cache_layers(keys, layers)
    cached_heads = [
        count if layer < cached_layers and keeps_kv(keys, recurrent[layer]) else 0
        for layer, count in enumerate(listed)
    ]
    return cached_heads, recurrent


def _in_units(kv_heads: list[int], sizes: HeadSizes, sliding: tuple[bool, ...]) -> tuple[int, ...]:
    """Count heads in the common unit of sliding and full layers, so that heads times size stays true."""
    flags = sliding or (False,) * len(kv_heads)
    plausible(max(kv_heads) * max(sizes.full_units, sizes.sliding_units) * (sizes.key + sizes.value))
    return tuple(
        count * (sizes.sliding_units if slides else sizes.full_units)
        for count, slides in zip(kv_heads, flags, strict=True)
    )


def _latent_width(keys: Keys, sizes: HeadSizes, kv_heads: list[int]) -> int | None:
    """Return kv_lora_rank + rope dimensions; None for older files, which have plain K and V."""
    lengths = [keys.number(f"attention.{name}_length_mla", 0) for name in ("key", "value")]
    if not all(lengths):
        return None
    return plausible(sizes.key * max(kv_heads))


def _state(keys: Keys, heads: int, sizes: HeadSizes, without_cache: int, state_count: int) -> int:
    """Return the elements of state per layer without KV cache; some of these layers may have no state."""
    if not state_count:
        return 0
    elements = plausible(state_elements(keys, heads, sizes.key))
    return -(-elements * state_count // without_cache) if without_cache else elements


def _experts(keys: Keys, blocks: int) -> tuple[int, int]:
    experts = _checked(keys, "expert_count", 0, _MOST_EXPERTS, 0)
    if experts <= 1:
        return 0, 0
    used = max(keys.per_layer("expert_used_count", blocks, 0))
    if used > experts or (experts and not used):
        raise ShapeError(
            reason("models.experts_used", key=keys.full("expert_used_count"), used=used, experts=experts)
        )
    return experts, used


def _feed_forward(keys: Keys, blocks: int) -> int:
    if keys.numbers("expert_feed_forward_length") is not None:
        return max(keys.per_layer("expert_feed_forward_length", blocks))
    return max(keys.per_layer("feed_forward_length", blocks, 0))


def _shared(keys: Keys, blocks: int) -> int:
    """Return the total width of the shared experts: as given, or their count times the width of an expert."""
    width = keys.number("expert_shared_feed_forward_length", 0)
    return plausible(width or keys.number("expert_shared_count", 0) * _feed_forward(keys, blocks))


def _dense(keys: Keys, blocks: int, layers: int) -> tuple[int, int]:
    """Return the number of first layers without experts, and their width."""
    dense = min(layers, keys.number("leading_dense_block_count", 0))
    return dense, max(keys.per_layer("feed_forward_length", blocks, 0)) if dense else 0


def _vocabulary(keys: Keys, tensors: Sequence[TensorInfo]) -> int:
    """Count the tokens as the engine does; without a tokenizer, by the key or the rows of the embedding."""
    count = keys.list_length("tokenizer.ggml.tokens") or keys.number("vocab_size", 0)
    if count:
        return count
    for tensor in tensors:
        if tensor.name == "token_embd.weight" and len(tensor.dims) > 1:
            return tensor.dims[1]
    raise ShapeError(reason("models.key_missing", key=keys.full("vocab_size")))


def _parameters(tensors: Sequence[TensorInfo], experts: int, used: int) -> tuple[int, int | None]:
    """Count all elements, and those that one token needs; None when it needs all."""
    total = sum(tensor.elements for tensor in tensors)
    if not experts:
        return total, None
    routed = sum(tensor.elements for tensor in tensors if "_exps." in tensor.name)
    return total, total - routed + routed * used // experts
