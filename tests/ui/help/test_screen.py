"""The help on the screen."""

from typing import ClassVar

import pytest
from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from tests.ui.host import Host
from tui.fit.verdict import Verdict
from tui.ui.help.glossary import glossary, verdict_meaning
from tui.ui.help.pages import help_pages
from tui.ui.help.screen import HelpScreen, help_content
from tui.ui.kit.keyboard.tables import collect_keys, keys_on_screen
from tui.ui.models.list import ModelList
from tui.ui.models.verdicts import VERDICTS


class ToyPane(Vertical):
    BINDINGS: ClassVar = [
        Binding("x,ctrl+y", "one", "One", id="toy.one", tooltip="Does one thing"),
        Binding("z", "two", "Two", id="toy.two", key_display="zed"),
        Binding("q", "none", "Textual's own, without id"),
    ]


@pytest.mark.parametrize("width", [40, 60, 88])
def test_the_help_explains_every_verdict_and_term_within_its_width(width):
    text = help_content(collect_keys([ToyPane()]), width).plain
    assert all(cell_len(line) <= width for line in text.splitlines())
    flat = " ".join(text.split())
    for verdict in Verdict:
        assert f"{VERDICTS[verdict].glyph} {VERDICTS[verdict].word}" in flat
        assert all(word in flat for word in verdict_meaning(verdict).split())
    for term in glossary():
        assert f"{term.word} {term.meaning}" in flat
    assert "x Ctrl+Y" in flat


@pytest.mark.parametrize("width", [40, 60, 88])
def test_the_passages_stand_under_their_headings_within_the_width(width):
    lines = help_content([], width).plain.splitlines()
    assert all(cell_len(line) <= width for line in lines)
    flat = " ".join(" ".join(lines).split())
    for page in help_pages():
        assert f"{page.title} {page.text}" in flat


@pytest.mark.parametrize("size", [(60, 18), (120, 40), (200, 60)])
async def test_help_shows_the_keys_of_the_screen_below_and_closes(size):
    app = Host(ModelList)
    async with app.run_test(size=size) as pilot:
        app.push_screen(HelpScreen(keys_on_screen(app)))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and help_text(app))
        text = help_text(app)
        assert "Keys: Models" in text
        for binding in ModelList.BINDINGS:
            assert all(word in text for word in binding.tooltip.split())
        scroll = app.screen.query_one("#help-scroll")
        rows = text.count("\n") + 1
        await until(
            pilot, lambda: scroll.max_scroll_y == max(0, rows - scroll.scrollable_content_region.height)
        )
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


@pytest.mark.parametrize("key", ["escape", "f1", "question_mark"])
async def test_key_that_opened_the_help_closes_it(key):
    app = Host(ModelList)
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(HelpScreen(keys_on_screen(app)))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


async def test_the_help_scrolls_by_keys():
    app = Host(ModelList)
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(HelpScreen(keys_on_screen(app)))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and help_text(app))
        scroll = app.screen.query_one("#help-scroll")
        await pilot.press("j", "j", "k")
        await until(pilot, lambda: scroll.scroll_offset.y == 1)
        await pilot.press("end")
        await until(pilot, lambda: scroll.scroll_offset.y == scroll.max_scroll_y)


def help_text(app):
    matches = app.screen.query("#help-text")
    return matches.first(Static).visual.plain if matches else ""


async def until(pilot, condition):
    for _turn in range(200):
        if condition():
            return
        await pilot.pause(0.01)
    pytest.fail("the condition never came true")
