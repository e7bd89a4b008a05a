"""Sampling values with where they come from."""

from textual.widgets import TextArea

from tests.ui.chat.settings.ask_app import AskApp, asking, opened
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.sampling import KNOBS
from tui.settings.settings import PresetSettings, Settings
from tui.ui.chat.settings.sampling_form import NumberInput, ThinkChoice, ValueInput


async def test_each_value_says_where_it_comes_from():
    known = asking(Settings(min_p=0.1, language="en"), thinking="always", sampling={"top_k": 30.0})
    app = AskApp(known)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app)
        await pilot.press("f4")
        await until(lambda: app.words("#origin-top_p") == "recommended for Qwen3", "the published")
        assert app.words("#origin-top_k") == "recommended by the model's file"
        assert app.words("#origin-min_p") == "from settings.toml"
        assert app.words("#origin-repeat_penalty") == "the engine's own"
        placeholders = {box.id: box.placeholder for box in app.screen.query(NumberInput)}
        assert placeholders["sampling-temperature"] == "0.6"
        assert placeholders["sampling-max_tokens"] == "no limit"
        # WHEN a value is typed, it is the user's, and says what is recommended
        await pilot.press("1", "full_stop", "2")
        await until(
            lambda: app.words("#origin-temperature") == "yours; 0.6 recommended for Qwen3", "the user's"
        )
        # AND a key goes back to that
        await pilot.press("r")
        await until(lambda: app.words("#origin-temperature") == "recommended for Qwen3", "the recommended")
        assert not app.screen.query(ThinkChoice)


async def test_whether_to_think_changes_what_is_recommended():
    app = AskApp(asking(thinking="optional"))
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app)
        await pilot.press("f4")
        box = app.screen.query_one("#sampling-temperature", NumberInput)
        await until(lambda: box.placeholder == "0.6", "thinking")
        app.screen.query_one(ThinkChoice).focus()
        await pilot.press("space", "space")
        await until(lambda: box.placeholder == "0.7", "not thinking")
        await pilot.press("escape")
        await until(lambda: app.results and app.results[0].asking.think is False, "the choice")


async def test_the_arrows_go_from_value_to_value():
    app = AskApp(asking(thinking="optional"))
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app)
        await pilot.press("f4", "1", "down", "2", "down", "up", "3")
        await until(lambda: app.words("#origin-top_k") != "the engine's own", "the second value")
        boxes = [app.screen.query_one(f"#sampling-{name}", NumberInput) for name in ("temperature", "top_k")]
        assert [box.value for box in boxes] == ["1", "3"]
        # The last one is whether to think.
        await pilot.press(*["down"] * 9)
        assert isinstance(app.screen.focused, ThinkChoice)
        await pilot.press("up")
        assert app.screen.focused is app.screen.query_one("#sampling-stop")


async def test_a_wrong_value_says_what_is_right_and_is_left_as_it_was_the_second_time():
    known = asking()
    known.asking = Asking(sampling={"top_p": 0.5})
    app = AskApp(known)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pilot.press("f4")
        app.fill({"top_p": "1.5", "top_k": "7"})
        app.screen.query_one("#sampling-top_p").focus()
        expected = "Top-p is 1.5; expected a number from 0 to 1."
        await until(lambda: app.words(".sampling-about") == expected, "what is right")
        await pilot.press("f2", "escape")
        await until(lambda: app.part == "sampling", "the part with the mistake")
        assert app.results == []
        await pilot.press("escape")
        await until(lambda: app.results, "the end")
        assert app.results[0].asking.sampling == {"top_p": 0.5, "top_k": 7}


async def test_stop_texts_are_typed_in_a_line_and_say_whose_they_are():
    known = asking(Settings(stop=("###",), language="en"))
    app = AskApp(known)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pilot.press("f4")
        box = app.screen.query_one("#sampling-stop", ValueInput)
        await until(lambda: box.placeholder == "###" and app.words("#origin-stop") == "from settings.toml")
        # The arrows lead there, past every number, and back.
        await pilot.press(*["down"] * len(KNOBS))
        await until(lambda: box.has_focus, "the last")
        await pilot.press("up", "up", "down", "down")
        await until(lambda: box.has_focus and "Stop texts" in app.words(".sampling-about"), "what it does")
        # WHEN one is typed that has the letter that is a key for numbers
        await pilot.press(*"User:")
        await until(lambda: app.words("#origin-stop") == "yours", "the user's")
        # AND what is wrong says what is right
        box.value = '"a" b'
        await until(lambda: app.words("#origin-stop") == "not a value", "the mistake")
        assert "expected one, or up to 16 in quotes" in app.words(".sampling-about")
        await pilot.press("escape")
        assert app.results == []
        box.value = r'"User:" "\n\n"'
        await pilot.press("escape")
        await until(lambda: app.results, "the end")
        assert app.results[0].asking.stop == ("User:", "\n\n")
        known.asking = app.results[0].asking
        assert known.request().sampling.stop == ("User:", "\n\n")


async def test_stop_texts_of_a_preset_stay_with_its_other_settings_and_none_can_be_said():
    known = asking(Settings(language="en", presets={"brief": PresetSettings("Be brief.", stop=("\n",))}))
    known.asking = Asking(known.presets[0])
    assert known.request().sampling.stop == ("\n",)
    app = AskApp(known, "Be brief.")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        assert app.screen.query_one("#sampling-stop", ValueInput).placeholder == r'"\n"'
        app.screen.query_one("#system-text", TextArea).text = "Be very brief."
        await pilot.press("escape")
        await until(lambda: app.results, "the end")
        assert app.results[0].asking == Asking(stop=("\n",))
    known.asking = Asking(known.presets[0], stop=())
    assert known.request().sampling.stop == ()
    app = AskApp(known, "Be brief.")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        assert app.screen.query_one("#sampling-stop", ValueInput).value == '""'
        await pilot.press("escape")
        await until(lambda: app.results and app.results[0].asking == known.asking, "the same")
