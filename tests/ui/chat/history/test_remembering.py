"""A conversation that is left and opened again is asked as before, and proves what was read."""

from pathlib import Path

from textual.pilot import Pilot

from tests.chat.talks import got, keeping, turn
from tests.ui.chat.chat_host import see, shows
from tests.ui.chat.history.history_app import history
from tests.ui.dashboard.test_dashboard import ask, last_reply, load_first, running
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.messages import Reply
from tui.chat.presets import BUILT_IN_PRESETS, Preset
from tui.chat.storage.store import ConversationStore, store_file
from tui.settings.settings import PresetSettings, Settings
from tui.ui.chat.history.conversation_files import import_conversation, write_export
from tui.ui.chat.settings.ask_settings import AskSettings
from tui.ui.chat.settings.sampling_form import NumberInput
from tui.ui.chat.transcript.raw.screen import RawScreen
from tui.ui.dashboard.dashboard import Dashboard

QUESTION = "Write a story about a fox."


async def answered(pilot: Pilot[None], dashboard: Dashboard, text: str = QUESTION) -> Reply:
    talk = dashboard.chat.conversation
    before = len(talk.messages)
    await ask(pilot, text)
    # It may have come already.
    await until(lambda: len(talk.messages) == before + 2 and not dashboard.chat.answering, "the answer")
    return last_reply(dashboard)


async def opened_first(pilot: Pilot[None], dashboard: Dashboard) -> None:
    """Open the newest conversation."""
    await history(pilot)
    await pilot.press("enter")
    await until(lambda: dashboard.app.screen is dashboard, "the dashboard")
    await until(lambda: dashboard.chat.conversation.messages, "the conversation")


def raw_shown(dashboard: Dashboard) -> tuple[object, ...]:
    """What the raw view holds."""
    screen = dashboard.app.screen
    assert isinstance(screen, RawScreen)
    return (screen._raw.prompt, screen._raw.reply, screen._raw.settings)


async def raw_of_last(pilot: Pilot[None], dashboard: Dashboard) -> tuple[object, ...]:
    dashboard.chat.transcript.focus()
    await pilot.press("v")
    await see(pilot, "Asked with")
    found = raw_shown(dashboard)
    await pilot.press("escape")
    await until(lambda: dashboard.app.screen is dashboard, "the chat")
    return found


async def test_what_was_chosen_for_a_conversation_is_there_when_it_is_opened_again() -> None:
    # GIVEN a preset, a value, a policy, all chosen on the screen, and a question
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
        await pilot.press("escape")
        await until(lambda: dashboard.chat.prompt.has_focus, "the prompt")
        await pilot.press("ctrl+g", "w", "escape")
        reply = await answered(pilot, dashboard)
        manner = dashboard.chat.conversation.asking
        assert manner == Asking(BUILT_IN_PRESETS[0], {"top_k": 7}, when_full="drop_oldest")
        assert reply.part_settings[0].sampling.top_k == 7
        raw = await raw_of_last(pilot, dashboard)
        assert dashboard.chat.conversation.prompts[reply.id].count(BUILT_IN_PRESETS[0].prompt("en")) == 1
        # WHEN it is left for a new chat, which is asked in the same way but for the policy
        await pilot.press("ctrl+n")
        await until(lambda: dashboard.chat.strip.policy == "stop", "the policy of the settings")
        assert dashboard.chat.prompt_area.asking_note == "Summarise"
    # AND llmtui is started again and it is opened
    async with running(build=None) as (pilot, dashboard):
        assert dashboard.chat.conversation.asking == Asking()
        await opened_first(pilot, dashboard)
        # THEN it is asked as it was
        await until(lambda: dashboard.chat.prompt_area.asking_note == "Summarise", "the preset")
        assert dashboard.chat.conversation.asking == manner
        await until(lambda: dashboard.chat.strip.policy == "drop_oldest", "its policy")
        # AND nothing else is to be said of it
        assert "preset" not in str(dashboard.chat.notice.render())
        # AND the raw view shows the very same
        assert await raw_of_last(pilot, dashboard) == raw


