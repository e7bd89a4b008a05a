"""Dialog for the answer settings: it returns the choices and shows mistakes."""

from pathlib import Path

import msgspec
import pytest
from textual.widgets import TextArea

from tests.ui.chat.chat_host import screen
from tests.ui.chat.settings.ask_app import EXTRACT, AskApp, model_asking, until_dialog_is_open
from tests.ui.dashboard.running_dashboard import ask, last_reply, load_first, running
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA
from tui.ui.chat.settings.ask_settings import AskSettings, ChosenAsking
from tui.ui.chat.transcript.layout.reply_note import describe_reply
from tui.ui.kit.inquiry import Inquiry


async def test_editing_the_system_prompt_keeps_the_other_settings_of_the_preset():
    settings = model_asking()
    settings.asking = Asking(EXTRACT, {"top_k": 5}, None, EXTRACT_SCHEMA)
    app = AskApp(settings, EXTRACT.prompt("en"), has_messages=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("f3")
        assert app.tab == "system"
        assert "read again" in app.text_of("#system .ask-note")
        app.screen.query_one("#system-text", TextArea).text = "Extract the names. "
        await pilot.press("ctrl+s")
        await until(lambda: app.results, "the end")
        sampling = {"temperature": 0.0, "top_k": 5}
        assert app.results == [
            ChosenAsking("Extract the names.", Asking(None, sampling, None, EXTRACT_SCHEMA), "en")
        ]


async def test_closing_without_a_change_returns_the_same_settings():
    settings = model_asking(thinking="optional")
    settings.asking = Asking(None, {"seed": -1, "temperature": 0.25}, False, '{"type": "object"}')
    app = AskApp(settings, "Be brief.")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("ctrl+s")
        await until(lambda: app.results == [ChosenAsking("Be brief.", settings.asking, "en")], "the same")


async def test_an_invalid_schema_is_reported_while_typing_and_never_returned():
    app = AskApp(model_asking())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("f5")
        schema = app.screen.query_one("#schema-text", TextArea)
        schema.text = '{"type": "strin"}'
        await until(lambda: "strin" in app.text_of("#schema-note"), "what is wrong")
        await pilot.press("ctrl+s", "ctrl+s")
        assert app.results == []
        schema.text = '{"type": "object"}'
        await until(
            lambda: app.text_of("#schema-note") == "The answer will be JSON that follows this schema.",
            "right",
        )
        await pilot.press("ctrl+s")
        await until(lambda: app.results, "the end")
        assert app.results[0].asking.json_schema == '{"type": "object"}'


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_esc_leaves_without_applying_and_asks_only_after_a_change(size: tuple[int, int]):
    app = AskApp(model_asking(), "Be brief.")
    async with app.run_test(size=size) as pilot:
        # Nothing was changed: not by walking through the tabs, nor by another language of the presets.
        await until_dialog_is_open(app)
        await pilot.press("l", "f3", "f4", "f5", "f2", "escape")
        await until(lambda: app.results == [None], "the end")
        # WHEN something was changed, however wrong, Esc asks, and the answer that loses nothing comes first
        app.open_dialog("Be brief.")
        await until_dialog_is_open(app)
        await pilot.press("f5", *"{oops")
        await pilot.press("escape")
        question = app.screen.query_one(Inquiry)
        assert question.is_shown
        assert "Leave without your changes?" in "".join(screen(app))
        assert "Esc leaves without them" in "".join(screen(app))
        await pilot.press("enter")
        await until(lambda: not question.is_shown, "the dialog")
        await pilot.pause()
        assert "Esc leaves" in "".join(screen(app))
        assert "without them" not in "".join(screen(app))
        assert app.screen.focused is app.dialog._schema
        assert app.dialog._schema.text == "{oops"
        await pilot.press("escape", "down", "enter")
        await until(lambda: app.results == [None, None], "the end")
        # AND a value that is changed back is no change
        app.open_dialog("Be brief.")
        await until_dialog_is_open(app)
        await pilot.press("f3", "x", "backspace", "escape")
        await until(lambda: len(app.results) == 3, "the end")


@pytest.mark.parametrize(
    "keys",
    [
        ("f3", "x"),
        ("f4", "9", "9"),
        ("f4", "down", "x", "y"),
        ("f5", *"{oops"),
        ("f5", *"{oops", "ctrl+s"),
        ("f3", "x", "escape", "f5"),
        ("f2", "down"),
    ],
    ids=["text", "sampling", "wrong number", "wrong schema", "refused", "another tab", "preset"],
)
async def test_esc_pressed_twice_leaves_from_everywhere_and_takes_nothing(keys: tuple[str, ...]):
    app = AskApp(model_asking(), "Be brief.")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press(*keys, "escape", "escape")
        await until(lambda: app.results == [None], "the end")


async def test_a_schema_is_loaded_from_a_file(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answer.json").write_text(EXTRACT_SCHEMA)
    app = AskApp(model_asking())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_dialog_is_open(app)
        await pilot.press("f5", "ctrl+o")
        await until(lambda: type(app.screen).__name__ == "FilePicker", "the files")
        await pilot.press(*"answer")
        await until(lambda: [entry.name for entry in app.screen._matching] == ["answer.json"], "the file")
        await pilot.press("enter")
        await until(
            lambda: app.screen is app.dialog and app.dialog._schema.text == EXTRACT_SCHEMA, "the schema"
        )
        await pilot.press("ctrl+s")
        await until(lambda: app.results and app.results[0].asking.json_schema == EXTRACT_SCHEMA, "the end")


async def test_an_answer_follows_the_schema_and_is_marked_as_json():
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
        # AND an answer that is cut short is reported as incomplete JSON
        dashboard._chat_side.asking.asking = Asking(sampling={"max_tokens": 2}, json_schema=schema)
        await ask(pilot, "Another number.")
        await until(lambda: not dashboard.chat.answering, "the answer")
        assert "The answer is not whole JSON: it ends before its end." in str(dashboard.chat.notice.render())


async def test_a_preset_chosen_in_the_dashboard_is_used_and_kept_for_a_new_chat():
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
        # AND a new chat uses the same preset
        await pilot.press("ctrl+n")
        assert dashboard.chat.prompt_area.asking_note == "Summarise"


async def test_an_answer_ended_by_a_stop_text_is_marked():
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
