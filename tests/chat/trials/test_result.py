"""Results of tasks: marks, scores and places."""

import msgspec
import pytest

from tests.chat.scripted_comparison import died, metrics, model
from tui.chat.comparing.checks import Mark
from tui.chat.trials.checking import CheckOutcome
from tui.chat.trials.result import (
    ModelTrials,
    Score,
    TrialBoard,
    TrialResult,
    TurnAnswer,
    count_results,
    differing_trials,
    may_be_chance,
    rank_models,
)
from tui.chat.trials.task import TaskSet, TaskTurn, TrialTask
from tui.chat.trials.tool_calls import ReadCall
from tui.sentences import reason

TASKS = TaskSet(
    "A",
    (
        TrialTask("one", (TaskTurn("prompt", "?"),), use="chat", seeds=(1, 2)),
        TrialTask("two", (TaskTurn("prompt", "?"),), use="code"),
    ),
)
WHY = reason("trials.text_equal")


def result(task: str, seed: int, *marks: Mark) -> TrialResult:
    outcomes = tuple(CheckOutcome(mark, WHY) for mark in marks)
    return TrialResult(task, seed, (TurnAnswer(0, "x", metrics=metrics(), outcomes=outcomes),))


def side(name: str, *marks: Mark) -> ModelTrials:
    trials = zip((("one", 1), ("one", 2), ("two", 1)), marks, strict=False)
    return ModelTrials(model(name), name, tuple(result(*key, mark) for key, mark in trials))


def test_a_task_fails_with_one_check_or_with_its_engine() -> None:
    assert result("one", 1, "pass", "fail").mark == "fail"
    assert result("one", 1, "pass", "look").mark == "look"
    assert TrialResult("one", 1, failure=died()).mark == "fail"
    skipped = msgspec.structs.replace(result("one", 1, "pass"), missing=CheckOutcome("fail", WHY))
    assert skipped.mark == "fail"
    results = (result("one", 1, "pass"), result("one", 2, "look"), TrialResult("two", 1, failure=died()))
    score = count_results(results)
    assert score == Score(1, 1, 1)
    assert score.share == pytest.approx(1 / 3)


def test_models_are_ranked_by_what_passed_and_equals_share_a_place() -> None:
    sides = (
        side("C", "pass"),
        side("A", "pass", "fail", "pass"),
        side("B", "pass", "pass", "fail"),
        side("D"),
    )
    ranked = rank_models(TrialBoard(TASKS, sides))
    assert [(item.side.label, item.place, item.is_complete) for item in ranked] == [
        ("A", 1, True),
        ("B", 1, True),
        ("C", 3, False),
        ("D", None, False),
    ]
    assert sides[1].of_use(TASKS, "chat") == Score(1, 1, 0)
    assert sides[1].tokens_per_second == 10


def test_a_difference_counts_only_the_trials_that_one_of_two_passed() -> None:
    first, second = side("A", "pass", "pass", "fail"), side("B", "pass", "fail", "pass")
    assert differing_trials(first, second) == (1, 1)
    assert may_be_chance((4, 0))
    assert not may_be_chance((5, 0))
    assert may_be_chance((0, 0))
    assert may_be_chance((9, 5))
    assert not may_be_chance((20, 5))


def test_a_call_is_displayed_with_its_marks_and_words_without() -> None:
    call = TurnAnswer(0, "", raw="<tool_call>x", calls=(ReadCall("x", {}),))
    assert call.display_text == "<tool_call>x"
    assert TurnAnswer(0, "Hi", raw="Hi<|im_end|>").display_text == "Hi"


def test_results_are_the_same_after_they_were_written_and_read() -> None:
    for trial in (result("one", 1, "pass"), TrialResult("two", 1, failure=died())):
        assert msgspec.json.decode(msgspec.json.encode(trial), type=TrialResult) == trial
