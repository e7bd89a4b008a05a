"""What of a model's weights one generated token makes the machine read, by tensor type."""

from collections.abc import Iterable

from tui.models.header import TensorInfo
from tui.models.model import Model, Shape
from tui.models.quantize import TypedTensor, UnknownQuantError, tensor_types
from tui.models.tensors import UnknownArchitectureError

_LOOKED_UP = ("token_embd.weight", "per_layer_token_embd.weight")
"""Tables of which a token reads one row, unless the table is the output matrix too."""


def active_bytes(of: Iterable[TensorInfo | TypedTensor], experts: int, used: int) -> dict[str, int]:
    """Bytes read per token by tensor type: all weights but the embedding, and of the experts those at work.

    `used` of `experts` experts work on a token; 0 of 0 for a dense model.
    """
    every = list(of)
    tied = all(tensor.name != "output.weight" for tensor in every)
    found: dict[str, int] = {}
    for tensor in every:
        if tensor.name in _LOOKED_UP and not (tied and tensor.name == _LOOKED_UP[0]):
            continue
        size = tensor.bytes if isinstance(tensor, TensorInfo) else tensor.size_bytes
        if experts and "_exps." in tensor.name:
            size = size * used // experts
        found[tensor.type] = found.get(tensor.type, 0) + size
    return found


def active_bytes_of(model: Model) -> dict[str, int] | None:
    """The same for a row of the list: from its file, else from its shape; None when neither tells."""
    if model.source is not None:
        return dict(model.source.active_bytes) or None
    return _of_shape(model.shape, model.quant) if model.shape else None


def _of_shape(shape: Shape, quant: str) -> dict[str, int] | None:
    try:
        return active_bytes(tensor_types(shape, quant), shape.experts, shape.experts_used)
    except (UnknownArchitectureError, UnknownQuantError):
        return None
