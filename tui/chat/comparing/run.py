"""The same prompts to several models, one after another; each gives its memory back before the next comes."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
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
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Failed, Finished, Loaded, Text
from tui.engine.reply_metrics import ReplyMetrics
from tui.fit.loading import LoadPlan
from tui.fit.verdict import Verdict
from tui.models.model import Model
from tui.sentences import reason


class ModelHost(Protocol):
    """What loads one model at a time and answers with it; the dashboard's engine host does."""

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
Measured = Callable[[ModelSide, ReplyMetrics], None]
"""Is told what each answer cost."""


def prepare_load(model: Model, plan: LoadPlan) -> PreparedLoad:
    """How a model is loaded by its plan; one that is too big is refused with the reason."""
    speed = plan.fit.speed.value if plan.fit.speed is not None else None
    refused = None
    if not model.on_disk:
        refused = Failed(0, "missing", reason("chat.not_on_disk"), reason("chat.get_file_first"))
    elif model.file_error:
        refused = Failed(0, "unreadable", model.file_error)
    elif plan.fit.verdict is Verdict.TOO_BIG:
        why = reason("chat.too_big", error=plan.fit.reason)
        refused = Failed(0, "memory", why, reason("chat.choose_smaller"))
    predicted = plan.footprint.total_bytes if plan.footprint is not None else None
    return PreparedLoad(plan.settings, predicted, speed, refused)


class ComparisonRun:
    """Carries out a comparison. All of it runs on the event loop; `on_change` is told of everything new."""

    def __init__(
        self,
        models: Sequence[Model],
        cases: Sequence[PromptCase],
        host: ModelHost,
        prepare: Prepare,
        *,
        on_change: Callable[[], None] = lambda: None,
        on_measured: Measured = lambda _side, _metrics: None,
        on_event: Callable[[ReplyEvent | None], None] = lambda _event: None,
    ) -> None:
        """`on_event` hears what the engine says of each answer, after a None that begins one."""
        self._host = host
        self._prepare = prepare
        self._on_change = on_change
        self._on_measured = on_measured
        self._on_event = on_event
        self._stopping = False
        self.comparison = new_comparison(models, cases)
        """As far as it has come."""
        self.step = ComparisonStep("preparing")
        """What it is doing now."""

    @property
    def stopping(self) -> bool:
        """True from the moment that somebody wants it to end."""
        return self._stopping

    def stop(self) -> None:
        """End it soon; what has come is kept."""
        self._stopping = True
        self._host.stop()

    async def run(self) -> Comparison:
        """Do all of it. No model is loaded when this returns, nor when it is cancelled."""
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
        self._tell(ComparisonStep("ended"))
        return self.comparison

    async def _run_side(self, index: int) -> None:
        self._tell(ComparisonStep("preparing", index))
        model = self.comparison.sides[index].model
        plan = await self._prepare(model)
        self._change_side(index, prepared=plan)
        if plan.refused is not None:
            self._fail_side(index, plan.refused)
            return
        if self._stopping:
            return
        self._tell(ComparisonStep("loading", index))
        try:
            loaded = await self._host.load(
                model,
                plan.settings,
                lambda fraction, _left: self._tell(ComparisonStep("loading", index, fraction=fraction)),
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
        """Let the model answer a case; returns what went wrong, if something did."""
        case = self.comparison.cases[number]
        cell = AnswerCell("answering")
        self._change_cell(index, number, cell)
        self._tell(ComparisonStep("answering", index, number))
        self._on_event(None)
        question = ChatMessage("user", case.prompt)
        reply = self._host.answer(AnswerRequest((question,), case.sampling, json_schema=case.json_schema))
        async with aclosing(reply) as events:
            async for event in events:
                self._on_event(event)
                match event:
                    case Text():
                        cell = _longer(cell, event)
                    case Finished():
                        cell = _finished(cell, case, event)
                        self._on_measured(self.comparison.sides[index], event.metrics)
                    case Failed():
                        cell = msgspec.structs.replace(cell, state="failed", failure=event)
                    case _:
                        continue
                self._change_cell(index, number, cell)
                self._on_change()
        return cell.failure

    def _give_up(self, index: int, failed: Failed) -> None:
        """The engine is gone: what it has not answered stays so, and is told why."""
        why = Failed(0, failed.kind, reason("chat.not_asked_engine_ended"), failed.reason)
        for number, cell in enumerate(self.comparison.sides[index].cells):
            if cell.state == "waiting":
                self._change_cell(index, number, AnswerCell("failed", failure=why))
        self._on_change()

    def _fail_side(self, index: int, failed: Failed) -> None:
        cells = tuple(AnswerCell("failed", failure=failed) for _case in self.comparison.cases)
        self._change_side(index, failure=failed, cells=cells)
        self._on_change()

    def _end(self, how: Literal["done", "stopped"]) -> None:
        self.comparison = msgspec.structs.replace(self.comparison, ended=how)

    def _change_side(self, index: int, **changes: object) -> None:
        side = msgspec.structs.replace(self.comparison.sides[index], **changes)
        self.comparison = with_side(self.comparison, index, side)

    def _change_cell(self, index: int, number: int, cell: AnswerCell) -> None:
        self.comparison = with_cell(self.comparison, index, number, cell)

    def _tell(self, step: ComparisonStep) -> None:
        self.step = step
        self._on_change()


def _longer(cell: AnswerCell, event: Text) -> AnswerCell:
    if event.thinking:
        return msgspec.structs.replace(cell, thinking=cell.thinking + event.text, tokens=event.tokens)
    return msgspec.structs.replace(cell, text=cell.text + event.text, tokens=event.tokens)


def _finished(cell: AnswerCell, case: PromptCase, event: Finished) -> AnswerCell:
    outcome = None
    if case.task is not None and event.reason != "stopped":
        cut_off_at = None if event.reason == "end" else event.metrics.generated_tokens
        outcome = check_answer(case.task, cell.text, thinking=cell.thinking, cut_off_at=cut_off_at)
    return msgspec.structs.replace(
        cell,
        state="done",
        tokens=event.metrics.generated_tokens,
        finish=event.reason,
        metrics=event.metrics,
        check_result=outcome,
    )
