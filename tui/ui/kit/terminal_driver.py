"""Terminal driver: a lone Esc counts at once, and a closed terminal ends the program.

Textual's own writer ends with the first error, and whoever leaves afterwards waits for it for ever: a window
that was closed would leave llmtui behind.
"""

import codecs
import logging
import selectors
import termios
from functools import partial
from queue import Full
from types import SimpleNamespace

from textual import constants
from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread

from tui.ui.kit.paste_parser import PasteParser

log = logging.getLogger(__name__)

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


_LEAVE_SECONDS = 1.0
"""The longest that leaving waits for the terminal to take what is left to draw."""


class LastingWriter(WriterThread):
    """Writes as long as there is a terminal, and lets nobody wait when there is none."""

    def run(self) -> None:
        """Take what is to be written until the end is told; after an error, write none of it."""
        is_gone = False
        while (text := self._queue.get()) is not None:
            if is_gone:
                continue
            try:
                self._file.write(text)
                if self._queue.empty():
                    self._file.flush()
            except OSError as error:
                log.warning("the terminal is gone: %s", error)
                is_gone = True

    def stop(self) -> None:
        """End the thread; one that a halted terminal holds ends with the process."""
        try:
            self._queue.put(None, timeout=_LEAVE_SECONDS)
        except Full:
            return
        self.join(_LEAVE_SECONDS)


def _is_for_lines(fileno: int) -> bool:
    """Return True when the terminal gathers whole lines, as shells leave it; False for one that is gone."""
    try:
        return bool(termios.tcgetattr(fileno)[3] & termios.ICANON)
    except termios.error:
        return False


def _lenient(encoding: str) -> partial[codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


class TerminalDriver(linux_driver.LinuxDriver):
    """Textual's driver, with `SoonAfterInput` for what it reads and `LastingWriter` for what it writes."""

    def start_application_mode(self) -> None:
        """Take the terminal."""
        # The driver makes its writer itself; the version it comes from is pinned.
        linux_driver.WriterThread = LastingWriter  # pyright: ignore[reportPrivateImportUsage]
        super().start_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        """Go on: with the terminal as a shell left it, else as it is."""
        # A closed window sends this signal too. Who starts twice has two threads that read the keys, of which
        # one never ends.
        if not self._must_signal_resume and not _is_for_lines(self.fileno):
            return
        if not self._must_signal_resume:
            # Stopped by a signal that tells nobody.
            self.suspend_application_mode()
            self._must_signal_resume = True
        self.resume_application_mode()

    def run_input_thread(self) -> None:
        """Wait for input and dispatch it."""
        # The driver makes its selector itself; the version it comes from is pinned.
        patched = SimpleNamespace(
            SelectSelector=SoonAfterInput,
            EVENT_READ=selectors.EVENT_READ,
            SelectorKey=selectors.SelectorKey,
        )
        linux_driver.selectors = patched  # pyright: ignore[reportAttributeAccessIssue, reportPrivateImportUsage]
        # So are its parser and its decoder, which ends the program with the first byte that is not UTF-8.
        linux_driver.XTermParser = PasteParser  # pyright: ignore[reportPrivateImportUsage]
        linux_driver.getincrementaldecoder = _lenient  # pyright: ignore[reportAttributeAccessIssue, reportPrivateImportUsage]
        super().run_input_thread()
