"""Offload of the experts of the first layers to the host's memory, as by llama.cpp's `--n-cpu-moe`."""

import ctypes
from collections.abc import Sequence
from typing import Any

_PATTERN = r"blk\.%d\.ffn_(up|down|gate|gate_up)_(ch|)exps"
"""`LLM_FFN_EXPS_REGEX` of llama.cpp's common.h, for one layer."""


class _Override(ctypes.Structure):
    """`llama_model_tensor_buft_override` of llama.h."""

    _fields_ = (("pattern", ctypes.c_char_p), ("buffer_type", ctypes.c_void_p))


def expert_overrides(count: int, ggml: Sequence[ctypes.CDLL]) -> "ctypes.Array[Any]":
    """Return the value of `tensor_buft_overrides`, ended by an empty one; it must outlive the load.

    Args:
        count: layers, from the first.
        ggml: the libraries that may have `ggml_backend_cpu_buffer_type`.

    Raises:
        AttributeError: none of them has it.
    """
    buffer_type = _cpu_buffer_type(ggml)
    overrides = (_Override * (count + 1))()
    for layer in range(count):
        # A c_char_p field keeps its bytes alive for as long as the array lives.
        overrides[layer] = _Override((_PATTERN % layer).encode(), buffer_type)
    return overrides


def _cpu_buffer_type(ggml: Sequence[ctypes.CDLL]) -> int:
    for library in ggml:
        function = getattr(library, "ggml_backend_cpu_buffer_type", None)
        if function is not None:
            function.argtypes = []
            function.restype = ctypes.c_void_p
            return function()
    raise AttributeError("ggml_backend_cpu_buffer_type")
