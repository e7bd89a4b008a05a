"""What would make a model fit, on the screen: its lines, the way through it, and what a choice does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from tests.fit.machines import RAM_NAME
from tests.ui.host import Host
from tests.ui.host import machine as a_machine
from tests.ui.model_samples import POOL, entry, fit, model, model_file
from tests.waiting import until
from tui.engine.options import LoadSettings
from tui.fit.changes.change import Change
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType
from tui.fit.changes.offer import Offer
from tui.fit.changes.programs import ClosePrograms
from tui.fit.changes.quantization import LighterQuantization
from tui.fit.sizing import Sizer
from tui.fit.verdict import Pool, Verdict
from tui.hardware.profiles import PROFILES
from tui.hardware.programs import ProcessId, Program
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.sentences import reason
from tui.services.sentences import sentence
from tui.ui.models import pane as models_pane
from tui.ui.models.changes_screen import ChangesScreen
from tui.ui.models.notices import no_model_on_disk
from tui.ui.models.pane import ModelsPane
from tui.ui.models.verdicts import VERDICTS
from tui.units import GIB, MIB

ENTRIES = {entry.name: entry for entry in load_catalogue().entries}


LOAD = LoadSettings()


FIREFOX = Program(
    "firefox", tuple(ProcessId(n, 1.0) for n in range(12)), (ProcessId(0, 1.0),), 2 * GIB + 100 * MIB
)


KV = Change((SmallerKvType("q8_0"),), 410 * MIB, Verdict.FITS)


CONTEXT = Change((ShorterContext(2048),), 800 * MIB, Verdict.FITS)


CLOSE = Change((ClosePrograms((FIREFOX,)),), FIREFOX.memory_bytes, Verdict.FITS)


QUANT = Change((LighterQuantization(model("Qwen2.5-7B-Instruct", "Q3_K_M")),), 3 * GIB, Verdict.TIGHT)


ALL = (KV, CONTEXT, CLOSE, QUANT)


OFFER = Offer(model("Qwen2.5-7B-Instruct"), fit(Verdict.TIGHT), ALL)


WHERE = model_file("x", "Q8_0").path.parent


@asynccontextmanager
async def opened(offer: Offer, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[Pilot, list]]:
    app = Host()
    results: list[Change | None] = []
    async with app.run_test(size=size) as pilot:
        app.push_screen(ChangesScreen(offer), results.append)
        await until(lambda: isinstance(app.screen, ChangesScreen) and words(app), "the changes")
        yield pilot, results


def words(app) -> str:
    texts_shown = app.screen.query("#changes-text")
    return texts_shown.first(Static).visual.plain if texts_shown else ""


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 60)])
async def test_changes_and_costs_are_visible_at_every_size(size):
    async with opened(OFFER, size) as (pilot, _results):
        await pilot.pause()
        screen = pilot.app.screen
        for selector in ("#changes-head", "ChangeList", "#changes-text"):
            region = screen.query_one(selector).region
            assert region.height > 0
            assert screen.region.contains_region(region)
        options = screen.query_one(OptionList)
        assert options.size.height >= len(ALL)
        for change, line in zip(ALL, options.options, strict=True):
            assert str(line.prompt).rstrip().endswith(VERDICTS[change.verdict].word)


async def test_text_follows_the_highlight_and_enter_applies():
    async with opened(OFFER) as (pilot, results):
        assert "8 bits" in words(pilot.app)
        await pilot.press("j")
        await until(lambda: "2048 tokens" in words(pilot.app), "the words on the context")
        await pilot.press("enter")
        await until(lambda: results, "the end")
        assert results == [CONTEXT]


async def test_a_click_applies():
    async with opened(OFFER) as (pilot, results):
        options = pilot.app.screen.query_one(OptionList)
        await until(lambda: options.size.height == len(ALL), "the list")
        await pilot.click(OptionList, offset=(5, 3))
        await until(lambda: results, "the end")
        assert results == [QUANT]


@pytest.mark.parametrize("key", ["escape", "q", "c"])
async def test_leaving_changes_nothing(key: str):
    async with opened(OFFER) as (pilot, results):
        await pilot.press(key)
        await until(lambda: results, "the end")
        assert results == [None]


async def test_closing_programs_needs_a_confirmation_with_no_first():
    async with opened(OFFER) as (pilot, results):
        options = pilot.app.screen.query_one(OptionList)
        options.highlighted = ALL.index(CLOSE)
        await pilot.press("enter")
        question = "Ask firefox to close? 12 processes, about 2.10 GiB. Unsaved work may be lost."
        await until(lambda: words(pilot.app) == question, "the question")
        # WHEN Enter is pressed without thought THEN nothing is closed
        await pilot.press("enter")
        await until(lambda: options.option_count == len(ALL), "the changes again")
        assert (results, options.highlighted) == ([], ALL.index(CLOSE))
        # WHEN Esc is pressed at the question THEN it goes back and not away
        await pilot.press("enter")
        await until(lambda: options.option_count == 2, "the question")
        await pilot.press("escape")
        await until(lambda: options.option_count == len(ALL), "the changes again")
        assert results == []
        # AND only yes is yes
        await pilot.press("enter")
        await until(lambda: options.option_count == 2, "the question")
        await pilot.press("down", "enter")
        await until(lambda: results, "the end")
        assert results == [CLOSE]


async def test_missing_changes_have_a_reason():
    lost = Offer(OFFER.model, fit(Verdict.TOO_BIG), (), (OFFER.model, fit(Verdict.TOO_BIG, total=21)))
    async with opened(lost) as (pilot, results):
        assert "Even at Q4_K_M" in words(pilot.app)
        assert "21.0 GiB" in words(pilot.app)
        assert not pilot.app.screen.query_one(OptionList).display
        await pilot.press("escape")
        await until(lambda: results == [None], "the end")


@asynccontextmanager
async def pane(*models: Model, pool: Pool) -> AsyncIterator[tuple[Pilot, ModelsPane]]:
    app = Host(lambda: ModelsPane(Sizer(None), LOAD))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        models_pane = app.query_one(ModelsPane)
        models_pane.machine = a_machine()
        models_pane.show_pools([pool])
        models_pane.show_models(models, no_model_on_disk(WHERE))
        models_pane.rows.focus()
        await until(
            lambda: models_pane.highlighted is not None and models_pane.detail.fit is not None, "the list"
        )
        yield pilot, models_pane


def tight_pool(model: Model) -> Pool:
    """Room for all of it but its reserve, and for a little more when a program is closed."""
    need = Sizer(None).known_size(model, LOAD).footprint.total_bytes
    return Pool(RAM_NAME, "ram", 8 * GIB, need, 512 * MIB)


async def choose(pilot: Pilot, wanted: str) -> None:
    await pilot.press("c")
    await until(lambda: isinstance(pilot.app.screen, ChangesScreen) and words(pilot.app), "the changes")
    options = pilot.app.screen.query_one(OptionList)
    prompts = [str(option.prompt) for option in options.options]
    options.highlighted = next(n for n, text in enumerate(prompts) if text.startswith(wanted))
    await pilot.press("enter")


@pytest.fixture(autouse=True)
def closed_programs(monkeypatch: pytest.MonkeyPatch) -> list[Program]:
    """What was asked to close; nothing is."""
    names: list[Program] = []

    def note(programs):
        names.extend(programs)
        return ()

    monkeypatch.setattr("tui.services.offers.largest_programs", lambda _limit: (FIREFOX,))
    monkeypatch.setattr(models_pane, "ask_to_close", note)
    return names


LLAMA = catalogue_model(ENTRIES["Llama-3.1-8B-Instruct"])


async def test_a_smaller_kv_type_is_taken_for_the_whole_list(closed_programs):
    async with pane(LLAMA, catalogue_model(ENTRIES["Qwen3-8B"]), pool=tight_pool(LLAMA)) as (
        pilot,
        models_pane,
    ):
        models_pane.listing.highlight(LLAMA.key)
        await until(lambda: models_pane.highlighted == LLAMA, "the highlight")
        assert models_pane.detail.fit.verdict is Verdict.TIGHT
        assert models_pane.detail.hint[0].startswith("to fit: KV q4_0 frees 7")
        await choose(pilot, "KV cache q4_0")
        await until(lambda: models_pane.listing.kv_type == "q4_0", "the header")
        assert models_pane.detail.fit.verdict is Verdict.FITS
        assert models_pane.detail.fit.kv_type == "q4_0"
        assert models_pane.detail.hint == ()
        assert closed_programs == []


async def test_a_shorter_context_shows_in_the_header():
    async with pane(LLAMA, pool=Pool(RAM_NAME, "ram", 6 * GIB, 6 * GIB, 512 * MIB)) as (pilot, models_pane):
        await choose(pilot, "context 4096")
        await until(lambda: models_pane.listing.context == 4096, "the header")
        assert models_pane.detail.fit.verdict is Verdict.FITS


async def test_another_quantization_becomes_the_row():
    async with pane(LLAMA, pool=Pool(RAM_NAME, "ram", 5600 * MIB, 5600 * MIB, 512 * MIB)) as (
        pilot,
        models_pane,
    ):
        await choose(pilot, "quantization Q3_K_M")
        await until(lambda: models_pane.highlighted.quant == "Q3_K_M", "the other row")
        assert [model.quant for model in models_pane.listing.shown_models] == ["Q3_K_M"]


async def test_quantization_on_this_disk_is_highlighted():
    same = entry("Own")
    heavy, light = (
        Model("Own", quant, size, same.shape, model_file("Own", quant), same)
        for quant, size in (("Q8_0", 6 * GIB), ("Q4_K_M", 3 * GIB))
    )
    async with pane(heavy, light, pool=Pool(RAM_NAME, "ram", 6 * GIB, 6 * GIB, 512 * MIB)) as (
        pilot,
        models_pane,
    ):
        models_pane.listing.highlight(heavy.key)
        await until(lambda: models_pane.highlighted == heavy, "the highlight")
        await choose(pilot, "quantization Q4_K_M (on disk)")
        await until(lambda: models_pane.highlighted == light, "the other file")


async def test_closing_a_program_is_requested_and_reported(closed_programs):
    async with pane(LLAMA, pool=tight_pool(LLAMA)) as (pilot, _models_pane):
        await choose(pilot, "close firefox")
        await until(lambda: words(pilot.app).startswith("Ask firefox"), "the question")
        assert closed_programs == []
        await pilot.press("down", "enter")
        await until(lambda: closed_programs == [FIREFOX], "the program")
        await until(lambda: any("firefox" in note.message for note in pilot.app._notifications), "the notice")


async def test_programs_that_did_not_close_are_named_in_one_notice(monkeypatch: pytest.MonkeyPatch):
    problem = reason("hardware.program_not_asked", program="firefox")
    monkeypatch.setattr(models_pane, "ask_to_close", lambda _programs: (problem,))
    async with pane(LLAMA, pool=tight_pool(LLAMA)) as (pilot, _models_pane):
        await choose(pilot, "close firefox")
        await until(lambda: words(pilot.app).startswith("Ask firefox"), "the question")
        await pilot.press("down", "enter")
        await until(lambda: len(pilot.app._notifications) == 1, "the notice")
        (note,) = pilot.app._notifications
        assert (note.message, note.severity) == (sentence(problem), "warning")


async def test_for_another_machine_no_program_here_is_offered():
    async with pane(LLAMA, pool=POOL) as (pilot, models_pane):
        models_pane.what_if = PROFILES["m1-8gb"]
        await until(lambda: models_pane.detail.fit is not None, "the other verdict")
        await pilot.press("c")
        await until(lambda: isinstance(pilot.app.screen, ChangesScreen) and words(pilot.app), "the changes")
        prompts = [str(option.prompt) for option in pilot.app.screen.query_one(OptionList).options]
        assert prompts
        assert not any("firefox" in text for text in prompts)


async def test_before_there_is_a_verdict_the_key_does_nothing():
    app = Host(lambda: ModelsPane(Sizer(None), LOAD))
    async with app.run_test(size=(120, 40)) as pilot:
        models_pane = app.query_one(ModelsPane)
        models_pane.show_models([LLAMA], no_model_on_disk(WHERE))
        models_pane.rows.focus()
        await until(lambda: models_pane.highlighted is not None, "the list")
        await pilot.press("c")
        await pilot.pause()
        assert not isinstance(app.screen, ChangesScreen)
