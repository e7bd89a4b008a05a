"""The help, the notice of a small window, and the sentences for a first start."""

import re
from typing import ClassVar

import pytest
from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import Vertical
from textual.geometry import Size
from textual.widgets import Static

from tests.ui.host import Host
from tui.fit.speed_words import ESTIMATED, MEASURED
from tui.fit.verdict import Verdict
from tui.services.activity.moment import Phase
from tui.services.loading import engine_refusal
from tui.ui.dashboard.too_small import (
    MIN_HEIGHT,
    MIN_WIDTH,
    TOO_SMALL_CLASS,
    TooSmall,
    is_too_small,
    too_small_text,
)
from tui.ui.help.glossary import glossary, sign_terms, verdict_meaning
from tui.ui.help.pages import help_pages
from tui.ui.help.screen import HelpScreen, help_content
from tui.ui.kit.key_help import KeyLine, KeySection, collect_keys, keys_on_screen
from tui.ui.kit.notices import refusal_notice
from tui.ui.models.list import ModelList
from tui.ui.models.notices import no_match, no_model_on_disk
from tui.ui.models.verdicts import VERDICTS
from tui.ui.timeline.words import BEGIN, CUT, GLYPHS


class ToyPane(Vertical):
    BINDINGS: ClassVar = [
        Binding("x,ctrl+y", "one", "One", id="toy.one", tooltip="Does one thing"),
        Binding("z", "two", "Two", id="toy.two", key_display="zed"),
        Binding("q", "none", "Textual's own, without id"),
    ]


class Loud(ToyPane):
    BINDING_GROUP_TITLE = "Loud"
    BINDINGS: ClassVar = [Binding("w", "three", "Three", id="toy.three")]


def test_keys_come_from_the_bindings_each_class_once():
    assert collect_keys([ToyPane(), ToyPane()]) == [
        KeySection(
            "Toy pane",
            (KeyLine("toy.one", "x  Ctrl+Y", "Does one thing"), KeyLine("toy.two", "z", "Two")),
        )
    ]


def test_inherited_keys_are_told_too():
    (section,) = collect_keys([Loud()])
    assert section.title == "Loud"
    assert [line.id for line in section.lines] == ["toy.three", "toy.one", "toy.two"]


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


def test_each_passage_is_a_few_sentences():
    for page in help_pages():
        assert 2 <= len(re.findall(r"[.](?= [A-Z]|$)", page.text)) <= 5, page.title


def test_the_sums_of_the_passages_are_right():
    text = " ".join(page.text for page in help_pages())
    assert "0.1837 is stored as the step 0.2, and 0.0163 is lost" in text
    assert round(0.1837, 1) == 0.2
    assert round(0.2 - 0.1837, 4) == 0.0163
    assert "4.5 bits" in text
    assert (32 * 4 + 16) / 32 == 4.5
    assert "8 billion × 2 bytes = 16 GB" in text
    assert "8 billion × 4.8 / 8 bytes = 4.8 GB" in text
    assert "128 KiB a token, or 1 GiB for a context of 8192 tokens" in text
    assert 32 * 2 * 1024 * 2 == 128 << 10
    assert (128 << 10) * 8192 == 1 << 30


def test_every_sign_before_a_size_is_explained():
    words = {term.word for term in sign_terms()}
    assert {MEASURED, ESTIMATED} <= words
    assert "Why mapped weights are counted" in help_content([], 88).plain


@pytest.mark.parametrize("size", [(60, 18), (120, 40), (200, 60)])
async def test_help_shows_the_keys_of_the_screen_below_and_closes(size):
    app = Host(ModelList)
    async with app.run_test(size=size) as pilot:
        app.push_screen(HelpScreen(keys_on_screen(app)))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and help_words(app))
        words = help_words(app)
        assert "Keys: Models" in words
        for binding in ModelList.BINDINGS:
            assert all(word in words for word in binding.tooltip.split())
        scroll = app.screen.query_one("#help-scroll")
        rows = words.count("\n") + 1
        await until(
            pilot, lambda: scroll.max_scroll_y == max(0, rows - scroll.scrollable_content_region.height)
        )
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


@pytest.mark.parametrize("key", ["escape", "f1", "question_mark"])
async def test_the_key_that_opened_it_closes_it(key):
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
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and help_words(app))
        scroll = app.screen.query_one("#help-scroll")
        await pilot.press("j", "j", "k")
        await until(pilot, lambda: scroll.scroll_offset.y == 1)
        await pilot.press("end")
        await until(pilot, lambda: scroll.scroll_offset.y == scroll.max_scroll_y)


def help_words(app):
    found = app.screen.query("#help-text")
    return found.first(Static).visual.plain if found else ""


async def until(pilot, condition):
    for _turn in range(200):
        if condition():
            return
        await pilot.pause(0.01)
    pytest.fail("the condition never came true")


@pytest.mark.parametrize(
    ("width", "height", "small"),
    [
        (MIN_WIDTH, MIN_HEIGHT, False),
        (MIN_WIDTH - 1, MIN_HEIGHT, True),
        (MIN_WIDTH, MIN_HEIGHT - 1, True),
        (200, 60, False),
    ],
)
def test_a_window_is_too_small_when_either_side_is(width, height, small):
    assert is_too_small(Size(width, height)) is small


@pytest.mark.parametrize("size", [Size(50, 10), Size(12, 20), Size(3, 3)])
def test_the_notice_fits_the_small_window(size):
    assert all(cell_len(line) <= size.width for line in too_small_text(size).splitlines())


async def test_the_notice_follows_the_window_and_keeps_what_is_below():
    app = Host(ModelList, TooSmall)
    async with app.run_test(size=(100, 30)) as pilot:
        notice = app.query_one(TooSmall)
        app.query_one("ModelRows").focus()
        assert not notice.display
        for size in ((50, 12), (40, 10)):
            await pilot.resize_terminal(*size)
            app.screen.add_class(TOO_SMALL_CLASS)
            await pilot.pause()
            assert notice.region.size == Size(*size)
            assert f"{size[0]} × {size[1]}" in notice.render()
        await pilot.resize_terminal(100, 30)
        app.screen.remove_class(TOO_SMALL_CLASS)
        await pilot.pause()
        assert not notice.display
        assert app.query_one("ModelRows").has_focus


def test_the_first_start_says_where_was_looked_and_what_brings_a_model(tmp_path):
    notice = no_model_on_disk(tmp_path, ["models folder", "packages"])
    for words in (str(tmp_path), "models folder, packages", "llmtui[demo]", "llmtui path/to/model.gguf"):
        assert words in notice.text
    assert "Looked in" not in no_model_on_disk(tmp_path).text


def test_without_the_engine_it_says_what_still_works():
    text = refusal_notice(engine_refusal()).text
    assert "install llama-cpp-python==" in text
    assert "Gauges and sizing still work" in text


def test_words_agree_with_their_number():
    assert "Esc shows the 1 model again." in no_match("x", 1).text
    assert "Esc shows all 2 models again." in no_match("x", 2).text


def test_the_passage_on_the_timeline_has_its_signs():
    text = " ".join(page.text for page in help_pages())
    signs = {glyph for phase, glyph in GLYPHS.items() if phase is not Phase.IDLE} | {BEGIN, CUT}
    assert all(f"{sign} " in text or f"{sign};" in text for sign in signs)
