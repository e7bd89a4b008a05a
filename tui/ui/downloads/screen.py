"""List of downloads: how each goes, and keys to pause, go on, cancel, and put one first."""

# The option list's own type parameters and Textual's `app` property are open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.i18n import _
from tui.services.downloads.queue import DownloadState, DownloadStatus
from tui.services.downloads.words import download_name
from tui.ui.downloads.line import DownloadLine
from tui.ui.downloads.status_lines import queue_row, status_text
from tui.ui.kit.dialog import Dialog, RowList, content_of_lines
from tui.ui.kit.inquiry import Inquiry
from tui.ui.kit.keyboard.names import with_keys
from tui.units import format_bytes


class Queue(Protocol):
    """The queue of downloads, as far as the list uses it."""

    def pause(self, key: str) -> None:
        """Stop a download and keep what has arrived."""
        ...

    def resume(self, key: str) -> None:
        """Queue a download again that is paused or failed."""
        ...

    def cancel(self, key: str) -> None:
        """Stop a download and delete what has arrived of it."""
        ...

    def remove(self, key: str) -> None:
        """Take a download that has ended out of the list."""
        ...

    def prefer(self, key: str) -> None:
        """Download this one first."""
        ...


class WantedSource(msgspec.Struct, frozen=True):
    """A source that the user typed: a name, a repository, or a web address."""

    name: str


class DownloadList(RowList, inherit_bindings=False):
    """List of the downloads, two lines for each."""

    BINDING_GROUP_TITLE = _("Downloads")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="downloads.up", tooltip=_("The download above")),
        Binding(
            "down,j",
            "cursor_down",
            _("Down"),
            show=False,
            id="downloads.down",
            tooltip=_("The download below"),
        ),
        Binding(
            "enter",
            "select",
            _("Pause or go on"),
            id="downloads.toggle",
            tooltip=_("Pause, go on, try again; a finished one is shown in the list of models"),
        ),
        Binding("f", "screen.prefer", _("First"), id="downloads.first", tooltip=_("Download this one first")),
        Binding(
            "x,delete",
            "screen.cancel",
            _("Cancel"),
            id="downloads.cancel",
            tooltip=_("Cancel it and delete what has arrived; of a finished one only the row goes"),
        ),
    ]


