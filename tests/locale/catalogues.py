"""Catalogues on the disk: the template, each language's translations, and their compiled form."""

import os
from collections.abc import Sequence
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tui.i18n import DOMAIN, LOCALE_FOLDER
from tui.languages import LANGUAGES, SOURCE_LANGUAGE

TEMPLATE = LOCALE_FOLDER / f"{DOMAIN}.pot"
TRANSLATED = tuple(code for code in LANGUAGES if code != SOURCE_LANGUAGE)
"""Codes of the languages that have a catalogue."""
_WIDTH = 100
_COMMENT = "# Texts of llmtui. `python -m tests.locale` writes this file; translate in the .po files alone."
_HEADERS = (
    *("Project-Id-Version", "Language", "MIME-Version", "Content-Type"),
    *("Content-Transfer-Encoding", "Plural-Forms"),
)
"""Lines that a file begins with; those that change whenever it is written are left out."""


def catalogue_path(language: str) -> Path:
    """Return the file of a language's translations."""
    return LOCALE_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(language: str) -> Catalog:
    """Return the translations of a language; none where it has no file yet."""
    try:
        with catalogue_path(language).open("rb") as file:
            return read_po(file, locale=language)
    except FileNotFoundError:
        return Catalog(locale=language)


def updated(language: str, template: Catalog) -> Catalog:
    """Return a language's catalogue with the texts of the template, in their order.

    A text that has changed has no translation, since the nearest old one may say something else.
    """
    catalogue = read_catalogue(language)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    return catalogue


def as_text(catalogue: Catalog) -> str:
    """Return a catalogue as it is written: without dates and line numbers, in the order of its locations."""
    catalogue.header_comment = _COMMENT
    catalogue.project = DOMAIN
    catalogue.version = ""
    for message in catalogue:
        # A guess of Babel's: no text of llmtui is filled in with %.
        message.flags.discard("python-format")
    buffer = BytesIO()
    write_po(buffer, catalogue, _WIDTH, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    header, _blank, messages = buffer.getvalue().decode().partition("\n\n")
    lines = [
        line
        for line in header.splitlines()
        if not line.startswith('"') or line in ('""',) or line[1:].partition(":")[0] in _HEADERS
    ]
    return "\n".join(lines) + "\n\n" + messages.rstrip("\n") + "\n"


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts without a translation, or with one that is marked as doubtful."""
    return [
        forms_of(message.id)[0]
        for message in catalogue
        if message.id and (message.fuzzy or not all(forms_of(message.string)))
    ]


def forms_of(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the forms of a text by its count, or the only one; one that is empty where there is none."""
    if text is None or isinstance(text, str):
        return (text or "",)
    return tuple(text) or ("",)


def compile_catalogue(language: str) -> None:
    """Write the compiled form that the program reads, whole or not at all."""
    path = catalogue_path(language)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        # Babel would write forms that are still empty, and the program would show nothing.
        message.string = message.string if all(forms_of(message.string)) else ""
    # The same translations have the same bytes.
    catalogue.creation_date = catalogue.revision_date = datetime(2000, 1, 1, tzinfo=timezone.utc)
    new_file = path.with_suffix(f".mo.{os.getpid()}")
    with new_file.open("wb") as file:
        write_mo(file, catalogue)
    new_file.replace(path.with_suffix(".mo"))
