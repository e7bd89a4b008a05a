"""A comparison: models, and the answer of each to every prompt, or the reason why it is missing."""

import statistics
from collections.abc import Sequence
from typing import Literal

import msgspec

from tui.chat.comparing.checks import CheckResult, Mark
from tui.chat.comparing.tasks import SEED, Task
from tui.engine.options import LoadSettings, SamplingSettings
from tui.engine.protocol import Failed, Loaded
from tui.engine.reply_metrics import FinishReason, ReplyMetrics
from tui.models.model import Model
from tui.sentences import Reason, reason

OWN_PROMPT = "prompt"
"""Name of the case of the user's own prompt."""
ANSWER_TOKENS = 512
"""Longest answer to the user's own prompt, in tokens, unless the user sets another."""


class PromptCase(msgspec.Struct, frozen=True):
    """Prompt that every model gets."""

    name: str
    """Name of the task, or `OWN_PROMPT`."""
    title: Reason
    """`Summary, English`."""
    prompt: str
    sampling: SamplingSettings
    json_schema: str = ""
    task: Task | None = None
    """Task that checks the answer; None for the user's own prompt."""

    @property
    def brief(self) -> Reason:
        """Title in a few cells."""
        return self.task.brief if self.task else self.title

    @property
    def max_tokens(self) -> int:
        """Longest answer, in tokens."""
        return self.sampling.max_tokens or ANSWER_TOKENS


class PreparedLoad(msgspec.Struct, frozen=True):
    """Settings to load a model with, or the reason why it is not loaded."""

    settings: LoadSettings
    predicted_bytes: int | None = None
    """Peak of the engine's process; None when the model cannot be sized."""
    expected_tps: float | None = None
    """Tokens per second as expected before it has run; None for unknown."""
    refused: Failed | None = None
    """Reason why it is not loaded; None where it is."""
    possible_share: float = 1.0
    """Share of their time in which the engine's threads can run at most: less under a container's quota."""


State = Literal["waiting", "answering", "done", "failed"]


class AnswerCell(msgspec.Struct, frozen=True):
    """Answer of one model to one prompt."""

    state: State = "waiting"
    text: str = ""
    """The answer, as far as it has come; kept when the engine fails in the middle of it."""
    thinking: str = ""
    """Thinking of the model before the answer."""
    tokens: int = 0
    """Tokens generated so far."""
    finish: FinishReason | None = None
    """Reason of its end; None before the end, and after a failure."""
    metrics: ReplyMetrics | None = None
    check_result: CheckResult | None = None
    """Result of the check; None without a check, and for an answer that was stopped."""
    failure: Failed | None = None
    """Failure because of which the answer is missing or incomplete."""
    slowed_down: bool = False
    """True if other programs took the processor from it, so that its speeds are too low."""


class ModelSide(msgspec.Struct, frozen=True):
    """One model with its answers."""

    model: Model
    label: str
    """Name and quantization, with a number where several models have the same."""
    cells: tuple[AnswerCell, ...]
    """Its answer to each case."""
    prepared: PreparedLoad | None = None
    """None before its turn."""
    loaded: Loaded | None = None
    """None before it is loaded, and if it cannot be loaded."""
    failure: Failed | None = None
    """Failure of its load."""

    @property
    def device_bytes(self) -> int | None:
        """Bytes of a GPU's own buffers, by the engine's account; None where none are known."""
        footprint = self.loaded.footprint if self.loaded else None
        return (footprint.device_bytes or None) if footprint else None

    @property
    def tokens_per_second(self) -> float | None:
        """Median speed of its answers, of those that were not slowed down if there are any; None for none."""
        rates = self._rates(slowed_down=False) or self._rates(slowed_down=True)
        return statistics.median(rates) if rates else None

    @property
    def slowed_down(self) -> bool:
        """True if other programs slowed down every answer that has a speed."""
        return bool(self._rates(slowed_down=True)) and not self._rates(slowed_down=False)

    def _rates(self, *, slowed_down: bool) -> list[float]:
        metrics = [cell.metrics for cell in self.cells if cell.metrics and cell.slowed_down is slowed_down]
        return [rate for figures in metrics if (rate := figures.generation_tps)]


class Comparison(msgspec.Struct, frozen=True):
    """Models, prompts, and the answers so far."""

    cases: tuple[PromptCase, ...]
    sides: tuple[ModelSide, ...]
    ended: Literal["running", "done", "stopped"] = "running"

    @property
    def answered(self) -> bool:
        """True for at least one complete answer."""
        return any(cell.state == "done" for side in self.sides for cell in side.cells)


class ComparisonStep(msgspec.Struct, frozen=True):
    """Present step of a comparison."""

    phase: Literal["preparing", "loading", "answering", "ended"]
    side: int = 0
    case: int = 0
    fraction: float | None = None
    """Share of a load that is done, 0 to 1."""


def own_case(prompt: str, max_tokens: int | None = None) -> PromptCase:
    """Return the case of the user's own prompt, answered like a task: with the likeliest word every time."""
    sampling = SamplingSettings(temperature=0, seed=SEED, max_tokens=max_tokens or ANSWER_TOKENS)
    return PromptCase(OWN_PROMPT, reason("chat.own_prompt"), prompt, sampling)