class DownloadsScreen(ModalScreen[Path | WantedSource | None]):
    """Dialog that returns a finished model to go to, a source to download from, or None."""

    BINDING_GROUP_TITLE = _("Downloads")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f9", "leave", _("Close"), id="downloads.close", tooltip=_("Close the list")),
        Binding(
            "a",
            "add",
            _("Add"),
            id="downloads.add",
            tooltip=_("Download from a repository or a web address"),
        ),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012
    DEFAULT_CSS = """
    DownloadsScreen {
        align: center middle;

        & > Dialog { max-width: 96; }
        & > Dialog > Static { height: auto; }
        & #downloads-empty { color: $dim; }
        & #downloads-text { min-height: 3; margin-top: 1; color: $dim; }
        & DownloadList { max-height: 20; }
        & .-hidden { display: none; }
        &.-short DownloadList { max-height: 10; }
        &.-short #downloads-text { margin-top: 0; }
    }
    """

    def __init__(self, queue: Queue, line: DownloadLine) -> None:
        """Show the downloads of a queue, whose statuses the line gets."""
        super().__init__()
        self._queue = queue
        self._line = line
        self._keys: tuple[str, ...] = ()
        """Keys of the rows, from top to bottom."""
        self._drawn: dict[str, tuple[object, int]] = {}
        """Status and width that each row was drawn for, by its key."""
        self._cancelling = ""
        """Key of the download that is cancelled if the user says yes; empty while a source is asked for."""

    def compose(self) -> ComposeResult:
        """Lay out the rows, the text about the highlighted one, and the question."""
        with Dialog(id="downloads") as frame:
            frame.border_title = _("Downloads")
            yield Static(id="downloads-empty", classes="-hidden", markup=False)
            yield DownloadList(markup=False)
            yield Static(id="downloads-text", classes="-hidden", markup=False)
            yield Inquiry()

    def on_mount(self) -> None:
        """Follow the statuses."""
        self._list.focus()
        self.watch(self._line, "statuses", self._follow)

    def on_resize(self, event: Resize) -> None:
        """Draw the rows for the new width."""
        self.call_after_refresh(self._draw)

    @property
    def _list(self) -> DownloadList:
        return self.query_one(DownloadList)

    @property
    def _inquiry(self) -> Inquiry:
        return self.query_one(Inquiry)

    @property
    def _statuses(self) -> Sequence[DownloadStatus]:
        """The downloads that have a row."""
        return [status for status in self._line.statuses if status.state != "cancelled"]

    @property
    def _highlighted(self) -> DownloadStatus | None:
        index = self._list.highlighted
        if index is None or index >= len(self._keys):
            return None
        return next((status for status in self._statuses if status.key == self._keys[index]), None)

    # The rows

    def _follow(self) -> None:
        """Show the rows that there are now."""
        keys = tuple(status.key for status in self._statuses)
        if keys != self._keys:
            highlighted = self._highlighted
            self._keys, self._drawn = keys, {}
            self._list.set_options(Option("\n") for _key in keys)
            if keys:
                is_there = highlighted is not None and highlighted.key in keys
                self._list.highlighted = keys.index(highlighted.key) if highlighted and is_there else 0
        empty = with_keys(
            _("No downloads yet. Press {downloads.add} to add one from a repository or a web address."),
            _("No downloads yet."),
        )
        self._show("#downloads-empty", "" if keys else empty)
        if keys and self._list.has_class("-hidden"):
            # It has no width before the next layout.
            self.call_after_refresh(self._draw)
        self._list.set_class(not keys, "-hidden")
        self._draw()

    def _draw(self) -> None:
        """Draw the rows that have changed, and the text about the highlighted one."""
        width = self._list.scrollable_content_region.width
        for index, status in enumerate(self._statuses) if width > 0 else ():
            if self._drawn.get(status.key) != (status, width):
                self._drawn[status.key] = (status, width)
                self._list.replace_option_prompt_at_index(index, content_of_lines(queue_row(status, width)))
        self._show_highlighted()

    def _show_highlighted(self) -> None:
        status = self._highlighted
        self._show("#downloads-text", status_text(status) if status is not None else "")
        frame = self.query_one(Dialog)
        frame.show_hints(
            *([_TOGGLES[status.state], _("{downloads.cancel} cancels")] if status is not None else ()),
            _("{downloads.add} adds"),
            _("{downloads.close} closes"),
        )

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the text about the row."""
        event.stop()
        self._show_highlighted()

    # The keys

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pause the download, let it go on, or go to the finished model."""
        event.stop()
        status = self._highlighted
        if status is None:
            return
        if status.state in ("running", "queued"):
            self._queue.pause(status.key)
        elif status.state == "done":
            self.dismiss(status.path)
        else:
            self._queue.resume(status.key)

    def action_prefer(self) -> None:
        """Download the highlighted one first."""
        if (status := self._highlighted) is not None:
            self._queue.prefer(status.key)

    def action_cancel(self) -> None:
        """Cancel the highlighted download, after a question where something has arrived."""
        status = self._highlighted
        if status is None:
            return
        if status.state == "done":
            self._queue.remove(status.key)
        elif not status.done_bytes:
            self._cancel(status.key)
        else:
            self._cancelling = status.key
            question = _("Cancel {name} and delete the {size} that have arrived?").format(
                name=download_name(status.request), size=format_bytes(status.done_bytes)
            )
            self._inquiry.confirm(question, _("Keep it"), _("Cancel and delete")).focus()

    def _cancel(self, key: str) -> None:
        self._queue.cancel(key)
        self._queue.remove(key)

    def action_add(self) -> None:
        """Ask for a repository or a web address."""
        self._cancelling = ""
        self._inquiry.ask(_("A name of the list, owner/repository, or a web address:")).focus()

    def on_inquiry_answered(self, event: Inquiry.Answered) -> None:
        """Cancel the download, or return the source."""
        event.stop()
        self._hide_inquiry()
        if isinstance(event.answer, str):
            self.dismiss(WantedSource(event.answer))
        elif event.answer and self._cancelling:
            self._cancel(self._cancelling)

    def action_leave(self) -> None:
        """Take the question back, or close the list."""
        if self._inquiry.is_shown:
            self._hide_inquiry()
        else:
            self.dismiss(None)

    def _hide_inquiry(self) -> None:
        self._inquiry.hide()
        self._list.focus()

    def _show(self, selector: str, text: str) -> None:
        """Show a text; an empty one takes no room."""
        static = self.query_one(selector, Static)
        if str(static.content) != text:
            static.update(Content(text))
        static.set_class(not text, "-hidden")


_TOGGLES: dict[DownloadState, str] = {
    "running": _("{downloads.toggle} pauses"),
    "queued": _("{downloads.toggle} pauses"),
    "paused": _("{downloads.toggle} goes on"),
    "failed": _("{downloads.toggle} tries again"),
    "done": _("{downloads.toggle} goes to it"),
    "cancelled": "",
}
