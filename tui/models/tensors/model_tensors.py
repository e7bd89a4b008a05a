"""Which tensors a model of a known architecture is made of, from its shape alone.

Names and dimensions are those GGUF files carry, innermost dimension first, as llama.cpp's converter writes
them and its model loader asks for them.
"""

import functools
from collections.abc import Iterator

from tui.models.architectures import TRAITS, Traits
from tui.models.model import Shape
from tui.models.tensors.feed_forward import feed_forward
from tui.models.tensors.gemma3n import layer_inputs, model_inputs
from tui.models.tensors.mixers import mixer
from tui.models.tensors.tensor import Tensor


class UnknownArchitectureError(ValueError):
    """The tensors of this architecture are not known here, so it can't be sized without a file."""


# An entry of the catalogue is checked by them, and weighed by them right after.
@functools.lru_cache(maxsize=128)
def tensors(shape: Shape) -> tuple[Tensor, ...]:
    """Every tensor of a model, layer by layer.

    Tables of a few hundred bytes that not every file has (`rope_freqs`, some routers' biases) are left out,
    and so are layers that only predict further tokens: the engine does not load them.

    Raises:
        UnknownArchitectureError: the architecture is none of `ARCHITECTURES`, or it is made in another way.
    """
    traits = _traits(shape)
    found = [Tensor("token_embd.weight", (shape.embedding, shape.vocabulary))]
    if traits.per_layer_inputs:
        found += model_inputs(shape)
    for layer in range(shape.layers):
        found += [Tensor(f"blk.{layer}.{part.name}", part.dims) for part in _layer(shape, traits, layer)]
    found.append(Tensor(f"{traits.final_norm}.weight", (shape.embedding,)))
    if not shape.tied_embeddings:
        found.append(Tensor("output.weight", (shape.embedding, shape.vocabulary)))
    return tuple(found)


def _traits(shape: Shape) -> Traits:
    traits = TRAITS.get(shape.architecture)
    if traits is None:
        raise UnknownArchitectureError(f"the tensors of architecture {shape.architecture!r} are not known")
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
        raise UnknownArchitectureError(f"this {shape.architecture} model is made in a way not known here")
    return traits


def _layer(shape: Shape, traits: Traits, layer: int) -> Iterator[Tensor]:
    yield from mixer(shape, traits, layer)
    yield from feed_forward(shape, traits, layer)
    if traits.per_layer_inputs:
        yield from layer_inputs(shape)
    for norm in traits.norms:
        yield Tensor(norm, (shape.embedding,))


def parameters(shape: Shape) -> int:
    """Elements in all tensors: what is published as the number of parameters.

    Raises:
        UnknownArchitectureError: as `tensors`.
    """
    return sum(tensor.elements for tensor in tensors(shape))


def active_parameters(shape: Shape) -> int | None:
    """Parameters that one token passes through: all but the experts it isn't sent to; None when all are.

    Raises:
        UnknownArchitectureError: as `tensors`.
    """
    if not shape.experts:
        return None
    every = tensors(shape)
    in_experts = sum(tensor.elements for tensor in every if "_exps." in tensor.name)
    outside = sum(tensor.elements for tensor in every) - in_experts
    return outside + in_experts * shape.experts_used // shape.experts
