"""The same prompts to several models, one after another; each gives its memory back before the next comes."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from tui.chat.comparing.checks import check_answer
from tui.chat.comparing.comparison import (
    AnswerCell,
    Comparison,
    ComparisonStep,
    ModelSide,
    PreparedLoad,
    PromptCase,
    new_comparison,
    with_cell,
    with_side,
)
from tui.chat.storage.document import write_new
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Failed, Finished, Loaded, Text
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.load_plan import LoadPlan, plan_load
from tui.fit.quiet import is_disturbed, possible_share
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.models.model import Model
from tui.sentences import reason
from tui.services.comparing.markdown import comparison_to_markdown
from tui.services.loading import load_refusal
from tui.services.measuring import measurements_of
from tui.services.sizing import open_sizer, pools_for, take_reading
from tui.settings.app_folders import data_folder


class ComparisonHost(Protocol):
    """Loads one model at a time and answers with it; the engine's host does."""

    async def load(
        self, model: Model, settings: LoadSettings, on_progress: Callable[[float, float | None], None]
    ) -> Loaded:
        """Load a model; raises EngineFailure when that fails or is stopped."""
        ...

    def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        """Answer with the loaded model; the last event is a `Finished` or a `Failed`."""
        ...

    def stop(self) -> None:
        """Stop the load or the reply that is under way."""
        ...

    async def unload(self) -> None:
        """End the engine's process; its memory is given back when this returns."""
        ...


Prepare = Callable[[Model], Awaitable[PreparedLoad]]
"""Says how to load a model as the machine is now; called while no model is loaded."""


class OnReply(Protocol):
    """Takes what each reply showed of speed and memory, to remember it."""

    def __call__(
        self,
        model: Model,
        settings: LoadSettings,
        threads: int | None,
        predicted_bytes: int | None,
        metrics: ReplyMetrics,
        /,
    ) -> None:
        """Take a reply of a model that was loaded with these settings and threads."""
        ...


def prepare_load(model: Model, plan: LoadPlan, machine: Machine | None) -> PreparedLoad:
    """Return the settings to load a model with by its plan on a machine, or the reason against it.

    `machine` is None while it is not detected.
    """
    speed = plan.fit.speed.value if plan.fit.speed is not None else None
    predicted_bytes = plan.footprint.total_bytes if plan.footprint is not None else None
    share = possible_share(machine.cpu, plan.settings.threads) if machine is not None else 1.0
    return PreparedLoad(plan.settings, predicted_bytes, speed, load_refusal(model, plan.fit), share)


async def prepare_on_this_machine(model: Model, settings: LoadSettings) -> PreparedLoad:
    """Return how a model is loaded on this machine as it is now, asked of processes that have ended then."""
    async with open_sizer() as sizer:
        machine = detect_machine()
        reading = take_reading(machine)
        measurements = measurements_of(machine, reading, settings.threads)
        plan = await plan_load(
            sizer, model, settings, lambda: pools_for(sizer, machine, reading), measurements
        )
    return prepare_load(model, plan, machine)


def save_comparison(comparison: Comparison) -> Path:
    """Write a comparison as Markdown into the user's data folder, and return its path.

    Raises:
        OSError: it cannot be written there.
    """
    folder = data_folder() / "comparisons"
    folder.mkdir(parents=True, exist_ok=True)
    stem = time.strftime("comparison-%Y-%m-%d-%H%M")
    return write_new(folder, stem, "md", comparison_to_markdown(comparison))


