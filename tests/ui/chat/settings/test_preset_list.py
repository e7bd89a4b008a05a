"""List of the presets."""

from tests.ui.chat.settings.ask_app import EXTRACT, AskApp, model_asking, until_dialog_is_open
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.presets import EXTRACT_SCHEMA
from tui.settings.settings import PresetSettings, Settings
from tui.ui.chat.settings.ask_settings import ChosenAsking
from tui.ui.chat.settings.preset_list import PresetRows


async def test_choosing_a_preset_returns_its_prompt_sampling_and_schema():
    app = AskApp(model_asking())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        assert isinstance(app.screen.focused, PresetRows)
        await pilot.press("end")
        await until(lambda: EXTRACT.prompt("en")[:40] in app.text_of(".preset-prompt"), "what it says")
        # WHEN the language is changed
        await pilot.press("l")
        await until(lambda: EXTRACT.prompt("es")[:40] in app.text_of(".preset-prompt"), "it in Spanish")
        await pilot.press("enter")
        await until(lambda: app.results, "the end")
        assert app.results == [
            ChosenAsking(EXTRACT.prompt("es"), Asking(EXTRACT, {}, None, EXTRACT_SCHEMA), "es")
        ]


async def test_own_presets_come_first_and_none_clears_all_settings():
    settings = Settings(preset_language="en", presets={"[b]pirate": PresetSettings("Arr.", temperature=1.5)})
    model_settings = model_asking(settings)
    app = AskApp(model_settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("j", "enter")
        await until(lambda: app.results, "the end")
        chosen = app.results[0]
        assert (chosen.system, chosen.asking.preset_sampling) == ("Arr.", {"temperature": 1.5})
    model_settings.asking = chosen.asking
    app = AskApp(model_settings, "Arr.")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("k", "enter")
        await until(lambda: app.results == [ChosenAsking("", Asking(), "en")], "none")
