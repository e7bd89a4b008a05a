"""Titles of the folded panes: one stands out, and a click asks for its pane."""

from textual.message import Message

from tests.ui.host import Host
from tui.ui.dashboard.pane_tabs import PANES, PaneTab, PaneTabs


async def test_the_shown_panes_title_stands_out_and_a_click_asks_for_another():
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
        for pane, *_words in reversed(PANES):
            await pilot.click(f"#tab-{pane}")
            pressed = [message for message in messages if isinstance(message, PaneTab.Pressed)]
            assert pressed[-1].pane == pane
            # Whoever owns the panes decides; until then nothing changes.
            tabs.active_pane = pane
            assert shown() == [f"tab-{pane}"]
