"""Attention of a model: layers with a KV cache, its width, and layers that see only a window.

The rules are those of `load_arch_hparams` in llama.cpp's src/models, one file an architecture.
"""

from collections.abc import Sequence
from math import gcd

import msgspec

from tui.models.architectures import TRAITS
from tui.models.gguf.metadata import Keys, ShapeError
from tui.models.model import Latent
from tui.sentences import reason


class _Window(msgspec.Struct, frozen=True):
    """Rule by which an architecture alternates sliding-window and full layers."""

    period: int | None
    """Layers of which one is full; None when the file must list the layers."""
    full_first: bool = False
    """The full layer opens the period instead of closing it."""
    default: int | None = None
    """Window in tokens when the file names none; None when no layer slides then."""
    fixed: int | None = None
    """Window in tokens that the engine uses whatever the file has."""


_WINDOWS: dict[str, _Window] = {
    "afmoe": _Window(4),
    "cohere2": _Window(4),
    "cohere2moe": _Window(4, full_first=True),
    "exaone-moe": _Window(4, default=128),
    "exaone4": _Window(4, default=4096),
    "gemma2": _Window(2, default=4096),
    "gemma3": _Window(6),
    "gemma3n": _Window(5),
    "gemma4": _Window(None),
    "gpt-oss": _Window(2),
    "granite_swa": _Window(None),
    "laguna": _Window(4, full_first=True),
    "llama4": _Window(4, default=8192, fixed=8192),
    "maple": _Window(None),
    "mellum": _Window(4),
    "mimo2": _Window(None),
    "muse-glimmer": _Window(4),
    "olmo2": _Window(4),
    "plamo3": _Window(8),
    "smallthinker": _Window(4, full_first=True, fixed=4096),
    "spark2_5": _Window(None),
    "step35": _Window(None),
}

_EXAONE4_WITH_WINDOW = 64
"""Layers of the only EXAONE 4 model that slides."""
_GEMMA3N_CACHED_LAYERS = 20
"""First layers of Gemma 3n, which keep a cache; the others read that of an earlier layer."""


class HeadSizes(msgspec.Struct, frozen=True):
    """Elements per head of K and V; where sliding layers have heads of their own size, in a common unit."""

    key: int
    value: int
    full_units: int = 1
    """Units of `key` in a head of a full layer."""
    sliding_units: int = 1


def sliding_layers(keys: Keys, layers: int) -> tuple[int | None, tuple[bool, ...]]:
    """Return the window in tokens and a flag for each layer; None and no flags when no layer uses it."""
    rule = _WINDOWS.get(keys.architecture)
    if keys.architecture in ("lfm2", "lfm2moe"):
        return _sliding_lfm2(keys, layers)
    if rule is None or (keys.architecture == "exaone4" and layers != _EXAONE4_WITH_WINDOW):
        return None, ()
    window = keys.number("attention.sliding_window", rule.default or 0)
    if window == 0:
        return None, ()
    flags = _pattern(keys, rule, layers)
    return (rule.fixed or window, flags) if any(flags) else (None, ())


def _sliding_lfm2(keys: Keys, layers: int) -> tuple[int | None, tuple[bool, ...]]:
    window = keys.number("attention.sliding_window", 0)
    if window == 0 or keys.architecture == "lfm2moe":
        return None, ()
    return window, tuple(heads > 0 for heads in keys.per_layer("attention.head_count_kv", layers))


def _pattern(keys: Keys, rule: _Window, layers: int) -> tuple[bool, ...]:
    """Return a flag for each layer; the key may hold the period as a number, or one flag a layer."""
    key = "attention.sliding_window_pattern"
    listed = keys.numbers(key)
    if isinstance(listed, Sequence):
        flags = [flag != 0 for flag in listed[:layers]]
        return tuple(flags + [False] * (layers - len(flags)))
    if rule.period is None:
        raise ShapeError(reason("models.key_no_list", key=keys.full(key)))
    period = rule.period if listed is None else listed
    full = 0 if rule.full_first else period - 1
    return tuple(period == 0 or layer % period != full for layer in range(layers))


def head_sizes(keys: Keys, heads: int) -> HeadSizes:
    """Return the sizes of the heads of K and V, from the file or as the width divided by `heads`.

    Raises:
        ShapeError: K and V of sliding and full layers are not in the same proportion.
    """
    if heads == 0:
        return HeadSizes(0, 0)
    share = keys.number("embedding_length") // heads
    key, value = keys.number("attention.key_length", share), keys.number("attention.value_length", share)
    sliding_key = keys.number("attention.key_length_swa", key)
    sliding_value = keys.number("attention.value_length_swa", value)
    if (sliding_key, sliding_value) == (key, value):
        return HeadSizes(key, value)
    unit = gcd(key, sliding_key)
    if unit == 0 or key * sliding_value != sliding_key * value or value * unit % key:
        raise ShapeError(reason("models.unusual_window_heads"))
    return HeadSizes(unit, value * unit // key, key // unit, sliding_key // unit)


def latent(keys: Keys) -> Latent | None:
    """Read the dimensions of latent attention; None where it is not the kind that keeps one row.

    Files made before the engine knew this cache have plain K and V.

    Raises:
        ShapeError: a number is missing, or the heads are narrower than their rotated part.
    """
    key, value = (keys.number(f"attention.{name}_length_mla", 0) for name in ("key", "value"))
    traits = TRAITS.get(keys.architecture)
    if traits is None or traits.attention != "latent" or not (key and value):
        return None
    rope = keys.number("rope.dimension_count")
    if rope >= key:
        raise ShapeError(
            reason("models.rope_too_wide", key=keys.full("rope.dimension_count"), rope=rope, width=key)
        )
    return Latent(
        kv_rank=keys.number("attention.kv_lora_rank"),
        rope=rope,
        nope=key - rope,
        value=value,
        q_rank=keys.number("attention.q_lora_rank", 0),
    )


def own_cache_count(architecture: str, layers: int) -> int:
    """Count the layers that keep a KV cache of their own, where the architecture alone decides it."""
    return min(layers, _GEMMA3N_CACHED_LAYERS) if architecture == "gemma3n" else layers


def own_cache_layers(keys: Keys, layers: int) -> int:
    """Count the first layers that keep a cache of their own; later layers read that of an earlier one."""
    if keys.architecture == "gemma4":
        return max(0, layers - keys.number("attention.shared_kv_layers", 0))
    return own_cache_count(keys.architecture, layers)
