"""A source that may take long, or never answer, asked so that nobody waits for it."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Slow(Generic[T]):
    """Asks `read` on a thread of its own, one question at a time, and keeps the last answer.

    A question that hangs holds up nothing but its own answer, and no second one is asked meanwhile.
    """

    def __init__(
        self,
        read: Callable[[], T],
        *,
        every: float = 1.0,
        wait: float = 0.05,
        first_wait: float = 0.15,
        patience: float = 3.0,
    ) -> None:
        """Ask at most once in `every` seconds, and give up on an answer after `patience`.

        A new answer is waited for up to `wait` seconds, the very first up to `first_wait`.
        """
        self._read = read
        self._every = every
        self._wait = wait
        self._first_wait = first_wait
        self._patience = patience
        self._asked = -float("inf")
        self._answered = threading.Event()
        self._answered.set()
        self._answer: T | Exception | None = None

    def get(self) -> T:
        """The last answer, at most `every` seconds old unless the source is slow.

        Raises:
            TimeoutError: there is no answer yet, or none for `patience` seconds.
            Exception: whatever the last question raised.
        """
        now = time.monotonic()
        if self._answered.is_set() and now - self._asked >= self._every:
            self._asked = now
            self._answered.clear()
            threading.Thread(target=self._ask, name="llmtui-slow", daemon=True).start()
            self._answered.wait(self._first_wait if self._answer is None else self._wait)
        late = not self._answered.is_set()
        if late and time.monotonic() - self._asked >= self._patience:
            raise TimeoutError("it does not answer")
        if self._answer is None:
            raise TimeoutError("its first answer is awaited")
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def _ask(self) -> None:
        try:
            self._answer = self._read()
        except Exception as error:  # noqa: BLE001 - carried to whoever asks, instead of dying with this thread
            self._answer = error
        finally:
            self._answered.set()
