"""Translation of text for the user."""

import gettext

import pytest

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
