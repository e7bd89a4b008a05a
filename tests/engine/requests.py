"""Puts requests to an engine and gathers what comes back."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, NamedTuple

import psutil

from tui.engine.client import Engine, ReplyEvent
from tui.engine.options import AnswerRequest, ChatMessage, SamplingSettings
from tui.engine.protocol import Failed, Finished, Prompted, PromptProgress, Text
from tui.engine.reply_metrics import ReplyMetrics

PATIENCE = 60.0
"""Seconds after which a test gives up on what should have happened long ago."""


class Answer(NamedTuple):
    """A whole reply as it arrived."""

    text: str
    events: list[ReplyEvent]

    @property
    def end(self) -> Finished | Failed:
        last = self.events[-1]
        assert isinstance(last, Finished | Failed)
        return last

    @property
    def finished(self) -> Finished:
        assert isinstance(self.end, Finished), self.end
        return self.end

    @property
    def failed(self) -> Failed:
        assert isinstance(self.end, Failed), self.end
        return self.end

    @property
    def metrics(self) -> ReplyMetrics:
        return self.finished.metrics

    @property
    def prompt(self) -> Prompted:
        """The prompt that the model was given."""
        return next(event for event in self.events if isinstance(event, Prompted))


def user(*turns: str, system: str = "") -> tuple[ChatMessage, ...]:
    """A conversation whose turns alternate between the user and the assistant."""
    roles = ("user", "assistant")
    messages = [ChatMessage(roles[index % 2], turn) for index, turn in enumerate(turns)]  # type: ignore[arg-type]
    return (ChatMessage("system", system), *messages) if system else tuple(messages)


async def ask(
    engine: Engine,
    messages: tuple[ChatMessage, ...] = (),
    *,
    on_event: Callable[[ReplyEvent], None] | None = None,
    **fields: Any,
) -> Answer:
    """Ask and wait for the end; greedy unless the fields say otherwise.

    Args:
        engine: the engine that answers.
        messages: the conversation; none to go on with `raw_text`.
        on_event: sees each event.
        fields: those of `AnswerRequest` and of its `SamplingSettings`, by name.
    """
    of_request = {name: fields.pop(name) for name in AnswerRequest.__struct_fields__ if name in fields}
    sampling = SamplingSettings(**{"temperature": 0.0, "max_tokens": 24, **fields})
    request = AnswerRequest(messages, sampling, **of_request)
    events: list[ReplyEvent] = []

    async def listen() -> None:
        async with aclosing(engine.generate(request)) as replies:
            async for event in replies:
                events.append(event)
                if on_event is not None:
                    on_event(event)

    await asyncio.wait_for(listen(), PATIENCE)
    return Answer("".join(event.text for event in events if isinstance(event, Text)), events)


def at(kind: type[PromptProgress] | type[Text], action: Callable[[], None]) -> Callable[[ReplyEvent], None]:
    """Does `action` once, at the first event of a kind that tells of work done."""
    pending = [action]

    def on_event(event: ReplyEvent) -> None:
        begun = isinstance(event, kind) and (not isinstance(event, PromptProgress) or event.done_tokens > 0)
        if begun and pending:
            pending.pop()()

    return on_event


async def gone(pid: int) -> bool:
    """True as soon as a process is no more, False when it outlives every patience."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        await asyncio.sleep(0.02)
    return False
