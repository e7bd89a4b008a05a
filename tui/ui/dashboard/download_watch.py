"""Downloads of the dashboard: their queue, the line that shows it, and the list when a file has arrived."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.i18n import _
from tui.settings.settings import Settings
from tui.ui.downloads.line import DownloadLine
from tui.ui.kit.keyboard.names import sentence_with_keys, with_keys
from tui.ui.models.pane import ModelsPane

if TYPE_CHECKING:
    # Imported when something is downloaded, so that the first screen does not wait for it.
    from tui.services.downloads.queue import DownloadQueue, DownloadRequest, DownloadStatus
    from tui.ui.downloads.screen import WantedSource


class DownloadWatch:
    """Owner of the queue of downloads: it shows how they go, and has what arrived listed and announced."""

    def __init__(
        self, settings: Settings, screen: Screen[None], models: ModelsPane, rescan: Callable[[], object]
    ) -> None:
        """Connect the parts of the dashboard.

        Args:
            settings: the user's settings.
            screen: the dashboard, which runs the queue and shows the list of downloads.
            models: the pane where finished files are listed.
            rescan: looks for models on the disk again.
        """
        self._settings = settings
        self._screen = screen
        self._models = models
        self._rescan = rescan
        self._queue: DownloadQueue | None = None
        """None until there is something to download."""
        self._arrived: dict[str, DownloadStatus] = {}
        """Finished downloads that are not listed yet, by key."""
        self._looked = False
        """True once unfinished downloads of earlier runs were looked for."""
        self.line = DownloadLine()
        models.download_limit_gb = settings.download_limit_gb

    def add(self, request: "DownloadRequest") -> None:
        """Download a model after those that are queued."""
        self._open_queue().add(request)

    def open_list(self) -> None:
        """Show the list of downloads."""
        from tui.ui.downloads.screen import DownloadsScreen

        self._screen.app.push_screen(DownloadsScreen(self._open_queue(), self.line), self._list_closed)

    async def models_listed(self) -> None:
        """Say which downloads are in the list now; the first time, look for unfinished ones."""
        arrived, self._arrived = self._arrived, {}
        for status in arrived.values():
            self._announce(status)
        if not self._looked:
            self._looked = True
            if await asyncio.to_thread(_has_unfinished):
                await self._open_queue().add_unfinished()

    async def close(self) -> None:
        """Pause what runs; return once nothing is written any more."""
        if self._queue is not None:
            await self._queue.close()

    def _open_queue(self) -> "DownloadQueue":
        from tui.services.downloads.allowance import DownloadAllowance
        from tui.services.downloads.queue import DownloadQueue

        if self._queue is None:
            self._queue = DownloadQueue(self._changed, DownloadAllowance(self._settings.download_limit_gb))
            self._screen.run_worker(self._queue.run, group="downloads")
        return self._queue

    def _changed(self, statuses: "tuple[DownloadStatus, ...]") -> None:
        old_states = {status.key: status.state for status in self.line.statuses}
        self.line.statuses = statuses
        for status in statuses:
            if status.state == "done" and old_states.get(status.key) != "done":
                self._arrived[status.key] = status
                self._rescan()

    def _announce(self, status: "DownloadStatus") -> None:
        """Say that a file has arrived, and the key that loads it from where the user is."""
        from tui.services.downloads.words import download_name

        name = download_name(status.request)
        if status.model_error is not None:
            text = _("{name} has arrived, but cannot be used: {reason}").format(
                name=name, reason=sentence_with_keys(status.model_error)
            )
            self._screen.notify(text, severity="warning", markup=False, timeout=10)
            return
        highlighted = self._models.listing.highlighted_model
        if highlighted is None or highlighted.path != status.path:
            text = with_keys(_("{name} is here: {downloads.show} goes to it."), name=name)
        elif self._models.has_focus_within:
            text = with_keys(_("{name} is here: {models.choose} loads it."), name=name)
        else:
            text = with_keys(_("{name} is here: {pane.models}, then {models.choose} loads it."), name=name)
        self._screen.notify(text or _("{name} is here.").format(name=name), markup=False, timeout=8)

    def _list_closed(self, wanted: "Path | WantedSource | None") -> None:
        """Go to the model that the user chose in the list, or offer what was asked for."""
        if wanted is None:
            return
        if not isinstance(wanted, Path):
            self._models.download_from(wanted.name, wanted.name)
            return
        listing = self._models.listing
        if not listing.highlight(str(wanted)):
            listing.action_clear_filter()
            listing.highlight(str(wanted))


def _has_unfinished() -> bool:
    """Return True if an earlier run left a download unfinished."""
    from tui.models.hub.part_state import partial_downloads
    from tui.models.model_folders import models_folder

    return bool(partial_downloads(models_folder()))
