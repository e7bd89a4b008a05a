"""Names of themes that are known without the screen."""

from textual.theme import BUILTIN_THEMES

from tui.settings.settings import Settings
from tui.settings.theme_names import OWN_THEMES, THEME_NAMES
from tui.ui.kit.theme import THEMES


def test_the_names_are_those_of_our_themes_and_of_all_of_the_librarys():
    assert tuple(theme.name for theme in THEMES) == OWN_THEMES
    assert sorted(THEME_NAMES) == sorted({*OWN_THEMES, *BUILTIN_THEMES})


def test_the_theme_without_a_setting_is_one_of_them():
    assert Settings().theme == OWN_THEMES[0]
