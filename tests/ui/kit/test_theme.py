"""The theme: its colours, on every built-in theme and on terminals with few colours."""

import re

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Static

from tests.ui.host import Host
from tui.fit.verdict import Verdict
from tui.ui.kit.theme import DARK, LIGHT, SHAPE_CONTRAST, THEMES, contrast, theme_variable_defaults
from tui.ui.models.verdicts import VERDICTS

ALL = [*THEMES, *BUILTIN_THEMES.values()]


RGB = [theme for theme in ALL if not theme.ansi]


ANSI = [theme for theme in ALL if theme.ansi]


def by_name(theme: Theme) -> str:
    return theme.name


def test_contrast_agrees_with_the_standard() -> None:
    assert contrast(Color.parse("white"), Color.parse("black")) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), Color.parse("white")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", RGB, ids=by_name)
def test_every_own_colour_has_enough_contrast_in_every_theme(theme: Theme) -> None:
    colours = theme.to_color_system().generate()
    for name, value in theme_variable_defaults(theme).items():
        if name in ("gauge-track", "pane-border") or name.endswith("-shade"):
            continue
        for ground in ("background", "surface"):
            assert contrast(Color.parse(value), Color.parse(colours[ground])) >= SHAPE_CONTRAST - 0.05, (
                name,
                ground,
            )


@pytest.mark.parametrize("theme", ALL, ids=by_name)
def test_the_verdicts_differ_in_colour(theme: Theme) -> None:
    variables = theme_variable_defaults(theme)
    # Grey stands for a model that has no verdict, for either of two reasons with glyphs of their own.
    graded = [look for verdict, look in VERDICTS.items() if verdict is not Verdict.NO_CHAT]
    assert len({variables[look.variable] for look in graded}) == len(graded)
    assert len({look.glyph for look in VERDICTS.values()}) == len(VERDICTS)


@pytest.mark.parametrize("theme", ALL, ids=by_name)
def test_the_first_parts_of_a_footprint_differ_in_colour(theme: Theme) -> None:
    variables = theme_variable_defaults(theme)
    assert len({variables[f"part-{part}"] for part in ("weights", "kv", "compute", "process")}) == 4


@pytest.mark.parametrize("theme", ANSI, ids=by_name)
def test_colours_of_the_terminal_are_never_mixed(theme: Theme) -> None:
    values = theme_variable_defaults(theme).values()
    assert all(re.fullmatch("ansi_[a-z_]+|transparent", value) for value in values)


def test_every_theme_gets_the_same_variables() -> None:
    assert len({frozenset(theme_variable_defaults(theme)) for theme in ALL}) == 1


class Coloured(Static):
    DEFAULT_CSS = """
    Coloured { color: $fit-tight; background: $gauge-track; border: round $pane-border; }
    """


@pytest.mark.parametrize("theme", ["llmtui-light", "nord", "textual-light", "ansi-dark", "ansi-light"])
async def test_the_variables_follow_a_change_of_theme(theme: str) -> None:
    app = Host(lambda: Coloured("x"))
    async with app.run_test() as pilot:
        widget = app.query_one(Coloured)
        color_before = widget.styles.color
        app.theme = theme
        await pilot.pause()
        wanted = theme_variable_defaults(app.current_theme)["fit-tight"]
        assert widget.styles.color == Color.parse(wanted) != color_before


def test_own_theme_is_dark_and_light() -> None:
    assert DARK.dark
    assert not LIGHT.dark
