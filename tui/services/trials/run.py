"""Tasks of the user's own, asked of one model after another; every result is kept as soon as it is there."""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Literal

import msgspec

from tui.chat.comparing.comparison import PreparedLoad, new_comparison
from tui.chat.trials.checking import CheckOutcome, TrialAnswer, check_trial_answer, visible_text
from tui.chat.trials.result import ModelTrials, TrialBoard, TrialResult, TurnAnswer
from tui.chat.trials.task import TaskSet, TaskTurn, TrialTask
from tui.chat.trials.tool_calls import CallReading, parameter_types, read_calls
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, ToolCall
from tui.engine.protocol import Failed, Finished, Prompted, Text
from tui.models.model import Model
from tui.sentences import reason
from tui.services.comparing.comparison_run import ComparisonHost, OnReply, Prepare
from tui.services.trials.store import TrialStore, model_key

_REPETITION_TOKENS = 128
"""Tokens that an answer may repeat itself for, once that was noticed: nobody watches."""
_MOST_LOADS = 3
"""Loads of one model: an engine that has ended so often is not started again."""
_LOST = ("died", "memory")
"""Kinds of failures after which no model is loaded."""


class TrialStep(msgspec.Struct, frozen=True):
    """Present step of a run."""

    phase: Literal["preparing", "loading", "answering", "ended"]
    side: int = 0
    number: int = 0
    """Number of the trial among all of the set, from 0."""


