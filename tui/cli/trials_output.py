"""Runs of tasks as `llmtui compare --tasks FILE` prints them: a ranking with every answer, and JSON."""

from collections.abc import Sequence
from typing import Any

from tui.chat.trials.result import ModelTrials, RankedModel, TrialBoard, TrialResult, TurnAnswer, rank_models
from tui.chat.trials.task import TrialTask
from tui.cli.output import print_line, print_table, print_wrapped
from tui.models.model import USES
from tui.sentences import Reason, reason
from tui.services.sentences import json_fields, sentences
from tui.services.trials.words import (
    board_title,
    chance_note,
    check_lines,
    kept_note,
    missing_text,
    ranking_rows,
    result_title,
    task_rows,
)

_RIGHT = frozenset({0, 3})
"""Columns of figures in the ranking."""


def print_trials(board: TrialBoard) -> None:
    """Print the ranking, the tasks, and then every answer with its checks."""
    print_line(board_title(board))
    print_line()
    print_table(ranking_rows(board), _RIGHT)
    for note in (chance_note(board), kept_note(board)):
        if note:
            print_wrapped(note)
    print_line()
    print_table(task_rows(board))
    for task in board.tasks.tasks:
        for side in board.sides:
            for result in side.of_task(task.name):
                _print_result(task, side, result)


def _print_result(task: TrialTask, side: ModelTrials, result: TrialResult) -> None:
    print_line(f"\n== {result_title(task, side, result)}")
    for answer in result.answers:
        if text := answer.display_text:
            print_line(text)
        for line in check_lines(answer):
            print_line(f"-- {line}")
    if missing := missing_text(result):
        print_line(f"-- {missing}")


def trials_json(board: TrialBoard) -> dict[str, Any]:
    """Return the run under the keys that scripts rely on."""
    tasks = board.tasks
    ranked = {item.side.label: item for item in rank_models(board)}
    return {
        "task_set": {"name": tasks.name, "hash": tasks.digest, "built_in": tasks.is_built_in},
        "tasks": [_task_json(task) for task in tasks.tasks],
        "models": [_side_json(board, side, ranked[side.label]) for side in board.sides],
        "stopped": board.ended == "stopped",
    }


def _task_json(task: TrialTask) -> dict[str, Any]:
    return {
        "name": task.name,
        "for": task.use,
        **_unknown("for", task.use, (reason("services.trials_no_use"),)),
        "prompts": [turn.text for turn in task.turns if turn.kind == "prompt"],
        "seeds": list(task.seeds),
        "temperature": task.sampling(task.seeds[0]).temperature,
        "max_tokens": task.max_tokens,
    }


def _side_json(board: TrialBoard, side: ModelTrials, ranked: RankedModel) -> dict[str, Any]:
    score = side.score
    missing = side.failure.reasons if side.failure else (reason("services.not_its_turn"),)
    return {
        "model": side.label,
        "path": str(side.model.path) if side.model.path else None,
        **_unknown("path", side.model.path, (reason("services.not_on_disk", model=side.model.label),)),
        "place": ranked.place,
        **_unknown("place", ranked.place, missing),
        "passed": score.passed,
        "failed": score.failed,
        "to_look_at": score.to_look_at,
        "trials": len(board.tasks.trials),
        "complete": ranked.is_complete,
        "uses": [
            {"for": use, "passed": of_use.passed, "total": of_use.total}
            for use in USES
            if (of_use := side.of_use(board.tasks, use)).total
        ],
        "generation_tps": side.tokens_per_second,
        **_unknown("generation_tps", side.tokens_per_second, missing),
        "failure": sentences(side.failure.reasons) if side.failure else "",
        "failure_code": side.failure.reason.code if side.failure else None,
        "results": [_result_json(result) for result in side.results],
    }


def _result_json(result: TrialResult) -> dict[str, Any]:
    return {
        "task": result.task,
        "seed": result.seed,
        "check": result.mark,
        "kept": result.was_kept,
        "failure": missing_text(result),
        "failure_code": result.failure.reason.code if result.failure else None,
        "answers": [_answer_json(answer) for answer in result.answers],
    }


def _answer_json(answer: TurnAnswer) -> dict[str, Any]:
    metrics = answer.metrics
    not_told = (reason("services.place_not_told"),)
    speed = metrics.generation_tps if metrics else None
    return {
        "turn": answer.turn + 1,
        "text": answer.text,
        "raw": answer.raw or answer.text,
        "thinking": answer.thinking,
        "finish_reason": answer.finish,
        **_unknown("finish_reason", answer.finish, not_told),
        "tool_form": answer.tool_form,
        **_unknown("tool_form", answer.tool_form, (reason("services.trials_no_tools"),)),
        "calls": [{"name": call.name, "arguments": call.arguments} for call in answer.calls],
        "checks": [
            {"check": outcome.mark, **json_fields("reason", outcome.reason)} for outcome in answer.outcomes
        ],
        "generated_tokens": metrics.generated_tokens if metrics else None,
        **_unknown("generated_tokens", metrics, not_told),
        "generation_tps": speed,
        **_unknown("generation_tps", speed, (reason("services.too_few_tokens"),)),
    }


def _unknown(key: str, value: object, why: Sequence[Reason]) -> dict[str, str | None]:
    """Return the fields that say why a value is not known; empty ones where it is."""
    is_known = value is not None
    return {
        f"{key}_reason": None if is_known else sentences(why),
        f"{key}_reason_code": None if is_known else why[0].code,
    }
