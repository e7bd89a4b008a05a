"""Placement of a model's parts: all on the card, experts or some layers in RAM, or all in RAM.

llama.cpp keeps the embedding in RAM always. The layers on the card are the last ones, and the output goes
with them; a tied output is then in memory twice. Compute buffers exist in each memory that is used.
"""

import functools
from collections.abc import Callable, Sequence

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.fit.verdict import Fit
from tui.models.model import Model, Shape
from tui.models.quantizations import UnknownQuantError, equal_tensors
from tui.models.tensors.model_tensors import UnknownArchitectureError, tensors
from tui.models.tensors.type_rules import layer_of

_INPUT = ("token_embd.weight", "per_layer_token_embd.weight")
"""Lookup tables, which are never on a card (`LLM_TENSOR_LAYER_INPUT` of llama.cpp)."""
_EXPERTS = "_exps."
"""Part of the name of every tensor with routed experts."""


class LayerBytes(msgspec.Struct, frozen=True):
    """Bytes of one layer."""

    weights: int
    """Its weights without the routed experts."""
    experts: int
    kv: int
    """Its KV cache, or its recurrent state."""


class Parts(msgspec.Struct, frozen=True):
    """Parts of a model that a split can place, in bytes."""

    layers: tuple[LayerBytes, ...]
    input_bytes: int
    output_bytes: int
    """The output and everything else outside the layers."""
    tied: bool
    """True when the output is the embedding, so that a card holds a copy of it."""
    borrowed_bytes: int
    """The largest matrix of a layer: the card reads prompts with copies of the matrices that are in RAM."""

    @property
    def expert_layers(self) -> int:
        """Number of layers with routed experts."""
        return sum(layer.experts > 0 for layer in self.layers)


class Placement(msgspec.Struct, frozen=True):
    """Arrangement of a model over both memories, and the bytes it takes in each."""

    gpu_layers: int | None
    """Number of layers on the card, from the last; None when its layers are not known."""
    cpu_experts: int
    """Number of layers, from the first, whose experts stay in RAM."""
    device_bytes: int
    """Bytes on the card."""
    host_bytes: int
    """Bytes in RAM, the engine's process included."""

    def ram_bytes(self, aside_bytes: int | None) -> int:
        """Return the bytes of RAM it takes, where the GPU has some of its own and borrows the others.

        `aside_bytes` are those of the GPU; None stands for a card, which borrows nothing.
        """
        borrowed_bytes = 0 if aside_bytes is None else max(0, self.device_bytes - aside_bytes)
        return self.host_bytes + borrowed_bytes


def parts_of(model: Model, footprint: Footprint, settings: LoadSettings) -> Parts | None:
    """Return a model's parts, from the tensor types of its quantization; None when its layers are not known.

    Where the tensors of its architecture are not known, all layers count as alike. The parts are scaled, so
    that their sums are the known weights and KV cache.
    """
    shape = model.shape
    if shape is None or shape.layers < 1:
        return None
    plain, experts, input_, output, largest = _proportions(shape, model.quant)
    share = model.weights_bytes / max(1, sum(plain) + sum(experts) + input_ + output)
    by_layer = formula.kv_bytes_by_layer(shape, settings)
    kv_share = footprint.kv_bytes / max(1, sum(by_layer))
    return Parts(
        layers=tuple(
            LayerBytes(round(weights * share), round(routed * share), round(kv * kv_share))
            for weights, routed, kv in zip(plain, experts, by_layer, strict=True)
        ),
        input_bytes=round(input_ * share),
        output_bytes=round(output * share),
        tied=shape.tied_embeddings,
        borrowed_bytes=round(largest * share),
    )


@functools.lru_cache(maxsize=2048)
def _proportions(shape: Shape, quant: str) -> tuple[list[int], list[int], int, int, int]:
    """Return the sizes of each layer's plain part and experts, of input, output and the largest matrix."""
    plain, experts = [0] * shape.layers, [0] * shape.layers
    input_size = output_size = 0
    largest = 0
    for name, size, layers in _sizes(shape, quant):
        part = experts if _EXPERTS in name else plain
        for layer in layers:
            if layer >= 0:
                part[layer] += size
                largest = max(largest, size)
            elif name in _INPUT:
                input_size += size
            else:
                output_size += size
    return plain, experts, input_size, output_size, largest


def _sizes(shape: Shape, quant: str) -> list[tuple[str, int, tuple[int, ...]]]:
    """Return tensors' names, bytes each and layers, or elements where the quantization is not known."""
    try:
        return [
            (group.tensor.name, group.tensor.size_bytes, group.layers)
            for group in equal_tensors(shape, quant)
        ]
    except UnknownQuantError:
        return [(tensor.name, tensor.elements, (layer_of(tensor.name),)) for tensor in tensors(shape)]
    except UnknownArchitectureError:
        return [("", 1, tuple(range(shape.layers)))]


