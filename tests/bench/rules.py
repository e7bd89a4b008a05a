"""Rules of thumb that size a model by its number of parameters, to set beside what llmtui predicts."""

from tui.engine.options import LoadSettings
from tui.models.model import Shape
from tui.models.tensors.model_tensors import parameters

_BITS = {"Q4_K_M": 4, "MXFP4": 4, "Q4_1": 4, "Q8_0": 8, "F16": 16}
"""As the names of the quantizations say."""
_BYTES = {"Q4_K_M": 0.58, "MXFP4": 0.55, "Q4_1": 0.63, "Q8_0": 1.05, "F16": 2.0}
"""Per parameter, as tables on the web have it."""
_OVERHEAD = 1.2
_FIXED_BYTES = 500_000_000


def by_bits(shape: Shape, quant: str) -> float:
    """Parameters × bits of the quantization's name ÷ 8, and a fifth for everything else."""
    return parameters(shape) * _BITS[quant] / 8 * _OVERHEAD


def by_parts(shape: Shape, quant: str, settings: LoadSettings) -> float:
    """Parameters × bytes each, half a GB, and K and V in 16 bits as wide as the embedding in every layer."""
    cache = 2 * 2 * shape.layers * shape.embedding * settings.context
    return parameters(shape) * _BYTES[quant] + _FIXED_BYTES + cache
