"""Recurrent layers: a state of fixed size instead of a KV cache (state-space, linear attention, convolution).

The formulas are `llama_hparams::n_embd_r` and `n_embd_s` of llama.cpp, the layers those of its src/models.
"""

import functools

from tui.models.architectures import TRAITS
from tui.models.gguf.metadata import Keys
from tui.models.model import Shape, StateSpace

_PURE = frozenset({"mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"})
_BY_KV_HEADS = frozenset(
    {"jamba", "plamo2", "granitehybrid", "lfm2", "lfm2moe", "kimi-linear", "bailingmoe3", "nemotron_h"}
    | {"nemotron_h_moe"}
)
_BY_INTERVAL = {"qwen3next": 4, "qwen35": 4, "qwen35moe": 4, "minimax-01": 8}
_PARALLEL = "falcon-h1"
"""Architecture whose layers all have a KV cache and a state as well."""
_STATE_SPACES = ("mamba", "mamba2", "delta_net")


def recurrent_flags(keys: Keys, layers: int, kv_heads: list[int]) -> tuple[bool, ...]:
    """Return True for each layer that keeps a recurrent state."""
    architecture = keys.architecture
    if architecture in _PURE or architecture == _PARALLEL:
        return (True,) * layers
    if architecture in _BY_INTERVAL:
        return _by_interval(keys, layers, _BY_INTERVAL[architecture])
    if architecture not in _BY_KV_HEADS:
        return (False,) * layers
    if architecture.startswith("nemotron_h"):
        # Layers that are only a feed-forward network have no KV heads either.
        widths = keys.per_layer("feed_forward_length", keys.number("block_count"), 0)
        return tuple(heads == 0 and width == 0 for heads, width in zip(kv_heads, widths, strict=False))
    return tuple(heads == 0 for heads in kv_heads)


def _by_interval(keys: Keys, layers: int, interval: int) -> tuple[bool, ...]:
    listed = keys.numbers("attention.recurrent_layers")
    if listed is not None:
        return tuple(
            flag != 0 for flag in keys.per_layer("attention.recurrent_layers", keys.number("block_count"))
        )[:layers]
    interval = keys.number("full_attention_interval", interval) or interval
    return tuple((layer + 1) % interval != 0 for layer in range(layers))


def keeps_kv(keys: Keys, recurrent: bool) -> bool:
    """Return whether a layer keeps a KV cache; `recurrent` says whether it keeps a state."""
    return not recurrent or keys.architecture == _PARALLEL


def state_elements(keys: Keys, heads: int, key_length: int) -> int:
    """Count the elements of convolution and state of one layer and one sequence; each has 4 bytes."""
    embedding = keys.number("embedding_length")
    head_size = keys.number("wkv.head_size", 0)
    if head_size:
        return keys.number("token_shift_count", 2) * embedding + embedding * head_size
    convolution = keys.number("ssm.conv_kernel", 0)
    inner, state = keys.number("ssm.inner_size", 0), keys.number("ssm.state_size", 0)
    short = keys.number("shortconv.l_cache", 0)
    if short:
        return embedding * (short - 1) + state * inner
    delta = keys.number("kda.head_dim", 0)
    if delta:
        return 3 * ((convolution or 4) - 1) * heads * delta + delta * delta * heads
    space = StateSpace(convolution, inner, state, 0, keys.number("ssm.group_count", 0))
    if keys.architecture == "minimax-01":
        return space_elements(space) - state * inner + key_length * key_length * heads
    return space_elements(space)


def space_elements(space: StateSpace) -> int:
    """Count the elements that one layer keeps: its convolution but for the newest column, and its state."""
    columns = max(0, space.kernel - 1)
    return columns * (space.inner + 2 * space.groups * space.state) + space.state * space.inner


def state_space(keys: Keys) -> StateSpace | None:
    """Read the dimensions of the recurrent layers; None where they are of another kind or not given."""
    traits = TRAITS.get(keys.architecture)
    if traits is None or traits.recurrent not in _STATE_SPACES:
        return None
    names = ("conv_kernel", "inner_size", "state_size", "time_step_rank")
    kernel, inner, state, step_rank = (keys.number(f"ssm.{name}", 0) for name in names)
    if not (kernel and inner and state and step_rank):
        return None
    return StateSpace(kernel, inner, state, step_rank, keys.number("ssm.group_count", 0))


def feed_forward_only(keys: Keys, layers: int, kv_heads: list[int]) -> tuple[int, ...]:
    """List the layers without cache and state, which are a feed-forward network alone."""
    traits = TRAITS.get(keys.architecture)
    if traits is None or not traits.single_part:
        return ()
    widths = keys.per_layer("feed_forward_length", keys.number("block_count"), 0)
    return tuple(layer for layer in range(layers) if not kv_heads[layer] and widths[layer])


@functools.lru_cache(maxsize=4096)
def recurrent_layers(shape: Shape) -> int:
    """Count the layers that keep `shape.recurrent_state`."""
    if not shape.recurrent_state:
        return 0
    if shape.architecture == _PARALLEL:
        return shape.layers
    return sum(heads == 0 for heads in shape.kv_heads) - len(shape.feed_forward_only)
