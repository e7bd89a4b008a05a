"""Screen of saved conversations: list, search, open, rename and delete, in the dashboard too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.chat.conversations import add_turn, recorded_conversation, result_of, shown_texts
from tests.ui.chat.history.history_app import (
    history_screen,
    open_history,
    result_text,
    save_conversations,
    screen_lines,
    titles,
)
from tests.ui.typing import type_text
from tests.waiting import until
from tui.chat.conversation import Reply
from tui.chat.storage.store import ConversationStore, store_file
from tui.engine.install import installed_build
from tui.services.finding import SearchPaths
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.chat.history.list import ConversationList
from tui.ui.chat.history.screen import ConversationsScreen
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.kit.inquiry import Inquiry
from tui.ui.kit.palette import palette_commands

SIZES = [(80, 24), (120, 40), (200, 60)]


def asks_to_delete(screen: ConversationsScreen, title: str) -> bool:
    return any(f'Delete "{title}" permanently?' in line for line in screen_lines(screen))


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


def notice(dashboard: Dashboard) -> str:
    return str(dashboard.chat.notice.render())


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_shows_the_saved_conversations_and_opens_one(
    store: ConversationStore, tmp_path: Path, size: tuple[int, int]
) -> None:
    old, new = save_conversations(store, "About foxes", "About owls")
    async with history_screen(store, tmp_path, size) as (pilot, screen, chosen):
        assert titles(screen) == ["About owls", "About foxes"]
        texts_on_screen = ("About foxes", "SmolLM2", "Rename", "Markdown", "Import", "Close")
        await until(
            lambda: all(text in "\n".join(screen_lines(screen)) for text in texts_on_screen), "the list"
        )
        await pilot.press("down", "enter")
        await until(lambda: chosen, "the choice")
    assert chosen == [old]
    assert old != new


async def test_an_empty_list_explains_itself_and_offers_an_import(
    store: ConversationStore, tmp_path: Path
) -> None:
    async with history_screen(store, tmp_path) as (pilot, screen, chosen):
        text = "\n".join(screen_lines(screen))
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


async def test_a_search_narrows_the_list_and_escape_clears_it(
    store: ConversationStore, tmp_path: Path
) -> None:
    save_conversations(store, "About foxes", answer="They are quick")
    save_conversations(store, "About owls", answer="They are wise")
    async with history_screen(store, tmp_path) as (pilot, screen, chosen):
        await pilot.press("slash", *"wise")
        await until(lambda: titles(screen) == ["About owls"], "the one")
        await pilot.press(*"xx")
        await until(lambda: titles(screen) == [], "nothing")
        assert any('"wisexx"' in line for line in screen_lines(screen))
        await pilot.press("escape")
        await until(lambda: len(titles(screen)) == 2, "both")
        await pilot.press("slash", *"quick")
        await until(lambda: titles(screen) == ["About foxes"], "the other")
        await pilot.press("enter")
        await until(lambda: screen.query_one(ConversationList).has_focus, "the list")
        await pilot.press("enter")
        await until(lambda: chosen, "the choice")


async def test_a_conversation_is_pinned_and_renamed(store: ConversationStore, tmp_path: Path) -> None:
    save_conversations(store, "About foxes", "About owls")
    async with history_screen(store, tmp_path) as (pilot, screen, _chosen):
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
        assert any("[bold]Vulpes" in line for line in screen_lines(screen))
        await pilot.press("p")
        await until(lambda: titles(screen) == ["About owls", "[bold]Vulpes"], "no pin")


async def test_a_conversation_is_deleted_only_after_confirmation(
    store: ConversationStore, tmp_path: Path
) -> None:
    save_conversations(store, "About foxes", "About owls")
    deleted_ids: list[int] = []
    async with history_screen(store, tmp_path) as (pilot, screen, _chosen):
        screen._on_delete = deleted_ids.append
        for keys in (("d", "enter"), ("d", "escape")):
            await pilot.press(*keys)
            await until(lambda: screen.mode == "list", "the answer")
            assert titles(screen) == ["About owls", "About foxes"]
        await pilot.press("d")
        await until(lambda: asks_to_delete(screen, "About owls"), "the question")
        assert screen.highlighted is not None
        id = screen.highlighted.id
        await pilot.press("down", "enter")
        await until(lambda: titles(screen) == ["About foxes"], "the end of it")
        assert deleted_ids == [id]
        assert "About owls" in result_text(screen)


async def test_an_unreadable_store_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite"
    file.write_text("no database" * 1000)
    async with history_screen(ConversationStore(file), tmp_path) as (_pilot, screen, _chosen):
        assert "is not a database" in result_text(screen)
        assert not any("Ask a model" in line for line in screen_lines(screen))


async def test_a_closed_question_takes_no_room(store: ConversationStore, tmp_path: Path) -> None:
    save_conversations(store, "About foxes")
    async with history_screen(store, tmp_path, (80, 24)) as (pilot, screen, _chosen):
        assert screen.query_one(Inquiry).region.height == 0
        await pilot.press("d")
        await until(lambda: screen.query_one(Inquiry).region.height > 2, "the question")


async def test_conversation_with_a_real_model_survives_a_restart() -> None:
    # GIVEN a question that the real model answered
    async with running() as (pilot, dashboard):
        await pilot.press("enter")
        await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")
        await type_text(pilot, "What is the capital of France?", "enter")
        chat = dashboard.chat
        await until(lambda: not chat.answering and chat.conversation.last_reply is not None, "the answer")
        await until(lambda: getattr(chat.conversation.last_reply, "receipt", None), "the receipt")
        messages_before = chat.conversation.messages

    # WHEN llmtui is started again, with another context by default
    async with running(context=512) as (pilot, dashboard):
        # THEN the last conversation is not opened by itself
        assert dashboard.chat.conversation.messages == ()
        screen = await open_history(pilot)
        assert titles(screen) == ["What is the capital of France?"]
        await pilot.press("enter")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        # AND opening it brings back every word, the cost and the receipt
        messages = dashboard.chat.conversation.messages
        assert [(m.role, m.text) for m in messages] == [(m.role, m.text) for m in messages_before]
        reply, original = messages[-1], messages_before[-1]
        assert isinstance(reply, Reply)
        assert isinstance(original, Reply)
        assert (reply.metrics, reply.receipt, reply.finish) == (
            original.metrics,
            original.receipt,
            original.finish,
        )
        await until(lambda: len(dashboard.chat.transcript.views) == 2, "the messages")
        # AND a notice names the model that answered, and the key that loads it
        assert "SmolLM2-135M-Instruct Q4_1" in notice(dashboard)
        assert "Enter loads it" in notice(dashboard)
        await pilot.press("f2", "enter")
        await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")
        # AND it is loaded with the context that the conversation had
        assert dashboard._workbench.host.loaded.context == 2048
        await type_text(pilot, "And of Spain?", "enter")
        await until(lambda: dashboard.chat.answering, "the question")
        await until(lambda: not dashboard.chat.answering, "the answer")
        # AND it goes on in the same conversation
        screen = await open_history(pilot)
        assert [(row.title, row.messages) for row in screen.rows] == [("What is the capital of France?", 4)]


async def test_deleting_the_open_conversation_empties_the_chat() -> None:
    store = ConversationStore(store_file())
    save_conversations(store, "About foxes", "About owls")
    store.close()
    async with running(build=False) as (pilot, dashboard):
        await open_history(pilot)
        await pilot.press("enter")
        await until(lambda: len(dashboard.chat.conversation.messages) == 2, "the conversation")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        screen = await open_history(pilot)
        await pilot.press("d")
        await until(lambda: screen.mode == "delete", "the question")
        await pilot.press("down", "enter")
        await until(lambda: titles(screen) == ["About foxes"], "the deletion")
        assert dashboard.chat.conversation.messages == ()
        await pilot.press("escape")
        await until(lambda: not dashboard.chat.transcript.views, "the empty chat")


async def test_the_key_works_from_the_prompt_and_the_palette_has_the_command() -> None:
    async with running(build=False) as (pilot, dashboard):
        await pilot.press("f3", *"half a question")
        await open_history(pilot)
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        assert dashboard.chat.prompt.text == "half a question"
        assert dashboard.chat.prompt.has_focus
        names = [command.title for command in palette_commands((dashboard,))]
        assert any("conversations" in name for name in names)


async def test_an_unsaved_conversation_is_reported_once_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On a busy machine the notification would be gone before the check.
    monkeypatch.setattr(LlmtuiApp, "NOTIFICATION_TIMEOUT", 600)
    file = store_file()
    file.parent.mkdir(parents=True)
    file.write_text("no database" * 1000)
    async with running(build=False) as (pilot, dashboard):
        await until(lambda: pilot.app._notifications, "the notice")
        assert ["is not a database" in notification.message for notification in pilot.app._notifications] == [
            True
        ]
        # AND a warning stays after the notification has gone
        assert "not saved: conversations.sqlite is not a database" in str(dashboard.chat.border_subtitle)
        assert dashboard.lost_because == ""
        add_turn(dashboard.chat.conversation, "a", "1")
        await open_history(pilot)
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")
        assert len(pilot.app._notifications) == 1
        # AND the reason is kept for the exit
        assert dashboard.lost_because.startswith("conversations.sqlite is not a database")
        assert [message.text for message in dashboard.chat.conversation.messages] == ["a", "1"]


async def test_a_long_conversation_is_drawn_completely() -> None:
    store = ConversationStore(store_file())
    conversation, keeper = recorded_conversation(store)
    for number in range(60):
        add_turn(conversation, f"question {number}", f"answer {number}\n\n- one\n- two")
    assert keeper.conversation_id is not None
    record = result_of(store.read_conversation(keeper.conversation_id))
    assert len(shown_texts(record)) == 120
    store.close()
    async with running(build=False) as (pilot, dashboard):
        await open_history(pilot)
        await pilot.press("enter")
        await until(lambda: len(dashboard.chat.transcript.views) == 120, "the messages")
