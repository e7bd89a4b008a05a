"""Sessions in the test's own process, for tiny models: no process to start, nothing to wait for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engine.requests import Answer
from tui.engine import llama
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings, SamplingSettings
from tui.engine.protocol import Counted, CountRequest, Event, Loaded, LoadRequest, Text
from tui.engine.session import Session

_SETTINGS = LoadSettings(context=1024, threads=1)


class InProcessChat:
    """One loaded model that answers at once."""

    def __init__(self, path: Path, settings: LoadSettings = _SETTINGS) -> None:
        self._events: list[Event] = []
        self.stop = llama.StopFlag()
        self._session = Session(LoadRequest(1, str(path), settings), self._events.append, self.stop)
        loaded = self._events[-1]
        assert isinstance(loaded, Loaded)
        self.loaded = loaded

    def ask(self, messages: tuple[ChatMessage, ...] = (), **fields: Any) -> Answer:
        """Ask, greedy unless the fields say otherwise; see `tests.engine.requests.ask`."""
        of_request = {name: fields.pop(name) for name in AnswerRequest.__struct_fields__ if name in fields}
        sampling = SamplingSettings(**{"temperature": 0.0, "max_tokens": 400, **fields})
        self._events.clear()
        self._session.generate(2, AnswerRequest(messages, sampling, **of_request))
        return Answer(
            "".join(event.text for event in self._events if isinstance(event, Text)),
            list(self._events),  # type: ignore[arg-type]
        )

    def count(self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = ()) -> Counted:
        """Count tokens."""
        self._session.count(CountRequest(3, messages, texts))
        counted = self._events[-1]
        assert isinstance(counted, Counted)
        return counted

    def close(self) -> None:
        """Free the model."""
        self._session.close()


@contextmanager
def chat_in_process(path: Path) -> Iterator[InProcessChat]:
    """Load a model for a block."""
    loaded = InProcessChat(path)
    try:
        yield loaded
    finally:
        loaded.close()


def parts(answer: Answer) -> tuple[str, str]:
    """Return the thinking and the answer of a reply."""
    texts = [event for event in answer.events if isinstance(event, Text)]
    return (
        "".join(event.text for event in texts if event.thinking),
        "".join(event.text for event in texts if not event.thinking),
    )
