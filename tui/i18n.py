"""Translation of text for the user: English as written, other languages where `tui/locale` has them."""

import gettext
from pathlib import Path

DOMAIN = "llmtui"
LOCALE_FOLDER = Path(__file__).resolve().parent / "locale"

_translation = gettext.translation(DOMAIN, LOCALE_FOLDER, fallback=True)


def _(text: str) -> str:
    """Translate a text into the user's language, chosen by `LANGUAGE`, `LC_ALL`, `LC_MESSAGES` or `LANG`."""
    return _translation.gettext(text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate the form of a text that belongs to `count`."""
    return _translation.ngettext(singular, plural, count)


def N_(text: str) -> str:
    """Mark a text for translation and return it unchanged; `_` translates it when it is shown."""
    return text
