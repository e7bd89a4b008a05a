"""Words of a run of tasks for every front end: its step, its scores, its ranking, the checks of an answer."""

from collections.abc import Iterable

from tui.chat.trials.result import (
    ModelTrials,
    Score,
    TrialBoard,
    TrialResult,
    TurnAnswer,
    differing_trials,
    may_be_chance,
    rank_models,
)
from tui.chat.trials.task import TrialTask
from tui.i18n import _, ngettext
from tui.models.model import USES, Use
from tui.services.comparing.words import mark_word
from tui.services.model_columns import use_word
from tui.services.sentences import sentence, sentences
from tui.services.trials.run import TrialStep
from tui.units import UNKNOWN, format_rate


def trial_step_text(board: TrialBoard, step: TrialStep) -> str:
    """Return the step of a run: `X: two-calls-en, seed 2 (17 of 36)`."""
    side = board.sides[step.side]
    place = _("{number} of {total}").format(number=step.side + 1, total=len(board.sides))
    match step.phase:
        case "preparing":
            return _("Sizing {model} ({place})").format(model=side.label, place=place)
        case "loading":
            return _("Loading {model} ({place})").format(model=side.label, place=place)
        case "answering":
            task, seed = board.tasks.trials[step.number]
            number = _("{number} of {total}").format(number=step.number + 1, total=len(board.tasks.trials))
            return _("{model}: {task}, seed {seed} ({place})").format(
                model=side.label, task=task.name, seed=seed, place=number
            )
        case "ended":
            return _("Stopped") if board.ended == "stopped" else _("Done")


def board_title(board: TrialBoard) -> str:
    """Return the size of a run: `tool-calls: 12 tasks, 36 trials each`."""
    tasks, trials = len(board.tasks.tasks), len(board.tasks.trials)
    size = ngettext("{count} task", "{count} tasks", tasks).format(count=tasks)
    if trials == tasks:
        return f"{board.tasks.name}: {size}"
    size_of_each = ngettext("{count} trial a model", "{count} trials a model", trials).format(count=trials)
    return f"{board.tasks.name}: {size}, {size_of_each}"


def trial_score_text(score: Score) -> str:
    """Return `18 of 20`, with the number of those that only a reader can judge."""
    if not score.total:
        return UNKNOWN
    text = _("{passed} of {total}").format(passed=score.passed, total=score.total)
    if score.to_look_at:
        text = _("{score}, {count} to look at").format(score=text, count=score.to_look_at)
    return text


def ranking_rows(board: TrialBoard) -> list[list[str]]:
    """Return the ranking as rows of texts, its header first."""
    uses: list[Use] = [use for use in USES if any(task.use == use for task in board.tasks.tasks)]
    columns = uses if len(uses) > 1 else []
    rows = [["", _("model"), _("passed"), _("tok/s"), *map(use_word, columns), ""]]
    for ranked in rank_models(board):
        side = ranked.side
        remark = "" if ranked.is_complete else _("not complete")
        if side.failure is not None:
            remark = sentences(side.failure.reasons)
        rows.append(
            [
                str(ranked.place or ""),
                side.label,
                trial_score_text(side.score),
                format_rate(side.tokens_per_second).removesuffix(" tok/s"),
                *(trial_score_text(side.of_use(board.tasks, use)) for use in columns),
                remark,
            ]
        )
    return rows


def chance_note(board: TrialBoard) -> str:
    """Return how sure the first place is; empty for fewer than two models with results."""
    ranked = [item.side for item in rank_models(board) if item.side.results]
    if len(ranked) < 2:
        return ""
    first, second = ranked[:2]
    alone = differing_trials(first, second)
    facts = {"first": first.label, "second": second.label, "alone": alone[0], "other": alone[1]}
    if may_be_chance(alone):
        return _(
            "{first} passed {alone} that {second} did not, and the other way round {other}: so small a "
            "difference can be chance."
        ).format(**facts)
    return _(
        "{first} passed {alone} that {second} did not, and the other way round {other}: that is hardly "
        "chance."
    ).format(**facts)


def kept_note(board: TrialBoard) -> str:
    """Return how many results are of an earlier run; empty where none is."""
    count = sum(result.was_kept for side in board.sides for result in side.results)
    if not count:
        return ""
    return ngettext(
        "{count} result is kept from an earlier run and was not asked again (marked kept).",
        "{count} results are kept from an earlier run and were not asked again (marked kept).",
        count,
    ).format(count=count)


def task_rows(board: TrialBoard) -> list[list[str]]:
    """Return the score of each model in each task, with the first reason why not all of it passed."""
    rows = [[_("task"), _("for"), _("model"), _("passed"), _("why not")]]
    for task in board.tasks.tasks:
        for side in board.sides:
            results = side.of_task(task.name)
            passed = sum(result.mark == "pass" for result in results)
            score = _("{passed} of {total}").format(passed=passed, total=len(results)) if results else UNKNOWN
            rows.append(
                [task.name, use_word(task.use) if task.use else "", side.label, score, _first_reason(results)]
            )
    return rows


def _first_reason(results: Iterable[TrialResult]) -> str:
    for result in results:
        if result.failure is not None:
            return sentences(result.failure.reasons)
        for outcome in result.outcomes:
            if outcome.mark != "pass":
                return f"{mark_word(outcome.mark)}: {sentence(outcome.reason)}"
    return ""


def result_title(task: TrialTask, side: ModelTrials, result: TrialResult) -> str:
    """Return the heading of one result: `eggs · Qwen3-4B Q4_K_M · seed 2 · pass`."""
    parts = [task.name, side.label]
    if len(task.seeds) > 1:
        parts.append(_("seed {seed}").format(seed=result.seed))
    parts.append(mark_word(result.mark))
    if result.was_kept:
        parts.append(_("kept"))
    return " · ".join(parts)


def check_lines(answer: TurnAnswer) -> list[str]:
    """Return the results of the checks of an answer, a line each."""
    return [f"{mark_word(outcome.mark)}: {sentence(outcome.reason)}" for outcome in answer.outcomes]


def missing_text(result: TrialResult) -> str:
    """Return why answers are missing in a result; empty where none is."""
    if result.failure is not None:
        return sentences(result.failure.reasons)
    return f"{mark_word('fail')}: {sentence(result.missing.reason)}" if result.missing is not None else ""