class TrialRun:
    """Carries out the tasks of one set on the event loop."""

    def __init__(
        self,
        models: Sequence[Model],
        tasks: TaskSet,
        host: ComparisonHost,
        prepare: Prepare,
        store: TrialStore,
        *,
        resume: bool = False,
        on_change: Callable[[], None] = lambda: None,
        on_reply: OnReply | None = None,
    ) -> None:
        """Ask the models, in this order.

        Args:
            models: those to ask.
            tasks: what they are asked.
            host: loads and answers.
            prepare: says how each is loaded.
            store: keeps every result.
            resume: go on with the newest run of these tasks: what has an answer there is not asked again.
            on_change: called for every new step.
            on_reply: takes what each reply showed of speed and memory.
        """
        self._host = host
        self._prepare = prepare
        self._store = store
        self._on_change = on_change
        self._on_reply = on_reply
        self._stopping = False
        self._keys = [model_key(model) for model in models]
        newest_run = store.newest_run(tasks)
        kept_results = [_kept_results(store, newest_run, tasks, key) for key in self._keys]
        self.unfinished = not resume and any(0 < len(results) < len(tasks.trials) for results in kept_results)
        """True when the newest run of these tasks did not ask all of them, and is not resumed."""
        self._run = (newest_run if resume else None) or store.begin(tasks)
        self.board = _board(models, tasks, kept_results if resume else [() for _model in models])
        """As far as it has come."""
        self._durations: list[list[float]] = [[] for _model in models]
        """Seconds of each result of this run, by model."""
        self.step = TrialStep("preparing")
        """Step that it is at."""

    @property
    def seconds_left(self) -> float | None:
        """About how many seconds are left; None before the first result."""
        trials = len(self.board.tasks.trials)
        waiting = [
            trials - len(side.results) if number >= self.step.side else 0
            for number, side in enumerate(self.board.sides)
        ]
        weights = [side.model.weights_bytes for side in self.board.sides]
        return estimate_seconds(self._durations, weights, waiting)

    def stop(self) -> None:
        """End it soon; the results so far are kept."""
        self._stopping = True
        self._host.stop()

    async def run(self) -> TrialBoard:
        """Carry all of it out. No model is loaded when this returns, nor when it is cancelled."""
        ended: Literal["done", "stopped"] = "stopped"
        try:
            for index in range(len(self.board.sides)):
                # Before the next is weighed: what this one held counts as free only then.
                await self._host.unload()
                if self._stopping:
                    break
                await self._run_side(index)
            ended = "stopped" if self._stopping else "done"
        finally:
            await self._host.unload()
            self.board = msgspec.structs.replace(self.board, ended=ended)
        self._enter(TrialStep("ended"))
        return self.board

    async def _run_side(self, index: int) -> None:
        side = self.board.sides[index]
        done = {(result.task, result.seed) for result in side.results}
        trials = self.board.tasks.trials
        waiting = [number for number, (task, seed) in enumerate(trials) if (task.name, seed) not in done]
        for load in range(_MOST_LOADS):
            if not waiting:
                return
            if not await self._load(index):
                if load:
                    break
                return
            while waiting and not self._stopping:
                number = waiting[0]
                self._enter(TrialStep("answering", index, number))
                start = time.monotonic()
                result = await self._ask(index, *trials[number])
                if result is None:
                    return
                if result.failure is None:
                    self._durations[index].append(time.monotonic() - start)
                waiting.pop(0)
                self._take(index, trials[number][0], result)
                if result.failure is not None and result.failure.kind in _LOST:
                    # The next task gets a new engine: one that died in one task may answer the others.
                    await self._host.unload()
                    break
            if self._stopping:
                return
        self._give_up(index, [trials[number] for number in waiting])

    def _give_up(self, index: int, waiting: Sequence[tuple[TrialTask, int]]) -> None:
        """Fail the tasks that wait: the engine has ended before, and is not started again."""
        side = self.board.sides[index]
        failure = side.failure or (side.results[-1].failure if side.results else None)
        if self._stopping or failure is None:
            return
        why = Failed(0, failure.kind, reason("services.trials_engine_ended"), failure.reason)
        self._change_side(index, failure=why)
        for task, seed in waiting:
            self._take(index, task, TrialResult(task.name, seed, failure=why))

    async def _load(self, index: int) -> bool:
        """Load a model; return False where it is refused, fails or is stopped."""
        self._enter(TrialStep("preparing", index))
        model = self.board.sides[index].model
        try:
            load = await self._prepare(model)
        except EngineFailure as failure:
            # A header on which the sizing dies costs only its own model.
            self._change_side(index, failure=failure.failed)
            return False
        self._change_side(index, prepared=load)
        if load.refused is not None:
            self._change_side(index, failure=load.refused)
            return False
        if self._stopping:
            return False
        self._enter(TrialStep("loading", index))
        try:
            loaded = await self._host.load(model, load.settings, lambda _fraction, _seconds: None)
        except EngineFailure as failure:
            if not self._stopping:
                self._change_side(index, failure=failure.failed)
            return False
        self._change_side(index, loaded=loaded)
        return True

    async def _ask(self, index: int, task: TrialTask, seed: int) -> TrialResult | None:
        """Return the answers to a task with one seed; None when it was stopped in the middle."""
        chat = [ChatMessage("system", task.system)] if task.system else []
        answers: list[TurnAnswer] = []
        calls: list[ToolCall] = []
        results = 0
        for number, turn in enumerate(task.turns):
            results = results + 1 if turn.kind == "result" else 0
            if turn.kind == "result" and not calls:
                missing = CheckOutcome("fail", reason("trials.no_call_before_result"))
                return TrialResult(task.name, seed, tuple(answers), missing=missing)
            tool = turn.tool or calls[min(results, len(calls)) - 1].name if turn.kind == "result" else ""
            chat.append(_message(turn, tool))
            calls = list(turn.calls) if turn.kind == "calls" else calls
            if not task.is_answered(number):
                continue
            answer = await self._answer(index, task, seed, number, tuple(chat))
            if isinstance(answer, Failed):
                return TrialResult(task.name, seed, tuple(answers), failure=answer)
            if answer is None:
                return None
            answers.append(answer)
            calls = [
                ToolCall(call.name, json.dumps(call.arguments, ensure_ascii=False)) for call in answer.calls
            ]
            chat.append(ChatMessage("assistant", "" if calls else answer.text, tuple(calls)))
        return TrialResult(task.name, seed, tuple(answers))

    async def _answer(
        self, index: int, task: TrialTask, seed: int, number: int, messages: tuple[ChatMessage, ...]
    ) -> TurnAnswer | Failed | None:
        request = AnswerRequest(
            messages,
            task.sampling(seed),
            json_schema=task.schema,
            tools=task.tools,
            think=task.think,
            repetition_tokens=_REPETITION_TOKENS,
        )
        text, thinking, tool_form = "", "", None
        async with aclosing(self._host.answer(request)) as events:
            async for event in events:
                match event:
                    case Prompted():
                        tool_form = event.tool_form
                    case Text(thinking=True):
                        thinking += event.text
                    case Text():
                        text += event.text
                    case Failed():
                        return None if self._stopping else event
                    case Finished(reason="stopped"):
                        return None
                    case Finished():
                        self._remember(index, event)
                        answer = TurnAnswer(
                            number,
                            text,
                            event.raw,
                            thinking,
                            event.reason,
                            event.metrics,
                            tool_form=tool_form,
                        )
                        # A regular expression may take seconds.
                        return await asyncio.to_thread(checked_answer, task, answer)
                    case _:
                        continue
        return Failed(0, "internal", reason("services.trials_no_end"))

    def _remember(self, index: int, event: Finished) -> None:
        side = self.board.sides[index]
        load: PreparedLoad | None = side.prepared
        if self._on_reply is not None and load is not None and side.loaded is not None:
            settings, threads = load.settings, side.loaded.threads
            self._on_reply(side.model, settings, threads, load.predicted_bytes, event.metrics)

    def _take(self, index: int, task: TrialTask, result: TrialResult) -> None:
        """Keep a result, on the disk first."""
        side = self.board.sides[index]
        self._store.add(self._run, self._keys[index], side.model.label, task.use, result)
        self._change_side(index, results=(*side.results, result))
        self._on_change()

    def _change_side(self, index: int, **changes: object) -> None:
        sides = list(self.board.sides)
        sides[index] = msgspec.structs.replace(sides[index], **changes)
        self.board = msgspec.structs.replace(self.board, sides=tuple(sides))

    def _enter(self, step: TrialStep) -> None:
        self.step = step
        self._on_change()


