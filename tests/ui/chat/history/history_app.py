"""Screen of saved conversations, in an app of its own and in the whole dashboard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from tests.chat.conversations import RECEIPT, add_turn, recorded_conversation, result_of
from tests.ui.host import Host
from tests.waiting import until
from tui.chat.storage.rows import ConversationSummary
from tui.chat.storage.store import ConversationStore
from tui.ui.chat.history.screen import ConversationsScreen


def rows() -> list[ConversationSummary]:
    return [
        ConversationSummary(
            1, "日本語の質問 " * 20, "Model-with-a-very-long-name-indeed Q4_K_M", 12, 0.0, 0.0, True
        ),
        ConversationSummary(2, "short", "", 1, 1e9, 1e9, False),
    ]


def save_conversations(store: ConversationStore, *titles: str, answer: str = "An answer") -> list[int]:
    """Save a conversation for each title, the last one newest, and return their ids."""
    ids: list[int] = []
    for title in titles:
        conversation, keeper = recorded_conversation(store)
        add_turn(conversation, title, answer, "SmolLM2-135M-Instruct Q4_1")
        conversation.attach_receipt(2, RECEIPT)
        assert keeper.conversation_id is not None
        ids.append(keeper.conversation_id)
    result_of(store.list_conversations())
    return ids


@asynccontextmanager
async def history_screen(
    store: ConversationStore, folder: Path, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[None], ConversationsScreen, list[int | None]]]:
    """Open the screen in an app of its own; yield it with the list of its results."""
    app = Host()
    chosen: list[int | None] = []
    screen = ConversationsScreen(store, folder)
    async with app.run_test(size=size) as pilot:
        app.push_screen(screen, chosen.append)
        await until(lambda: screen.is_mounted and screen._is_listed, "the list")
        await pilot.pause()
        yield pilot, screen, chosen
    store.close()


def titles(screen: ConversationsScreen) -> list[str]:
    return [row.title for row in screen.rows]


def screen_lines(screen: ConversationsScreen) -> list[str]:
    update = screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in update]


def result_text(screen: ConversationsScreen) -> str:
    return str(screen.query_one("#history-result", Static).render())


async def open_history(pilot: Pilot[None]) -> ConversationsScreen:
    await pilot.press("f7")
    await until(lambda: isinstance(pilot.app.screen, ConversationsScreen), "the screen")
    screen = pilot.app.screen
    assert isinstance(screen, ConversationsScreen)
    await until(lambda: screen._is_listed, "the list")
    return screen
