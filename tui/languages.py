"""Languages of the program, one row each, and the one that the user's system is set to."""

import itertools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Language(NamedTuple):
    """A language that llmtui is written in."""

    name: str
    """Name in the language itself."""
    english_name: str
    """Name as locales of Windows begin with."""
    windows_number: int
    """Primary language of Windows, by [MS-LCID]."""
    decimal_point: str
    thousands_separator: str
    """Between groups of three digits."""
    grouped_digits: int
    """Digits from which on a number is grouped."""
    date: str
    """Day, month and year, as `strftime` writes them."""
    month: str
    """Month and year, as `strftime` writes them."""


SOURCE_LANGUAGE = "en"
"""Code of the language that the texts in the code are written in."""

LANGUAGES: dict[str, Language] = {
    "en": Language("English", "English", 0x09, ".", ",", 4, "%Y-%m-%d", "%Y-%m"),
    "es": Language("Español", "Spanish", 0x0A, ",", "\u202f", 5, "%d/%m/%Y", "%m/%Y"),
}
"""By their codes, as `LANG` begins with; each but that of the code has a catalogue in `tui/locale`."""

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_PRIMARY_LANGUAGE = 0x3FF
"""Bits of a language number of Windows that say the language without its country."""
_MAC_PREFERENCES = Path("Library", "Preferences", ".GlobalPreferences.plist")


def language_of_locale(name: str) -> str | None:
    """Return the code of the language of a locale: `es` for `es_MX.UTF-8`, `es-419` and `Spanish_Spain`.

    None for a language that llmtui does not have; `C` and `POSIX` are English.
    """
    code = _code_of_locale(name)
    if code in ("c", "posix"):
        return SOURCE_LANGUAGE
    names = (own for own, language in LANGUAGES.items() if code in (own, language.english_name.lower()))
    return next(names, None)


def language_of_environment(environment: Mapping[str, str]) -> str | None:
    """Return the language that the environment asks for, also without such a locale on the system.

    The first variable that is set decides, as in gettext; `LANGUAGE` may list several. English where it asks
    for languages that llmtui does not have, and None where it says nothing.
    """
    names = _locales_of_environment(environment)
    if not names:
        return None
    return next((code for name in names if (code := language_of_locale(name))), SOURCE_LANGUAGE)


def untranslated_languages(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the codes that the environment asks for before any language of llmtui: `gl` for `gl_ES:es`.

    Models may know them all the same. Empty where the first one is a language of llmtui, or nothing is said.
    """
    wanted = itertools.takewhile(
        lambda name: language_of_locale(name) is None, _locales_of_environment(environment)
    )
    return tuple(code for name in wanted if (code := _code_of_locale(name)))


def _locales_of_environment(environment: Mapping[str, str]) -> list[str]:
    """Return the locales of the first variable that is set; `LANGUAGE` may list several."""
    value = next((value for name in _VARIABLES if (value := environment.get(name, "").strip())), "")
    return value.split(":") if value else []


def _code_of_locale(name: str) -> str:
    return name.partition(".")[0].partition("@")[0].replace("-", "_").partition("_")[0].lower()


def language_of_system() -> str | None:
    """Return the first of the user's languages in the system's own settings; None where it has none."""
    if sys.platform == "darwin":
        return _language_of_mac(Path.home() / _MAC_PREFERENCES)
    if sys.platform == "win32":
        import ctypes

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        primary = number & _PRIMARY_LANGUAGE
        return next((code for code, own in LANGUAGES.items() if own.windows_number == primary), None)
    return None


def _language_of_mac(preferences: Path) -> str | None:
    """Return the first language of a Mac's preferences, English where llmtui has none of them."""
    import plistlib

    try:
        with preferences.open("rb") as file:
            names = plistlib.load(file)["AppleLanguages"]
        return language_of_locale(names[0]) or SOURCE_LANGUAGE
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        # plistlib's own error is a ValueError.
        return None
