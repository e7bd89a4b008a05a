"""Conversations that are kept: written on the real model's words, listed, searched, opened, exported."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.chat.talks import RECEIPT, got, keeping, texts, turn
from tests.ui.host import Host
from tests.ui.model_samples import model
from tests.waiting import until
from tui.chat.conversation import Reply
from tui.chat.storage.rows import ConversationRecord, ConversationSummary
from tui.chat.storage.store import ConversationStore, store_file
from tui.engine.install import installed_build
from tui.engine.options import LoadSettings
from tui.models.model import Model
from tui.services.finding import SearchPaths
from tui.services.saved_conversations import resumed_model_reason
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.chat.history.conversation_files import write_export
from tui.ui.chat.history.conversation_lines import PINNED, conversation_lines, date_or_time, facts_line
from tui.ui.chat.history.conversation_list import ConversationList
from tui.ui.chat.history.conversations_screen import ConversationsScreen
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.kit.inquiry import Inquiry
from tui.ui.kit.palette import palette_commands
from tui.ui.kit.pieces import plain
from tui.ui.kit.sentences import sentence_with_keys

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(tmp_path / "conversations.sqlite")


def fill(store: ConversationStore, *titles: str, answer: str = "An answer") -> list[int]:
    """A conversation a title, the last one newest; returns their ids."""
    ids: list[int] = []
    for title in titles:
        conversation, keeper = keeping(store)
        turn(conversation, title, answer, "SmolLM2-135M-Instruct Q4_1")
        conversation.attach_receipt(2, RECEIPT)
        assert keeper.conversation_id is not None
        ids.append(keeper.conversation_id)
    got(store.list_conversations())
    return ids


@asynccontextmanager
async def listed(
    store: ConversationStore, folder: Path, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[None], ConversationsScreen, list[int | None]]]:
    """The screen over an empty app, with what it is dismissed with."""
    app = Host()
    chosen: list[int | None] = []
    screen = ConversationsScreen(store, folder)
    async with app.run_test(size=size) as pilot:
        app.push_screen(screen, chosen.append)
        await until(lambda: screen.is_mounted and screen._looked, "the list")
        await pilot.pause()
        yield pilot, screen, chosen
    store.close()


def titles(screen: ConversationsScreen) -> list[str]:
    return [row.title for row in screen.rows]


def told(screen: ConversationsScreen) -> str:
    return str(screen.query_one("#history-told", Static).render())


def shown(screen: ConversationsScreen) -> list[str]:
    update = screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in update]


def asks(screen: ConversationsScreen, title: str) -> bool:
    return any(f'Delete "{title}" for good?' in line for line in shown(screen))


# The lines


def rows() -> list[ConversationSummary]:
    return [
        ConversationSummary(
            1, "日本語の質問 " * 20, "Model-with-a-very-long-name-indeed Q4_K_M", 12, 0.0, 0.0, True
        ),
        ConversationSummary(2, "short", "", 1, 1e9, 1e9, False),
    ]


@pytest.mark.parametrize("width", [40, 59, 60, 89, 90, 140])
def test_every_line_stays_within_its_width_and_in_its_columns(width: int) -> None:
    header, lines = conversation_lines(rows(), width, 2e9)
    for line in (header, *lines):
        assert cell_len(plain(line)) <= width
    assert {cell_len(plain(line)) for line in lines} == {width} if width >= 60 else True
    assert plain(lines[0]).startswith(PINNED)
    assert plain(lines[1]).startswith("  short")
    assert plain(lines[0]).rstrip().endswith(date_or_time(0.0, 2e9))
    assert cell_len(plain(facts_line(rows()[0], width, 2e9))) <= width


def test_today_is_a_time_and_before_that_a_date() -> None:
    assert len(date_or_time(1e9, 1e9)) == len("14:05")
    assert len(date_or_time(1e9, 1e9 + 86400)) == len("2026-11-24")


# The list


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_shows_what_is_kept_and_opens_one(
    store: ConversationStore, tmp_path: Path, size: tuple[int, int]
) -> None:
    old, new = fill(store, "About foxes", "About owls")
    async with listed(store, tmp_path, size) as (pilot, screen, chosen):
        assert titles(screen) == ["About owls", "About foxes"]
        words = ("About foxes", "SmolLM2", "Rename", "Markdown", "Import", "Close")
        await until(lambda: all(word in "\n".join(shown(screen)) for word in words), "the words")
        await pilot.press("down", "enter")
        await until(lambda: chosen, "the choice")
    assert chosen == [old]
    assert old != new


async def test_an_empty_list_teaches_and_still_imports(store: ConversationStore, tmp_path: Path) -> None:
    async with listed(store, tmp_path) as (pilot, screen, chosen):
        text = "\n".join(shown(screen))
        assert "Conversations are kept here" in text
        assert "Import" in text
        assert "Rename" not in text
        await pilot.press("r", "p", "d", "e", "enter")
        assert screen.mode == "list"
        await pilot.press("i")
        assert screen.query_one("Inquiry Input", Input).has_focus
        await pilot.press("escape")
        assert screen.mode == "list"
        await pilot.press("escape")
        await until(lambda: chosen, "the end")
    assert chosen == [None]


async def test_a_search_narrows_the_list_and_escape_widens_it(
    store: ConversationStore, tmp_path: Path
) -> None:
    fill(store, "About foxes", answer="They are quick")
    fill(store, "About owls", answer="They are wise")
    async with listed(store, tmp_path) as (pilot, screen, chosen):
        await pilot.press("slash", *"wise")
        await until(lambda: titles(screen) == ["About owls"], "the one")
        await pilot.press(*"xx")
        await until(lambda: titles(screen) == [], "nothing")
        assert any('"wisexx"' in line for line in shown(screen))
        await pilot.press("escape")
        await until(lambda: len(titles(screen)) == 2, "both")
        await pilot.press("slash", *"quick")
        await until(lambda: titles(screen) == ["About foxes"], "the other")
        await pilot.press("enter")
        await until(lambda: screen.query_one(ConversationList).has_focus, "the list")
        await pilot.press("enter")
        await until(lambda: chosen, "the choice")


async def test_a_title_is_changed_and_a_conversation_pinned(store: ConversationStore, tmp_path: Path) -> None:
    fill(store, "About foxes", "About owls")
    async with listed(store, tmp_path) as (pilot, screen, _chosen):
        await pilot.press("down", "p")
        await until(lambda: titles(screen) == ["About foxes", "About owls"], "the pin")
        assert screen.highlighted is not None
        assert screen.highlighted.title == "About foxes"
        await pilot.press("r")
        field = screen.query_one("Inquiry Input", Input)
        assert field.value == "About foxes"
        field.value = "[bold]Vulpes"
        await pilot.press("enter")
        await until(lambda: titles(screen) == ["[bold]Vulpes", "About owls"], "the title")
        await pilot.pause()
        assert any("[bold]Vulpes" in line for line in shown(screen))
        await pilot.press("p")
        await until(lambda: titles(screen) == ["About owls", "[bold]Vulpes"], "no pin")


async def test_a_conversation_is_deleted_only_after_a_yes(store: ConversationStore, tmp_path: Path) -> None:
    fill(store, "About foxes", "About owls")
    heard: list[int] = []
    async with listed(store, tmp_path) as (pilot, screen, _chosen):
        screen._on_delete = heard.append
        for keys in (("d", "enter"), ("d", "escape")):
            await pilot.press(*keys)
            await until(lambda: screen.mode == "list", "the answer")
            assert titles(screen) == ["About owls", "About foxes"]
        await pilot.press("d")
        await until(lambda: asks(screen, "About owls"), "the question")
        assert screen.highlighted is not None
        id = screen.highlighted.id
        await pilot.press("down", "enter")
        await until(lambda: titles(screen) == ["About foxes"], "the end of it")
        assert heard == [id]
        assert "About owls" in told(screen)


async def test_exports_are_new_files_and_one_comes_back(store: ConversationStore, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    fill(store, "About foxes: what?", answer="They are **quick**")
    async with listed(store, folder) as (pilot, screen, _chosen):
        for key, name in (
            ("e", "About-foxes-what.md"),
            ("E", "About-foxes-what.json"),
            ("e", "About-foxes-what-2.md"),
        ):
            await pilot.press(key)
            await until(lambda name=name: told(screen).endswith(name), name)
        text = (folder / "About-foxes-what.md").read_text()
        assert text.startswith("# About foxes: what?\n\n## You\n\nAbout foxes: what?\n\n## SmolLM2")
        assert "They are **quick**" in text
        assert "engine at most 1.00 GiB" in text
        assert json.loads((folder / "About-foxes-what.json").read_text())["title"] == "About foxes: what?"
        # WHEN the JSON is imported, by its name in the current folder
        await pilot.press("i", *"nothing.json", "enter")
        await until(lambda: "cannot be read" in told(screen), "the problem")
        screen.query_one("Inquiry Input", Input).value = "About-foxes-what.json"
        await pilot.press("enter")
        # THEN there are two, and the new one is highlighted
        await until(lambda: len(titles(screen)) == 2, "the import")
        assert screen.mode == "list"
        assert "Imported" in told(screen)


def test_a_title_that_came_from_elsewhere_is_a_line_of_text_in_the_document(tmp_path: Path) -> None:
    record = ConversationRecord("\x1b[2Jfox\n## You\u202e", "", None, "", 0.0, 0.0, (), None)
    assert write_export(record, "md", tmp_path).read_text().splitlines()[0] == "# fox ## You"


async def test_a_folder_that_cannot_be_written_to_is_told(store: ConversationStore, tmp_path: Path) -> None:
    fill(store, "About foxes")
    async with listed(store, tmp_path / "missing") as (pilot, screen, _chosen):
        await pilot.press("e")
        await until(lambda: "Nothing was written" in told(screen), "the problem")


async def test_a_store_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite"
    file.write_text("no database" * 1000)
    async with listed(ConversationStore(file), tmp_path) as (_pilot, screen, _chosen):
        assert "is not a database" in told(screen)
        assert not any("Ask a model" in line for line in shown(screen))


async def test_the_mouse_does_what_the_keys_do(store: ConversationStore, tmp_path: Path) -> None:
    old, _new = fill(store, "About foxes", "About owls")
    async with listed(store, tmp_path) as (pilot, screen, chosen):
        await pilot.click(ConversationList, offset=(5, 1))
        await until(lambda: screen.highlighted is not None and screen.highlighted.id == old, "the click")
        lines = shown(screen)
        await pilot.click(offset=(lines[-1].index("Pin"), len(lines) - 1))
        await until(lambda: titles(screen) == ["About foxes", "About owls"], "the pin")
        await pilot.click(ConversationList, offset=(5, 0), times=2)
        await until(lambda: chosen, "the choice")
    assert chosen == [old]


async def test_a_question_takes_no_room_while_nothing_is_asked(
    store: ConversationStore, tmp_path: Path
) -> None:
    fill(store, "About foxes")
    async with listed(store, tmp_path, (80, 24)) as (pilot, screen, _chosen):
        assert screen.query_one(Inquiry).region.height == 0
        await pilot.press("d")
        await until(lambda: screen.query_one(Inquiry).region.height > 2, "the question")


# The dashboard


@asynccontextmanager
async def running(
    size: tuple[int, int] = (120, 40), build: bool = True, context: int = 2048
) -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    """The app with its models judged."""
    settings = Settings(temperature=0, max_tokens=30, context=context, measure_speed=False)
    app = LlmtuiApp(settings, SearchPaths(), installed_build() if build else None)
    async with app.run_test(size=size, notifications=True) as pilot:
        dashboard = app.dashboard
        await until(lambda: dashboard.models.listing.shown_models and dashboard.models.detail.fit, "the list")
        yield pilot, dashboard
        app.exit()


async def history(pilot: Pilot[None]) -> ConversationsScreen:
    await pilot.press("f7")
    await until(lambda: isinstance(pilot.app.screen, ConversationsScreen), "the screen")
    screen = pilot.app.screen
    assert isinstance(screen, ConversationsScreen)
    await until(lambda: screen._looked, "the list")
    return screen


def notice(dashboard: Dashboard) -> str:
    return str(dashboard.chat.notice.render())


async def test_what_was_asked_of_a_real_model_is_there_at_the_next_start() -> None:
    # GIVEN a question that the real model answered
    async with running() as (pilot, dashboard):
        await pilot.press("enter")
        await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")
        await pilot.press(*"What is the capital of France?", "enter")
        chat = dashboard.chat
        await until(lambda: not chat.answering and chat.conversation.last_reply is not None, "the answer")
        await until(lambda: getattr(chat.conversation.last_reply, "receipt", None), "the receipt")
        said = chat.conversation.messages

    # WHEN llmtui is started again, with another context by default
    async with running(context=512) as (pilot, dashboard):
        # THEN the last conversation is not opened by itself
        assert dashboard.chat.conversation.messages == ()
        screen = await history(pilot)
        assert titles(screen) == ["What is the capital of France?"]
        await pilot.press("enter")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        # AND opening it brings back every word, the cost and the receipt
        messages = dashboard.chat.conversation.messages
        assert [(m.role, m.text) for m in messages] == [(m.role, m.text) for m in said]
        reply, before = messages[-1], said[-1]
        assert isinstance(reply, Reply)
        assert isinstance(before, Reply)
        assert (reply.metrics, reply.receipt, reply.finish) == (before.metrics, before.receipt, before.finish)
        await until(lambda: len(dashboard.chat.transcript.views) == 2, "the messages")
        # AND it says which model answered, and which key loads it
        assert "SmolLM2-135M-Instruct Q4_1" in notice(dashboard)
        assert "Enter loads it" in notice(dashboard)
        await pilot.press("f2", "enter")
        await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")
        # AND it is loaded with the context that the conversation had
        assert dashboard._workbench.host.loaded.context == 2048
        await pilot.press(*"And of Spain?", "enter")
        await until(lambda: dashboard.chat.answering, "the question")
        await until(lambda: not dashboard.chat.answering, "the answer")
        # AND it goes on in the same conversation
        screen = await history(pilot)
        assert [(row.title, row.messages) for row in screen.rows] == [("What is the capital of France?", 4)]


async def test_the_conversation_on_the_screen_goes_when_it_is_deleted() -> None:
    store = ConversationStore(store_file())
    fill(store, "About foxes", "About owls")
    store.close()
    async with running(build=False) as (pilot, dashboard):
        await history(pilot)
        await pilot.press("enter")
        await until(lambda: len(dashboard.chat.conversation.messages) == 2, "the conversation")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        screen = await history(pilot)
        await pilot.press("d")
        await until(lambda: screen.mode == "delete", "the question")
        await pilot.press("down", "enter")
        await until(lambda: titles(screen) == ["About foxes"], "the deletion")
        assert dashboard.chat.conversation.messages == ()
        await pilot.press("escape")
        await until(lambda: not dashboard.chat.transcript.views, "the empty chat")


async def test_the_keys_work_while_the_prompt_is_written_in_and_from_the_palette() -> None:
    async with running(build=False) as (pilot, dashboard):
        await pilot.press("f3", *"half a question")
        await history(pilot)
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        assert dashboard.chat.prompt.text == "half a question"
        assert dashboard.chat.prompt.has_focus
        names = [command.title for command in palette_commands((dashboard,))]
        assert any("conversations" in name for name in names)


async def test_a_conversation_that_is_not_kept_is_told_once_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Else it would be gone again on a busy machine.
    monkeypatch.setattr(LlmtuiApp, "NOTIFICATION_TIMEOUT", 600)
    file = store_file()
    file.parent.mkdir(parents=True)
    file.write_text("no database" * 1000)
    async with running(build=False) as (pilot, dashboard):
        await until(lambda: pilot.app._notifications, "the notice")
        assert ["is not a database" in each.message for each in pilot.app._notifications] == [True]
        # AND it stays in sight, when the notice has gone
        assert "not kept: conversations.sqlite is not a database" in str(dashboard.chat.border_subtitle)
        assert dashboard.lost_because == ""
        turn(dashboard.chat.conversation, "a", "1")
        await history(pilot)
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        assert len(pilot.app._notifications) == 1
        # AND it is said once more at the end
        assert dashboard.lost_because.startswith("conversations.sqlite is not a database")
        assert [message.text for message in dashboard.chat.conversation.messages] == ["a", "1"]


async def test_a_long_conversation_is_drawn_whole() -> None:
    store = ConversationStore(store_file())
    conversation, keeper = keeping(store)
    for number in range(60):
        turn(conversation, f"question {number}", f"answer {number}\n\n- one\n- two")
    assert keeper.conversation_id is not None
    record = got(store.read_conversation(keeper.conversation_id))
    assert len(texts(record)) == 120
    store.close()
    async with running(build=False) as (pilot, dashboard):
        await history(pilot)
        await pilot.press("enter")
        await until(lambda: len(dashboard.chat.transcript.views) == 120, "the messages")


def resumed_model_text(
    label: str, loaded: Model | None, models: list[Model], settings: LoadSettings | None = None
) -> str:
    return sentence_with_keys(resumed_model_reason(label, loaded, models, settings))


def test_who_answers_is_said_only_where_it_is_not_clear() -> None:
    here = model("SmolLM2", "Q4_1", here=True)
    assert resumed_model_text("SmolLM2 Q4_1", here, [here]) == ""
    assert "answers now" in resumed_model_text("Other Q8", here, [here])
    assert "Enter loads it" in resumed_model_text("SmolLM2 Q4_1", None, [here])
    assert "not on this disk" in resumed_model_text("Other Q8", None, [here])
    words = resumed_model_text("SmolLM2 Q4_1", None, [here], LoadSettings(context=4096, kv_type="q8_0"))
    assert "a context of 4,096 tokens and q8_0 for the KV cache" in words
