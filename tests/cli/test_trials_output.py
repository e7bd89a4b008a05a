"""Output of runs of tasks: JSON with a reason for everything that is not known."""

import pytest

from tests.chat.scripted_comparison import died, metrics, model
from tests.docs.json_keys import unexplained_nulls
from tui.chat.trials.checking import CheckOutcome
from tui.chat.trials.result import ModelTrials, TrialBoard, TrialResult, TurnAnswer
from tui.chat.trials.task import TaskSet, TaskTurn, TrialTask
from tui.cli.trials_output import print_trials, trials_json
from tui.sentences import reason

WRONG = CheckOutcome("fail", reason("trials.no_call", count=1))
TASK = TrialTask("a", (TaskTurn("prompt", "?"),), seeds=(1, 2, 3))
RESULTS = (
    TrialResult("a", 1, (TurnAnswer(0, "x", finish="end", metrics=metrics(), outcomes=(WRONG,)),)),
    TrialResult("a", 2, (TurnAnswer(0, ""),), missing=WRONG),
    TrialResult("a", 3, failure=died()),
)
BOARD = TrialBoard(
    TaskSet("mine", (TASK,)),
    (
        ModelTrials(model("One"), "One Q4", RESULTS),
        ModelTrials(model("Two"), "Two Q4", failure=died()),
        ModelTrials(model("Three"), "Three Q4"),
    ),
)


def test_each_null_of_a_run_that_went_wrong_has_its_reason() -> None:
    document = trials_json(BOARD)
    assert unexplained_nulls(document) == set()
    first, refused, waiting = document["models"]
    assert (first["passed"], first["failed"], first["trials"], first["complete"]) == (0, 3, 3, True)
    assert [result["failure"] for result in first["results"]] == [
        "",
        "fail: it calls no tool",
        "The engine's process ended. Load it again.",
    ]
    assert refused["place_reason"] == refused["failure"] == "The engine's process ended. Load it again."
    assert waiting["place_reason"] == "it was not its turn"


def test_every_answer_is_printed_with_its_checks(capsys: pytest.CaptureFixture[str]) -> None:
    print_trials(BOARD)
    out = capsys.readouterr().out
    assert "== a · One Q4 · seed 1 · fail\nx\n-- fail: it calls no tool\n" in out
    assert "== a · One Q4 · seed 3 · fail\n-- The engine's process ended. Load it again.\n" in out
