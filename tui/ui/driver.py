"""The terminal's input, with an Esc that counts as soon as it is no beginning of another key."""

import selectors
from types import SimpleNamespace

from textual import constants
from textual.drivers import linux_driver

_MARGIN_SECONDS = 0.001


class SoonAfterInput(selectors.SelectSelector):
    """Returns soon after input, so that a lone Esc is not held until the next regular look a tenth later."""

    _had_input = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As the class above, with a shorter wait right after input."""
        if self._had_input and timeout is not None:
            timeout = min(timeout, constants.ESCAPE_DELAY + _MARGIN_SECONDS)
        ready = super().select(timeout)
        self._had_input = bool(ready)
        return ready


class TerminalDriver(linux_driver.LinuxDriver):
    """Textual's driver, looking at its input through `SoonAfterInput`."""

    def run_input_thread(self) -> None:
        """Wait for input and dispatch it."""
        # The driver makes its selector itself; the version it comes from is pinned.
        patched = SimpleNamespace(
            SelectSelector=SoonAfterInput,
            EVENT_READ=selectors.EVENT_READ,
            SelectorKey=selectors.SelectorKey,
        )
        linux_driver.selectors = patched  # pyright: ignore[reportAttributeAccessIssue, reportPrivateImportUsage]
        super().run_input_thread()