class ComparisonRun:
    """Carries out one comparison on the event loop."""

    def __init__(
        self,
        models: Sequence[Model],
        cases: Sequence[PromptCase],
        host: ComparisonHost,
        prepare: Prepare,
        *,
        on_change: Callable[[], None] = lambda: None,
        on_reply: OnReply | None = None,
        repetition_tokens: int | None = None,
    ) -> None:
        """Compare the models by the prompts of the cases.

        Args:
            models: those to compare, in this order.
            cases: what they are asked.
            host: loads and answers.
            prepare: says how each is loaded.
            on_change: called for everything new.
            on_reply: takes what each reply showed.
            repetition_tokens: see `AnswerRequest`; for the user's own prompt, as answers to tasks are short.
        """
        self._host = host
        self._prepare = prepare
        self._on_change = on_change
        self._on_reply = on_reply
        self._repetition_tokens = repetition_tokens
        self._stopping = False
        self.comparison = new_comparison(models, cases)
        """As far as it has come."""
        self.step = ComparisonStep("preparing")
        """Step that it is at."""

    @property
    def stopping(self) -> bool:
        """True from the moment that it is stopped."""
        return self._stopping

    def stop(self) -> None:
        """End it soon; the answers so far are kept."""
        self._stopping = True
        self._host.stop()

    async def run(self) -> Comparison:
        """Carry all of it out. No model is loaded when this returns, nor when it is cancelled."""
        try:
            for index in range(len(self.comparison.sides)):
                # Before the next is weighed: what this one held counts as free only then.
                await self._host.unload()
                if self._stopping:
                    break
                await self._run_side(index)
            self._end("stopped" if self._stopping else "done")
        finally:
            await self._host.unload()
            if self.comparison.ended == "running":
                self._end("stopped")
        self._enter(ComparisonStep("ended"))
        return self.comparison

    async def _run_side(self, index: int) -> None:
        self._enter(ComparisonStep("preparing", index))
        model = self.comparison.sides[index].model
        load = await self._prepare(model)
        self._change_side(index, prepared=load)
        if load.refused is not None:
            self._fail_side(index, load.refused)
            return
        if self._stopping:
            return
        self._enter(ComparisonStep("loading", index))
        try:
            loaded = await self._host.load(
                model,
                load.settings,
                lambda fraction, _seconds: self._enter(ComparisonStep("loading", index, fraction=fraction)),
            )
        except EngineFailure as failure:
            if not self._stopping:
                self._fail_side(index, failure.failed)
            return
        self._change_side(index, loaded=loaded)
        for number in range(len(self.comparison.cases)):
            if self._stopping:
                return
            failed = await self._answer(index, number)
            if failed is not None and failed.kind in ("died", "memory"):
                self._give_up(index, failed)
                return

    async def _answer(self, index: int, number: int) -> Failed | None:
        """Let the model answer a case; return the failure, None for none."""
        case = self.comparison.cases[number]
        cell = AnswerCell("answering")
        self._change_cell(index, number, cell)
        self._enter(ComparisonStep("answering", index, number))
        question = ChatMessage("user", case.prompt)
        request = AnswerRequest(
            (question,),
            case.sampling,
            json_schema=case.json_schema,
            repetition_tokens=self._repetition_tokens if case.task is None else None,
        )
        answer = self._host.answer(request)
        async with aclosing(answer) as events:
            async for event in events:
                match event:
                    case Text():
                        cell = _longer(cell, event)
                    case Finished():
                        cell = _finished(cell, case, event, self.comparison.sides[index].prepared)
                        self._remember(self.comparison.sides[index], event.metrics)
                    case Failed():
                        cell = msgspec.structs.replace(cell, state="failed", failure=event)
                    case _:
                        continue
                self._change_cell(index, number, cell)
                self._on_change()
        return cell.failure

    def _remember(self, side: ModelSide, metrics: ReplyMetrics) -> None:
        load, loaded = side.prepared, side.loaded
        if self._on_reply is not None and load is not None and loaded is not None:
            self._on_reply(side.model, load.settings, loaded.threads, load.predicted_bytes, metrics)

    def _give_up(self, index: int, failed: Failed) -> None:
        """Fail every case that waits: the engine is gone."""
        why = Failed(0, failed.kind, reason("services.not_asked_engine_ended"), failed.reason)
        for number, cell in enumerate(self.comparison.sides[index].cells):
            if cell.state == "waiting":
                self._change_cell(index, number, AnswerCell("failed", failure=why))
        self._on_change()

    def _fail_side(self, index: int, failed: Failed) -> None:
        cells = tuple(AnswerCell("failed", failure=failed) for _case in self.comparison.cases)
        self._change_side(index, failure=failed, cells=cells)
        self._on_change()

    def _end(self, ended: Literal["done", "stopped"]) -> None:
        self.comparison = msgspec.structs.replace(self.comparison, ended=ended)

    def _change_side(self, index: int, **changes: object) -> None:
        side = msgspec.structs.replace(self.comparison.sides[index], **changes)
        self.comparison = with_side(self.comparison, index, side)

    def _change_cell(self, index: int, number: int, cell: AnswerCell) -> None:
        self.comparison = with_cell(self.comparison, index, number, cell)

    def _enter(self, step: ComparisonStep) -> None:
        self.step = step
        self._on_change()


def _longer(cell: AnswerCell, event: Text) -> AnswerCell:
    if event.thinking:
        return msgspec.structs.replace(cell, thinking=cell.thinking + event.text, tokens=event.tokens)
    return msgspec.structs.replace(cell, text=cell.text + event.text, tokens=event.tokens)


def _finished(
    cell: AnswerCell, case: PromptCase, event: Finished, prepared: PreparedLoad | None
) -> AnswerCell:
    check_result = None
    if case.task is not None and event.reason != "stopped":
        cut_off_at = None if event.reason == "end" else event.metrics.generated_tokens
        check_result = check_answer(case.task, cell.text, thinking=cell.thinking, cut_off_at=cut_off_at)
    return msgspec.structs.replace(
        cell,
        state="done",
        tokens=event.metrics.generated_tokens,
        finish=event.reason,
        metrics=event.metrics,
        check_result=check_result,
        slowed_down=is_disturbed(event.metrics.cpu_share, prepared.possible_share if prepared else 1.0),
    )
