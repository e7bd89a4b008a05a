"""Arithmetic of machines that are not here: the weights that a prompt is multiplied by in a second, by
class.

Within a class of GPUs arithmetic grows with the memory bandwidth. These are published results of
llama.cpp, as weights a second (tokens of a prompt of 512 times the model's weights), for each byte a
second of bandwidth:

- Apple, Metal: 8 to 15. M1 118 and M3 Max (40 cores) 760 tok/s with Llama 7B Q4_0 ("Performance of
  llama.cpp on Apple Silicon M-series", github.com/ggml-org/llama.cpp/discussions/4167); M1 (7 cores) 94 and
  M3 Max 693 tok/s with Llama 3 8B Q4_K_M (github.com/XiongjieDai/GPU-Benchmarks-on-LLM-Inference); M4 225 and
  M1 Max 500 tok/s with Llama 3.1 8B Q4_K_M (github.com/brand-o/normiebench/issues/3 and /40).
- Cards: 37 to 80. RTX 3080 3,810 tok/s (github.com/dmatora/LLM-inference-speed-benchmarks/issues/12) and
  RX 9070 XT 4,800 tok/s (github.com/maeddesg/vulkanforge/wiki/Benchmarks) with Llama 3.1 8B Q4_K_M. Newer
  builds and tensor cores reach the upper end.
- Graphics of AMD's processors: 26 for the Radeon of a Ryzen AI Max 385, 833 tok/s with Llama 3.1 8B
  Q4_K_M through Vulkan (github.com/deseven/strixhalo-homelab/issues/11); less for smaller ones.

Small models do not fill a GPU: their matrices are narrow, and each layer has some twenty kernels, whose
launch takes microseconds however little they do. With TinyLlama 1.1B Q4_K_M, 2048 wide, an RTX 3060 reads
6,744, an RTX 2080 Ti 7,094 and an RTX 4090 18,709 tok/s: a quarter to half of the weights a second that they
reach with models 4096 wide. An M1 Ultra, 5,588 tok/s, still reaches nearly all of it
(github.com/geerlingguy/ai-benchmarks/issues/40, /46, /43 and /48). For still narrower models nothing reliable
is published, so the range grows with the distance.

A processor's arithmetic grows with its cores: 110 billion weights a second for each core of a Ryzen 9
7950X, by 224 tok/s with Llama 3.1 8B (github.com/ikawrakow/ik_llama.cpp/pull/128, a fork that is faster);
some 20 billion for each core of a Zen 4 server, measured with SmolLM2 and Gemma 3.
"""

from typing import NamedTuple

from tui.hardware.gpus.makers import maker_of
from tui.hardware.machine import Cpu, Gpu, Machine


class Arithmetic(NamedTuple):
    """Weights a second: the least, the typical and the most for a class."""

    lowest: float
    typical: float
    highest: float

    def times(self, factor: float) -> "Arithmetic":
        """Return the same multiplied by a factor."""
        return Arithmetic(*(value * factor for value in self))


_APPLE = Arithmetic(6, 12, 16)
_CARD = Arithmetic(20, 45, 80)
_SHARED = Arithmetic(8, 20, 30)
"""For each byte a second of memory bandwidth."""
_CORE = Arithmetic(1e10, 3e10, 11e10)

_CARD_WIDTH, _SHARED_WIDTH = 4096, 1024
"""Embedding lengths from which a model fills a card, and a GPU with shared memory, which has fewer cores."""
_NARROWING = Arithmetic(1.5, 1.25, 0.75)
"""Exponents of the share of that width that a narrower model has: what it reaches of a GPU's arithmetic."""

LAYER_SECONDS = Arithmetic(2e-4 / 512, 1e-4 / 512, 4e-5 / 512)
"""Seconds per layer and token of a prompt for launching kernels: 2 to 10 µs each, in calls of 512 tokens."""


def gpu_arithmetic(machine: Machine, width: int) -> Arithmetic | None:
    """Return the arithmetic of the GPU that reads prompts on a machine, for a model of this embedding length.

    None where the processor does it, or where the GPU's bandwidth is not known.
    """
    gpu = next(iter(machine.gpus), None)
    if gpu is None or gpu.memory_bandwidth is None:
        return None
    if gpu.shares_memory and maker_of(gpu.vendor).processor_as_fast:
        return None
    share = min(1.0, width / (_SHARED_WIDTH if gpu.shares_memory else _CARD_WIDTH))
    pairs = zip(_class_of(gpu).times(gpu.memory_bandwidth), _NARROWING, strict=True)
    return Arithmetic(*(value * share**exponent for value, exponent in pairs))


def processor_arithmetic(cpu: Cpu) -> Arithmetic:
    """Return the arithmetic of a processor."""
    return _CORE.times(cpu.physical_cores)


def _class_of(gpu: Gpu) -> Arithmetic:
    if not gpu.shares_memory:
        return _CARD
    return _APPLE if maker_of(gpu.vendor).ram_ceiling is not None else _SHARED
