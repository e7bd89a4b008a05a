"""Timer that runs work after a pause without further requests."""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.timer import Timer
from textual.widget import Widget


class QuietTimer:
    """Timer that starts a worker of a widget after a pause; a restart begins the pause again."""

    def __init__(self, widget: Widget, pause_seconds: float, group: str) -> None:
        """Use a group of workers, of which only the newest runs."""
        self._widget = widget
        self._pause_seconds = pause_seconds
        self._group = group
        self._timer: Timer | None = None

    def restart(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run the work after the pause; do nothing before the widget is mounted."""
        self.stop()
        if self._widget.is_mounted:
            self._timer = self._widget.set_timer(self._pause_seconds, lambda: self._start(work))

    def stop(self) -> None:
        """Cancel the work that waits for the pause."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._timer = None
        self._widget.run_worker(work, group=self._group, exclusive=True)
