"""Timer that runs work once nothing has asked for it again for a while."""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.timer import Timer
from textual.widget import Widget


class QuietTimer:
    """Starts a worker of a widget after a pause; a restart before that begins the pause anew."""

    def __init__(self, widget: Widget, pause_seconds: float, group: str) -> None:
        """Run workers in `group`, of which only the newest runs."""
        self._widget = widget
        self._pause_seconds = pause_seconds
        self._group = group
        self._timer: Timer | None = None

    def restart(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run this after the pause; nothing happens before the widget is mounted."""
        self.stop()
        if self._widget.is_mounted:
            self._timer = self._widget.set_timer(self._pause_seconds, lambda: self._start(work))

    def stop(self) -> None:
        """Run nothing."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._timer = None
        self._widget.run_worker(work, group=self._group, exclusive=True)
