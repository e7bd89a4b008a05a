"""LocalAI: a folder that a variable names."""

from pathlib import Path

from tests.models.stores.trees import environment, gguf_bytes, rows, scan, write


def test_names_are_those_of_the_records(tmp_path: Path):
    write(tmp_path / "models" / "tiny.yaml", "name: tiny\nparameters:\n  model: Tiny-Q4_0.gguf\n")
    write(tmp_path / "models" / "Tiny-Q4_0.gguf", gguf_bytes("x"))
    write(tmp_path / "models" / "alone.gguf", gguf_bytes("y"))

    library = scan(environment(tmp_path, LOCALAI_MODELS_PATH=str(tmp_path / "models")))

    assert rows(library) == [("alone", "local_ai", "", ""), ("Tiny", "local_ai", "tiny", "")]


def test_without_the_variable_nobody_knows_the_folder(tmp_path: Path, monkeypatch):
    write(tmp_path / "models" / "alone.gguf", gguf_bytes("y"))
    monkeypatch.chdir(tmp_path)

    assert scan(environment(tmp_path)).files == ()
