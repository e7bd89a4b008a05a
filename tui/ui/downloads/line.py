"""Line above the keys that shows how the downloads go, in every pane."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui.i18n import _
from tui.ui.kit.dialog import content_of
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.pieces import Line

if TYPE_CHECKING:
    # Imported when something is downloaded, so that the first screen does not wait for it.
    from tui.services.downloads.queue import DownloadStatus


class DownloadLine(Static):
    """Line about the downloads; hidden while none runs, waits, is paused or has failed."""

    DEFAULT_CSS = """
    DownloadLine {
        display: none;
        height: 1;
        padding: 0 1;
        background: $surface;
        text-wrap: nowrap;
        &.-shown { display: block; }
        &:hover { background: $boost; }
    }
    """
    ALLOW_SELECT = False

    statuses: "reactive[Sequence[DownloadStatus]]" = reactive((), repaint=False)
    """All downloads of the queue."""

    class ListRequested(Message):
        """The line was clicked: the user wants to see the downloads."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def on_mount(self) -> None:
        """Say what a click does."""
        self.tooltip = with_keys(_("Show the downloads ({downloads.show})"), _("Show the downloads"))

    def on_resize(self, event: Resize) -> None:
        """Show the figures that fit the new width."""
        self._draw()

    def watch_statuses(self) -> None:
        """Draw the line, or hide it."""
        self.set_class(bool(self._pieces(1)), "-shown")
        self._draw()

    def on_click(self, event: Click) -> None:
        """Ask for the list of downloads."""
        event.stop()
        self.post_message(self.ListRequested())

    def _draw(self) -> None:
        width = self.content_size.width
        if width > 0:
            # Its height never changes, so nothing needs to be laid out again.
            self.update(content_of(self._pieces(width)), layout=False)
        else:
            self.update(Content(""), layout=False)

    def _pieces(self, width: int) -> Line:
        if not self.statuses:
            return []
        from tui.ui.downloads.status_lines import line_pieces

        return line_pieces(self.statuses, width)
