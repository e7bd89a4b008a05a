"""Results of tasks: every answer of a model with its checks, and the score of a model."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from tui.chat.comparing.checks import Mark
from tui.chat.comparing.comparison import PreparedLoad
from tui.chat.trials.checking import CheckOutcome, joined_mark
from tui.chat.trials.task import TaskSet
from tui.chat.trials.tool_calls import ReadCall
from tui.engine.protocol import Failed, Loaded
from tui.engine.reply_metrics import FinishReason, ReplyMetrics
from tui.models.model import Model, Use


class TurnAnswer(msgspec.Struct, frozen=True):
    """Answer of a model to one turn of a task."""

    turn: int
    """Number of the turn, from 0."""
    text: str
    """The answer without its thinking."""
    raw: str = ""
    """The answer with all marks; empty where it is the text."""
    thinking: str = ""
    finish: FinishReason | None = None
    metrics: ReplyMetrics | None = None
    calls: tuple[ReadCall, ...] = ()
    outcomes: tuple[CheckOutcome, ...] = ()
    """Result of each check of the turn, in their order."""
    tool_form: Literal["template", "text"] | None = None
    """Form in which the tools were described to the model."""

    @property
    def display_text(self) -> str:
        """Text for people: with the marks of its calls where it has any."""
        is_call = bool(self.calls) or not self.text.strip()
        return (self.raw if is_call and self.raw else self.text).strip()


class TrialResult(msgspec.Struct, frozen=True):
    """Answers of a model to a task with one seed."""

    task: str
    seed: int
    answers: tuple[TurnAnswer, ...] = ()
    failure: Failed | None = None
    """Failure of the engine because of which answers are missing."""
    missing: CheckOutcome | None = None
    """Reason why the last turns could not be asked, by a mistake of the model; None where all were."""
    was_kept: bool = False
    """True for a result of an earlier run."""

    @property
    def outcomes(self) -> tuple[CheckOutcome, ...]:
        """Results of all of its checks."""
        checked = tuple(outcome for answer in self.answers for outcome in answer.outcomes)
        return (*checked, self.missing) if self.missing is not None else checked

    @property
    def mark(self) -> Mark:
        """Mark of the whole task; an engine that failed failed the task."""
        return "fail" if self.failure is not None else joined_mark(self.outcomes)


class Score(msgspec.Struct, frozen=True):
    """Count of trials by their marks."""

    passed: int = 0
    failed: int = 0
    to_look_at: int = 0

    @property
    def total(self) -> int:
        """Number of trials."""
        return self.passed + self.failed + self.to_look_at

    @property
    def share(self) -> float:
        """Share of the trials that passed, 0 to 1; 0 without trials."""
        return self.passed / self.total if self.total else 0.0


def count_results(results: Iterable[TrialResult]) -> Score:
    """Return the score of results."""
    marks = [result.mark for result in results]
    return Score(marks.count("pass"), marks.count("fail"), marks.count("look"))


class ModelTrials(msgspec.Struct, frozen=True):
    """One model with its results."""

    model: Model
    label: str
    results: tuple[TrialResult, ...] = ()
    """Those that have ended, in their order."""
    prepared: PreparedLoad | None = None
    loaded: Loaded | None = None
    failure: Failed | None = None
    """Reason why it could not be loaded, or did not load again after its engine had ended."""

    @property
    def score(self) -> Score:
        """Score over all tasks."""
        return count_results(self.results)

    def of_task(self, task: str) -> tuple[TrialResult, ...]:
        """Return the results of a task, one for each seed."""
        return tuple(result for result in self.results if result.task == task)

    def of_use(self, tasks: TaskSet, use: Use) -> Score:
        """Return the score over the tasks that measure something."""
        names = {task.name for task in tasks.tasks if task.use == use}
        return count_results(result for result in self.results if result.task in names)

    @property
    def tokens_per_second(self) -> float | None:
        """Middle speed of its answers; None for none."""
        rates = sorted(
            rate
            for result in self.results
            for answer in result.answers
            if answer.metrics and (rate := answer.metrics.generation_tps)
        )
        return rates[len(rates) // 2] if rates else None


class TrialBoard(msgspec.Struct, frozen=True):
    """Tasks, and the results of each model so far."""

    tasks: TaskSet
    sides: tuple[ModelTrials, ...]
    ended: Literal["running", "done", "stopped"] = "running"


class RankedModel(msgspec.Struct, frozen=True):
    """A model at its place."""

    place: int | None
    """1 for the best; equal scores share a place. None for a model without results."""
    side: ModelTrials
    is_complete: bool
    """True when every trial has ended."""


def rank_models(board: TrialBoard) -> tuple[RankedModel, ...]:
    """Return the models by the share of trials that passed, the best first.

    A model with fewer trials than others is ranked by those of the whole set, so that what is missing counts
    as not passed.
    """
    total = len(board.tasks.trials)
    order = sorted(board.sides, key=lambda side: (not side.results, -side.score.passed))
    ranked: list[RankedModel] = []
    for number, side in enumerate(order, 1):
        place: int | None = number if side.results else None
        previous = ranked[-1] if ranked else None
        if place and previous and previous.side.score.passed == side.score.passed:
            place = previous.place
        ranked.append(RankedModel(place, side, side.score.total == total))
    return tuple(ranked)


def differing_trials(first: ModelTrials, second: ModelTrials) -> tuple[int, int]:
    """Return how many trials the first model alone passed, and how many the second alone."""
    marks = {(result.task, result.seed): result.mark == "pass" for result in second.results}
    alone = [0, 0]
    for result in first.results:
        key = (result.task, result.seed)
        passed = result.mark == "pass"
        if key in marks and passed != marks[key]:
            alone[0 if passed else 1] += 1
    return alone[0], alone[1]


def may_be_chance(alone: Sequence[int]) -> bool:
    """Return True if two equal models would differ so much in more than one of ten comparisons.

    It is the two-sided sign test over the trials that only one of them passed.
    """
    count, fewer = sum(alone), min(alone)
    if count == 0:
        return True
    ways = 1
    tail = 0
    for number in range(fewer + 1):
        tail += ways
        ways = ways * (count - number) // (number + 1)
    return min(1.0, 2 * tail / 2**count) > 0.1
