"""Weights that one token passes through: a token that is generated, and a token of a prompt."""

import functools
from collections.abc import Iterable

import msgspec

from tui.models.gguf.ggml_types import TYPES_BY_NAME
from tui.models.gguf.header import TensorInfo
from tui.models.model import Model, Shape
from tui.models.quantizations import UnknownQuantError, padded_bytes, tensor_types
from tui.models.tensors.model_tensors import UnknownArchitectureError
from tui.models.tensors.tensor import TypedTensor
from tui.models.tensors.type_rules import layer_of

_EMBEDDINGS = ("token_embd.weight", "per_layer_token_embd.weight")
"""Tables: a token reads one row of each, unless the table is the output matrix too."""
_OUTPUT = "output.weight"

Tensors = Iterable[TensorInfo | TypedTensor]


def active_bytes(tensors: Tensors, experts: int, used: int) -> dict[str, int]:
    """Return the bytes read per token by tensor type: all weights but the embedding and the idle experts.

    `used` of `experts` experts work on a token; 0 of 0 for a dense model.
    """
    listed = list(tensors)
    tied = all(tensor.name != _OUTPUT for tensor in listed)
    bytes_by_type: dict[str, int] = {}
    for tensor in listed:
        if tensor.name in _EMBEDDINGS and not (tied and tensor.name == _EMBEDDINGS[0]):
            continue
        size = tensor.bytes if isinstance(tensor, TensorInfo) else tensor.size_bytes
        if experts and "_exps." in tensor.name:
            size = size * used // experts
        bytes_by_type[tensor.type] = bytes_by_type.get(tensor.type, 0) + size
    return bytes_by_type


def prompt_weights(tensors: Tensors, experts: int, used: int) -> dict[str, int]:
    """Return the number of weights that each token of a prompt is multiplied by, by tensor type.

    They are fewer than for a generated token: the output matrix, tied or not, and the feed-forward network of
    the last layer run for the last token of a prompt only. Norms are no matrices. Arguments as above.
    """
    matrices = [tensor for tensor in tensors if len(tensor.dims) > 1]
    last = max((layer_of(tensor.name) for tensor in matrices), default=0)
    weights_by_type: dict[str, int] = {}
    for tensor in matrices:
        if tensor.name in (*_EMBEDDINGS, _OUTPUT) or tensor.name.startswith(f"blk.{last}.ffn_"):
            continue
        size = tensor.bytes if isinstance(tensor, TensorInfo) else tensor.size_bytes
        kind = TYPES_BY_NAME[tensor.type]
        count = size // kind.bytes * kind.block
        if experts and "_exps." in tensor.name:
            count = count * used // experts
        weights_by_type[tensor.type] = weights_by_type.get(tensor.type, 0) + count
    return weights_by_type


class ShapeWeights(msgspec.Struct, frozen=True):
    """Weights of a shape at one quantization."""

    bytes: int
    """Bytes that the engine holds for them."""
    active: dict[str, int]
    """Result of `active_bytes`."""
    prompt: dict[str, int]
    """Result of `prompt_weights`."""


@functools.lru_cache(maxsize=2048)
def weigh(shape: Shape, quant: str) -> ShapeWeights:
    """Weigh a shape, with all figures at once, since listing the tensors takes longest.

    Raises:
        UnknownArchitectureError: the tensors of the architecture are not known.
        UnknownQuantError: no rule is known for the quantization.
    """
    typed = tensor_types(shape, quant)
    experts = (shape.experts, shape.experts_used)
    return ShapeWeights(padded_bytes(typed), active_bytes(typed, *experts), prompt_weights(typed, *experts))


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