def estimate_seconds(
    durations: Sequence[Sequence[float]], weights: Sequence[int], waiting: Sequence[int]
) -> float | None:
    """Return the seconds that the waiting trials will take; None without any duration.

    Args:
        durations: seconds of the trials of each model so far.
        weights: bytes of the weights of each model: one without a duration is as slow as it is large.
        waiting: number of trials that wait, for each model.
    """
    middles = [statistics.median(seconds) if seconds else None for seconds in durations]
    paces = [middle / weight for middle, weight in zip(middles, weights, strict=True) if middle and weight]
    if not paces:
        return None
    pace = statistics.median(paces)
    return sum(
        count * (pace * weight if middle is None else middle)
        for middle, weight, count in zip(middles, weights, waiting, strict=True)
    )


def kept_board(models: Sequence[Model], tasks: TaskSet, store: TrialStore) -> TrialBoard:
    """Return the results of the newest run of a set of tasks that are kept, without asking."""
    newest_run = store.newest_run(tasks)
    kept_results = [_kept_results(store, newest_run, tasks, model_key(model)) for model in models]
    return msgspec.structs.replace(_board(models, tasks, kept_results), ended="done")


def _board(models: Sequence[Model], tasks: TaskSet, results: Sequence[tuple[TrialResult, ...]]) -> TrialBoard:
    labels = [side.label for side in new_comparison(models, ()).sides]
    sides = zip(models, labels, results, strict=True)
    return TrialBoard(
        tasks, tuple(ModelTrials(model, label, side_results) for model, label, side_results in sides)
    )


def _kept_results(store: TrialStore, run: int | None, tasks: TaskSet, key: str) -> tuple[TrialResult, ...]:
    """Return the results of a model in a run, in the order of the tasks, without failures of the engine."""
    if run is None:
        return ()
    results = {
        (result.task, result.seed): result for result in store.results(run, key) if result.failure is None
    }
    keys = [(task.name, seed) for task, seed in tasks.trials]
    return tuple(results[key] for key in keys if key in results)


def checked_answer(task: TrialTask, answer: TurnAnswer) -> TurnAnswer:
    """Return an answer with the results of its checks, and its calls; may take seconds."""
    visible = visible_text(answer.text)
    reading = CallReading()
    if task.tools:
        # Marks of calls are control tokens in some vocabularies, which only the raw text has.
        marked = visible_text(answer.raw) or ""
        reading = read_calls(visible or "", parameter_types(task.tools), marked)
    checks = task.turns[answer.turn].checks
    is_cut = answer.finish not in ("end", None)
    tokens = answer.metrics.generated_tokens if answer.metrics else 0
    checked = TrialAnswer(
        text=visible or "",
        reading=reading,
        cut_off_at=tokens if is_cut else None,
        is_thinking=visible is None or bool(answer.thinking and not visible and not reading.calls),
    )
    return msgspec.structs.replace(
        answer,
        text=visible or "",
        raw="" if answer.raw == answer.text else answer.raw,
        calls=reading.calls,
        outcomes=check_trial_answer(checks, checked),
    )


def _message(turn: TaskTurn, tool: str) -> ChatMessage:
    match turn.kind:
        case "prompt":
            return ChatMessage("user", turn.text)
        case "answer":
            return ChatMessage("assistant", turn.text)
        case "calls":
            return ChatMessage("assistant", "", turn.calls)
        case "result":
            return ChatMessage("tool", turn.text, tool=tool)
