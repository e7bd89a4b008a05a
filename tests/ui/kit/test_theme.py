"""The theme: its colours, on every built-in theme and on terminals with few colours."""

import re
from collections.abc import Iterable
from itertools import product

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Static

from tests.ui.host import Host
from tui.fit.verdict import Verdict
from tui.ui.kit.theme import (
    DARK,
    FRAME_CONTRAST,
    LIGHT,
    SHAPE_CONTRAST,
    TERMINAL,
    TEXT_CONTRAST,
    TEXT_VARIABLES,
    THEMES,
    contrast,
    readable_variables,
    theme_variable_defaults,
)
from tui.ui.models.verdicts import VERDICTS

ALL = [*THEMES, *BUILTIN_THEMES.values()]


RGB = [theme for theme in ALL if not theme.ansi]


ANSI = [theme for theme in ALL if theme.ansi]


def by_name(theme: Theme) -> str:
    return theme.name


def test_contrast_agrees_with_the_standard() -> None:
    assert contrast(Color.parse("white"), Color.parse("black")) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), Color.parse("white")) == pytest.approx(4.48, abs=0.01)


BACKGROUNDS = ("gauge-track", "question")
"""Our variables of which nothing is written or drawn."""
ROUNDING = 0.05
"""Of a colour to whole numbers."""


def colours_of(theme: Theme) -> dict[str, str]:
    """All variables of a theme as the program uses them."""
    variables = {
        **theme_variable_defaults(theme),
        **theme.to_color_system().generate(),
        **theme.variables,
    }
    return {**variables, **readable_variables(variables)}


def lowest_contrast(colours: dict[str, str], names: Iterable[str], grounds: Iterable[str]) -> float:
    return min(
        contrast(Color.parse(colours[name]), Color.parse(colours[ground]))
        for name, ground in product(names, grounds)
    )


@pytest.mark.parametrize("theme", RGB, ids=by_name)
def test_text_has_the_contrast_of_the_standard_in_every_theme(theme: Theme) -> None:
    colours = colours_of(theme)
    own = [name for name in theme_variable_defaults(theme) if name.startswith(("fit-", "part-", "dim"))]
    names = [*TEXT_VARIABLES, *own]
    assert lowest_contrast(colours, names, ("background", "surface", "panel")) >= TEXT_CONTRAST - ROUNDING
    assert lowest_contrast(colours, ["foreground"], ["question"]) >= TEXT_CONTRAST


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=by_name)
def test_text_of_our_own_themes_needs_no_correction(theme: Theme) -> None:
    colours = theme.to_color_system().generate()
    assert lowest_contrast(colours, TEXT_VARIABLES, ("background", "surface", "panel")) >= TEXT_CONTRAST


@pytest.mark.parametrize("theme", RGB, ids=by_name)
def test_every_own_colour_has_enough_contrast_in_every_theme(theme: Theme) -> None:
    names = [
        name
        for name in theme_variable_defaults(theme)
        if name not in (*BACKGROUNDS, "pane-border", "gauge-calm") and not name.endswith("-shade")
    ]
    assert lowest_contrast(colours_of(theme), names, ("background", "surface")) >= SHAPE_CONTRAST - ROUNDING


@pytest.mark.parametrize("theme", RGB, ids=by_name)
def test_frames_and_scroll_bars_are_seen_in_every_theme(theme: Theme) -> None:
    colours = colours_of(theme)
    quiet = ("pane-border", "border-blurred", "scrollbar", "gauge-calm")
    assert lowest_contrast(colours, quiet, ("background", "surface")) >= FRAME_CONTRAST - ROUNDING
    # AND the frame of the focus is told apart from the others
    assert lowest_contrast(colours, ["border"], ("background", "surface")) >= SHAPE_CONTRAST - ROUNDING


def test_colours_of_the_terminal_are_not_corrected() -> None:
    variables = {**TERMINAL.to_color_system().generate(), **TERMINAL.variables}
    assert readable_variables(variables) == {}


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
