"""Pictures of the screen as files."""

from pathlib import Path

import pytest

from tui.ui.kit import screenshot
from tui.ui.kit.screenshot import picture_folders, save_picture


def test_picture_goes_to_the_first_writable_folder_under_a_new_name(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    first, second = (save_picture("<svg/>", (missing, tmp_path)) for _number in range(2))
    assert first.parent == tmp_path
    assert first != second
    assert [path.read_text() for path in (first, second)] == ["<svg/>", "<svg/>"]


def test_error_of_the_first_folder_is_reported_if_all_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        save_picture("<svg/>", (tmp_path / "file", tmp_path / "missing"))


def test_the_current_folder_comes_before_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(screenshot.platformdirs, "user_pictures_dir", lambda: "/pictures")
    assert picture_folders()[:2] == (tmp_path, Path("/pictures"))
