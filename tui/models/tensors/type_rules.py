"""Rules of llama.cpp for the type that a tensor gets at a quantization.

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
"""Types to use instead when a row is not a whole number of blocks."""

_UNQUANTIZED = (
    "_norm.weight",
    "ffn_gate_inp.weight",
    "shortconv.conv.weight",
    "ssm_conv1d",
    "altup_correct_coef",
    "altup_predict_coef",
)
"""Matrices too small and too delicate to quantize: converters leave them in F32."""

_HALF_PRECISION = ("altup", "laurel", "per_layer_model_proj")
"""Matrices that the quantizer leaves as the converter made them, at two bytes: Gemma 3n's."""

_COARSE = ("Q2_K", "Q3_K_S", "IQ3_M", "Q3_K_M", "IQ4_XS", "IQ4_NL", "Q4_K_S", "Q4_K_M")
"""Quantizations at which an eight-expert model keeps its attention output at Q5_K; Q3_K_L is none."""


class RuleInput(msgspec.Struct, frozen=True):
    """Facts that the rules depend on besides the tensor itself."""

    quant: str
    default: str
    layer: int
    """Number of the layer, or of the tensor among its kind where llama.cpp counts those."""
    count: int
    grouped: bool
    """True when four query heads or more share a K/V head, so that V is small and cheap to keep fine."""
    eight_experts: bool
    seventy: bool
    """True under the 70B rule of llama.cpp: 80 layers with grouped attention."""
    imatrix: bool

    @property
    def favoured(self) -> bool:
        """True for the first and last eighth of the layers, and every third between."""
        eighth = self.count // 8
        return self.layer < eighth or self.layer >= 7 * self.count // 8 or (self.layer - eighth) % 3 == 2


def type_of(tensor: Tensor, rule_input: RuleInput, tied: bool) -> str:
    """Return the name of the type of a tensor; `tied` when the embedding is the output matrix too."""
    if len(tensor.dims) < 2:
        return "F32"
    if unchanged := _unquantized(tensor.name):
        return unchanged
    if rule_input.default in ("F32", "F16", "BF16"):
        return rule_input.default
    kind = kind_of(tensor.name)
    if kind == "output" or (tied and kind in ("token_embd", "per_layer_token_embd")):
        chosen = _output_type(tensor, rule_input)
    elif rule_input.quant == "MXFP4":
        chosen = "MXFP4" if len(tensor.dims) > 2 and tensor.dims[2] > 1 else "Q8_0"
    else:
        chosen = _better_type(kind, rule_input)
    return _fitting_type(tensor, chosen)


# Many models share their tensors' names, and a list of models is judged all at once.
@functools.lru_cache(maxsize=8192)
def _unquantized(name: str) -> str | None:
    """Return the type of a tensor that is never quantized; None for any other."""
    if not name.endswith("weight") or any(part in name for part in _UNQUANTIZED):
        return "F32"
    return "F16" if any(part in name for part in _HALF_PRECISION) else None


def _output_type(tensor: Tensor, rule_input: RuleInput) -> str:
    """Return the type of the output matrix, or of the embedding that doubles as one."""
    if rule_input.default in ("Q8_0", "MXFP4") or tensor.dims[0] % TYPES_BY_NAME[rule_input.default].block:
        return "Q8_0"
    return "Q6_K"


def _better_type(kind: str, rule_input: RuleInput) -> str:
    match kind:
        case "attn_v" | "attn_qkv" | "attn_kv_b":
            return _attention_value_type(rule_input)
        case "attn_k":
            return "Q8_0" if rule_input.eight_experts else rule_input.default
        case "attn_output":
            return _attention_output_type(rule_input)
        case "ffn_down":
            return _feed_forward_down_type(rule_input)
        case _:
            return rule_input.default


def _attention_value_type(rule_input: RuleInput) -> str:
    if rule_input.eight_experts:
        return "Q8_0"
    chosen = rule_input.default
    match rule_input.quant:
        case "Q2_K":
            chosen = "Q4_K" if rule_input.grouped else "Q3_K"
        case "IQ3_M":
            chosen = "Q4_K"
        case "Q3_K_M":
            chosen = "Q5_K" if rule_input.layer < 2 else "Q4_K"
        case "Q3_K_L":
            chosen = "Q5_K"
        case "IQ4_XS" | "IQ4_NL" if rule_input.grouped:
            chosen = "Q5_K"
        case "Q4_K_S" if rule_input.layer < 4:
            chosen = "Q5_K"
        case "Q4_K_M" | "Q5_K_M" if rule_input.favoured:
            chosen = "Q6_K"
        case _:
            pass
    return "Q5_K" if rule_input.seventy and chosen in ("Q3_K", "Q4_K") else chosen


def _attention_output_type(rule_input: RuleInput) -> str:
    if rule_input.eight_experts:
        return "Q5_K" if rule_input.quant in _COARSE else rule_input.default
    raised = {"Q2_K": "Q3_K", "IQ3_M": "Q4_K", "Q3_K_M": "Q4_K", "Q3_K_L": "Q5_K"}
    return raised.get(rule_input.quant, rule_input.default)


def _feed_forward_down_type(rule_input: RuleInput) -> str:
    first_eighth = rule_input.layer < rule_input.count // 8
    match rule_input.quant:
        case "Q2_K":
            return "Q3_K"
        case "Q3_K_M":
            return "Q5_K" if rule_input.layer < rule_input.count // 16 else "Q4_K"
        case "Q3_K_L":
            return "Q5_K"
        case "IQ3_M" if first_eighth or (rule_input.eight_experts and rule_input.favoured):
            return "Q4_K"
        case "Q4_K_M" | "Q5_K_M" if rule_input.favoured:
            return "Q6_K"
        case "Q4_K_S" if first_eighth:
            return "Q5_K"
        case "IQ4_XS" | "IQ4_NL" if first_eighth and not rule_input.imatrix:
            return "Q5_K"
        case "Q4_0" | "Q5_0" if first_eighth and rule_input.imatrix:
            return rule_input.quant[:-1] + "1"
        case _:
            return rule_input.default


def _fitting_type(tensor: Tensor, chosen: str) -> str:
    row = tensor.dims[0]
    if row % TYPES_BY_NAME[chosen].block == 0:
        return chosen
    fallback = _FALLBACKS.get(chosen, "F16")
    return fallback if row % TYPES_BY_NAME[fallback].block == 0 else "F16"


@functools.lru_cache(maxsize=8192)
def kind_of(name: str) -> str:
    """Return the kind of a tensor by its name: `attn_v`, `ffn_down`, `output`, …; '' for a bias."""
    if not name.endswith("weight"):
        return ""
    stem = name.removesuffix(".weight").rpartition(".")[2]
    for prefix in ("ffn_down", "ffn_up", "ffn_gate"):
        if stem.startswith(prefix):
            return prefix
    return stem


@functools.lru_cache(maxsize=8192)
def layer_of(name: str) -> int:
    """Return the layer in `blk.N.…`; −1 for a tensor outside the layers."""
    head, _, tail = name.partition(".")
    number = tail.partition(".")[0]
    return int(number) if head == "blk" and number.isdecimal() else -1
