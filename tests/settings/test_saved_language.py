"""Language in the settings file, changed by the program."""

import sys
from pathlib import Path

import pytest

from tests.reasons import sentence_of
from tui.sentences import ReasonedError
from tui.settings.app_folders import settings_file
from tui.settings.language import language_of_settings
from tui.settings.saved_language import save_language


@pytest.mark.parametrize(
    ("content", "changed"),
    [
        ("", 'language = "es"\n'),
        ("# mine\n[keys]\n", 'language = "es"\n# mine\n[keys]\n'),
        ('context = 1\nlanguage = "en"   # of mine\n', 'context = 1\nlanguage = "es"   # of mine\n'),
        ("  'language'='en'\r\ntheme = \"nord\"\r\n", '  \'language\'="es"\r\ntheme = "nord"\r\n'),
        ('\ufefflanguage = "en"', '\ufefflanguage = "es"'),
        ("\ufeffcontext = 4096\r\n", '\ufefflanguage = "es"\r\ncontext = 4096\r\n'),
        (
            '[presets.x]\nsystem = """\nlanguage = "en"\n"""\n',
            'language = "es"\n[presets.x]\nsystem = """\nlanguage = "en"\n"""\n',
        ),
        (
            'stop = ["""\nlanguage = "a"\n"""]\nlanguage = "en"',
            'stop = ["""\nlanguage = "a"\n"""]\nlanguage = "es"',
        ),
    ],
)
def test_only_the_language_is_changed(content: str, changed: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content.encode())
    save_language("es", path)
    assert path.read_bytes().decode() == changed
    assert language_of_settings(path) == "es"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_created_where_there_is_none() -> None:
    save_language("es")
    assert settings_file().read_text(encoding="utf-8") == 'language = "es"\n'


@pytest.mark.skipif(sys.platform == "win32", reason="needs rights and links of POSIX")
def test_a_link_and_the_rights_of_the_file_stay(tmp_path: Path) -> None:
    (real := tmp_path / "real").write_text("context = 4096\n")
    real.chmod(0o600)
    (link := tmp_path / "link").symlink_to(real)
    save_language("es", link)
    assert link.is_symlink()
    assert real.read_text() == 'language = "es"\ncontext = 4096\n'
    assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"context = [", "is not valid TOML"),
        (b"context = 1 # \xf1", "is not UTF-8 text"),
        (b"language = 3", 'Write language = "es" at the top'),
    ],
)
def test_a_file_that_would_get_worse_is_left_alone(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(ReasonedError) as failure:
        save_language("es", path)
    assert message in sentence_of(failure.value.reason)
    assert path.read_bytes() == content


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReasonedError) as failure:
        save_language("es", tmp_path)
    assert str(tmp_path) in sentence_of(failure.value.reason)
