"""Words of a run of tasks."""

from pathlib import Path

from tests.chat.scripted_comparison import died, model, ready
from tests.services.trials.scripted_trials import TrialHost, never_calls, open_store
from tui.chat.trials.checking import CheckOutcome
from tui.chat.trials.result import ModelTrials, Score, TrialBoard, TrialResult, TurnAnswer
from tui.chat.trials.task import TaskSet, TaskTurn, TrialTask
from tui.sentences import reason
from tui.services.trials.run import TrialRun, TrialStep
from tui.services.trials.words import (
    board_title,
    chance_note,
    kept_note,
    missing_text,
    ranking_rows,
    result_title,
    task_rows,
    trial_score_text,
    trial_step_text,
)

EGGS = TrialTask("eggs", (TaskTurn("prompt", "?"),), use="reasoning", seeds=tuple(range(1, 6)))
POEM = TrialTask("poem", (TaskTurn("prompt", "?"),), use="draft")
TASKS = TaskSet("mine", (EGGS, POEM))
RIGHT = CheckOutcome("pass", reason("trials.text_equal"))
WRONG = CheckOutcome("fail", reason("trials.no_call", count=1))


def result(task: str, seed: int, outcome: CheckOutcome, *, was_kept: bool = False) -> TrialResult:
    return TrialResult(task, seed, (TurnAnswer(0, "x", outcomes=(outcome,)),), was_kept=was_kept)


GOOD = ModelTrials(
    model("Good"), "Good Q4", (*(result("eggs", n, RIGHT) for n in EGGS.seeds), result("poem", 1, WRONG))
)
BAD = ModelTrials(
    model("Bad"),
    "Bad Q4",
    (*(result("eggs", n, WRONG, was_kept=True) for n in EGGS.seeds), result("poem", 1, WRONG)),
)
REFUSED = ModelTrials(model("Huge"), "Huge Q4", failure=died())
BOARD = TrialBoard(TASKS, (BAD, GOOD, REFUSED))


def test_the_ranking_has_places_scores_and_reasons() -> None:
    header, *rows = ranking_rows(BOARD)
    assert header == ["", "model", "passed", "tok/s", "write", "reasoning", ""]
    assert rows == [
        ["1", "Good Q4", "5 of 6", "n/a", "0 of 1", "5 of 5", ""],
        ["2", "Bad Q4", "0 of 6", "n/a", "0 of 1", "0 of 5", ""],
        ["", "Huge Q4", "n/a", "n/a", "n/a", "n/a", "The engine's process ended. Load it again."],
    ]


def test_a_difference_is_called_chance_where_it_may_be() -> None:
    assert chance_note(BOARD).startswith("Good Q4 passed 5 that Bad Q4 did not")
    assert chance_note(BOARD).endswith("that is hardly chance.")
    assert chance_note(TrialBoard(TASKS, (GOOD, GOOD))).endswith("so small a difference can be chance.")
    assert chance_note(TrialBoard(TASKS, (GOOD, REFUSED))) == ""


def test_tasks_have_the_first_reason_why_not_all_of_it_passed() -> None:
    rows = task_rows(BOARD)
    assert rows[1] == ["eggs", "reasoning", "Bad Q4", "0 of 5", "fail: it calls no tool"]
    assert rows[2] == ["eggs", "reasoning", "Good Q4", "5 of 5", ""]
    assert rows[3][3] == "n/a"


def test_model_and_task_count_the_trials_that_ended() -> None:
    # GIVEN a run that was stopped after two of the five trials of a task
    side = ModelTrials(model("Slow"), "Slow Q4", (result("eggs", 1, RIGHT), result("eggs", 2, WRONG)))
    board = TrialBoard(TASKS, (side,), "stopped")
    # THEN what was not asked is in no count, and the ranking says that there is more
    assert ranking_rows(board)[1] == ["1", "Slow Q4", "1 of 2", "n/a", "n/a", "1 of 2", "not complete"]
    assert [row[3] for row in task_rows(board)[1:]] == ["1 of 2", "n/a"]


def test_titles_scores_and_kept_results_are_told() -> None:
    assert board_title(BOARD) == "mine: 2 tasks, 6 trials a model"
    assert board_title(TrialBoard(TaskSet("mine", (POEM,)), ())) == "mine: 1 task"
    assert trial_score_text(Score(18, 1, 1)) == "18 of 20, 1 to look at"
    assert kept_note(BOARD).startswith("5 results are kept from an earlier run")
    assert kept_note(TrialBoard(TASKS, (GOOD,))) == ""
    assert result_title(EGGS, BAD, BAD.results[1]) == "eggs · Bad Q4 · seed 2 · fail · kept"
    assert result_title(POEM, GOOD, GOOD.results[-1]) == "poem · Good Q4 · fail"
    assert missing_text(TrialResult("eggs", 1, missing=WRONG)) == "fail: it calls no tool"
    assert missing_text(TrialResult("eggs", 1, failure=died())).startswith("The engine's process ended.")


def test_the_step_of_a_run_names_the_trial(tmp_path: Path) -> None:
    run = TrialRun((model("One"), model("Two")), TASKS, TrialHost(never_calls), ready, open_store(tmp_path))
    assert trial_step_text(run.board, TrialStep("preparing", 1)) == "Sizing Two Q4_1 (2 of 2)"
    assert trial_step_text(run.board, TrialStep("answering", 0, 4)) == "One Q4_1: eggs, seed 5 (5 of 6)"
    assert trial_step_text(run.board, TrialStep("ended")) == "Done"
