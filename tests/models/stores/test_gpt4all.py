"""GPT4All: one flat folder, which its settings may name."""

from pathlib import Path

import pytest

from tests.models.stores.trees import environment, gguf_bytes, rows, scan, write


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("linux", ".local/share/nomic.ai/GPT4All"),
        ("macos", "Library/Application Support/nomic.ai/GPT4All"),
        ("windows", "AppData/Local/nomic.ai/GPT4All"),
        ("linux", ".cache/gpt4all"),
    ],
)
def test_lists_the_folder_of_each_system_and_says_what_is_a_part(tmp_path: Path, system: str, folder: str):
    write(tmp_path / folder / "Tiny-Q4_0.gguf", gguf_bytes("x"))
    write(tmp_path / folder / "incomplete-Big-Q4_0.gguf", gguf_bytes("y")[:2000])
    write(tmp_path / folder / "remote.rmodel", "{}")
    write(tmp_path / folder / "deeper" / "a.gguf", gguf_bytes("z"))

    library = scan(environment(tmp_path, system))  # type: ignore[arg-type]

    assert rows(library) == [
        ("Big-Q4_0", "gpt4all", "", "This is a part of a download that did not finish (GPT4All)"),
        ("Tiny", "gpt4all", "", ""),
    ]


@pytest.mark.parametrize("form", ["{path}", '"{path}/"'])
def test_the_folder_of_the_settings_takes_the_place_of_the_usual_one(tmp_path: Path, form: str):
    write(tmp_path / "my models" / "Tiny.gguf", gguf_bytes("x"))
    value = form.format(path=tmp_path / "my models")
    write(tmp_path / ".config/nomic.ai/GPT4All.ini", f"[General]\nmodelPath={value}\nthreads=4\n")

    assert [name for name, *_other in rows(scan(environment(tmp_path)))] == ["Tiny"]
