"""Catalogues on the disk: up to date, and each translation keeps what it has to."""

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tests.locale.catalogues import (
    TEMPLATE,
    TRANSLATED,
    as_text,
    catalogue_path,
    compile_catalogue,
    forms_of,
    read_catalogue,
    untranslated,
    updated,
)
from tests.locale.extraction import extracted
from tests.locale.message_shape import differences, fields
from tui.i18n import DOMAIN, LOCALE_FOLDER

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def template() -> Catalog:
    return extracted(PROJECT)


def test_the_template_has_the_texts_of_the_code(template: Catalog) -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == as_text(template), "python -m tests.locale writes it anew"


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_catalogue_has_the_texts_of_the_template(language: str, template: Catalog) -> None:
    text = catalogue_path(language).read_text(encoding="utf-8")
    assert text == as_text(updated(language, template)), "python -m tests.locale brings it up to date"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_fields_spaces_and_closing_marks(language: str) -> None:
    wrong = [
        f"{form!r} → {translation!r}: {', '.join(differences(form, translation))}"
        for message in read_catalogue(language)
        # A word for a narrow column may be an abbreviation, with its full stop.
        if message.id and message.context != "column"
        for form, translation in _pairs(forms_of(message.id), forms_of(message.string))
        if translation and differences(form, translation)
    ]
    assert not wrong, "\n".join(wrong)


def _pairs(forms: tuple[str, ...], translations: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each form of a translation with the English form that has the same fields."""
    return [(forms[min(index, len(forms) - 1)], form) for index, form in enumerate(translations)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_program_reads_what_the_catalogue_says(language: str) -> None:
    compiled = gettext.translation(DOMAIN, LOCALE_FOLDER, [language])
    for message in read_catalogue(language):
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string:
            context = message.context
            text = compiled.pgettext(context, message.id) if context else compiled.gettext(message.id)
            assert text == message.string


def test_a_text_without_a_whole_translation_is_reported() -> None:
    catalogue = Catalog(locale="es")
    catalogue.add("Quit", "Salir")
    catalogue.add("Load")
    catalogue.add("Stop", "Parar", flags=["fuzzy"])
    catalogue.add(("{n} model", "{n} models"), ("{n} modelo", ""))
    catalogue.add(("{n} file", "{n} files"), ("{n} archivo", "{n} archivos"))
    assert untranslated(catalogue) == ["Load", "Stop", "{n} model"]


def test_the_same_catalogue_is_written_the_same_way() -> None:
    catalogue = Catalog(locale="es")
    catalogue.add("100 % of it", "todo", locations=[("tui/b.py", 12)])
    catalogue.add("Quit", "Salir", locations=[("tui/a.py", 3)])
    text = as_text(catalogue)
    assert text.index("Quit") < text.index("100 %")
    assert "python-format" not in text
    assert ":12" not in text
    assert "20" not in text.partition("\n\n")[0]


def test_no_form_of_a_sentence_with_a_count_is_marked_by_itself() -> None:
    # It would be another text, and the pair that the program looks for would have no translation.
    sources = {path: path.read_text(encoding="utf-8") for path in (PROJECT / "tui").rglob("*.py")}
    wrong = [path for path, source in sources.items() if re.search(r"(?:Plural|ngettext)\(\s*N_\(", source)]
    assert wrong == []


def test_marks_of_every_kind_are_collected(tmp_path: Path) -> None:
    (tmp_path / "tui").mkdir()
    (tmp_path / "tui" / "a.py").write_text(
        "# Translators: on a key\n_('Quit')\nN_('Load')\n"
        "ngettext('a file', 'files', 2)\nPlural('one', 'two', 'n')\npgettext('key', 'Delete')\n",
        encoding="utf-8",
    )
    template = extracted(tmp_path)
    messages = [(message.id, message.auto_comments) for message in template if message.id]
    assert template.get("Delete", "key") is not None
    assert messages == [
        ("Quit", ["on a key"]),
        ("Load", []),
        (("a file", "files"), []),
        (("one", "two"), []),
        ("Delete", []),
    ]


def test_a_text_without_a_whole_translation_stays_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "es" / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True)
    catalogue = Catalog(locale="es")
    catalogue.add("Load")
    catalogue.add(("{n} model", "{n} models"), ("{n} modelo", "", ""))
    path.write_text(as_text(catalogue), encoding="utf-8")
    monkeypatch.setattr("tests.locale.catalogues.LOCALE_FOLDER", tmp_path)
    compile_catalogue("es")
    compiled = gettext.translation(DOMAIN, tmp_path, ["es"])
    assert compiled.gettext("Load") == "Load"
    assert compiled.ngettext("{n} model", "{n} models", 2) == "{n} models"


def test_only_sentences_of_tables_say_how_a_number_is_written(template: Catalog) -> None:
    # There the language's marks are put in; elsewhere the field gets a number that is text already.
    wrong = [
        f"{message.id!r} in {message.locations[0][0]}"
        for message in template
        if message.id and not all(path.endswith("sentences.py") for path, _line in message.locations)
        for field in fields(forms_of(message.id)[0])
        if re.search(r":.*([,eg%]|\.[1-9]f)$", field)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_has_a_translation_that_nobody_doubts(language: str, template: Catalog) -> None:
    missing = untranslated(updated(language, template))
    assert not missing, "translate them in " + str(catalogue_path(language)) + ":\n" + "\n".join(missing)