async def test_the_seed_that_is_told_draws_the_same_answer_again() -> None:
    def settings(seed: int | None) -> Settings:
        return Settings(temperature=1.0, seed=seed, max_tokens=60, context=512, measure_speed=False)

    # GIVEN an answer with a seed that nobody chose
    async with running(settings=settings(None)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        first = await answered(pilot, dashboard)
        (way,) = first.part_settings
        seed = way.sampling.seed
        assert seed is not None
        # AND another one each time
        await pilot.press("ctrl+r")
        talk = dashboard.chat.conversation
        await until(lambda: talk.last_id != first.id and not dashboard.chat.answering, "the answer")
        other = last_reply(dashboard)
        assert other.part_settings[0].sampling.seed != seed
        assert other.text != first.text
    # WHEN the same is asked with that seed
    async with running(settings=settings(seed)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        again = await answered(pilot, dashboard)
        # THEN it is the same answer, to the last token
        assert (again.text, again.raw, again.part_settings) == (first.text, first.raw, first.part_settings)


def kept(manner: Asking, system: str = "") -> None:
    """A conversation in the file of the dashboard."""
    store = ConversationStore(store_file())
    conversation, _keeper = keeping(store, system)
    conversation.asking = manner
    turn(conversation, "Hello", "Hi")
    assert store.close()


async def test_a_preset_that_is_gone_or_changed_is_told_and_goes_on_as_it_was() -> None:
    pirate = Preset("pi[b]rate", {"": "Arr."}, {"temperature": 1.5}, own=True)
    kept(Asking(pirate), "Arr.")
    # GIVEN settings that do not have it any more
    async with running(build=None) as (pilot, dashboard):
        await opened_first(pilot, dashboard)
        await see(pilot, "There is no preset pi[b]rate any more; this conversation keeps")
        assert dashboard.chat.conversation.asking == Asking(pirate)
        assert dashboard._chat_side.asking.request().sampling.temperature == 1.5
        # AND it is among those to choose from, as the one that counts
        await pilot.press("ctrl+s")
        await see(pilot, "✓ pi[b]rate")
        await pilot.press("escape")
        await until(lambda: dashboard.app.screen is dashboard, "the chat")
        assert dashboard.chat.conversation.asking == Asking(pirate)
    # AND where it sets something else now
    changed = Settings(presets={"pi[b]rate": PresetSettings("Arr.", temperature=0.1)})
    async with running(build=None, settings=changed) as (pilot, dashboard):
        await opened_first(pilot, dashboard)
        await see(pilot, "The preset pi[b]rate is another one now")
        assert dashboard._chat_side.asking.request().sampling.temperature == 1.5
    # AND where it is as it was, nothing is said
    same = Settings(presets={"pi[b]rate": PresetSettings("Arr.", temperature=1.5)})
    async with running(build=None, settings=same) as (pilot, dashboard):
        await opened_first(pilot, dashboard)
        await see(pilot, "This was with Model Q4")
        assert not shows(dashboard.app, "pi[b]rate is")
        assert not shows(dashboard.app, "no preset")


async def test_a_schema_that_is_refused_now_is_told_and_the_conversation_goes_on() -> None:
    schema = '{"type": "object", "patternProperties": {}}'
    kept(Asking(json_schema=schema))
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await opened_first(pilot, dashboard)
        await see(pilot, "Its JSON schema is left out, so answers are free text")
        assert "patternProperties" in str(dashboard.chat.notice.render())
        # THEN it can be asked, in free text, and the schema is there to be mended
        reply = await answered(pilot, dashboard, "Hello again.")
        assert reply.interrupted is None
        assert reply.part_settings[0].json_schema is False
        assert dashboard.chat.conversation.asking.json_schema == schema
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(dashboard.app.screen, AskSettings) and dashboard.app.screen.focused)
        await pilot.press("f5")
        await see(pilot, "patternProperties")


async def test_an_import_says_what_it_left_out_and_an_export_how_it_was_asked(tmp_path: Path) -> None:
    kept(Asking(BUILT_IN_PRESETS[-1], {"top_k": 7}, json_schema=BUILT_IN_PRESETS[-1].json_schema), "Extract.")
    store = ConversationStore(store_file())
    (row,) = got(store.list_conversations())
    record = got(store.read_conversation(row.id))
    markdown = write_export(record, "md", tmp_path).read_text()
    assert markdown.startswith(
        "# Hello\n\n*Preset Extract as JSON · Temperature 0 · Top-k 7 · JSON schema*\n\n## System"
    )
    path = write_export(record, "json", tmp_path)
    path.write_text(path.read_text().replace('"top_k": 7', '"top_k": -7'))
    outcome = await import_conversation(store, path, tmp_path)
    assert outcome.words == (
        'Imported "Hello". Left out: manner.sampling.top_k:'
        " expected a whole number from 0 to 1000000, got -7."
    )
    assert not outcome.failed
    # AND one that is not whole says where
    path.write_text(path.read_text().replace('"text": "Hi"', '"text": 7'))
    outcome = await import_conversation(store, path, tmp_path)
    assert outcome.words == "This conversation is not whole: messages[1].text: expected a text."
    assert store.close()
