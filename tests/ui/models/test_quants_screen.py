"""The table of quantizations: its lines and words, and the way into and out of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from tests.fit.machines import NOT_SIZED
from tests.ui.host import Host
from tests.ui.model_samples import POOL, entry, model, model_file
from tests.waiting import until
from tui.engine.options import LoadSettings
from tui.fit.quants import QuantTable, quant_rows
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Speed, Verdict
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.sentences import reason
from tui.ui.models.notices import no_model_on_disk
from tui.ui.models.pane import ModelsPane
from tui.ui.models.quants_screen import QuantsScreen

ENTRIES = {entry.name: entry for entry in load_catalogue().entries}


LLAMA = ENTRIES["Llama-3.2-3B-Instruct"]


SETTINGS = LoadSettings(context=2048)


def judged(model: Model) -> Fit:
    """Too big over 6 GiB, tight over 3, with a speed for what fits."""
    size = model.weights_bytes / (1 << 30)
    verdict = Verdict.TOO_BIG if size > 6 else Verdict.TIGHT if size > 3 else Verdict.FITS
    speed = Speed(40 / size, "estimated") if verdict is Verdict.FITS else None
    return Fit(verdict, NOT_SIZED, None, POOL, None, 2048, "f16", speed=speed)


def table(model: Model | None = None, other_models: tuple[Model, ...] = ()) -> QuantTable:
    return quant_rows(model or catalogue_model(LLAMA), judged, other_models)


def row(quant: str, of: QuantTable | None = None):
    return next(candidate for candidate in (of or table()).rows if candidate.quant == quant)


@asynccontextmanager
async def opened(of: QuantTable, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[Pilot, list]]:
    """The screen over an empty one, and what it was dismissed with."""
    app = Host()
    results: list[Model | None] = []
    async with app.run_test(size=size) as pilot:
        app.push_screen(QuantsScreen(of), results.append)
        await until(lambda: isinstance(app.screen, QuantsScreen) and text(app, "#quants-header"), "the table")
        yield pilot, results


def text(app, selector: str) -> str:
    widgets = app.screen.query(selector)
    return widgets.first(Static).visual.plain if widgets else ""


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 60)])
async def test_table_and_text_are_visible_at_every_size(size):
    async with opened(table(), size) as (pilot, _results):
        screen = pilot.app.screen
        await pilot.pause()
        screen_region = screen.region
        for selector in ("#quants-header", "QuantList", "#quants-text", "#quants-source"):
            region = screen.query_one(selector).region
            assert region.height > 0
            assert screen_region.contains_region(region)
        assert screen.query_one(OptionList).size.height >= 5
        assert "Each number takes" in text(pilot.app, "#quants-text")


async def test_screen_opens_on_the_current_quantization_and_text_follows_the_keys():
    of = table()
    async with opened(of) as (pilot, _results):
        rows = pilot.app.screen.query_one(OptionList)
        assert of.rows[rows.highlighted].current
        text_before = text(pilot.app, "#quants-text")
        await pilot.press("j")
        await until(lambda: text(pilot.app, "#quants-text") not in ("", text_before), "other words")
        await pilot.press("k")
        await until(lambda: text(pilot.app, "#quants-text") == text_before, "the same words")
        await pilot.press("G")
        await until(lambda: rows.highlighted == len(of.rows) - 1, "the last row")


async def test_enter_takes_a_published_quantization_and_no_unavailable_one():
    of = table()
    async with opened(of) as (pilot, results):
        rows = pilot.app.screen.query_one(OptionList)
        rows.highlighted = of.rows.index(row("Q3_K_S", of))
        await pilot.press("enter")
        await pilot.pause()
        assert results == []
        rows.highlighted = of.rows.index(row("Q8_0", of))
        await pilot.press("enter")
        await until(lambda: results, "the end")
        assert results == [row("Q8_0", of).model]


@pytest.mark.parametrize("key", ["escape", "q", "t"])
async def test_leaving_chooses_nothing(key: str):
    async with opened(table()) as (pilot, results):
        await pilot.press(key)
        await until(lambda: results, "the end")
        assert results == [None]


async def test_a_click_highlights_and_a_double_click_takes():
    of = table()
    async with opened(of) as (pilot, results):
        rows = pilot.app.screen.query_one(OptionList)
        await pilot.click(OptionList, offset=(10, 2))
        await until(lambda: rows.highlighted == 2, "the row under the mouse")
        assert results == []
        await pilot.click(OptionList, offset=(10, 2), times=2)
        await until(lambda: results, "the end")
        assert results == [of.rows[2].model]


async def test_reason_for_a_single_row_is_shown():
    broken = model("Odd", error=reason("models.header_cut_off", byte=9))
    async with opened(quant_rows(broken, judged)) as (pilot, _results):
        assert "The file ends inside its header" in text(pilot.app, "#quants-text")


@asynccontextmanager
async def pane(*models: Model) -> AsyncIterator[tuple[Pilot, ModelsPane]]:
    app = Host(lambda: ModelsPane(Sizer(None), SETTINGS))
    async with app.run_test(size=(120, 40)) as pilot:
        models_pane = app.query_one(ModelsPane)
        models_pane.show_pools([POOL])
        models_pane.show_models(models, no_model_on_disk(POOL_FOLDER))
        models_pane.rows.focus()
        await until(lambda: models_pane.highlighted is not None, "the list")
        yield pilot, models_pane


POOL_FOLDER = model_file("x", "Q8_0").path.parent


async def take(pilot: Pilot, quant: str) -> None:
    await pilot.press("t")
    await until(lambda: isinstance(pilot.app.screen, QuantsScreen), "the table")
    rows = pilot.app.screen.query_one(OptionList)
    rows.highlighted = next(
        index
        for index in range(rows.option_count)
        if f" {quant} " in str(rows.get_option_at_index(index).prompt)
    )
    await pilot.press("enter")
    await until(lambda: not isinstance(pilot.app.screen, QuantsScreen), "the end")


async def test_row_of_the_catalogue_keeps_the_chosen_quantization():
    async with pane(catalogue_model(LLAMA), catalogue_model(ENTRIES["gpt-oss-20b"])) as (pilot, models_pane):
        models_pane.listing.highlight("Llama-3.2-3B-Instruct:Q4_K_M")
        await until(lambda: models_pane.highlighted.quant == "Q4_K_M", "the highlight")
        await take(pilot, "Q8_0")
        await until(lambda: models_pane.highlighted.key == "Llama-3.2-3B-Instruct:Q8_0", "the other row")
        assert len(models_pane.listing.models) == 2
        assert models_pane.detail.fit is not None
        # AND a look through the disk leaves it so
        models_pane.show_models([catalogue_model(LLAMA)], no_model_on_disk(POOL_FOLDER))
        assert [model.quant for model in models_pane.listing.shown_models] == ["Q8_0"]


async def test_quantization_on_this_disk_is_highlighted_despite_a_filter():
    same = entry("Own")
    files = [
        Model("Own", quant, 1 << 30, same.shape, model_file("Own", quant), same)
        for quant in ("Q4_K_M", "Q8_0")
    ]
    async with pane(*files) as (pilot, models_pane):
        models_pane.listing.highlight(files[0].key)
        models_pane.listing.query_text = "Q4_K_M"
        await until(lambda: models_pane.highlighted == files[0], "the highlight")
        await take(pilot, "Q8_0")
        await until(lambda: models_pane.highlighted == files[1], "the other file")


async def test_before_the_machine_is_known_the_key_does_nothing():
    app = Host(lambda: ModelsPane(Sizer(None), SETTINGS))
    async with app.run_test(size=(120, 40)) as pilot:
        models_pane = app.query_one(ModelsPane)
        models_pane.show_models([catalogue_model(LLAMA)], no_model_on_disk(POOL_FOLDER))
        models_pane.rows.focus()
        await until(lambda: models_pane.highlighted is not None, "the list")
        await pilot.press("t")
        await pilot.pause()
        assert not isinstance(app.screen, QuantsScreen)
