"""The table of languages, and the user's own."""

import ctypes
import plistlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tui.i18n import DOMAIN, LOCALE_FOLDER
from tui.languages import (
    LANGUAGES,
    SOURCE_LANGUAGE,
    language_of_environment,
    language_of_locale,
    language_of_system,
    untranslated_languages,
)


def test_each_language_but_that_of_the_code_has_a_catalogue() -> None:
    folders = {path.parts[-3] for path in LOCALE_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    assert folders == set(LANGUAGES) - {SOURCE_LANGUAGE}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("es_ES.UTF-8", "es"),
        ("es-419", "es"),
        ("es", "es"),
        ("ES_mx@euro", "es"),
        ("Spanish_Spain.1252", "es"),
        ("en_GB.UTF-8", "en"),
        ("C", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("de_DE.UTF-8", None),
        ("est_EE", None),
        ("", None),
    ],
)
def test_a_locale_is_of_a_language(name: str, code: str | None) -> None:
    assert language_of_locale(name) == code


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "es_MX.UTF-8"}, "es"),
        ({"LC_MESSAGES": "es_MX.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANGUAGE": "es", "LC_ALL": "en_US.UTF-8"}, "es"),
        ({"LANGUAGE": "de:es:en", "LANG": "de_DE.UTF-8"}, "es"),
        ({"LANGUAGE": "de", "LANG": "es_ES.UTF-8"}, "en"),
        ({"LANGUAGE": "", "LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": ""}, None),
        ({}, None),
    ],
)
def test_the_first_variable_that_is_set_decides(environment: dict[str, str], code: str | None) -> None:
    assert language_of_environment(environment) == code


@pytest.mark.parametrize(
    ("environment", "codes"),
    [
        ({"LANG": "gl_ES.UTF-8"}, ("gl",)),
        ({"LANGUAGE": "gl:pt_BR:es:fr", "LANG": "de_DE.UTF-8"}, ("gl", "pt")),
        ({"LANGUAGE": "gl:en"}, ("gl",)),
        ({"LANG": "es_ES.UTF-8"}, ()),
        ({"LANG": "C.UTF-8"}, ()),
        ({}, ()),
    ],
)
def test_languages_that_only_models_know_come_before_the_first_of_the_program(
    environment: dict[str, str], codes: tuple[str, ...]
) -> None:
    assert untranslated_languages(environment) == codes


@pytest.mark.parametrize(
    ("preferences", "code"),
    [
        ({"AppleLanguages": ["es-419", "en-US"]}, "es"),
        ({"AppleLanguages": ["de-DE", "es-ES"]}, "en"),
        ({"AppleLanguages": []}, None),
        ({"AppleLanguages": [7]}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_mac_has_a_list_of_languages(
    preferences: dict[str, object] | None, code: str | None, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    folder = own_home / "Library" / "Preferences"
    folder.mkdir(parents=True)
    content = b"nothing" if preferences is None else plistlib.dumps(preferences, fmt=plistlib.FMT_BINARY)
    (folder / ".GlobalPreferences.plist").write_bytes(content)
    assert language_of_system() == code


def test_a_mac_without_preferences_has_no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert language_of_system() is None


@pytest.mark.parametrize(("number", "code"), [(0x0C0A, "es"), (0x080A, "es"), (0x0409, "en"), (0x0407, None)])
def test_windows_has_a_number(number: int, code: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = SimpleNamespace(kernel32=SimpleNamespace(GetUserDefaultUILanguage=lambda: number))
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", kernel, raising=False)
    assert language_of_system() == code


def test_other_systems_say_it_in_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert language_of_system() is None
