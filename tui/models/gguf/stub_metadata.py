"""Metadata that the engine needs of a model of a known architecture, from its shape alone."""

from collections.abc import Callable

from tui.models.architectures import kv_heads_in_file
from tui.models.model import Shape

StubValue = bool | int | float | str | tuple[int, ...]

_EPSILON = 1e-5
"""Epsilon of the norms; memory does not depend on it."""


def shape_keys(shape: Shape) -> dict[str, StubValue]:
    """Return the metadata of a stub, by the full names of the keys."""
    values: dict[str, StubValue] = {
        "block_count": shape.layers,
        "context_length": shape.context_length,
        "embedding_length": shape.embedding,
        "feed_forward_length": _feed_forward(shape),
        "attention.head_count": shape.heads,
        "attention.head_count_kv": _kv_heads(shape),
        "attention.key_length": shape.key_length,
        "attention.value_length": shape.value_length,
        "attention.layer_norm_rms_epsilon": _EPSILON,
        "attention.layer_norm_epsilon": _EPSILON,
        "rope.dimension_count": shape.key_length,
        "vocab_size": shape.vocabulary,
    }
    if shape.sliding_window is not None:
        values["attention.sliding_window"] = shape.sliding_window
        values["attention.sliding_window_pattern"] = tuple(int(slides) for slides in shape.sliding_layers)
    if shape.experts:
        values["expert_count"] = shape.experts
        values["expert_used_count"] = shape.experts_used
        values["expert_feed_forward_length"] = shape.feed_forward
        values["leading_dense_block_count"] = shape.dense_layers
        values |= _shared(shape)
    if shape.expert_width:
        values["moe_latent_size"] = shape.expert_width
    values |= _latent(shape) | _state_space(shape)
    values |= _BY_ARCHITECTURE.get(shape.architecture, _nothing)(shape)
    keys: dict[str, StubValue] = {
        "general.architecture": shape.architecture,
        "general.alignment": 32,
        "tokenizer.ggml.model": "none",
    }
    keys |= _GENERAL.get(shape.architecture, {})
    return keys | {f"{shape.architecture}.{key}": value for key, value in values.items()}


def _kv_heads(shape: Shape) -> StubValue:
    """Return one number, or one a layer where they differ."""
    heads = kv_heads_in_file(shape)
    return heads[0] if len(set(heads)) == 1 else heads


def _feed_forward(shape: Shape) -> StubValue:
    """Return one number, or one a layer where some have none; dense layers come before layers of experts."""
    if shape.shared_cache_feed_forward:
        return tuple(
            shape.feed_forward if heads else shape.shared_cache_feed_forward for heads in shape.kv_heads
        )
    if shape.feed_forward_only:
        return tuple(
            shape.feed_forward if layer in shape.feed_forward_only else 0 for layer in range(shape.layers)
        )
    return shape.dense_feed_forward or shape.feed_forward


def _shared(shape: Shape) -> dict[str, StubValue]:
    """Return both keys for shared experts: architectures read the one or the other."""
    return {
        "expert_shared_feed_forward_length": shape.shared_feed_forward,
        "expert_shared_count": shape.shared_feed_forward // max(1, shape.feed_forward),
    }


def _latent(shape: Shape) -> dict[str, StubValue]:
    latent = shape.latent
    if latent is None:
        return {}
    return {
        "attention.q_lora_rank": latent.q_rank,
        "attention.kv_lora_rank": latent.kv_rank,
        "attention.key_length_mla": latent.nope + latent.rope,
        "attention.value_length_mla": latent.value,
        "rope.dimension_count": latent.rope,
    }


def _state_space(shape: Shape) -> dict[str, StubValue]:
    space = shape.state_space
    if space is None:
        return {}
    return {
        "ssm.conv_kernel": space.kernel,
        "ssm.inner_size": space.inner,
        "ssm.state_size": space.state,
        "ssm.time_step_rank": space.step_rank,
        "ssm.group_count": space.groups,
    }


def _nothing(_shape: Shape) -> dict[str, StubValue]:
    return {}


def _lfm2(shape: Shape) -> dict[str, StubValue]:
    # The state keeps every column of the kernel but the newest.
    return {"shortconv.l_cache": shape.recurrent_state // shape.embedding + 1}


def _lfm2moe(shape: Shape) -> dict[str, StubValue]:
    # 2 is a sigmoid; how experts are chosen takes no memory.
    return _lfm2(shape) | {"expert_gating_func": 2}


def _gemma4(shape: Shape) -> dict[str, StubValue]:
    """Give sliding layers their own length of heads, and every layer the dense network beside its experts."""
    values: dict[str, StubValue] = {
        "attention.key_length": shape.full_key_length or shape.key_length,
        "attention.value_length": shape.full_key_length or shape.value_length,
        "attention.key_length_swa": shape.key_length,
        "attention.value_length_swa": shape.value_length,
        "rope.dimension_count": shape.full_key_length or shape.key_length,
        "rope.dimension_count_swa": shape.key_length,
        "attention.shared_kv_layers": sum(not heads for heads in shape.kv_heads),
        "embedding_length_per_layer_input": shape.layer_input,
    }
    if shape.experts:
        values["feed_forward_length"] = shape.shared_feed_forward
    return values


def _scaled_logits(_shape: Shape) -> dict[str, StubValue]:
    return {"logit_scale": 1.0}


def _granite(_shape: Shape) -> dict[str, StubValue]:
    scales = ("attention.scale", "residual_scale", "embedding_scale", "logit_scale")
    return dict.fromkeys(scales, 1.0)


def _ernie(_shape: Shape) -> dict[str, StubValue]:
    return {"interleave_moe_layer_step": 1}


def _qwen35(shape: Shape) -> dict[str, StubValue]:
    """Flag the recurrent layers, and share the rotation among three axes."""
    return _qwen3next(shape) | _three_axes(shape)


def _three_axes(_shape: Shape) -> dict[str, StubValue]:
    return {"rope.dimension_sections": (11, 11, 10, 0)}


def _qwen3next(shape: Shape) -> dict[str, StubValue]:
    return {"attention.recurrent_layers": tuple(int(not heads) for heads in shape.kv_heads)}


_GENERAL: dict[str, dict[str, StubValue]] = {
    # The activation of its networks; memory does not depend on it.
    "apertus": {f"xielu.{name}": 1.0 for name in ("alpha_n", "alpha_p", "beta", "eps")},
}
"""Keys of single architectures that do not begin with their names."""
_BY_ARCHITECTURE: dict[str, Callable[[Shape], dict[str, StubValue]]] = {
    "cohere2": _scaled_logits,
    "ernie4_5-moe": _ernie,
    "gemma4": _gemma4,
    "granite": _granite,
    "lfm2": _lfm2,
    "lfm2moe": _lfm2moe,
    "muse-glimmer": _scaled_logits,
    "qwen35": _qwen35,
    "qwen35moe": _qwen35,
    "qwen3next": _qwen3next,
    "qwen3vl": _three_axes,
}
"""Functions that add the keys of single architectures."""
