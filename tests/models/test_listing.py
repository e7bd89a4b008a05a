"""Rows of the model list: files, their entries, and entries without a file."""

from pathlib import Path

import pytest

from tests.models.catalogue.entries import SHIPPED
from tui.models.listing import catalogue_model, catalogue_models, find_entry
from tui.models.model import ModelFile, Shape
from tui.models.quantizations import weights_bytes
from tui.sentences import Reason, reason

# Sizes of published files, in bytes, headers of a few MiB included.
PUBLISHED = {
    ("Llama-3.1-8B-Instruct", "Q4_K_M"): 4_920_734_272,
    ("Llama-3.3-70B-Instruct", "Q4_K_M"): 42_520_393_856,
    ("gpt-oss-20b", "MXFP4"): 12_109_566_560,
    ("Qwen2.5-7B-Instruct", "Q4_K_M"): 4_683_073_952,
    ("granite-4.0-h-micro", "Q2_K"): 1_226_247_840,
    ("granite-4.0-h-micro", "Q4_K_M"): 1_942_564_512,
    ("granite-4.0-h-tiny", "Q4_K_M"): 4_230_976_352,
    ("gemma-3n-E2B-it", "Q8_0"): 4_788_112_064,
    ("LFM2.5-8B-A1B", "Q4_K_M"): 5_155_564_768,
    ("Qwen3.5-9B", "Q8_0"): 9_527_502_048,
    ("granite-4.2-8b", "Q4_K_M"): 5_347_917_952,
    ("Ministral-3-8B-Instruct-2512", "Q4_K_M"): 5_198_911_904,
    ("Nemotron-3-Nano-4B", "Q4_K_M"): 2_837_072_864,
    ("Hy-MT2-7B", "Q4_K_M"): 4_624_648_896,
    ("Seed-OSS-36B-Instruct", "Q4_K_M"): 21_762_149_024,
    ("Qwen3.6-35B-A3B", "Q4_K_M"): 21_166_757_920,
}


@pytest.mark.parametrize(("name", "quant"), PUBLISHED)
def test_row_has_the_size_of_the_published_file(name: str, quant: str) -> None:
    entry = find_entry(SHIPPED, name)
    assert entry is not None
    assert catalogue_model(entry, quant).weights_bytes == pytest.approx(PUBLISHED[name, quant], rel=0.003)


def a_file(name: str, shape: Shape | None, quant: str = "Q4_K_M", error: Reason | None = None) -> ModelFile:
    path = Path(f"/models/{name}-{quant}.gguf")
    return ModelFile(path, (path,), 800, 1, name, quant, "own", 700, shape, error=error)


@pytest.mark.parametrize(
    "name",
    [
        "Llama-3.2-1B-Instruct",
        "llama-3.2-1b-instruct",
        "Meta-Llama-3.2-1B-Instruct",
        "meta-llama_Llama-3.2-1B-Instruct",
    ],
)
def test_a_file_is_matched_to_its_entry_by_name(name: str) -> None:
    entry = find_entry(SHIPPED, "Llama-3.2-1B-Instruct")
    assert entry is not None
    file = a_file(name, entry.shape)

    rows = catalogue_models(SHIPPED, [file])

    assert (rows[0].file, rows[0].entry, rows[0].weights_bytes) == (file, entry, 700)
    assert [row.entry for row in rows[1:]] == [
        entry_left for entry_left in SHIPPED.entries if entry_left is not entry
    ]


def test_file_of_another_model_keeps_its_own_row() -> None:
    entry = find_entry(SHIPPED, "Llama-3.2-1B-Instruct")
    other_entry = find_entry(SHIPPED, "Llama-3.2-3B-Instruct")
    assert entry is not None
    assert other_entry is not None
    impostor = a_file("Llama-3.2-1B-Instruct", other_entry.shape)

    rows = catalogue_models(SHIPPED, [impostor, a_file("Llama-3.2-1B", entry.shape)])

    assert [row.entry for row in rows[:2]] == [None, None]
    assert len(rows) == len(SHIPPED.entries) + 2


def test_a_broken_file_does_not_hide_the_entry() -> None:
    entry = find_entry(SHIPPED, "Qwen3-8B")
    assert entry is not None

    rows = catalogue_models(
        SHIPPED, [a_file("Qwen3-8B", None, error=reason("models.header_cut_off", byte=9))]
    )

    assert [row.file is None for row in rows if row.entry is entry] == [False, True]
    assert len({row.key for row in rows}) == len(rows)


def test_every_file_of_one_model_has_a_row() -> None:
    entry = find_entry(SHIPPED, "Qwen3-8B")
    assert entry is not None

    rows = catalogue_models(SHIPPED, [a_file("Qwen3-8B", entry.shape, quant) for quant in ("Q4_K_M", "Q8_0")])

    assert [(row.quant, row.file is None) for row in rows if row.entry is entry] == [
        ("Q4_K_M", False),
        ("Q8_0", False),
    ]


def test_a_row_without_a_file_is_weighed_at_the_default_quantization() -> None:
    row = catalogue_models(SHIPPED, [])[0]
    assert row.entry is not None
    assert row.quant == row.entry.default_quant
    assert row.weights_bytes == weights_bytes(row.entry.shape, row.quant)
