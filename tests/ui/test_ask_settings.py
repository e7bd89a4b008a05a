"""How answers are asked for: the screen by itself, and with the real engine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from textual.widgets import ContentSwitcher, TextArea

from tests.ui.dashboard.test_dashboard import ask, last_reply, load_first, running
from tests.ui.host import Host
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA
from tui.chat.sampling import KNOBS
from tui.engine.footprint import Footprint
from tui.engine.protocol import Loaded
from tui.models.model import Model
from tui.services.host import EngineHost
from tui.services.model_asking import ModelAsking
from tui.settings.settings import PresetSettings, Settings
from tui.ui.chat.settings.ask_settings import AskSettings, ChosenAsking
from tui.ui.chat.settings.preset_list import PresetRows
from tui.ui.chat.settings.sampling_form import NumberInput, ThinkChoice, ValueInput
from tui.ui.chat.transcript.layout.reply_note import describe_reply

EXTRACT = BUILT_IN_PRESETS[-1]


def asking(settings: Settings | None = None, **loaded: Any) -> ModelAsking:
    """With a model that is said to be loaded, where anything is said of it."""
    host = EngineHost(lambda failed: None)
    if loaded:
        name = loaded.pop("name", "Qwen3-8B")
        host.model = Model(name, "Q4_K_M", 1, None, None, None)
        host.loaded = Loaded(1, Footprint(1, 1, 1, 1, "engine"), None, 512, 1.0, 1, "model", **loaded)
    return ModelAsking(settings or Settings(language="en"), host, Conversation())


class AskApp(Host):
    def __init__(self, asking: ModelAsking, system: str = "", *, under_way: bool = False) -> None:
        super().__init__()
        self.opened = AskSettings(asking, system, under_way=under_way)
        self.results: list[ChosenAsking | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.opened, self.results.append)

    @property
    def part(self) -> str | None:
        found = self.screen.query(ContentSwitcher)
        return found.first().current if found else None

    def words(self, selector: str) -> str:
        return str(self.screen.query_one(selector).render())

    def fill(self, values: Mapping[str, str]) -> None:
        for name, text in values.items():
            self.screen.query_one(f"#sampling-{name}", NumberInput).value = text


async def opened(app: AskApp) -> None:
    await until(lambda: app.screen is app.opened and app.part and app.screen.focused, "the screen")


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


async def test_a_system_prompt_of_ones_own_keeps_what_else_the_preset_set():
    known = asking()
    known.asking = Asking(EXTRACT, {"top_k": 5}, None, EXTRACT_SCHEMA)
    app = AskApp(known, EXTRACT.prompt("en"), under_way=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pilot.press("f3")
        assert app.part == "system"
        assert "is read again" in app.words("#system .ask-words")
        app.screen.query_one("#system-text", TextArea).text = "Extract the names. "
        await pilot.press("escape")
        await until(lambda: app.results, "the end")
        sampling = {"temperature": 0.0, "top_k": 5}
        assert app.results == [
            ChosenAsking("Extract the names.", Asking(None, sampling, None, EXTRACT_SCHEMA), "en")
        ]


async def test_leaving_without_a_change_changes_nothing():
    known = asking(thinking="optional")
    known.asking = Asking(None, {"seed": -1, "temperature": 0.25}, False, '{"type": "object"}')
    app = AskApp(known, "Be brief.")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pilot.press("ctrl+s")
        await until(lambda: app.results == [ChosenAsking("Be brief.", known.asking, "en")], "the same")


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


async def test_a_schema_is_checked_while_it_is_written_and_never_taken_when_it_is_wrong(tmp_path: Path):
    app = AskApp(asking())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pilot.press("f5")
        schema = app.screen.query_one("#schema-text", TextArea)
        schema.text = '{"type": "object", "patternProperties": {}}'
        await until(lambda: "patternProperties" in app.words("#schema-words"), "what is wrong")
        await pilot.press("escape")
        assert app.results == []
        schema.text = '{"type": "object"}'
        await until(
            lambda: app.words("#schema-words") == "The answer will be JSON that follows this.", "right"
        )
        await pilot.press("escape")
        await until(lambda: app.results, "the end")
        assert app.results[0].asking.json_schema == '{"type": "object"}'


async def test_a_schema_is_loaded_from_a_file(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answer.json").write_text(EXTRACT_SCHEMA)
    app = AskApp(asking())
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app)
        await pilot.press("f5", "ctrl+o")
        await until(lambda: type(app.screen).__name__ == "FilePicker", "the files")
        await pilot.press(*"answer")
        await until(lambda: [each.name for each in app.screen._shown] == ["answer.json"], "the file")
        await pilot.press("enter")
        await until(
            lambda: app.screen is app.opened and app.opened._schema.text == EXTRACT_SCHEMA, "the schema"
        )
        await pilot.press("escape")
        await until(lambda: app.results and app.results[0].asking.json_schema == EXTRACT_SCHEMA, "the end")


async def test_an_answer_follows_the_schema_and_says_that_it_is_json():
    schema = msgspec.json.encode(
        {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    ).decode()
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        dashboard._chat_side.asking.asking = Asking(json_schema=schema)
        await ask(pilot, "Say a number.")
        await until(lambda: not dashboard.chat.answering, "the answer")
        assert isinstance(msgspec.json.decode(last_reply(dashboard).text)["n"], int)
        view = dashboard.chat.transcript.views[-1]
        await until(lambda: view.code_blocks, "the block of JSON")
        assert "valid JSON" in "".join(row.content.plain for row in view._rows_below())
        # AND one that is cut short is said to be no whole JSON
        dashboard._chat_side.asking.asking = Asking(sampling={"max_tokens": 2}, json_schema=schema)
        await ask(pilot, "Another number.")
        await until(lambda: not dashboard.chat.answering, "the answer")
        assert "The answer is not whole JSON: it ends before its end." in str(dashboard.chat.notice.render())


async def test_a_preset_is_chosen_in_the_dashboard_kept_with_the_conversation_and_follows_it():
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Name a colour.")
        await until(lambda: not dashboard.chat.answering)
        # WHEN a preset is chosen in the middle
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(dashboard.app.screen, AskSettings) and dashboard.app.screen.focused)
        await pilot.press("j", "enter")
        await until(lambda: dashboard.app.screen is dashboard, "the chat again")
        await until(
            lambda: dashboard.chat.conversation.system == BUILT_IN_PRESETS[0].prompt("en"), "the prompt"
        )
        assert dashboard.chat.prompt_area.asking_note == "Summarise"
        assert "the cache starts again" in str(dashboard.chat.notice.render())
        # THEN the model reads it
        await until(lambda: dashboard.chat.prompt.has_focus, "the prompt")
        await ask(pilot, "And another.")
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).metrics)
        prompt = dashboard.chat.conversation.prompts[last_reply(dashboard).id]
        assert BUILT_IN_PRESETS[0].prompt("en") in prompt
        # AND a new chat goes on in that way
        await pilot.press("ctrl+n")
        assert dashboard.chat.prompt_area.asking_note == "Summarise"


async def test_the_settings_of_the_user_count_before_those_of_the_model():
    known = asking(Settings(temperature=0), thinking="never", sampling={"temperature": 0.9, "top_k": 3.0})
    assert (known.request().sampling.temperature, known.request().sampling.top_k) == (0, 3)
    known.asking = Asking(EXTRACT, {"temperature": 0.3}, True, EXTRACT_SCHEMA)
    how = known.request()
    # A model that never thinks is not asked to.
    assert (how.sampling.temperature, how.think, how.json_schema) == (0.3, None, EXTRACT_SCHEMA)


def test_nothing_is_recommended_while_no_model_is_loaded():
    assert asking().published_sampling(Asking()) is None


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


async def test_an_answer_that_a_stop_text_ended_says_so():
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        dashboard._chat_side.asking.asking = Asking(
            sampling={"temperature": 0, "max_tokens": 60}, stop=("\n",)
        )
        await ask(pilot, "Give me tips for better sleep.")
        await until(lambda: not dashboard.chat.answering, "the answer")
        reply = last_reply(dashboard)
        assert (reply.finish, "\n" in reply.text) == ("stop_text", False)
        assert describe_reply(reply).endswith("ended at a stop text")
