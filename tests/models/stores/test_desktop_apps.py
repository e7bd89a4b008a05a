"""AnythingLLM and Msty, which keep a store of Ollama's each."""

from pathlib import Path

import pytest

from tests.models.stores.trees import environment, gguf_bytes, ollama_model, rows, scan

NAME = "registry.ollama.ai/library/tiny/1b"


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("linux", ".config"),
        ("macos", "Library/Application Support"),
        ("windows", "AppData/Roaming"),
    ],
)
def test_both_are_found_on_every_system(tmp_path: Path, system: str, folder: str):
    base = tmp_path / folder
    ollama_model(base / "anythingllm-desktop/storage/models/ollama", NAME, [("model", gguf_bytes("a"))])
    ollama_model(base / "Msty/models", NAME, [("model", gguf_bytes("b"))])
    ollama_model(base / "MstyStudio/models", NAME, [("model", gguf_bytes("c"))])

    library = scan(environment(tmp_path, system))  # type: ignore[arg-type]

    assert sorted(store for _name, store, _there, _error in rows(library)) == ["anything_llm", "msty", "msty"]


def test_the_server_of_anything_llm_has_a_variable(tmp_path: Path):
    ollama_model(tmp_path / "storage/models/ollama", NAME, [("model", gguf_bytes("a"))])

    assert rows(scan(environment(tmp_path, STORAGE_DIR=str(tmp_path / "storage")))) == [
        ("tiny:1b", "anything_llm", "tiny:1b", "")
    ]
