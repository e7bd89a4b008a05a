"""The two ways to learn how much memory a context takes agree."""

import sys
from pathlib import Path

import pytest
from llama_cpp import _ggml
from llama_cpp import llama_cpp as lib

from tui.engine import llama
from tui.engine.breakdown import Breakdown, breakdown_from_log, engine_breakdown
from tui.engine.options import LoadSettings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there is the engine itself asked")

SETTINGS = [
    LoadSettings(context=256),
    LoadSettings(context=2048, batch=64),
    LoadSettings(context=4096, kv_type="q8_0"),
    LoadSettings(context=4096, kv_type="q4_0"),
    LoadSettings(context=1000, batch=100, flash_attention=False),
    LoadSettings(context=4096, swa_full=True),
]
LOG_DIGIT = (1 << 20) / 100 / 2
"""The log prints hundredths of a MiB, and rounds."""


@pytest.fixture(scope="module")
def models(tiny: dict[str, Path], smollm2: Path) -> dict[str, llama.LlamaModel]:
    paths = {**tiny, "smollm2": smollm2}
    return {name: llama.LlamaModel(str(path), LoadSettings(), dry=True) for name, path in paths.items()}


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("name", ["smollm2", "llama", "gemma3", "olmoe", "mamba", "lfm2"])
def test_log_and_engine_report_the_same_buffers(
    models: dict[str, llama.LlamaModel], name: str, settings: LoadSettings
) -> None:
    model = models[name]
    context = llama.LlamaContext(model, settings, 1, None)
    try:
        breakdown = engine_breakdown(lib._lib, _ggml.libggml, context.pointer, context.log)
    finally:
        context.close()
    assert breakdown is not None
    logged = breakdown_from_log(context.log, model.size_bytes)

    lines = context.log.count(" size = ")
    assert breakdown.kv_bytes > 0
    assert abs(breakdown.kv_bytes - logged.kv_bytes) <= LOG_DIGIT * lines
    assert abs(breakdown.compute_bytes - logged.compute_bytes) <= LOG_DIGIT * lines
    # The buffer pads each tensor; the sum of the tensors does not.
    assert 0 <= breakdown.weights_bytes - logged.weights_bytes <= 0.01 * logged.weights_bytes + 4096
    if not lib.llama_supports_gpu_offload():
        assert breakdown.device_bytes == logged.device_bytes == 0


def test_log_lines_of_another_device_are_distinguished() -> None:
    log = (
        "llama_context: CPU  output buffer size =     0.50 MiB\n"
        "llama_kv_cache: size =  128.00 MiB (  4096 cells,  16 layers), K (f16): 64.00 MiB\n"
        "llama_memory_recurrent: size =    1.25 MiB (     1 cells,   4 layers)\n"
        "sched_reserve:      CUDA0 compute buffer size =   200.00 MiB\n"
        "sched_reserve:  CUDA_Host compute buffer size =    10.00 MiB\n"
        "sched_reserve:        CPU compute buffer size =     2.00 MiB\n"
    )
    mib = 1 << 20

    assert breakdown_from_log(log, 77) == Breakdown(
        77, round(129.25 * mib), round(212.5 * mib), device_bytes=200 * mib
    )


def test_build_without_the_function_has_no_breakdown() -> None:
    assert engine_breakdown(_ggml.libggml, _ggml.libggml, 0, "") is None
