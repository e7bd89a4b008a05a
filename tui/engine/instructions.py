"""Instruction sets that a build of the engine uses, as its library lists them.

Form and names: llama.cpp's `llama_print_system_info`, and `ggml_backend_cpu_get_features` in `ggml-cpu.cpp`.
"""

import re

_PROCESSOR = re.compile(r"\bCPU : ((?:\w+ = \w+ \| )*)")
_FEATURE = re.compile(r"(\w+) = (\w+) \| ")
_NO_INSTRUCTIONS = frozenset(
    {"ACCELERATE", "CPU_HBM", "KLEIDIAI", "LLAMAFILE", "OPENMP", "REPACK", "RVV_VLEN", "SVE_CNT"}
)
"""Libraries, options and sizes in the same list."""


def instructions_in(system_info: str) -> tuple[str, ...]:
    """Return the instruction sets in a library's system information, in its order: `AVX2`, `AVX512`, `NEON`.

    Empty where the build has no part for the processor, or does not list them.
    """
    processor = _PROCESSOR.search(system_info)
    if processor is None:
        return ()
    features = _FEATURE.findall(processor[1])
    return tuple(name for name, value in features if value != "0" and name not in _NO_INSTRUCTIONS)
