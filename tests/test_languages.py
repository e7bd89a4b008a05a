"""The table of languages."""

from tui.i18n import DOMAIN, LOCALE_FOLDER
from tui.languages import LANGUAGES, SOURCE_LANGUAGE


def test_each_language_but_that_of_the_code_has_a_catalogue() -> None:
    folders = {path.parts[-3] for path in LOCALE_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    assert folders == set(LANGUAGES) - {SOURCE_LANGUAGE}
