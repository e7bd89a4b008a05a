"""Which type one tensor gets under one quantization: llama.cpp's rules, restated.

Source: `llama_tensor_get_type` and its helpers in llama.cpp's src/llama-quant.cpp.
"""

import functools

import msgspec

from tui.models.gguf.ggml_types import TYPES_BY_NAME
from tui.models.tensors.tensor import Tensor

_FALLBACKS = {
    "IQ3_S": "IQ4_NL",
    "IQ4_XS": "IQ4_NL",
    "Q2_K": "Q4_0",
    "Q3_K": "Q4_0",
    "Q4_K": "Q5_0",
    "Q5_K": "Q5_1",
    "Q6_K": "Q8_0",
}
"""What takes over when a row is not a whole number of blocks."""

_NEVER = (
    "_norm.weight",
    "ffn_gate_inp.weight",
    "shortconv.conv.weight",
    "ssm_conv1d",
    "altup_correct_coef",
    "altup_predict_coef",
)
"""Matrices too small and too delicate to quantize: converters leave them in F32."""

_HALF = ("altup", "laurel", "per_layer_model_proj")
"""Matrices that the quantizer leaves as the converter made them, at two bytes: Gemma 3n's."""

_COARSE = ("Q2_K", "Q3_K_S", "IQ3_M", "Q3_K_M", "IQ4_XS", "IQ4_NL", "Q4_K_S", "Q4_K_M")
"""Where an eight-expert model keeps its attention output at Q5_K; llama.cpp leaves Q3_K_L out."""


class Place(msgspec.Struct, frozen=True):
    """What the rules look at besides the tensor itself."""

    quant: str
    default: str
    layer: int
    """Which layer it is in, or which of its kind it is where llama.cpp counts those."""
    count: int
    grouped: bool
    """Four query heads or more share a K/V head, so V is small and cheap to keep fine."""
    eight_experts: bool
    seventy: bool
    """llama.cpp's 70B rule: 80 layers with grouped attention."""
    imatrix: bool

    @property
    def favoured(self) -> bool:
        """The first and last eighth of the layers, and every third between."""
        eighth = self.count // 8
        return self.layer < eighth or self.layer >= 7 * self.count // 8 or (self.layer - eighth) % 3 == 2


def type_of(tensor: Tensor, place: Place, tied: bool) -> str:
    """The name of the type it gets; `tied` says that the embedding is the output matrix too."""
    if len(tensor.dims) < 2:
        return "F32"
    if unchanged := _unquantized(tensor.name):
        return unchanged
    if place.default in ("F32", "F16", "BF16"):
        return place.default
    kind = kind_of(tensor.name)
    if kind == "output" or (tied and kind in ("token_embd", "per_layer_token_embd")):
        chosen = _output_type(tensor, place)
    elif place.quant == "MXFP4":
        chosen = "MXFP4" if len(tensor.dims) > 2 and tensor.dims[2] > 1 else "Q8_0"
    else:
        chosen = _better_type(kind, place)
    return _fitting_type(tensor, chosen)


# Many models share their tensors' names, and a list of models is judged all at once.
@functools.lru_cache(maxsize=8192)
def _unquantized(name: str) -> str | None:
    """The type of a tensor that no quantization touches; None where one does."""
    if not name.endswith("weight") or any(part in name for part in _NEVER):
        return "F32"
    return "F16" if any(part in name for part in _HALF) else None


def _output_type(tensor: Tensor, place: Place) -> str:
    """The output matrix, or the embedding that doubles as one."""
    if place.default in ("Q8_0", "MXFP4") or tensor.dims[0] % TYPES_BY_NAME[place.default].block:
        return "Q8_0"
    return "Q6_K"


def _better_type(kind: str, place: Place) -> str:
    match kind:
        case "attn_v" | "attn_qkv" | "attn_kv_b":
            return _attention_value_type(place)
        case "attn_k":
            return "Q8_0" if place.eight_experts else place.default
        case "attn_output":
            return _attention_output_type(place)
        case "ffn_down":
            return _feed_forward_down_type(place)
        case _:
            return place.default


def _attention_value_type(place: Place) -> str:
    if place.eight_experts:
        return "Q8_0"
    chosen = place.default
    match place.quant:
        case "Q2_K":
            chosen = "Q4_K" if place.grouped else "Q3_K"
        case "IQ3_M":
            chosen = "Q4_K"
        case "Q3_K_M":
            chosen = "Q5_K" if place.layer < 2 else "Q4_K"
        case "Q3_K_L":
            chosen = "Q5_K"
        case "IQ4_XS" | "IQ4_NL" if place.grouped:
            chosen = "Q5_K"
        case "Q4_K_S" if place.layer < 4:
            chosen = "Q5_K"
        case "Q4_K_M" | "Q5_K_M" if place.favoured:
            chosen = "Q6_K"
        case _:
            pass
    return "Q5_K" if place.seventy and chosen in ("Q3_K", "Q4_K") else chosen


def _attention_output_type(place: Place) -> str:
    if place.eight_experts:
        return "Q5_K" if place.quant in _COARSE else place.default
    raised = {"Q2_K": "Q3_K", "IQ3_M": "Q4_K", "Q3_K_M": "Q4_K", "Q3_K_L": "Q5_K"}
    return raised.get(place.quant, place.default)


def _feed_forward_down_type(place: Place) -> str:
    first_eighth = place.layer < place.count // 8
    match place.quant:
        case "Q2_K":
            return "Q3_K"
        case "Q3_K_M":
            return "Q5_K" if place.layer < place.count // 16 else "Q4_K"
        case "Q3_K_L":
            return "Q5_K"
        case "IQ3_M" if first_eighth or (place.eight_experts and place.favoured):
            return "Q4_K"
        case "Q4_K_M" | "Q5_K_M" if place.favoured:
            return "Q6_K"
        case "Q4_K_S" if first_eighth:
            return "Q5_K"
        case "IQ4_XS" | "IQ4_NL" if first_eighth and not place.imatrix:
            return "Q5_K"
        case "Q4_0" | "Q5_0" if first_eighth and place.imatrix:
            return place.quant[:-1] + "1"
        case _:
            return place.default


def _fitting_type(tensor: Tensor, chosen: str) -> str:
    row = tensor.dims[0]
    if row % TYPES_BY_NAME[chosen].block == 0:
        return chosen
    fallback = _FALLBACKS.get(chosen, "F16")
    return fallback if row % TYPES_BY_NAME[fallback].block == 0 else "F16"


@functools.lru_cache(maxsize=8192)
def kind_of(name: str) -> str:
    """The part of a tensor's name that the rules go by: `attn_v`, `ffn_down`, `output`, …; '' for a bias."""
    if not name.endswith("weight"):
        return ""
    stem = name.removesuffix(".weight").rpartition(".")[2]
    for prefix in ("ffn_down", "ffn_up", "ffn_gate"):
        if stem.startswith(prefix):
            return prefix
    return stem


@functools.lru_cache(maxsize=8192)
def layer_of(name: str) -> int:
    """The layer in `blk.N.…`; −1 for a tensor outside the layers."""
    head, _, rest = name.partition(".")
    number = rest.partition(".")[0]
    return int(number) if head == "blk" and number.isdecimal() else -1
