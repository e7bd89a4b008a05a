"""A host that answers tasks by a function, and three models by which the scores can be told."""

import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from tests.chat.scripted_comparison import ScriptedHost, metrics
from tui.chat.trials.task import CallCheck, TaskSet, TextCheck, TrialTask
from tui.chat.trials.task_file import built_in_set
from tui.engine.client import ReplyEvent
from tui.engine.options import AnswerRequest
from tui.engine.protocol import Failed, Finished, Prompted, Text
from tui.services.trials.store import TrialStore

Reply = Callable[[str, AnswerRequest], str | Failed | None]
"""Gives the answer of a model, by its name, to a request; None for one that takes until it is stopped."""


class TrialHost(ScriptedHost):
    """Answers every request by a function; a failure of the kind `died` ends the engine."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply
        self.requests: list[AnswerRequest] = []

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        assert self.loaded is not None
        self.requests.append(request)
        self.log.append(f"ask {self.loaded.name}")
        answer = self.reply(self.loaded.name, request)
        yield Prompted(2, "prompt", 20, tool_form="template" if request.tools else None)
        if isinstance(answer, Failed):
            if answer.kind == "died":
                self.loaded = None
            yield answer
            return
        if answer is None:
            self._stopped.clear()
            await self._stopped.wait()
            yield Finished(2, "stopped", metrics())
            return
        yield Text(2, answer, 5, 0.1)
        yield Finished(2, "end", metrics())


def open_store(folder: Path, machine: str = "this") -> TrialStore:
    return TrialStore(folder / "results.sqlite", machine)


def perfect(_model: str, request: AnswerRequest) -> str:
    """Answer each of the built-in trials as its checks want it."""
    task = task_of(request, built_in_set())
    check = next(check for check in task.turns[-1].checks if isinstance(check, CallCheck))
    texts = [text for check in task.turns[-1].checks if isinstance(check, TextCheck) for text in check.texts]
    calls = [{"name": call.name, "arguments": call.arguments} for call in check.calls]
    return json.dumps(calls) if calls else " ".join(["Here:", *texts])


def calls_wrongly(_model: str, _request: AnswerRequest) -> str:
    return '{"name": "get_weather", "arguments": {"city": "Paris"}}'


def never_calls(_model: str, _request: AnswerRequest) -> str:
    return "I am happy to help. An elephant says good morning: 17 and 293."


def task_of(request: AnswerRequest, tasks: TaskSet) -> TrialTask:
    """The task whose prompt was sent."""
    (prompt,) = [message.content for message in request.messages if message.role == "user"]
    (task,) = [task for task in tasks.tasks if task.turns[0].text == prompt]
    return task
