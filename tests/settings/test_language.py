"""The language that llmtui writes: settings, else environment, else system."""

import os
from pathlib import Path

import pytest

from tui.settings import language as module
from tui.settings.app_folders import settings_file
from tui.settings.language import choose_language, language_of_settings


@pytest.fixture(autouse=True)
def environment_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "")


def write_settings(text: str) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('language = "es"\n[machines.mine]\nram_gb = 16\n', "es"),
        ('\ufefflanguage = "es"', "es"),
        ('language = "en"', "en"),
        ('language = "de"', None),
        ('language = ""', None),
        ("language = 3", None),
        ('language = "es', None),
        ('[presets.mine]\nlanguage = "es"', None),
        ("a = " + "[" * 10_000, None),
    ],
)
def test_the_settings_name_a_language(text: str, code: str | None, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    assert language_of_settings(path) == code


def test_settings_that_cannot_be_read_name_none(tmp_path: Path) -> None:
    assert language_of_settings(tmp_path) is None
    assert language_of_settings(tmp_path / "missing") is None
    (tmp_path / "latin").write_bytes(b'language = "es" # \xf1')
    assert language_of_settings(tmp_path / "latin") is None


def test_the_settings_come_before_the_environment_and_that_before_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "language_of_system", lambda: None)
    choose_language()
    assert os.environ["LANGUAGE"] == "en"

    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setattr(module, "language_of_system", lambda: "es")
    choose_language()
    assert os.environ["LANGUAGE"] == "es"

    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    choose_language()
    assert os.environ["LANGUAGE"] == "en"

    write_settings('language = "es"')
    choose_language()
    assert os.environ["LANGUAGE"] == "es"


def test_a_language_that_only_models_know_stays_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "gl_ES.UTF-8")
    choose_language()
    assert os.environ["LANGUAGE"] == "gl:en"
    # AND a child that chooses again comes to the same
    choose_language()
    assert os.environ["LANGUAGE"] == "gl:en"

    write_settings('language = "es"')
    choose_language()
    assert os.environ["LANGUAGE"] == "es"
