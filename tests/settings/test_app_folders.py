"""Files and folders of llmtui's own."""

from pathlib import Path

import platformdirs
import pytest

from tui.settings import app_folders


@pytest.mark.parametrize("kind", ["config", "cache", "data", "state"])
def test_a_folder_is_the_systems_own_for_this_program(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, f"user_{kind}_dir", lambda app, appauthor: f"/{kind}/{app}")

    folder = getattr(app_folders, f"{kind}_folder")()

    assert folder == Path(f"/{kind}/llmtui")


def test_the_settings_are_in_the_folder_of_what_the_user_writes() -> None:
    assert app_folders.settings_file() == app_folders.config_folder() / "settings.toml"


def test_the_log_is_named_after_the_program() -> None:
    assert app_folders.log_file().name == "llmtui.log"
