"""Names, quantizations and shard numbers from the names of files."""

from pathlib import Path

import pytest

from tests.gguf_files import write_llama
from tui.models.file_names import model_name, shard_of
from tui.models.model_file import model_file
from tui.text import clean_line


@pytest.mark.parametrize(
    ("file_name", "name", "quant"),
    [
        ("Llama-3.2-3B-Instruct-Q4_K_M.gguf", "Llama-3.2-3B-Instruct", "Q4_K_M"),
        ("SmolLM2-135M-Instruct.Q4_1.gguf", "SmolLM2-135M-Instruct", "Q4_1"),
        ("qwen2.5-7b-instruct-q5_k_s.gguf", "qwen2.5-7b-instruct", "Q5_K_S"),
        ("Qwen3-30B-A3B-UD-Q4_K_XL.gguf", "Qwen3-30B-A3B", "Q4_K_XL"),
        ("Mistral-Small.i1-IQ3_XXS.gguf", "Mistral-Small", "IQ3_XXS"),
        ("Phi-3-mini-4k-instruct-fp16.gguf", "Phi-3-mini-4k-instruct", "F16"),
        ("gpt-oss-20b-mxfp4.gguf", "gpt-oss-20b", "MXFP4"),
        ("gemma-3-4b-it-qat-Q4_0.GGUF", "gemma-3-4b-it-qat", "Q4_0"),
        ("Bonsai-TQ2_0.gguf", "Bonsai", "TQ2_0"),
        ("Qwen2.5-7B.gguf", "Qwen2.5-7B", "Q8_0"),
        ("Model Q1.5 notes.gguf", "Model Q1.5 notes", "Q8_0"),
        ("sha256-abc", "sha256-abc", "Q8_0"),
    ],
)
def test_names_and_quantizations_from_the_file_name(
    tmp_path: Path, file_name: str, name: str, quant: str
) -> None:
    model = model_file(write_llama(tmp_path / file_name, type="Q8_0"), "here")

    assert (model.name, model.quant, model.error) == (name, quant, None)


def test_the_header_knows_the_quantization_better_than_the_name(tmp_path: Path) -> None:
    path = write_llama(tmp_path / "A-Q8_0.gguf", metadata={"general.file_type": 15})

    assert model_file(path, "here").quant == "Q4_K_M"


def test_a_recipe_of_the_publisher_stands_in_the_name_only(tmp_path: Path) -> None:
    path = write_llama(tmp_path / "A-Q6_K_L.gguf", metadata={"general.file_type": 18})

    assert model_file(path, "here").quant == "Q6_K_L"


def test_header_names_the_model_when_the_file_name_does_not(tmp_path: Path) -> None:
    path = write_llama(tmp_path / "Q4_K_M.gguf", metadata={"general.name": "Tiny \x1b[31mLlama\n"})

    assert model_file(path, "here").name == "Tiny Llama"


def test_a_file_name_is_shown_without_control_characters() -> None:
    assert model_name(Path("a\x1b[2Jb\n\udcffc-Q4_0.gguf"), None) == "ab c"
    assert clean_line("\u202eevil\u0007") == "evil"


@pytest.mark.parametrize(
    "name", ["a-00000-of-00003.gguf", "a-00004-of-00003.gguf", "a-1-of-3.gguf", "a.gguf"]
)
def test_names_that_are_no_shard_names(name: str) -> None:
    assert shard_of(Path(name)) is None
