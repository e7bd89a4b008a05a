"""A source that may take long or never answer, asked on its own thread so that nothing waits for it."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from tui.sentences import ReasonedError, reason

T = TypeVar("T")

_IDLE_SECONDS = 5.0
"""A thread that is not asked for so long ends; the next question starts another."""


class SourceTimeoutError(ReasonedError):
    """A source that has not answered yet."""


class Patience(msgspec.Struct, frozen=True):
    """Seconds that an answer is waited for."""

    wait: float = 0.05
    """For a new answer, before the last one is given again."""
    first_wait: float = 0.15
    """For the very first."""
    max_silence: float = 0.9
    """After this a source is said not to answer: less than a tick, so that the second tick says so."""
    clock: Callable[[], float] = time.monotonic


class PatientSource(Generic[T]):
    """Asks `read` on a thread of its own, one question at a time, and keeps the last answer.

    A question that hangs holds up nothing but its own answer, and no second one is asked meanwhile.
    """

    def __init__(
        self, read: Callable[[], T], *, interval_seconds: float = 0.9, patience: Patience | None = None
    ) -> None:
        """Ask at most once in `interval_seconds`."""
        self._read = read
        self._interval_seconds = interval_seconds
        self._patience = patience or Patience()
        self._asked_at = -float("inf")
        self._answered = threading.Event()
        self._answered.set()
        self._answer: T | Exception | None = None
        self._change = threading.Condition()
        self._wanted = False
        self._serving = False

    def ask(self) -> None:
        """Ask now, without waiting for the answer; does nothing while a question is open."""
        if not self._answered.is_set():
            return
        self._asked_at = self._patience.clock()
        self._answered.clear()
        with self._change:
            self._wanted = True
            if self._serving:
                self._change.notify()
                return
            self._serving = True
        threading.Thread(target=self._serve, name="llmtui-source", daemon=True).start()

    def get(self) -> T:
        """Return the last answer, at most `interval_seconds` old unless the source is slow.

        Raises:
            SourceTimeoutError: there is no answer yet, or none for as long as `Patience.max_silence`.
            Exception: whatever the last question raised.
        """
        patience = self._patience
        if self._answered.is_set() and patience.clock() - self._asked_at >= self._interval_seconds:
            first = self._answer is None
            self.ask()
            self._answered.wait(patience.first_wait if first else patience.wait)
        elif self._answer is None:
            self._answered.wait(patience.first_wait)
        if not self._answered.is_set() and patience.clock() - self._asked_at >= patience.max_silence:
            raise SourceTimeoutError(reason("hardware.source_silent"))
        if self._answer is None:
            raise SourceTimeoutError(reason("hardware.source_waits"))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def _serve(self) -> None:
        while True:
            with self._change:
                if not self._change.wait_for(lambda: self._wanted, _IDLE_SECONDS):
                    self._serving = False
                    return
                self._wanted = False
            try:
                self._answer = self._read()
            except Exception as error:  # noqa: BLE001 - carried to whoever asks, instead of dying with this thread
                self._answer = error
            self._answered.set()


def started_when_asked(make: Callable[[], Callable[[], T]]) -> Callable[[], T]:
    """Return a source that `make` makes when it is first asked, anew as long as that fails."""
    sources: list[Callable[[], T]] = []

    def read() -> T:
        if not sources:
            sources.append(make())
        return sources[0]()

    return read
