"""Form of the sampling values and their origins."""

from rich.cells import cell_len
from textual.widgets import Static, TextArea

from tests.ui.chat.settings.ask_app import AskApp, model_asking, until_dialog_is_open
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.sampling import KNOBS
from tui.settings.settings import PresetSettings, Settings
from tui.ui.chat.settings.sampling_form import NumberInput, ThinkChoice, ValueInput


async def test_each_value_shows_its_origin():
    settings = model_asking(
        Settings(min_p=0.1, preset_language="en"), thinking="always", sampling={"top_k": 30.0}
    )
    app = AskApp(settings)
    async with app.run_test(size=(100, 30)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("f4")
        await until(lambda: app.text_of("#origin-top_p") == "recommended for Qwen3", "the published")
        # Every title, field and origin is in view, side by side
        await until(lambda: app.screen.query_one("#origin-top_p").region.width > 20, "the origins in view")
        for row in app.screen.query("SamplingForm > Horizontal"):
            title, field, origin = (child.region for child in row.children)
            assert title.width > cell_len(str(row.query_one(".sampling-title", Static).content))
            assert title.right <= field.x < field.right <= origin.x < row.region.right
        assert app.text_of("#origin-top_k") == "recommended by the model's file"
        assert app.text_of("#origin-min_p") == "from settings.toml"
        assert app.text_of("#origin-repeat_penalty") == "the engine's own"
        placeholders = {field.id: field.placeholder for field in app.screen.query(NumberInput)}
        assert placeholders["sampling-temperature"] == "0.6"
        assert placeholders["sampling-max_tokens"] == "no limit"
        # WHEN a value is typed, THEN it is the user's own, beside the recommended value
        await pilot.press("1", "full_stop", "2")
        await until(
            lambda: app.text_of("#origin-temperature") == "yours; 0.6 recommended for Qwen3", "the user's"
        )
        # AND a key restores the recommended value
        await pilot.press("r")
        await until(lambda: app.text_of("#origin-temperature") == "recommended for Qwen3", "the recommended")
        assert not app.screen.query(ThinkChoice)


async def test_the_choice_of_thinking_changes_the_recommended_values():
    app = AskApp(model_asking(thinking="optional"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("f4")
        field = app.screen.query_one("#sampling-temperature", NumberInput)
        await until(lambda: field.placeholder == "0.6", "thinking")
        app.screen.query_one(ThinkChoice).focus()
        await pilot.press("space", "space")
        await until(lambda: field.placeholder == "0.7", "not thinking")
        await pilot.press("ctrl+s")
        await until(lambda: app.results and app.results[0].asking.think is False, "the choice")


async def test_the_arrow_keys_go_from_field_to_field():
    app = AskApp(model_asking(thinking="optional"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("f4", "1", "down", "2", "down", "up", "3")
        await until(lambda: app.text_of("#origin-top_k") != "the engine's own", "the second value")
        fields = [app.screen.query_one(f"#sampling-{name}", NumberInput) for name in ("temperature", "top_k")]
        assert [field.value for field in fields] == ["1", "3"]
        # The last field is the choice of thinking.
        await pilot.press(*["down"] * 9)
        assert isinstance(app.screen.focused, ThinkChoice)
        await pilot.press("up")
        assert app.screen.focused is app.screen.query_one("#sampling-stop")


async def test_invalid_value_is_explained_and_never_applied():
    settings = model_asking()
    settings.asking = Asking(sampling={"top_p": 0.5})
    app = AskApp(settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("f4")
        app.type_values({"top_p": "1.5", "top_k": "7"})
        app.screen.query_one("#sampling-top_p").focus()
        expected = "Top-p is 1.5; expected a number from 0 to 1."
        await until(lambda: app.text_of(".sampling-about") == expected, "what is right")
        await pilot.press("f2", "ctrl+s")
        await until(lambda: app.tab == "sampling", "the part with the mistake")
        assert app.results == []
        app.type_values({"top_p": "0.5"})
        await pilot.press("ctrl+s")
        await until(lambda: app.results, "the end")
        assert app.results[0].asking.sampling == {"top_p": 0.5, "top_k": 7}


async def test_stop_texts_are_typed_in_one_line_and_show_their_origin():
    settings = model_asking(Settings(stop=("###",), preset_language="en"))
    app = AskApp(settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("f4")
        field = app.screen.query_one("#sampling-stop", ValueInput)
        await until(
            lambda: field.placeholder == "###" and app.text_of("#origin-stop") == "from settings.toml"
        )
        # The arrow keys lead past every number to the stop texts, and back.
        await pilot.press(*["down"] * len(KNOBS))
        await until(lambda: field.has_focus, "the last")
        await pilot.press("up", "up", "down", "down")
        await until(
            lambda: field.has_focus and "Stop texts" in app.text_of(".sampling-about"), "what it does"
        )
        # WHEN a stop text is typed with the letter that is a key in number fields
        await pilot.press(*"User:")
        await until(lambda: app.text_of("#origin-stop") == "yours", "the user's")
        # AND a mistake is explained
        field.value = '"a" b'
        await until(lambda: app.text_of("#origin-stop") == "not a value", "the mistake")
        assert "expected one, or up to 16 in quotes" in app.text_of(".sampling-about")
        await pilot.press("ctrl+s")
        assert app.results == []
        field.value = r'"User:" "\n\n"'
        await pilot.press("ctrl+s")
        await until(lambda: app.results, "the end")
        assert app.results[0].asking.stop == ("User:", "\n\n")
        settings.asking = app.results[0].asking
        assert settings.request().sampling.stop == ("User:", "\n\n")


async def test_stop_texts_of_a_preset_survive_a_new_prompt_and_can_be_set_to_none():
    settings = model_asking(
        Settings(preset_language="en", presets={"brief": PresetSettings("Be brief.", stop=("\n",))})
    )
    settings.asking = Asking(settings.presets[0])
    assert settings.request().sampling.stop == ("\n",)
    app = AskApp(settings, "Be brief.")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        assert app.screen.query_one("#sampling-stop", ValueInput).placeholder == r'"\n"'
        app.screen.query_one("#system-text", TextArea).text = "Be very brief."
        await pilot.press("ctrl+s")
        await until(lambda: app.results, "the end")
        assert app.results[0].asking == Asking(stop=("\n",))
    settings.asking = Asking(settings.presets[0], stop=())
    assert settings.request().sampling.stop == ()
    app = AskApp(settings, "Be brief.")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        assert app.screen.query_one("#sampling-stop", ValueInput).value == '""'
        await pilot.press("ctrl+s")
        await until(lambda: app.results and app.results[0].asking == settings.asking, "the same")
