"""Mouse in the list of conversations."""

from pathlib import Path

from tests.ui.chat.history.history_app import history_screen, save_conversations, screen_lines, titles
from tests.waiting import until
from tui.chat.storage.store import ConversationStore
from tui.ui.chat.history.list import ConversationList


async def test_the_mouse_highlights_pins_and_opens_a_conversation(
    store: ConversationStore, tmp_path: Path
) -> None:
    old, _new = save_conversations(store, "About foxes", "About owls")
    async with history_screen(store, tmp_path) as (pilot, screen, chosen):
        await pilot.click(ConversationList, offset=(5, 1))
        await until(lambda: screen.highlighted is not None and screen.highlighted.id == old, "the click")
        lines = screen_lines(screen)
        await pilot.click(offset=(lines[-1].index("Pin"), len(lines) - 1))
        await until(lambda: titles(screen) == ["About foxes", "About owls"], "the pin")
        await pilot.click(ConversationList, offset=(5, 0), times=2)
        await until(lambda: chosen, "the choice")
    assert chosen == [old]
