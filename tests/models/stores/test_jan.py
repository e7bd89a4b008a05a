"""Jan: records of models, imported files, folders that the user added, and its predecessors."""

import json
from pathlib import Path

import pytest

from tests.models.stores.trees import environment, gguf_bytes, projector_bytes, rows, scan, write


@pytest.mark.parametrize(
    ("system", "data"),
    [
        ("linux", ".local/share/Jan/data"),
        ("macos", "Library/Application Support/Jan/data"),
        ("windows", "AppData/Roaming/Jan/data"),
    ],
)
def test_names_are_those_of_the_records_on_every_system(tmp_path: Path, system: str, data: str):
    folder = tmp_path / data
    record = "name: Tiny\nmodel_path: llamacpp/models/org/tiny/model.gguf\nsize_bytes: 5\n"
    write(
        folder / "llamacpp/models/org/tiny/model.yml",
        record + 'mmproj_path: "llamacpp/models/org/tiny/mm.gguf"\n',
    )
    write(folder / "llamacpp/models/org/tiny/model.gguf", gguf_bytes("x"))
    write(folder / "llamacpp/models/org/tiny/mm.gguf", projector_bytes())

    library = scan(environment(tmp_path, system))  # type: ignore[arg-type]

    assert [(name, there, bool(error)) for name, _store, there, error in rows(library)] == [
        ("mm", "org/tiny", True),
        ("org/tiny", "org/tiny", False),
    ]


def test_an_imported_file_stays_where_it_is_and_a_missing_one_says_so(tmp_path: Path):
    models = tmp_path / ".local/share/Jan/data/llamacpp/models"
    imported = write(tmp_path / "files" / "Mine-Q4_0.gguf", gguf_bytes("mine"))
    write(models / "mine" / "model.yml", f"model_path: {imported}\n")
    write(models / "gone" / "model.yml", f"model_path: {tmp_path / 'gone.gguf'}\n")
    write(models / "broken" / "model.yml", ": : :\n\x00")

    assert rows(scan(environment(tmp_path))) == [
        ("gone", "jan", "gone", "There is no such file"),
        ("mine", "jan", "mine", ""),
    ]


def test_the_data_folder_and_added_folders_come_from_its_settings(tmp_path: Path):
    settings = {"data_folder": str(tmp_path / "moved"), "gguf_scan_paths": [str(tmp_path / "added")]}
    write(tmp_path / ".local/share/jan.ai.app/settings.json", json.dumps(settings))
    write(tmp_path / "moved/llamacpp/models/plain/plain.gguf", gguf_bytes("plain"))
    write(tmp_path / "moved/models/legacy/legacy.gguf", gguf_bytes("legacy"))
    write(tmp_path / "added/deep/added.gguf", gguf_bytes("added"))
    write(tmp_path / "cortexcpp/models/old/old.gguf", gguf_bytes("old"))

    names = [name for name, *_other in rows(scan(environment(tmp_path)))]

    assert names == ["added", "legacy", "old", "plain"]
    # AND a variable goes before the settings
    elsewhere = environment(tmp_path, JAN_DATA_FOLDER=str(tmp_path / "nowhere"))
    assert [name for name, *_other in rows(scan(elsewhere))] == ["added", "old"]
