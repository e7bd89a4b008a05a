"""Whole flow: a conversation that is opened again keeps its answer settings and its raw prompts."""

from pathlib import Path

from textual.pilot import Pilot

from tests.chat.conversations import add_turn, recorded_conversation, result_of
from tests.ui.chat.chat_host import see, shows
from tests.ui.chat.history.history_app import open_history
from tests.ui.dashboard.running_dashboard import ask, last_reply, load_first, running
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.messages import Reply
from tui.chat.presets import BUILT_IN_PRESETS, Preset
from tui.chat.storage.store import ConversationStore, store_file
from tui.settings.settings import PresetSettings, Settings
from tui.ui.chat.history.import_export import import_conversation, write_export
from tui.ui.chat.settings.ask_settings import AskSettings
from tui.ui.chat.settings.sampling_form import NumberInput
from tui.ui.chat.transcript.raw.screen import RawScreen
from tui.ui.dashboard.dashboard import Dashboard

QUESTION = "Write a story about a fox."


async def ask_and_wait(pilot: Pilot[None], dashboard: Dashboard, text: str = QUESTION) -> Reply:
    conversation = dashboard.chat.conversation
    message_count = len(conversation.messages)
    await ask(pilot, text)
    # The answer may have arrived already.
    await until(
        lambda: len(conversation.messages) == message_count + 2 and not dashboard.chat.answering, "the answer"
    )
    return last_reply(dashboard)


async def open_newest(pilot: Pilot[None], dashboard: Dashboard) -> None:
    """Open the newest conversation."""
    await open_history(pilot)
    await pilot.press("enter")
    await until(lambda: dashboard.app.screen is dashboard, "the dashboard")
    await until(lambda: dashboard.chat.conversation.messages, "the conversation")


def raw_view_content(dashboard: Dashboard) -> tuple[object, ...]:
    """Return the prompt, the reply and the settings of the raw view."""
    screen = dashboard.app.screen
    assert isinstance(screen, RawScreen)
    return (screen._raw.prompt, screen._raw.reply, screen._raw.settings)


async def raw_view_of_last_reply(pilot: Pilot[None], dashboard: Dashboard) -> tuple[object, ...]:
    dashboard.chat.transcript.focus()
    await pilot.press("v")
    await see(pilot, "Asked with")
    content = raw_view_content(dashboard)
    await pilot.press("escape")
    await until(lambda: dashboard.app.screen is dashboard, "the chat")
    return content


async def test_a_reopened_conversation_keeps_its_answer_settings() -> None:
    # GIVEN a preset, a value and a policy, all chosen on the screen, and an answer
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(dashboard.app.screen, AskSettings) and dashboard.app.screen.focused)
        await pilot.press("j", "enter")
        await until(
            lambda: dashboard.chat.conversation.system == BUILT_IN_PRESETS[0].prompt("en"), "the preset"
        )
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(dashboard.app.screen, AskSettings) and dashboard.app.screen.focused)
        await pilot.press("f4")
        dashboard.app.screen.query_one("#sampling-top_k", NumberInput).value = "7"
        await pilot.press("ctrl+s")
        await until(lambda: dashboard.chat.prompt.has_focus, "the prompt")
        await pilot.press("ctrl+g", "w", "escape")
        reply = await ask_and_wait(pilot, dashboard)
        asking = dashboard.chat.conversation.asking
        assert asking == Asking(BUILT_IN_PRESETS[0], {"top_k": 7}, when_full="drop_oldest")
        assert reply.part_settings[0].sampling.top_k == 7
        raw = await raw_view_of_last_reply(pilot, dashboard)
        assert dashboard.chat.conversation.prompts[reply.id].count(BUILT_IN_PRESETS[0].prompt("en")) == 1
        # WHEN a new chat takes its place, which keeps the settings except the policy
        await pilot.press("ctrl+n")
        await until(lambda: dashboard.chat.strip.policy == "stop", "the policy of the settings")
        assert dashboard.chat.prompt_area.asking_note == "Summarise"
    # AND llmtui is started again and the conversation is opened
    async with running(build=None) as (pilot, dashboard):
        assert dashboard.chat.conversation.asking == Asking()
        await open_newest(pilot, dashboard)
        # THEN its settings are the same
        await until(lambda: dashboard.chat.prompt_area.asking_note == "Summarise", "the preset")
        assert dashboard.chat.conversation.asking == asking
        await until(lambda: dashboard.chat.strip.policy == "drop_oldest", "its policy")
        # AND there is no remark on them
        assert "preset" not in str(dashboard.chat.notice.render())
        # AND the raw view is the same
        assert await raw_view_of_last_reply(pilot, dashboard) == raw


