"""Tensors of a model of a known architecture, from its shape alone.

Names and dimensions are those GGUF files carry, innermost dimension first, as llama.cpp's converter writes
them and its model loader asks for them.
"""

import functools
from collections.abc import Iterator

from tui.models.architectures import TRAITS, Traits
from tui.models.model import Shape
from tui.models.tensors import gemma3n, gemma4
from tui.models.tensors.feed_forward import feed_forward
from tui.models.tensors.mixers import mixer
from tui.models.tensors.tensor import Tensor
from tui.sentences import ReasonedError, reason


class UnknownArchitectureError(ReasonedError):
    """An architecture whose tensors are not known here, so that it cannot be sized without a file."""


# An entry of the catalogue is checked by its tensors, and weighed by them right after.
@functools.lru_cache(maxsize=256)
def tensors(shape: Shape) -> tuple[Tensor, ...]:
    """List every tensor of a model, layer by layer.

    Tables of a few hundred bytes that not every file has (`rope_freqs`, some routers' biases) are left out,
    and so are layers that only predict further tokens: the engine does not load them.

    Raises:
        UnknownArchitectureError: the architecture is none of `ARCHITECTURES`, or the shape does not suit it.
    """
    traits = _traits(shape)
    listed = [Tensor("token_embd.weight", (shape.embedding, shape.vocabulary))]
    if traits.per_layer_inputs:
        listed += gemma3n.model_inputs(shape)
    if traits.gemma4:
        listed += gemma4.model_inputs(shape)
    for layer in range(shape.layers):
        listed += [Tensor(f"blk.{layer}.{part.name}", part.dims) for part in _layer(shape, traits, layer)]
    listed.append(Tensor(f"{traits.final_norm}.weight", (shape.embedding,)))
    if not shape.tied_embeddings:
        listed.append(Tensor("output.weight", (shape.embedding, shape.vocabulary)))
    return tuple(listed)


def _traits(shape: Shape) -> Traits:
    traits = TRAITS.get(shape.architecture)
    if traits is None:
        raise UnknownArchitectureError(reason("models.unknown_architecture", architecture=shape.architecture))
    recurrent = traits.parallel or any(
        not heads and layer not in shape.feed_forward_only for layer, heads in enumerate(shape.kv_heads)
    )
    state_space = traits.recurrent in ("mamba", "mamba2", "delta_net")
    if (
        len(shape.kv_heads) != shape.layers
        or min(shape.layers, shape.embedding) < 1
        or (traits.attention == "latent") != (shape.latent is not None)
        or (recurrent and state_space and shape.state_space is None)
    ):
        raise UnknownArchitectureError(reason("models.unusual_model", architecture=shape.architecture))
    return traits


def _layer(shape: Shape, traits: Traits, layer: int) -> Iterator[Tensor]:
    yield from mixer(shape, traits, layer)
    yield from feed_forward(shape, traits, layer)
    if traits.per_layer_inputs:
        yield from gemma3n.layer_inputs(shape)
    if traits.gemma4:
        yield from gemma4.layer_inputs(shape)
    for norm in traits.norms:
        yield Tensor(norm, (shape.embedding,))


def parameters(shape: Shape) -> int:
    """Count the elements of all tensors, which is published as the number of parameters.

    Raises:
        UnknownArchitectureError: as `tensors`.
    """
    return sum(tensor.elements for tensor in tensors(shape))


def active_parameters(shape: Shape) -> int | None:
    """Count the parameters that one token passes through: all but the idle experts; None when all are used.

    Raises:
        UnknownArchitectureError: as `tensors`.
    """
    if not shape.experts:
        return None
    model_tensors = tensors(shape)
    in_experts = sum(tensor.elements for tensor in model_tensors if "_exps." in tensor.name)
    outside = sum(tensor.elements for tensor in model_tensors) - in_experts
    return outside + in_experts * shape.experts_used // shape.experts
