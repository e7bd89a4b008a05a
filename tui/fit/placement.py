"""Which part of a model goes where: all of it on the card, its experts or some layers in RAM, or all in RAM.

llama.cpp keeps the embedding in RAM always. The layers on the card are the last ones, and the output goes
with them; a tied output is then held twice. Compute buffers exist in each memory that is used.
"""

import functools
from collections.abc import Callable, Sequence

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.fit.verdict import Fit
from tui.models.model import Model, Shape
from tui.models.quantizations import UnknownQuantError, tensor_types
from tui.models.tensors.model_tensors import UnknownArchitectureError, tensors
from tui.models.tensors.type_rules import layer_of

_INPUT = ("token_embd.weight", "per_layer_token_embd.weight")
"""Tables that rows are looked up in: never on a card (`LLM_TENSOR_LAYER_INPUT` of llama.cpp)."""
_EXPERTS = "_exps."
"""In the name of every tensor that holds routed experts."""


class LayerBytes(msgspec.Struct, frozen=True):
    """What one layer takes, in bytes."""

    weights: int
    """Without the routed experts."""
    experts: int
    kv: int
    """Its KV cache, or its recurrent state."""


class Parts(msgspec.Struct, frozen=True):
    """What a model is made of where it matters for a split, in bytes."""

    layers: tuple[LayerBytes, ...]
    input_bytes: int
    output_bytes: int
    """With what else is outside the layers."""
    tied: bool
    """True when the output is the embedding, so that a card holds a copy of it."""
    borrowed_bytes: int
    """The largest matrix of a layer: prompts are read on the card, which borrows those that lie in RAM."""

    @property
    def expert_layers(self) -> int:
        """How many layers have routed experts."""
        return sum(layer.experts > 0 for layer in self.layers)


class Placement(msgspec.Struct, frozen=True):
    """Where the parts of a model go, and what they take there."""

    gpu_layers: int | None
    """Of the model's layers, those on the card, from the last; None when its layers are not known."""
    cpu_experts: int
    """Layers, from the first, whose experts stay in RAM."""
    device_bytes: int
    """On the card."""
    host_bytes: int
    """In RAM, the engine's process included."""

    def ram_bytes(self, aside: int | None) -> int:
        """What it takes of RAM where the GPU has `aside` bytes of its own and borrows the rest of that RAM.

        None stands for a card, which borrows nothing.
        """
        return self.host_bytes + (0 if aside is None else max(0, self.device_bytes - aside))


def parts_of(model: Model, footprint: Footprint, settings: LoadSettings) -> Parts | None:
    """A model's parts, from the types its quantization gives its tensors; None when its layers are not known.

    Where the tensors of its architecture are not known, its layers are taken to be alike. The parts are in
    proportion: their sums are the weights and the KV cache that are known.
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


@functools.lru_cache(maxsize=1024)
def _proportions(shape: Shape, quant: str) -> tuple[list[int], list[int], int, int, int]:
    """Of each layer the plain part and the experts, then input, output and the largest matrix of a layer."""
    plain, experts = [0] * shape.layers, [0] * shape.layers
    outside = {True: 0, False: 0}
    largest = 0
    for name, size in _sizes(shape, quant):
        layer = layer_of(name)
        if layer < 0:
            outside[name in _INPUT] += size
            continue
        (experts if _EXPERTS in name else plain)[layer] += size
        largest = max(largest, size)
    return plain, experts, outside[True], outside[False], largest


def _sizes(shape: Shape, quant: str) -> list[tuple[str, int]]:
    """Every tensor with its bytes, or with its elements where the quantization has types not known here."""
    try:
        return [(tensor.name, tensor.size_bytes) for tensor in tensor_types(shape, quant)]
    except UnknownQuantError:
        return [(tensor.name, tensor.elements) for tensor in tensors(shape)]
    except UnknownArchitectureError:
        return [(f"blk.{layer}.", 1) for layer in range(shape.layers)]


def place_on_card(footprint: Footprint, parts: Parts | None, cards: int = 1) -> Placement:
    """All layers on the card; RAM holds the embedding and the engine's process.

    Several cards get whole layers each, and buffers for them, so that together they take more than one.
    """
    one = _on_one_card(footprint, parts)
    layers = [layer.weights + layer.experts + layer.kv for layer in parts.layers] if parts else []
    more = max(layers, default=0) + (0 if footprint.devices else footprint.compute_bytes)
    return msgspec.structs.replace(one, device_bytes=one.device_bytes + (cards - 1) * more)


def _on_one_card(footprint: Footprint, parts: Parts | None) -> Placement:
    if footprint.devices or parts is None:
        device = footprint.device_bytes if footprint.devices else _without_process(footprint)
        layers = len(parts.layers) if parts else None
        return Placement(layers, 0, device, footprint.total_bytes - device)
    return _placed(footprint, parts, len(parts.layers), 0)


def place_split(
    footprint: Footprint, parts: Parts | None, card_room: int, ram_room: int, aside: int | None = None
) -> Placement | None:
    """The fastest arrangement over both memories within these bytes of room; None when there is none.

    Of a GPU that shares the RAM, `aside` is the part of its room that is no RAM.

    A token needs few of a layer's experts, so they are the first to go to RAM: everything else, the KV cache
    included, then still runs on the card. Else as many layers as fit are there, which may be none.
    """
    if parts is None:
        spread = max(0, min(card_room, _without_process(footprint)))
        place = Placement(None if spread else 0, 0, spread, footprint.total_bytes - spread)
        return place if place.ram_bytes(aside) <= ram_room else None
    layers = len(parts.layers)

    def with_layers(gpu_layers: int, cpu_experts: int = 0) -> Placement:
        return _placed(footprint, parts, gpu_layers, cpu_experts)

    if parts.expert_layers:
        found = _first(range(1, layers + 1), lambda count: with_layers(layers, count), card_room)
        if found is not None and found.ram_bytes(aside) <= ram_room:
            return found
    found = _first(range(layers - 1, -1, -1), with_layers, card_room)
    return found if found is not None and found.ram_bytes(aside) <= ram_room else None


def placed_settings(fit: Fit | None, settings: LoadSettings) -> LoadSettings:
    """The settings to load with where the verdict says that a model goes."""
    if fit is None or fit.gpu_layers is None:
        return settings
    # Where experts are split, all layers are on the card, those that only predict further tokens too.
    layers = -1 if fit.cpu_experts else fit.gpu_layers
    return msgspec.structs.replace(settings, gpu_layers=layers, cpu_experts=fit.cpu_experts)


def _first(counts: Sequence[int], place: Callable[[int], Placement], card_room: int) -> Placement | None:
    """The first arrangement that the card has room for; each takes less of it than the one before."""
    low, high = 0, len(counts)
    while low < high:
        middle = (low + high) // 2
        if place(counts[middle]).device_bytes <= max(0, card_room):
            high = middle
        else:
            low = middle + 1
    return place(counts[low]) if low < len(counts) else None


def _placed(footprint: Footprint, parts: Parts, gpu_layers: int, cpu_experts: int) -> Placement:
    """What an arrangement takes in each memory."""
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
