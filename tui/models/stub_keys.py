"""The metadata that the engine wants of a model of a known architecture, from its shape alone."""

from collections.abc import Callable

from tui.models.model import Shape

StubValue = bool | int | float | str | tuple[int, ...]

_EPSILON = 1e-5
"""Of the norms; memory does not depend on it."""


def shape_keys(shape: Shape) -> dict[str, StubValue]:
    """Metadata of a stub, by the full names of the keys."""
    own: dict[str, StubValue] = {
        "block_count": shape.layers,
        "context_length": shape.context_length,
        "embedding_length": shape.embedding,
        "feed_forward_length": shape.feed_forward,
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
        own["attention.sliding_window"] = shape.sliding_window
        own["attention.sliding_window_pattern"] = tuple(int(slides) for slides in shape.sliding_layers)
    if shape.experts:
        own["expert_count"] = shape.experts
        own["expert_used_count"] = shape.experts_used
        own["expert_feed_forward_length"] = shape.feed_forward
    own |= _OWN.get(shape.architecture, _nothing)(shape)
    keys: dict[str, StubValue] = {
        "general.architecture": shape.architecture,
        "general.alignment": 32,
        "tokenizer.ggml.model": "none",
    }
    return keys | {f"{shape.architecture}.{key}": value for key, value in own.items()}


def _kv_heads(shape: Shape) -> StubValue:
    """One number, or one a layer where they differ."""
    return shape.kv_heads[0] if len(set(shape.kv_heads)) == 1 else shape.kv_heads


def _nothing(_shape: Shape) -> dict[str, StubValue]:
    return {}


def _lfm2(shape: Shape) -> dict[str, StubValue]:
    # The state keeps every column of the kernel but the newest.
    return {"shortconv.l_cache": shape.recurrent_state // shape.embedding + 1}


def _granite(_shape: Shape) -> dict[str, StubValue]:
    scales = ("attention.scale", "residual_scale", "embedding_scale", "logit_scale")
    return {key: 1.0 for key in scales}


_OWN: dict[str, Callable[[Shape], dict[str, StubValue]]] = {"granite": _granite, "lfm2": _lfm2}
"""Keys that only some architectures have."""
