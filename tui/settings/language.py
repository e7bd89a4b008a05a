"""Choice of the language that llmtui writes, before any text is translated."""

import os
from pathlib import Path

import tomli

from tui.languages import (
    LANGUAGES,
    SOURCE_LANGUAGE,
    language_of_environment,
    language_of_system,
    untranslated_languages,
)
from tui.settings.app_folders import settings_file


def choose_language() -> None:
    """Set `LANGUAGE` to the user's language, for this process and its children.

    That of the settings, else of the environment, else of the system, else English. It has to be called
    before `tui.i18n` is imported, since names of keys and columns are translated while modules are read.
    """
    if code := language_of_settings():
        os.environ["LANGUAGE"] = code
        return
    code = language_of_environment(os.environ) or language_of_system() or SOURCE_LANGUAGE
    # Languages that only models know stay before it: picks are made for the first of them.
    os.environ["LANGUAGE"] = ":".join((*untranslated_languages(os.environ), code))


def language_of_settings(path: Path | None = None) -> str | None:
    """Return the language that the settings file names; None for none, and for a file that cannot be read.

    Whatever is wrong with the file is reported by whoever reads all of it.
    """
    try:
        code = tomli.loads((path or settings_file()).read_text(encoding="utf-8-sig")).get("language")
    except (OSError, ValueError, RecursionError):
        return None
    return code if isinstance(code, str) and code in LANGUAGES else None
