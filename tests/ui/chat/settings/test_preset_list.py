"""Presets to choose from."""

from tests.ui.chat.settings.ask_app import EXTRACT, AskApp, asking, opened
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.presets import EXTRACT_SCHEMA
from tui.settings.settings import PresetSettings, Settings
from tui.ui.chat.settings.ask_settings import ChosenAsking
from tui.ui.chat.settings.preset_list import PresetRows


async def test_a_preset_is_taken_with_its_prompt_its_sampling_and_its_schema():
    app = AskApp(asking())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        assert isinstance(app.screen.focused, PresetRows)
        await pilot.press("end")
        await until(lambda: EXTRACT.prompt("en")[:40] in app.words(".preset-prompt"), "what it says")
        # WHEN it is wanted in the other language
        await pilot.press("l")
        await until(lambda: EXTRACT.prompt("es")[:40] in app.words(".preset-prompt"), "it in Spanish")
        await pilot.press("enter")
        await until(lambda: app.results, "the end")
        assert app.results == [
            ChosenAsking(EXTRACT.prompt("es"), Asking(EXTRACT, {}, None, EXTRACT_SCHEMA), "es")
        ]


async def test_ones_own_presets_come_first_and_none_takes_everything_away():
    settings = Settings(language="en", presets={"[b]pirate": PresetSettings("Arr.", temperature=1.5)})
    known = asking(settings)
    app = AskApp(known)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pilot.press("j", "enter")
        await until(lambda: app.results, "the end")
        found = app.results[0]
        assert (found.system, found.asking.preset_sampling) == ("Arr.", {"temperature": 1.5})
    known.asking = found.asking
    app = AskApp(known, "Arr.")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pilot.press("k", "enter")
        await until(lambda: app.results == [ChosenAsking("", Asking(), "en")], "none")