def task_case(task: Task) -> PromptCase:
    """Return the case of a built-in task."""
    return PromptCase(task.name, task.title, task.prompt, task.sampling, task.json_schema, task)


def new_comparison(models: Sequence[Model], cases: Sequence[PromptCase]) -> Comparison:
    """Return a comparison without answers."""
    names = [model.label for model in models]
    labels = [
        name if names.count(name) == 1 else f"{name} ({names[: index + 1].count(name)})"
        for index, name in enumerate(names)
    ]
    waiting = tuple(AnswerCell() for _case in cases)
    sides = [ModelSide(model, label, waiting) for model, label in zip(models, labels, strict=True)]
    return Comparison(tuple(cases), tuple(sides))


def count_marks(side: ModelSide) -> dict[Mark, int]:
    """Count its answers that passed, that failed, and that the user has to look at."""
    counts: dict[Mark, int] = {"pass": 0, "fail": 0, "look": 0}
    for cell in side.cells:
        if cell.check_result is not None:
            counts[cell.check_result.mark] += 1
    return counts


def peak_bytes(side: ModelSide) -> int | None:
    """Return the largest size of its engine's process; None where the system does not tell it."""
    peaks = [cell.metrics.peak_bytes for cell in side.cells if cell.metrics and cell.metrics.peak_bytes]
    return max(peaks, default=None)


def no_answer_reasons(comparison: Comparison, side: ModelSide, cell: AnswerCell) -> tuple[Reason, ...]:
    """Return why a cell has no whole answer, and what to do.

    Empty while the answer may still come, and when it is there.
    """
    if cell.failure is not None:
        return cell.failure.reasons
    if cell.state == "waiting" and comparison.ended == "stopped":
        return (reason("chat.not_asked_stopped"),)
    if cell.state == "answering" and comparison.ended != "running":
        return (reason("chat.comparison_stopped"),)
    if cell.finish == "stopped":
        return (reason("chat.answer_stopped"),)
    return ()


def fraction_done(comparison: Comparison) -> float:
    """Return the share of answers that have come or will not come, 0 to 1."""
    cells = [cell for side in comparison.sides for cell in side.cells]
    ended = sum(cell.state in ("done", "failed") for cell in cells)
    return ended / len(cells) if cells else 1.0


def with_cell(comparison: Comparison, side: int, case: int, cell: AnswerCell) -> Comparison:
    """Return the comparison with another cell."""
    cells = comparison.sides[side].cells
    return with_side(
        comparison,
        side,
        msgspec.structs.replace(comparison.sides[side], cells=(*cells[:case], cell, *cells[case + 1 :])),
    )


def with_side(comparison: Comparison, index: int, side: ModelSide) -> Comparison:
    """Return the comparison with another side."""
    sides = comparison.sides
    return msgspec.structs.replace(comparison, sides=(*sides[:index], side, *sides[index + 1 :]))


def seconds_left(comparison: Comparison, step: ComparisonStep) -> float | None:
    """Return about how many seconds are left; None while a speed is unknown.

    Answers are expected to use the same share of their longest length as the complete ones. The speed of
    a model that has not run is estimated by its size from one that has.
    """
    if step.phase == "ended":
        return 0.0
    done = [
        (cell.tokens, case.max_tokens)
        for side in comparison.sides
        for cell, case in zip(side.cells, comparison.cases, strict=True)
        if cell.state == "done"
    ]
    allowed = sum(limit for _tokens, limit in done)
    share = sum(tokens for tokens, _limit in done) / allowed if allowed else 1.0
    total = 0.0
    for index in range(step.side, len(comparison.sides)):
        side = comparison.sides[index]
        tokens = sum(
            max(0.0, case.max_tokens * share - cell.tokens)
            for cell, case in zip(side.cells, comparison.cases, strict=True)
            if cell.state in ("waiting", "answering")
        )
        speed = _speed(comparison, index)
        if tokens and not speed:
            return None
        total += tokens / speed if speed else 0.0
        if side.loaded is None and tokens:
            total += _load_seconds(comparison, index)
    return total


def _speed(comparison: Comparison, index: int) -> float | None:
    side = comparison.sides[index]
    if side.tokens_per_second is not None:
        return side.tokens_per_second
    if side.prepared is not None and side.prepared.expected_tps:
        return side.prepared.expected_tps
    for measured in comparison.sides:
        if measured.tokens_per_second is not None and side.model.weights_bytes:
            return measured.tokens_per_second * measured.model.weights_bytes / side.model.weights_bytes
    return None


def _load_seconds(comparison: Comparison, index: int) -> float:
    """Return the seconds of a load, by the size of the models loaded before; 0 while none has been loaded."""
    size = comparison.sides[index].model.weights_bytes
    loaded = [side for side in comparison.sides if side.loaded is not None and side.model.weights_bytes]
    if not loaded or loaded[-1].loaded is None:
        return 0.0
    return loaded[-1].loaded.seconds * size / loaded[-1].model.weights_bytes
