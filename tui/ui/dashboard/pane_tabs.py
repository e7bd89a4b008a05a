"""Tabs of the panes on a narrow screen."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui.i18n import _
from tui.ui.kit.keyboard.names import key_of

PANES = (("models", _("Models"), "pane.models"), ("chat", _("Chat"), "pane.chat"))
"""Name of each pane, its title, and the id of its key."""


class PaneTab(Static):
    """Title of a pane; a click shows the pane."""

    class Pressed(Message):
        """The user wants to see this pane."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, pane: str, title: str, key_id: str) -> None:
        super().__init__(f" {f'{title} {key_of(key_id)}'.strip()} ", markup=False, id=f"tab-{pane}")
        self._pane = pane

    def on_click(self, event: Click) -> None:
        """Ask for the pane."""
        event.stop()
        self.post_message(self.Pressed(self._pane))


class PaneTabs(Horizontal):
    """Titles of the panes on one line, with the shown pane highlighted, and the progress of a hidden chat."""

    DEFAULT_CSS = """
    PaneTabs {
        height: 1;
        & > PaneTab { width: auto; color: $dim; margin-right: 1; }
        & > PaneTab.-shown { color: $foreground; text-style: bold reverse; }
        & > PaneTab:hover { color: $foreground; }
        & > #chat-progress {
            width: 1fr; height: 1; margin-left: 1; text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    active_pane: reactive[str] = reactive("models")
    """Name of the pane that is shown."""
    chat_progress: reactive[Content | None] = reactive[Content | None](None)
    """Progress or error in the chat, shown while another pane hides it; None for none."""

    def compose(self) -> ComposeResult:
        """Lay out a tab for each pane."""
        for pane, title, key_id in PANES:
            yield PaneTab(pane, title, key_id)
        yield Static(id="chat-progress", markup=False)

    def watch_active_pane(self, active_pane: str) -> None:
        """Highlight the title of the pane."""
        for pane, _title, _key_id in PANES:
            self.query_one(f"#tab-{pane}").set_class(pane == active_pane, "-shown")
        self._show_progress()

    def watch_chat_progress(self) -> None:
        """Show the progress beside the titles."""
        self._show_progress()

    def _show_progress(self) -> None:
        progress = self.chat_progress if self.active_pane != "chat" else None
        self.query_one("#chat-progress", Static).update(progress or "")
