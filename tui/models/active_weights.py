"""Weights that one token passes through: a token that is generated, and a token of a prompt."""

import functools
from collections.abc import Iterable
from itertools import repeat

import msgspec

from tui.models.gguf.ggml_types import TYPES_BY_NAME
from tui.models.gguf.header import TensorInfo
from tui.models.model import Model, Shape
from tui.models.quantizations import UnknownQuantError, equal_tensors, padded_bytes
from tui.models.tensors.model_tensors import UnknownArchitectureError
from tui.models.tensors.tensor import TypedTensor
from tui.models.tensors.type_rules import layer_of

_EMBEDDINGS = ("token_embd.weight", "per_layer_token_embd.weight")
"""Tables: a token reads one row of each, unless the table is the output matrix too."""
_OUTPUT = "output.weight"

Tensors = Iterable[TensorInfo | TypedTensor]


def active_bytes(
    model_tensors: Tensors, experts: int, used: int, counts: Iterable[int] = repeat(1)
) -> dict[str, int]:
    """Return the bytes read per token by tensor type: all weights but the embedding and the idle experts.

    Args:
        model_tensors: the tensors of the model, in any order.
        experts: of a layer; 0 for a dense model.
        used: experts that work on a token.
        counts: how many tensors each of them stands for.
    """
    listed = list(model_tensors)
    tied = all(tensor.name != _OUTPUT for tensor in listed)
    bytes_by_type: dict[str, int] = {}
    for tensor, number in zip(listed, counts, strict=False):
        if tensor.name in _EMBEDDINGS and not (tied and tensor.name == _EMBEDDINGS[0]):
            continue
        size = tensor.bytes if isinstance(tensor, TensorInfo) else tensor.size_bytes
        if experts and "_exps." in tensor.name:
            size = size * used // experts
        bytes_by_type[tensor.type] = bytes_by_type.get(tensor.type, 0) + size * number
    return bytes_by_type


def prompt_weights(
    model_tensors: Tensors, experts: int, used: int, counts: Iterable[int] = repeat(1)
) -> dict[str, int]:
    """Return the number of weights that each token of a prompt is multiplied by, by tensor type.

    They are fewer than for a generated token: the output matrix, tied or not, and the feed-forward network of
    the last layer run for the last token of a prompt only. Norms are no matrices. Arguments as above.
    """
    matrices = [
        (tensor, number)
        for tensor, number in zip(model_tensors, counts, strict=False)
        if len(tensor.dims) > 1
    ]
    last = max((layer_of(tensor.name) for tensor, _number in matrices), default=0)
    weights_by_type: dict[str, int] = {}
    for tensor, number in matrices:
        if tensor.name in (*_EMBEDDINGS, _OUTPUT) or tensor.name.startswith(f"blk.{last}.ffn_"):
            continue
        size = tensor.bytes if isinstance(tensor, TensorInfo) else tensor.size_bytes
        kind = TYPES_BY_NAME[tensor.type]
        count = size // kind.bytes * kind.block
        if experts and "_exps." in tensor.name:
            count = count * used // experts
        weights_by_type[tensor.type] = weights_by_type.get(tensor.type, 0) + count * number
    return weights_by_type


class ShapeWeights(msgspec.Struct, frozen=True):
    """Weights of a shape at one quantization."""

    bytes: int
    """Bytes that the engine holds for them."""
    active: dict[str, int]
    """Result of `active_bytes`."""
    prompt: dict[str, int]
    """Result of `prompt_weights`."""


_remembered: dict[tuple[Shape, str], ShapeWeights] = {}
"""Weights of an earlier start, by shape and quantization."""


def remember_weights(shape: Shape, quant: str, weights: ShapeWeights) -> None:
    """Take the weights of a shape from a cache: weighing the whole catalogue takes a third of a second."""
    _remembered[shape, quant] = weights


@functools.lru_cache(maxsize=2048)
def weigh(shape: Shape, quant: str) -> ShapeWeights:
    """Weigh a shape, with all figures at once, since listing the tensors takes longest.

    Raises:
        UnknownArchitectureError: the tensors of the architecture are not known.
        UnknownQuantError: no rule is known for the quantization.
    """
    if (weights := _remembered.get((shape, quant))) is not None:
        return weights
    groups = equal_tensors(shape, quant)
    typed, counts = [group.tensor for group in groups], [len(group.layers) for group in groups]
    experts = (shape.experts, shape.experts_used)
    return ShapeWeights(
        sum(padded_bytes([tensor]) * number for tensor, number in zip(typed, counts, strict=True)),
        active_bytes(typed, *experts, counts),
        prompt_weights(typed, *experts, counts),
    )


def active_bytes_of(model: Model) -> dict[str, int] | None:
    """Return `active_bytes` of a model, from its file or its shape; None when neither is known."""
    if model.source is not None:
        return dict(model.source.active_bytes) or None
    weights = _weigh_shape(model)
    return dict(weights.active) if weights else None


def prompt_weights_of(model: Model) -> dict[str, int] | None:
    """Return `prompt_weights` of a model, from its file or its shape; None when neither is known."""
    if model.source is not None:
        return dict(model.source.prompt_weights) or None
    weights = _weigh_shape(model)
    return dict(weights.prompt) if weights else None


def _weigh_shape(model: Model) -> ShapeWeights | None:
    try:
        return weigh(model.shape, model.quant) if model.shape is not None else None
    except (UnknownArchitectureError, UnknownQuantError):
        return None
