"""Words for the user pass through here: English as written, another language where `tui/locale` has it."""

import gettext
from pathlib import Path

DOMAIN = "llmtui"
LOCALE_FOLDER = Path(__file__).resolve().parent / "locale"

_translation = gettext.translation(DOMAIN, LOCALE_FOLDER, fallback=True)


def _(text: str) -> str:
    """The text in the user's language, chosen by `LANGUAGE`, `LC_ALL`, `LC_MESSAGES` or `LANG`."""
    return _translation.gettext(text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the text that goes with `count`, in the user's language."""
    return _translation.ngettext(singular, plural, count)


def N_(text: str) -> str:
    """The text itself, marked for translation: `_` finds the other language when it is shown."""
    return text