def place_on_card(footprint: Footprint, parts: Parts | None, cards: int = 1) -> Placement:
    """Return the placement of all layers on the card; RAM has the embedding and the engine's process.

    Several cards get whole layers each, and buffers for them, so together they take more than one card.
    """
    placement = _on_one_card(footprint, parts)
    layers = [layer.weights + layer.experts + layer.kv for layer in parts.layers] if parts else []
    more_bytes = max(layers, default=0) + (0 if footprint.devices else footprint.compute_bytes)
    device_bytes = placement.device_bytes + (cards - 1) * more_bytes
    return msgspec.structs.replace(placement, device_bytes=device_bytes)


def _on_one_card(footprint: Footprint, parts: Parts | None) -> Placement:
    if footprint.devices or parts is None:
        device = footprint.device_bytes if footprint.devices else _without_process(footprint)
        layers = len(parts.layers) if parts else None
        return Placement(layers, 0, device, footprint.total_bytes - device)
    return _placed(footprint, parts, len(parts.layers), 0)


def place_split(
    footprint: Footprint, parts: Parts | None, card_room: int, ram_room: int, aside_bytes: int | None = None
) -> Placement | None:
    """Return the fastest arrangement over both memories within these bytes of room; None when there is none.

    For a GPU that shares the RAM, `aside_bytes` is the part of its room that is no RAM.

    A token needs few of a layer's experts, so they are the first to go to RAM: everything else, the KV cache
    included, then still runs on the card. Otherwise the card gets as many layers as fit, maybe none.
    """
    if parts is None:
        device_bytes = max(0, min(card_room, _without_process(footprint)))
        host_bytes = footprint.total_bytes - device_bytes
        placement = Placement(None if device_bytes else 0, 0, device_bytes, host_bytes)
        return placement if placement.ram_bytes(aside_bytes) <= ram_room else None
    layers = len(parts.layers)

    def with_layers(gpu_layers: int, cpu_experts: int = 0) -> Placement:
        return _placed(footprint, parts, gpu_layers, cpu_experts)

    if parts.expert_layers:
        by_experts = _first_with_room(
            range(1, layers + 1), lambda count: with_layers(layers, count), card_room
        )
        if by_experts is not None and by_experts.ram_bytes(aside_bytes) <= ram_room:
            return by_experts
    by_layers = _first_with_room(range(layers - 1, -1, -1), with_layers, card_room)
    return by_layers if by_layers is not None and by_layers.ram_bytes(aside_bytes) <= ram_room else None


def placed_settings(fit: Fit | None, settings: LoadSettings) -> LoadSettings:
    """Return the settings that load a model where its verdict says that it goes."""
    if fit is None or fit.gpu_layers is None:
        return settings
    # With experts in RAM all layers are on the card, also those that only predict further tokens.
    layers = -1 if fit.cpu_experts else fit.gpu_layers
    return msgspec.structs.replace(settings, gpu_layers=layers, cpu_experts=fit.cpu_experts)


def _first_with_room(
    counts: Sequence[int], place: Callable[[int], Placement], card_room: int
) -> Placement | None:
    """Return the first arrangement that the card has room for; each takes less of it than the last."""
    low, high = 0, len(counts)
    while low < high:
        middle = (low + high) // 2
        if place(counts[middle]).device_bytes <= max(0, card_room):
            high = middle
        else:
            low = middle + 1
    return place(counts[low]) if low < len(counts) else None


def _placed(footprint: Footprint, parts: Parts, gpu_layers: int, cpu_experts: int) -> Placement:
    """Return an arrangement with the bytes it takes in each memory."""
    if gpu_layers == 0:
        return Placement(0, 0, 0, footprint.total_bytes)
    border = len(parts.layers) - gpu_layers
    device = parts.output_bytes + (parts.input_bytes if parts.tied else 0) + footprint.compute_bytes
    host = parts.input_bytes + footprint.process_bytes
    for index, layer in enumerate(parts.layers):
        in_ram = layer.experts if index < cpu_experts else 0
        if index < border:
            in_ram = layer.weights + layer.experts + layer.kv
        host += in_ram
        device += layer.weights + layer.experts + layer.kv - in_ram
    if border or cpu_experts:
        device += parts.borrowed_bytes
        host += footprint.compute_bytes
    return Placement(gpu_layers, cpu_experts, device, host)


def _without_process(footprint: Footprint) -> int:
    return footprint.total_bytes - footprint.process_bytes