async def test_the_reported_seed_reproduces_the_answer() -> None:
    def settings(seed: int | None) -> Settings:
        return Settings(temperature=1.0, seed=seed, max_tokens=60, context=512, measure_speed=False)

    # GIVEN an answer with a seed that nobody chose
    async with running(settings=settings(None)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        first = await ask_and_wait(pilot, dashboard)
        (part_settings,) = first.part_settings
        seed = part_settings.sampling.seed
        assert seed is not None
        # AND another seed for another answer
        await pilot.press("ctrl+r")
        conversation = dashboard.chat.conversation
        await until(lambda: conversation.last_id != first.id and not dashboard.chat.answering, "the answer")
        second = last_reply(dashboard)
        assert second.part_settings[0].sampling.seed != seed
        assert second.text != first.text
    # WHEN the question is asked again with the first seed
    async with running(settings=settings(seed)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        again = await ask_and_wait(pilot, dashboard)
        # THEN the answer is the same, to the last token
        assert (again.text, again.raw, again.part_settings) == (first.text, first.raw, first.part_settings)


def save_conversation(asking: Asking, system: str = "") -> None:
    """Save a conversation in the file of the dashboard."""
    store = ConversationStore(store_file())
    conversation, _keeper = recorded_conversation(store, system)
    conversation.asking = asking
    add_turn(conversation, "Hello", "Hi")
    assert store.close()


async def test_a_missing_or_changed_preset_is_reported_and_its_settings_stay() -> None:
    pirate = Preset("pi[b]rate", {"": "Arr."}, {"temperature": 1.5}, own=True)
    save_conversation(Asking(pirate), "Arr.")
    # GIVEN settings without the preset
    async with running(build=None) as (pilot, dashboard):
        await open_newest(pilot, dashboard)
        await see(pilot, "There is no preset pi[b]rate any more; this")
        assert dashboard.chat.conversation.asking == Asking(pirate)
        assert dashboard._chat_side.asking.request().sampling.temperature == 1.5
        # AND the list of presets has it, as the current one
        await pilot.press("ctrl+s")
        await see(pilot, "✓ pi[b]rate")
        await pilot.press("escape")
        await until(lambda: dashboard.app.screen is dashboard, "the chat")
        assert dashboard.chat.conversation.asking == Asking(pirate)
    # AND with settings in which the preset has changed
    changed = Settings(presets={"pi[b]rate": PresetSettings("Arr.", temperature=0.1)})
    async with running(build=None, settings=changed) as (pilot, dashboard):
        await open_newest(pilot, dashboard)
        await see(pilot, "The preset pi[b]rate is another one now")
        assert dashboard._chat_side.asking.request().sampling.temperature == 1.5
    # AND with settings in which the preset is the same, there is no remark
    same = Settings(presets={"pi[b]rate": PresetSettings("Arr.", temperature=1.5)})
    async with running(build=None, settings=same) as (pilot, dashboard):
        await open_newest(pilot, dashboard)
        await see(pilot, "This was with Model Q4")
        assert not shows(dashboard.app, "pi[b]rate is")
        assert not shows(dashboard.app, "no preset")


async def test_a_schema_that_is_not_supported_is_reported_and_left_out() -> None:
    schema = '{"type": "object", "patternProperties": {"a": {}}}'
    save_conversation(Asking(json_schema=schema))
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await open_newest(pilot, dashboard)
        await see(pilot, "Its JSON schema is left out, so answers are free")
        assert "patternProperties" in str(dashboard.chat.notice.render())
        # THEN the answer is free text, and the schema can be corrected
        reply = await ask_and_wait(pilot, dashboard, "Hello again.")
        assert reply.interrupted is None
        assert reply.part_settings[0].json_schema is False
        assert dashboard.chat.conversation.asking.json_schema == schema
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(dashboard.app.screen, AskSettings) and dashboard.app.screen.focused)
        await pilot.press("f5")
        await see(pilot, "patternProperties")


async def test_an_import_reports_what_it_left_out_and_an_export_has_the_answer_settings(
    tmp_path: Path,
) -> None:
    save_conversation(
        Asking(BUILT_IN_PRESETS[-1], {"top_k": 7}, json_schema=BUILT_IN_PRESETS[-1].json_schema), "Extract."
    )
    store = ConversationStore(store_file())
    (row,) = result_of(store.list_conversations())
    record = result_of(store.read_conversation(row.id))
    markdown = write_export(record, "md", tmp_path).read_text()
    assert markdown.startswith(
        "# Hello\n\n*Preset Extract as JSON · Temperature 0 · Top-k 7 · JSON schema*\n\n## System"
    )
    path = write_export(record, "json", tmp_path)
    path.write_text(path.read_text().replace('"top_k": 7', '"top_k": -7'))
    result = await import_conversation(store, path, tmp_path)
    assert result.sentence == (
        'Imported "Hello". Left out: manner.sampling.top_k:'
        " expected a whole number from 0 to 1000000, got -7."
    )
    assert not result.failed
    # AND an incomplete file is reported with the place of the mistake
    path.write_text(path.read_text().replace('"text": "Hi"', '"text": 7'))
    result = await import_conversation(store, path, tmp_path)
    assert result.sentence == "This conversation is not whole: messages[1].text: expected a text."
    assert store.close()
