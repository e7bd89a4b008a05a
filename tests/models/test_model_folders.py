"""Folders of llmtui's own models and of installed packages, and paths as they stand on the disk."""

from pathlib import Path

import pytest

from tui.models.model_folders import models_folder, package_folders, whole_path


def test_models_folder_is_named_after_the_program() -> None:
    assert models_folder().name == "models"
    assert models_folder().parent.name == "llmtui"


def test_package_folders_are_there_and_named_as_python_names_them() -> None:
    assert {path.name for path in package_folders()} <= {"site-packages", "dist-packages"}
    assert all(path.is_dir() for path in package_folders())


def test_a_whole_path_has_no_dots_and_a_circle_of_links_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "circle").symlink_to("circle")
    monkeypatch.chdir(tmp_path / "inner")

    assert whole_path(Path("../other")) == tmp_path / "other"
    assert whole_path(tmp_path / "circle" / ".." / "x").name == "x"
