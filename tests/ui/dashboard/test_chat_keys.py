"""Keys of the chat in other panes, and what keys say where something is missing."""

from pathlib import Path

import pytest
from textual.binding import Binding
from textual.widgets._toast import Toast

from tests.ui.chat.chat_host import screen
from tests.ui.dashboard.running_dashboard import notice_text, running
from tests.waiting import until
from tui.ui.chat.pane import ChatPane
from tui.ui.chat.settings.ask_settings import AskSettings
from tui.ui.dashboard.chat_keys import forwarded_chat_keys

SIZES = ((80, 24), (120, 40), (200, 60))


def test_every_key_of_the_chat_but_esc_is_forwarded_under_its_own_id() -> None:
    forwarded = {binding.id: binding.key for binding in forwarded_chat_keys()}
    own = {binding.id: binding.key for binding in ChatPane.BINDINGS if isinstance(binding, Binding)}
    assert "prompt.attach" in forwarded
    assert forwarded.items() >= {id: key for id, key in own.items() if key != "escape"}.items()
    assert "chat.stop" not in forwarded


async def test_keys_say_what_is_missing_and_no_notice_covers_the_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(size=SIZES[0], build=None) as (pilot, dashboard):
        app, chat = pilot.app, dashboard.chat
        for size in SIZES:
            await pilot.resize_terminal(*size)
            # GIVEN the list in front, and no model and no conversation
            await pilot.press("f2")
            await until(lambda: dashboard.models.rows.has_focus and "^Q Quit" in screen(app)[-1], "the keys")
            assert "F1 Help" in screen(app)[-1]
            assert "F2 Models" not in screen(app)[-1]
            # WHEN a key of the chat is pressed there THEN the chat comes and says what is missing
            for key, sentence in (("ctrl+r", "no question yet"), ("ctrl+l", "no answer to continue")):
                await pilot.press("f2", key)
                await until(lambda sentence=sentence: sentence in notice_text(dashboard), sentence)
                assert dashboard._chat_side.display
                assert chat.prompt.has_focus
            # AND the dialog opens from there
            await pilot.press("f2", "ctrl+s")
            await until(lambda: isinstance(app.screen, AskSettings) and app.screen.focused, "the dialog")
            await pilot.press("escape")
            await until(lambda: app.screen is dashboard, "the dashboard")
            await until(lambda: dashboard.models.rows.has_focus, "the list again")
            # AND keys of the dashboard say it where the user looks
            await pilot.press("f2", "f4", "f4")
            if size == SIZES[0]:
                await until(lambda: any("No model" in note.message for note in app._notifications))
                await pilot.pause()
                assert sum("No model" in note.message for note in app._notifications) == 1
                await pilot.press("f3")
                await until(lambda: chat.prompt.has_focus and app.query(Toast), "the chat")
                await pilot.pause()
                assert all(toast.region.y > chat.region.bottom - 1 for toast in app.query(Toast))
            else:
                await until(lambda: "No model is loaded" in notice_text(dashboard), "the sentence")
        # AND a picture is saved where the program was started
        pilot.app.action_screenshot()
        await until(lambda: any("Saved as" in note.message for note in app._notifications), "the notice")
        (picture,) = tmp_path.glob("llmtui-*.svg")
        assert any(picture.name in note.message for note in app._notifications)
