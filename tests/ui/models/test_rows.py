"""Rows of the list on the screen: drawing, scrolling, marks."""

import msgspec
import pytest

from tests.fit.machines import NOT_SIZED
from tests.ui.model_samples import many, model
from tests.ui.models.running_list import run_list
from tui.ui.models.list_header import HeaderPart

SIZES = [(60, 18), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
async def test_all_visible_rows_are_drawn_at_every_size(size):
    async with run_list(100, size) as listing:
        lines = listing.text()
        assert len(lines) == listing.rows.size.height
        for line, listed_model in zip(lines, listing.list.shown_models, strict=False):
            assert listed_model.name[:4] in line
            assert "Q4_K_M" in line


@pytest.mark.parametrize("theme", ["llmtui-light", "nord", "ansi-dark", "textual-light"])
async def test_the_rows_are_drawn_in_every_kind_of_theme(theme):
    async with run_list(10, theme=theme) as listing:
        assert "fits" in listing.text()[0]
        await listing.pilot.press("down")
        first, cursor = (list(listing.rows.render_line(y))[3].style for y in (0, 1))
        # The cursor has another background, or is reversed in a theme of the terminal's own colours.
        assert (cursor.bgcolor, cursor.reverse) != (first.bgcolor, first.reverse)


async def test_the_loaded_model_is_marked():
    async with run_list() as listing:
        listing.list.loaded_key = listing.list.shown_models[2].key
        await listing.pilot.pause()
        assert [line.startswith("▶") for line in listing.text()[:4]] == [False, False, True, False]


async def test_only_the_rows_that_change_are_drawn_again():
    async with run_list(300, (80, 40)) as listing:
        _models, fits = many(300)
        key = listing.list.shown_models[3].key
        regions = []
        refresh = listing.rows.refresh
        listing.rows.refresh = lambda *areas, **how: (regions.extend(areas), refresh(*areas, **how))[1]
        listing.list.set_fits(dict(fits))
        assert regions == []
        listing.list.set_fits({**fits, key: msgspec.structs.replace(fits[key], reason=NOT_SIZED)})
        assert [region.y for region in regions] == [3]


async def test_the_scroll_bar_covers_no_column():
    async with run_list(100) as listing:
        bar = listing.rows.vertical_scrollbar.region
        assert bar.width == 1
        assert listing.rows.region.x + listing.rows.render_line(0).cell_length <= bar.x


async def test_the_mouse_wheel_scrolls_and_the_highlight_stays():
    async with run_list(100) as listing:
        listing.rows.scroll_relative(y=30, animate=False)
        await listing.pilot.pause()
        assert listing.rows.scroll_offset.y == 30
        assert listing.rows.highlighted == 0
        await listing.pilot.press("down")
        await listing.pilot.pause()
        assert listing.rows.scroll_offset.y <= 1


async def test_names_are_never_markup():
    async with run_list(0) as listing:
        await listing.fill([model("[$success]x[/]"), model("[red")], {})
        assert any("[$success]x[/]" in line for line in listing.text())
        await listing.pilot.press("slash", *"[r")
        await listing.pilot.pause()
        assert listing.names == ["[red"]
        await listing.pilot.press("enter")
        await listing.pilot.pause()
        assert listing.pilot.app.query_one("#part-filter", HeaderPart).content.plain == "/ [r"
