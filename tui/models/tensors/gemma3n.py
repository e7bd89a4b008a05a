"""Tensors that only Gemma 3n has: inputs to each layer, and several streams between layers.

Dimensions as llama.cpp's model loader asks for them, in src/models/gemma3n.cpp.
"""

from collections.abc import Iterator

from tui.models.model import Shape
from tui.models.tensors.tensor import Tensor

_STREAMS = 4
"""altup_num_inputs, of every Gemma 3n; the engine takes no other number."""
_RANK = 64
"""laurel_rank, of every Gemma 3n."""
_INPUT_WIDTH = 256
"""hidden_size_per_layer_input, of every Gemma 3n."""


def model_inputs(shape: Shape) -> Iterator[Tensor]:
    """Yield the tensors outside the layers: embeddings of all layers, and projections of the streams."""
    width = shape.embedding
    yield Tensor("altup_proj.weight", (width, width, _STREAMS - 1))
    yield Tensor("altup_unembd_proj.weight", (width, width, _STREAMS - 1))
    yield Tensor("per_layer_token_embd.weight", (_INPUT_WIDTH * shape.layers, shape.vocabulary))
    yield Tensor("per_layer_model_proj.weight", (width, _INPUT_WIDTH * shape.layers))
    yield Tensor("per_layer_proj_norm.weight", (_INPUT_WIDTH,))


def layer_inputs(shape: Shape) -> Iterator[Tensor]:
    """Yield the tensors of one layer, without the `blk.N.` before the names."""
    width = shape.embedding
    yield Tensor("inp_gate.weight", (width, _INPUT_WIDTH))
    yield Tensor("proj.weight", (_INPUT_WIDTH, width))
    yield Tensor("post_norm.weight", (width,))
    yield Tensor("altup_correct_coef.weight", (_STREAMS, _STREAMS))
    yield Tensor("altup_correct_scale.weight", (width,))
    yield Tensor("altup_predict_coef.weight", (_STREAMS, _STREAMS * _STREAMS))
    yield Tensor("altup_router.weight", (width, _STREAMS))
    yield Tensor("altup_router_norm.weight", (width,))
    yield Tensor("laurel_l.weight", (width, _RANK))
    yield Tensor("laurel_r.weight", (_RANK, width))
    yield Tensor("laurel_post_norm.weight", (width,))
