"""Translation of text for the user: English as written, other languages where `tui/locale` has them."""

import gettext
import os
from pathlib import Path

from tui.languages import LANGUAGES, SOURCE_LANGUAGE, Language, language_of_environment

DOMAIN = "llmtui"
LOCALE_FOLDER = Path(__file__).resolve().parent / "locale"


def _read_translations(code: str) -> gettext.NullTranslations:
    """Return the compiled translations of a language; a file that is missing or broken costs only them."""
    if code == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    try:
        with (LOCALE_FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
            return gettext.GNUTranslations(file)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, English is there.
        return gettext.NullTranslations()


_code = language_of_environment(os.environ) or SOURCE_LANGUAGE
_translation = _read_translations(_code)


def language_code() -> str:
    """Return the code of the language that texts are translated into."""
    return _code


def language() -> Language:
    """Return the language that texts are translated into."""
    return LANGUAGES[_code]


def use_language(code: str) -> None:
    """Translate into another language from now on; a text that is translated already stays."""
    global _code, _translation
    _code, _translation = code, _read_translations(code)


def _(text: str) -> str:
    """Translate a text into the user's language: that of `LANGUAGE`, which the start sets."""
    return _translation.gettext(text)


def pgettext(context: str, text: str) -> str:
    """Translate a text that means something else elsewhere; `context` says what it is here."""
    return _translation.pgettext(context, text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate the form of a text that belongs to `count`."""
    return _translation.ngettext(singular, plural, count)


def N_(text: str) -> str:
    """Mark a text for translation and return it unchanged; `_` translates it when it is shown."""
    return text
