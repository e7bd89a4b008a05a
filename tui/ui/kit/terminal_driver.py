"""Terminal driver that reports a single Esc at once, and ends the program when the terminal is closed.

Textual's own writer thread ends at the first error, and leaving then waits for it forever: llmtui would keep
running after its window was closed.
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
    """Selector with a short wait after input: a single Esc is reported at once, not 0.1 s later."""

    _had_input = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for input, for a shorter time right after input."""
        if self._had_input and timeout is not None:
            timeout = min(timeout, constants.ESCAPE_DELAY + _MARGIN_SECONDS)
        ready = super().select(timeout)
        self._had_input = bool(ready)
        return ready


_LEAVE_SECONDS = 1.0
"""Longest wait at the end for the terminal to accept the remaining output."""


class LastingWriter(WriterThread):
    """Writer thread that discards its input once the terminal is gone, so that nothing waits for it."""

    def run(self) -> None:
        """Write the queued texts until None comes; after an error, discard them."""
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
        """End the thread; a thread that waits for a halted terminal ends with the process."""
        try:
            self._queue.put(None, timeout=_LEAVE_SECONDS)
        except Full:
            return
        self.join(_LEAVE_SECONDS)


def _is_in_line_mode(fileno: int) -> bool:
    """Return True if the terminal collects whole lines, as a shell sets it; False if it is gone."""
    try:
        return bool(termios.tcgetattr(fileno)[3] & termios.ICANON)
    except termios.error:
        return False


def _lenient(encoding: str) -> partial[codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


class TerminalDriver(linux_driver.LinuxDriver):
    """Textual's driver with `SoonAfterInput` for its input and `LastingWriter` for its output."""

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        # The driver creates its writer itself, so the class is replaced; Textual's version is pinned.
        linux_driver.WriterThread = LastingWriter  # pyright: ignore[reportPrivateImportUsage]
        super().start_application_mode()

    def _sigtstp_application(self, *_: object) -> None:
        """Give the terminal back and stop, once what is being written is written.

        A signal comes at any moment, also while this thread holds the lock of the queue of output: writing
        from its handler would wait for that lock for ever.
        """
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        super()._sigtstp_application()  # pyright: ignore[reportUnknownMemberType]

    def _sigcont_application(self, *_: object) -> None:
        """Continue after a stop, in the same way."""
        self._loop.call_soon_threadsafe(self._continue)

    def _continue(self) -> None:
        """Take over the terminal again, if a shell has set it to line mode."""
        # A closed window sends this signal too. Resuming twice would start a second thread that reads keys
        # and never ends.
        if not self._must_signal_resume and not _is_in_line_mode(self.fileno):
            return
        if not self._must_signal_resume:
            # It was stopped by a signal that cannot be handled.
            self.suspend_application_mode()
            self._must_signal_resume = True
        self.resume_application_mode()

    def run_input_thread(self) -> None:
        """Read input and dispatch it."""
        # The driver creates its selector itself, so the class is replaced; Textual's version is pinned.
        patched = SimpleNamespace(
            SelectSelector=SoonAfterInput,
            EVENT_READ=selectors.EVENT_READ,
            SelectorKey=selectors.SelectorKey,
        )
        linux_driver.selectors = patched  # pyright: ignore[reportAttributeAccessIssue, reportPrivateImportUsage]
        # The same for its parser, and for its decoder, which would end the program at an invalid byte.
        linux_driver.XTermParser = PasteParser  # pyright: ignore[reportPrivateImportUsage]
        linux_driver.getincrementaldecoder = _lenient  # pyright: ignore[reportAttributeAccessIssue, reportPrivateImportUsage]
        super().run_input_thread()
