"""Picks of the empty chat: looked for without a key, off the screen's thread, once the models are listed."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from textual.screen import Screen

from tui.services.host import EngineHost
from tui.ui.chat.pane import ChatPane
from tui.ui.models.pane import ModelsPane


class FirstPicks:
    """Has models picked for the empty chat, again whenever the facts behind the picks have changed."""

    def __init__(self, screen: Screen[None], models: ModelsPane, chat: ChatPane, host: EngineHost) -> None:
        """Connect the parts of the dashboard; `screen` runs the search."""
        self._screen = screen
        self._models = models
        self._chat = chat
        self._host = host
        self._is_scanned = False
        self._basis: tuple[object, ...] | None = None
        """Facts that the newest picks rest on; None before the first ones."""

    def scan_ended(self) -> None:
        """Look for picks from the next reading on: the list has all models."""
        self._is_scanned = True

    def update(self) -> None:
        """Look for picks if the chat shows them and they would be others; called with each reading."""
        is_shown = (
            self._host.model is None and not self._host.loading and not self._chat.conversation.messages
        )
        if not self._is_scanned or not is_shown:
            return
        basis = self._models.pick_basis
        if basis is None or basis == self._basis:
            return
        self._basis = basis
        self._screen.run_worker(self._models.recommend, group="picks", exclusive=True)
