"""A run of tasks as Markdown."""

from tests.chat.scripted_comparison import died, model
from tui.chat.trials.checking import CheckOutcome
from tui.chat.trials.result import ModelTrials, TrialBoard, TrialResult, TurnAnswer
from tui.chat.trials.task import TaskSet, TaskTurn, TrialTask
from tui.sentences import reason
from tui.services.trials.markdown import trials_to_markdown

TASK = TrialTask("a *b*", (TaskTurn("prompt", "Say ``` please."),), system="Be brief.", seeds=(1, 2))
WRONG = CheckOutcome("fail", reason("trials.text_other", texts='"please"'))


def test_every_answer_stands_with_its_checks_and_marks_nothing_up() -> None:
    answer = TurnAnswer(0, "# No\n```\nrm", outcomes=(WRONG,))
    results = (TrialResult("a *b*", 1, (answer,)), TrialResult("a *b*", 2, failure=died()))
    board = TrialBoard(TaskSet("mine", (TASK,)), (ModelTrials(model("One"), "One Q4", results),), "done")
    document = trials_to_markdown(board)
    assert document.startswith("# mine: 1 task, 2 trials a model\n")
    assert "| 1 | One Q4 | 0 of 2 |" in document
    assert '| a \\*b\\* |  | One Q4 | 0 of 2 | fail: it is not "please" |' in document
    assert (
        "## a \\*b\\*\n\nSystem prompt:\n\n```text\nBe brief.\n```\n\n````text\nSay ``` please.\n````"
        in document
    )
    assert '- fail: it is not "please"\n\n````text\n# No\n```\nrm\n````' in document
    assert "seed 2 · fail\n\nThe engine's process ended. Load it again." in document
