"""Shape of a model from the values of its catalogue entry, which are checked before."""

from collections.abc import Mapping
from typing import cast

import msgspec

from tui.models.architectures import TRAITS
from tui.models.attention import own_cache_count
from tui.models.model import Latent, Shape, StateSpace
from tui.models.recurrent import space_elements
from tui.models.tensors.model_tensors import active_parameters


def entry_shape(values: Mapping[str, object]) -> Shape:
    """Return the shape that these values describe."""
    layers = _number(values, "layers")
    pattern = _number(values, "window_pattern")
    key_length = _number(values, "key_length")
    space = _state_space(values)
    shape = Shape(
        architecture=cast(str, values["architecture"]),
        layers=layers,
        embedding=_number(values, "embedding"),
        feed_forward=_number(values, "feed_forward"),
        heads=_number(values, "heads"),
        kv_heads=_kv_heads(values, layers),
        key_length=key_length,
        value_length=_number(values, "value_length") or key_length,
        vocabulary=_number(values, "vocabulary"),
        context_length=_number(values, "context"),
        tied_embeddings=bool(values.get("tied", False)),
        sliding_window=_number(values, "window") or None,
        # The last layer of each group sees everything, as in llama.cpp.
        sliding_layers=tuple(layer % pattern < pattern - 1 for layer in range(layers)) if pattern else (),
        experts=_number(values, "experts"),
        experts_used=_number(values, "experts_used"),
        recurrent_state=space_elements(space) if space else _number(values, "recurrent_state"),
        state_space=space,
        feed_forward_only=tuple(sorted(_numbers(values, "feed_forward_layers"))),
        shared_feed_forward=_number(values, "shared_feed_forward"),
        dense_layers=_number(values, "dense_layers"),
        dense_feed_forward=_number(values, "dense_feed_forward"),
        expert_width=_number(values, "expert_width"),
        full_key_length=_number(values, "full_key_length"),
        values_from_keys=bool(values.get("values_from_keys", False)),
        layer_input=_number(values, "layer_input"),
        shared_cache_feed_forward=_number(values, "shared_cache_feed_forward"),
        parameters=_number(values, "parameters"),
    )
    shape = _with_latent(values, shape)
    return msgspec.structs.replace(shape, active_parameters=active_parameters(shape))


def _kv_heads(values: Mapping[str, object], layers: int) -> tuple[int, ...]:
    """Return the K/V heads of each layer; 0 for a layer without a cache of its own."""
    architecture = cast(str, values["architecture"])
    if TRAITS[architecture].without_attention:
        return (0,) * layers
    attention = _numbers(values, "attention_layers") or range(layers)
    cached_layers = own_cache_count(architecture, layers - _number(values, "shared_cache_layers"))
    heads = [_layer_heads(values, layer) for layer in range(layers)]
    return tuple(
        heads[layer] if layer in attention and layer < cached_layers else 0 for layer in range(layers)
    )


def _layer_heads(values: Mapping[str, object], layer: int) -> int:
    """Return the K/V heads of a layer, counted in heads of `key_length`."""
    heads, pattern = _number(values, "kv_heads"), _number(values, "window_pattern")
    if pattern and layer % pattern < pattern - 1:
        return heads
    key_length = _number(values, "key_length")
    units = (_number(values, "full_key_length") or key_length) // max(1, key_length)
    return (_number(values, "full_kv_heads") or heads) * units


def _with_latent(values: Mapping[str, object], shape: Shape) -> Shape:
    """Add latent attention: one K/V head as wide as the row it keeps, its rank and its rotated part."""
    table = cast(dict[str, int], values.get("latent"))
    if not table:
        return shape
    latent = Latent(**table)
    return msgspec.structs.replace(
        shape,
        latent=latent,
        kv_heads=(1,) * shape.layers,
        key_length=latent.kv_rank + latent.rope,
        value_length=latent.kv_rank,
        mla_cache_width=latent.kv_rank + latent.rope,
    )


def _state_space(values: Mapping[str, object]) -> StateSpace | None:
    table = cast(dict[str, int], values.get("state_space"))
    return StateSpace(**table) if table else None


def _number(values: Mapping[str, object], key: str) -> int:
    return cast(int, values.get(key, 0))


def _numbers(values: Mapping[str, object], key: str) -> list[int]:
    return cast(list[int], values.get(key, []))
