"""Weights of a model at each quantization, by the type that each of its tensors gets.

A quantization is a default type, and some tensors get a better one: they hurt more when they're coarse.
"""

import functools
import math
from collections.abc import Iterable, Sequence

import msgspec

from tui.models.architectures import kv_heads_in_file
from tui.models.model import Shape
from tui.models.tensors.model_tensors import tensors
from tui.models.tensors.tensor import Tensor, TypedTensor
from tui.models.tensors.type_rules import RuleInput, kind_of, layer_of, type_of
from tui.sentences import ReasonedError, reason

ALIGNMENT = 32
"""Bytes: every tensor starts on a multiple of it, in a file and in the engine's buffers."""

_DEFAULT_TYPES = {
    "Q2_K": "Q2_K",
    "Q3_K_S": "Q3_K",
    "IQ3_M": "IQ3_S",
    "Q3_K_M": "Q3_K",
    "Q3_K_L": "Q3_K",
    "IQ4_XS": "IQ4_XS",
    "MXFP4": "MXFP4",
    "Q4_0": "Q4_0",
    "Q4_K_S": "Q4_K",
    "IQ4_NL": "IQ4_NL",
    "Q4_K_M": "Q4_K",
    "Q4_1": "Q4_1",
    "Q5_0": "Q5_0",
    "Q5_K_S": "Q5_K",
    "Q5_K_M": "Q5_K",
    "Q5_1": "Q5_1",
    "Q6_K": "Q6_K",
    "Q8_0": "Q8_0",
    "BF16": "BF16",
    "F16": "F16",
    "F32": "F32",
}

_VALUE_KINDS = ("attn_v", "attn_qkv", "attn_kv_b")
_DOWN_KINDS = ("ffn_down",)
_LAYERED_KINDS = frozenset((*_VALUE_KINDS, *_DOWN_KINDS))
"""Kinds of tensors whose types depend on their layer."""

QUANTS = tuple(_DEFAULT_TYPES)
"""The quantizations whose rules are known here, from few bits per weight to many."""


class UnknownQuantError(ReasonedError):
    """A quantization whose rules are not known."""


def tensor_types(shape: Shape, quant: str, imatrix: bool = False) -> tuple[TypedTensor, ...]:
    """List every tensor of a model with the type it has in a file of this quantization.

    `imatrix` says that an importance matrix guided it, which changes a few types of Q4_0, Q5_0 and IQ4.

    Raises:
        UnknownArchitectureError: the tensors of the architecture are not known.
        UnknownQuantError: the quantization is none of `QUANTS`.
    """
    return choose_types(shape, tensors(shape), quant, imatrix)


class EqualTensors(msgspec.Struct, frozen=True):
    """Tensors of one name, size and type in different layers."""

    tensor: TypedTensor
    """The last of them."""
    layers: tuple[int, ...]
    """Layers that have one; −1 stands for outside the layers."""


def equal_tensors(shape: Shape, quant: str) -> list[EqualTensors]:
    """Return what `tensor_types` does, with equal tensors as one; raises as it does.

    The feed-forward network of the last layer stands alone, since few tokens of a prompt reach it.
    """
    groups = _alike(shape)
    typed = choose_types(shape, [tensor for tensor, _layers in groups], quant)
    return [EqualTensors(tensor, layers) for tensor, (_, layers) in zip(typed, groups, strict=True)]


@functools.lru_cache(maxsize=256)
def _alike(shape: Shape) -> tuple[tuple[Tensor, tuple[int, ...]], ...]:
    """Return groups of tensors that have the same type at every quantization: the last tensor, and layers."""
    groups: dict[tuple[object, ...], list[Tensor]] = {}
    for tensor in tensors(shape):
        layer = layer_of(tensor.name)
        name = tensor.name.removeprefix(f"blk.{layer}.")
        alone = layer if kind_of(tensor.name) in _LAYERED_KINDS else None
        is_last_network = layer == shape.layers - 1 and name.startswith("ffn_")
        groups.setdefault((name, tensor.dims, alone, is_last_network), []).append(tensor)
    return tuple((group[-1], tuple(layer_of(tensor.name) for tensor in group)) for group in groups.values())


def choose_types(
    shape: Shape, tensors_of_model: Sequence[Tensor], quant: str, imatrix: bool = False
) -> tuple[TypedTensor, ...]:
    """Give each of the tensors of a file, of any architecture, its type at this quantization.

    Raises:
        UnknownQuantError: the quantization is none of `QUANTS`.
    """
    default = _DEFAULT_TYPES.get(quant)
    if default is None:
        raise UnknownQuantError(reason("models.unknown_quant", quant=quant))
    attention = _in_order(tensors_of_model, _VALUE_KINDS)
    # Layers without a feed-forward network don't count; among experts the layer does.
    down = {} if shape.experts else _in_order(tensors_of_model, _DOWN_KINDS)
    order = attention | down
    tied = not any(tensor.name == "output.weight" for tensor in tensors_of_model)
    kv_heads = next(iter(kv_heads_in_file(shape)), 0)

    @functools.cache
    def rule_input(layer: int, count: int) -> RuleInput:
        return RuleInput(
            quant=quant,
            default=default,
            layer=layer,
            count=count,
            grouped=kv_heads > 0 and shape.heads // kv_heads >= 4,
            eight_experts=shape.experts == 8,
            seventy=shape.architecture in ("llama", "qwen2")
            and shape.layers == 80
            and shape.heads > kv_heads,
            imatrix=imatrix,
        )

    def typed(tensor: Tensor) -> TypedTensor:
        layer = order.get(tensor.name, layer_of(tensor.name))
        count = len(attention) if tensor.name in attention else shape.layers
        return TypedTensor(tensor.name, tensor.dims, type_of(tensor, rule_input(layer, count), tied))

    return tuple(typed(tensor) for tensor in tensors_of_model)


def _in_order(listed: Sequence[Tensor], kinds: tuple[str, ...]) -> dict[str, int]:
    """Number the tensors of these kinds by layer."""
    names = sorted((tensor.name for tensor in listed if kind_of(tensor.name) in kinds), key=layer_of)
    return {name: index for index, name in enumerate(names)}


def padded_bytes(typed: Iterable[TypedTensor]) -> int:
    """Return the bytes of tensors laid one after another, each padded to `ALIGNMENT`."""
    return sum(-(-tensor.size_bytes // ALIGNMENT) * ALIGNMENT for tensor in typed)


def weights_bytes(shape: Shape, quant: str, imatrix: bool = False) -> int:
    """Return the bytes that the engine holds for the weights of a model at this quantization.

    Raises:
        UnknownArchitectureError: the tensors of the architecture are not known.
        UnknownQuantError: the quantization is none of `QUANTS`.
    """
    return padded_bytes(tensor_types(shape, quant, imatrix))


def bits_per_weight(shape: Shape, quant: str) -> float:
    """Return the average bits per weight of this model at this quantization; raises as `weights_bytes`."""
    return bits_of(tensor_types(shape, quant))


def bits_of(typed: Sequence[TypedTensor]) -> float:
    """Return the average bits per weight of these tensors, without padding."""
    elements = sum(math.prod(tensor.dims) for tensor in typed)
    return 8 * sum(tensor.size_bytes for tensor in typed) / elements
