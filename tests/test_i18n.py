"""Translation of text for the user."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tui import i18n


def test_text_is_as_written_where_there_is_no_translation() -> None:
    assert i18n._("no such text") == "no such text"
    assert i18n.N_("no such text") == "no such text"


@pytest.mark.parametrize(("count", "text"), [(1, "1 model"), (2, "2 models"), (0, "0 models")])
def test_the_form_follows_the_count(count: int, text: str) -> None:
    assert i18n.ngettext("{count} model", "{count} models", count).format(count=count) == text


def test_a_translation_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Spanish(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return {"not on disk": "no está en el disco"}.get(message, message)

    monkeypatch.setattr(i18n, "_translation", Spanish())

    assert i18n._(i18n.N_("not on disk")) == "no está en el disco"


def test_a_language_is_used_from_now_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="es")
    catalogue.add("not on disk", "no está en el disco")
    forms = ("{n} modelo", "{n} de modelos", "{n} modelos")
    catalogue.add(("{n} model", "{n} models"), forms)
    with (folder / "llmtui.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(i18n, "LOCALE_FOLDER", tmp_path)
    monkeypatch.setattr(i18n, "_code", "en")
    monkeypatch.setattr(i18n, "_translation", i18n._translation)

    i18n.use_language("es")
    assert (i18n.language_code(), i18n.language().name) == ("es", "Español")
    assert i18n._("not on disk") == "no está en el disco"
    assert i18n.ngettext("{n} model", "{n} models", 2) == "{n} modelos"
    i18n.use_language("en")
    assert i18n._("not on disk") == "not on disk"


@pytest.mark.parametrize("content", [None, b"", b"no catalogue at all", bytes(200)])
def test_a_catalogue_that_is_missing_or_broken_costs_only_itself(
    content: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    if content is not None:
        (folder / "llmtui.mo").write_bytes(content)
    monkeypatch.setattr(i18n, "LOCALE_FOLDER", tmp_path)
    assert i18n._read_translations("es").gettext("not on disk") == "not on disk"
