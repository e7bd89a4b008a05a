"""Titles of the folded panes: one stands out, and a click asks for its pane."""

from textual.content import Content
from textual.message import Message

from tests.ui.chat.chat_host import screen
from tests.ui.host import Host
from tui.ui.dashboard.pane_tabs import PANES, PaneTab, PaneTabs


async def test_title_of_the_shown_pane_stands_out_and_a_click_requests_another():
    messages: list[Message] = []
    app = Host(PaneTabs)
    async with app.run_test(size=(60, 18), message_hook=messages.append) as pilot:
        tabs = app.query_one(PaneTabs)
        titles = {tab.id: str(tab.render()).strip() for tab in app.query(PaneTab)}
        assert titles == {"tab-models": "Models F2", "tab-chat": "Chat F3"}
        # Neither covers the other, and both are on the one line.
        first, second = (tab.region for tab in app.query(PaneTab))
        assert first.y == second.y
        assert first.right < second.x

        def shown() -> list[str]:
            return [tab.id for tab in app.query(PaneTab) if tab.has_class("-shown")]

        assert shown() == ["tab-models"]
        for pane, *_texts in reversed(PANES):
            await pilot.click(f"#tab-{pane}")
            pressed = [message for message in messages if isinstance(message, PaneTab.Pressed)]
            assert pressed[-1].pane == pane
            # Whoever owns the panes decides; until then nothing changes.
            tabs.active_pane = pane
            assert shown() == [f"tab-{pane}"]
        # AND the progress of the chat stands beside the titles while another pane is in front
        tabs.chat_progress = Content("43 %, 1.2 s left · Loading a model with a very long name…")
        await pilot.pause()
        assert "43 %, 1.2 s left" in screen(app)[0]
        assert "…" in screen(app)[0]
        tabs.active_pane = "chat"
        await pilot.pause()
        assert "43 %" not in screen(app)[0]
        tabs.active_pane = "models"
        tabs.chat_progress = None
        await pilot.pause()
        assert screen(app)[0].split() == ["Models", "F2", "Chat", "F3"]
