"""The screen that sets how to ask: what is chosen is taken, what is wrong is told."""

from pathlib import Path

import msgspec
from textual.widgets import TextArea

from tests.ui.chat.settings.ask_app import EXTRACT, AskApp, asking, opened
from tests.ui.dashboard.test_dashboard import ask, last_reply, load_first, running
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA
from tui.ui.chat.settings.ask_settings import AskSettings, ChosenAsking
from tui.ui.chat.transcript.layout.reply_note import describe_reply


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
        await until(lambda: [each.name for each in app.screen._matching] == ["answer.json"], "the file")
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
