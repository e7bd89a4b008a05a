"""What of a model's weights a token passes through: one that is generated, and one of a prompt."""

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

_LOOKED_UP = ("token_embd.weight", "per_layer_token_embd.weight")
"""Tables of which a token reads one row, unless the table is the output matrix too."""
_OUTPUT = "output.weight"

Tensors = Iterable[TensorInfo | TypedTensor]


def active_bytes(of: Tensors, experts: int, used: int) -> dict[str, int]:
    """Bytes read per token by tensor type: all weights but the embedding, and of the experts those at work.

    `used` of `experts` experts work on a token; 0 of 0 for a dense model.
    """
    every = list(of)
    tied = all(tensor.name != _OUTPUT for tensor in every)
    found: dict[str, int] = {}
    for tensor in every:
        if tensor.name in _LOOKED_UP and not (tied and tensor.name == _LOOKED_UP[0]):
            continue
        size = tensor.bytes if isinstance(tensor, TensorInfo) else tensor.size_bytes
        if experts and "_exps." in tensor.name:
            size = size * used // experts
        found[tensor.type] = found.get(tensor.type, 0) + size
    return found


def prompt_weights(of: Tensors, experts: int, used: int) -> dict[str, int]:
    """Weights that each token of a prompt is multiplied by, by tensor type; arguments as above.

    That is less than a generated token meets: the output matrix, whether it is the embedding or not, and the
    last layer's feed-forward network run for the last token of a prompt only. Norms are no matrices.
    """
    every = [tensor for tensor in of if len(tensor.dims) > 1]
    last = max((layer_of(tensor.name) for tensor in every), default=0)
    found: dict[str, int] = {}
    for tensor in every:
        if tensor.name in (*_LOOKED_UP, _OUTPUT) or tensor.name.startswith(f"blk.{last}.ffn_"):
            continue
        size = tensor.bytes if isinstance(tensor, TensorInfo) else tensor.size_bytes
        kind = TYPES_BY_NAME[tensor.type]
        count = size // kind.bytes * kind.block
        if experts and "_exps." in tensor.name:
            count = count * used // experts
        found[tensor.type] = found.get(tensor.type, 0) + count
    return found


class Weighed(msgspec.Struct, frozen=True):
    """What the weights of a shape come to at one quantization."""

    bytes: int
    """What the engine holds for them."""
    active: dict[str, int]
    """As `active_bytes` tells."""
    prompt: dict[str, int]
    """As `prompt_weights` tells."""


@functools.lru_cache(maxsize=1024)
def weigh(shape: Shape, quant: str) -> Weighed:
    """All at once, since listing the tensors takes longest and every row is asked for each.

    Raises:
        UnknownArchitectureError: the tensors of the architecture are not known.
        UnknownQuantError: no rule is known for the quantization.
    """
    typed = tensor_types(shape, quant)
    experts = (shape.experts, shape.experts_used)
    return Weighed(padded_bytes(typed), active_bytes(typed, *experts), prompt_weights(typed, *experts))


def active_bytes_of(model: Model) -> dict[str, int] | None:
    """`active_bytes` of a row of the list: from its file, else its shape; None when neither tells."""
    if model.source is not None:
        return dict(model.source.active_bytes) or None
    weighed = _from_shape(model)
    return dict(weighed.active) if weighed else None


def prompt_weights_of(model: Model) -> dict[str, int] | None:
    """`prompt_weights` of a row of the list, in the same way."""
    if model.source is not None:
        return dict(model.source.prompt_weights) or None
    weighed = _from_shape(model)
    return dict(weighed.prompt) if weighed else None


def _from_shape(model: Model) -> Weighed | None:
    try:
        return weigh(model.shape, model.quant) if model.shape is not None else None
    except (UnknownArchitectureError, UnknownQuantError):
        return None
