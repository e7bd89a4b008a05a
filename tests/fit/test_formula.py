"""The closed forms against the engine's own dry run."""

import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from tests.engine.random_models import gemma3_parts, lfm2_parts, mamba_parts, olmoe_parts
from tests.gguf_files import llama_metadata, llama_tensors, write_gguf
from tui.engine import llama
from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.models.model import ModelFile, Shape
from tui.models.model_file import model_file

DENSE = {
    "llama wide": {"layers": 4, "embedding": 1024, "feed_forward": 2816, "heads": 16, "kv_heads": 4},
    "llama thin": {"layers": 12, "embedding": 576, "feed_forward": 1536, "heads": 9, "kv_heads": 3},
    "llama one kv head": {"layers": 3, "embedding": 512, "feed_forward": 2048, "heads": 8, "kv_heads": 1},
}
PARTS = {
    "gemma3": gemma3_parts(layers=8, embedding=640, heads=4, key=256, window=512, vocabulary=20_000),
    "gemma3 small window": gemma3_parts(
        layers=7, embedding=256, heads=4, key=64, window=100, vocabulary=5000
    ),
    "olmoe": olmoe_parts(layers=4, embedding=512, heads=8, experts=16, used=4, width=512, vocabulary=8000),
    "mamba": mamba_parts(layers=6, embedding=256, rank=16, vocabulary=8000),
    "lfm2": lfm2_parts(layers=6, embedding=512, heads=8, vocabulary=8000),
}
NAMES = [*DENSE, *PARTS]
SETTINGS = [
    LoadSettings(context=context, kv_type=kv_type, batch=batch, swa_full=swa_full)
    for context, kv_type, batch, swa_full in [
        (256, "f16", 512, False),
        (1000, "f16", 128, False),
        (2048, "f16", 512, False),
        (2048, "q8_0", 512, True),
        (4096, "q4_0", 64, False),
        (8192, "f16", 512, False),
        (32768, "q8_0", 256, False),
    ]
]
COMPUTE_BOUND = 0.15
COMPUTE_SLACK = 2 << 20
"""Small graphs have parts that no short formula knows."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelFile]:
    folder = tmp_path_factory.mktemp("shapes")
    files: dict[str, ModelFile] = {}
    for name in NAMES:
        path = folder / f"{name}.gguf"
        if name in DENSE:
            sizes = {**DENSE[name], "vocabulary": 32_000}
            write_gguf(path, llama_metadata(context=8192, **sizes), llama_tensors(**sizes))
        else:
            write_gguf(path, *PARTS[name])
        files[name] = model_file(path, "test")
    return files


@pytest.fixture(scope="module")
def dry(files: dict[str, ModelFile]) -> Iterator[dict[str, llama.LlamaModel]]:
    models = {
        name: llama.LlamaModel(str(file.path), LoadSettings(), dry=True) for name, file in files.items()
    }
    yield models
    for model in models.values():
        model.close()


def engine_says(model: llama.LlamaModel, load: LoadSettings) -> llama.Breakdown:
    context = llama.LlamaContext(model, load, 1, None)
    try:
        return llama.breakdown(model, context)
    finally:
        context.close()


def shape_of(file: ModelFile) -> Shape:
    assert file.shape is not None, file.shape_reason
    return file.shape


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the engine tells hundredths of a MiB only")
@pytest.mark.parametrize("load", SETTINGS, ids=lambda load: f"{load.context} {load.kv_type} {load.batch}")
@pytest.mark.parametrize("name", NAMES)
def test_the_kv_cache_is_exact_to_the_byte(
    files: dict[str, ModelFile], dry: dict[str, llama.LlamaModel], name: str, load: LoadSettings
) -> None:
    assert formula.kv_bytes(shape_of(files[name]), load) == engine_says(dry[name], load).kv_bytes


@pytest.mark.parametrize("load", SETTINGS, ids=lambda load: f"{load.context} {load.kv_type} {load.batch}")
@pytest.mark.parametrize("name", NAMES)
def test_compute_is_within_its_bound(
    files: dict[str, ModelFile], dry: dict[str, llama.LlamaModel], name: str, load: LoadSettings
) -> None:
    predicted = formula.compute_bytes(shape_of(files[name]), load)
    planned = engine_says(dry[name], load).compute_bytes

    assert abs(predicted - planned) <= COMPUTE_BOUND * planned + COMPUTE_SLACK


@pytest.mark.parametrize("name", list(DENSE))
def test_without_flash_attention_the_scores_are_counted(
    files: dict[str, ModelFile], dry: dict[str, llama.LlamaModel], name: str
) -> None:
    load = LoadSettings(context=8192, flash_attention=False)
    predicted = formula.compute_bytes(shape_of(files[name]), load)
    planned = engine_says(dry[name], load).compute_bytes

    assert predicted == pytest.approx(planned, rel=COMPUTE_BOUND)
    assert predicted > 2 * formula.compute_bytes(shape_of(files[name]), LoadSettings(context=8192))


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_those_of_the_engine(
    files: dict[str, ModelFile], dry: dict[str, llama.LlamaModel], name: str
) -> None:
    planned = engine_says(dry[name], SETTINGS[0]).weights_bytes

    # The engine's buffers start each tensor on a wider boundary than files do.
    assert 0 <= planned - files[name].weights_bytes <= 4096 + 64 * 200


def test_smollm2s_whole_footprint_is_close(smollm2: Path, dry: dict[str, llama.LlamaModel]) -> None:
    file = model_file(smollm2, "test")
    load = LoadSettings(context=2048)
    model = llama.LlamaModel(str(smollm2), load, dry=True)
    planned = engine_says(model, load)
    model.close()
    predicted = formula.footprint(shape_of(file), file.weights_bytes, load)

    assert predicted.source == "formula"
    assert predicted.kv_bytes == planned.kv_bytes
    assert predicted.weights_bytes == pytest.approx(planned.weights_bytes, rel=0.001)
    assert predicted.compute_bytes == pytest.approx(planned.compute_bytes, rel=COMPUTE_BOUND)


def test_the_process_grows_with_the_vocabulary_and_the_batch() -> None:
    shape = Shape("llama", 1, 64, 128, 1, (1,), 64, 64, 49_152, 2048)
    larger = msgspec.structs.replace(shape, vocabulary=128_256)

    sizes = [formula.process_bytes(shape, LoadSettings()) for shape in (shape, larger)]
    assert formula.PROCESS_BYTES < sizes[0] < sizes[1]
    assert formula.process_bytes(shape, LoadSettings(batch=128)) < sizes[0]


@pytest.mark.parametrize(
    ("architecture", "tokens", "measured"),
    [
        ("llama", 32_000, 4_722_688),
        ("gpt2", 50_257, 15_347_712),
        ("falcon", 65_024, 18_792_448),
        ("deepseek2", 102_400, 27_295_744),
        ("llama", 128_256, 52_539_392),
        ("qwen2", 151_936, 41_795_584),
        ("command-r", 256_000, 71_503_872),
    ],
)
def test_vocabulary_size_agrees_with_measurements_of_published_models(
    architecture: str, tokens: int, measured: int
) -> None:
    shape = Shape(architecture, 1, 64, 128, 1, (1,), 64, 64, tokens, 2048)

    assert formula.vocabulary_bytes(shape) == pytest.approx(measured, rel=0.06)


@settings(max_examples=60)
@given(
    st.integers(1, 60_000),
    st.integers(0, 5000),
    st.sampled_from(["f16", "q8_0", "q4_0"]),
    st.booleans(),
    st.sampled_from(NAMES),
)
def test_a_longer_context_never_takes_less(
    files: dict[str, ModelFile], context: int, more: int, kv_type: str, swa_full: bool, name: str
) -> None:
    shape = shape_of(files[name])
    short = LoadSettings(context=context, kv_type=kv_type, swa_full=swa_full)  # type: ignore[arg-type]
    long = msgspec.structs.replace(short, context=context + more)

    assert formula.kv_bytes(shape, short) <= formula.kv_bytes(shape, long)
    assert formula.compute_bytes(shape, short) <= formula.compute_bytes(shape, long)


def test_latent_attention_keeps_one_row_a_token() -> None:
    shape = Shape("deepseek2", 2, 64, 128, 4, (1, 1), 192, 128, 1000, 4096, mla_cache_width=576)

    assert formula.kv_bytes(shape, LoadSettings(context=1024)) == 2 * 1024 * 576 * 2
