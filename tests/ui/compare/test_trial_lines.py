"""Lines of a run of tasks: progress, ranking, scores by task, and answers."""

from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len

from tests.chat.scripted_comparison import ready
from tests.services.trials.scripted_trials import TrialHost, calls_wrongly, open_store, perfect
from tests.ui.compare.comparisons import ONE, TWO
from tui.chat.trials.result import TrialBoard
from tui.chat.trials.task_file import built_in_set, with_repeat
from tui.engine.options import AnswerRequest
from tui.services.trials.run import TrialRun
from tui.ui.compare.trial_lines import (
    answer_text,
    fraction_done,
    ranking_lines,
    task_line,
    trials_head,
    trials_notes,
)


@pytest.fixture
async def board(tmp_path: Path) -> TrialBoard:
    """A run in which One is perfect and Two is not."""

    def reply(name: str, request: AnswerRequest) -> str:
        return perfect(name, request) if name == "One" else calls_wrongly(name, request)

    store = open_store(tmp_path)
    tasks = with_repeat(built_in_set(), 1)
    board = await TrialRun((TWO, ONE), tasks, TrialHost(reply), ready, store).run()
    store.close()
    return board


async def test_the_ranking_fits_its_width_and_names_give_way(board: TrialBoard):
    for width in (40, 80, 120):
        lines = [line.plain for line in ranking_lines(board, width)]
        assert all(cell_len(line) <= width for line in lines)
        assert lines[1].split()[:2] == ["1", "One"]
        assert "12 of 12" in lines[1]
    assert "hardly chance" in trials_notes(board)


async def test_a_task_has_the_score_of_each_model_in_their_order(board: TrialBoard):
    line = task_line(board, board.tasks.tasks[0], 44)
    assert line.plain.split()[1:] == ["0/1", "1/1"]
    assert line.cell_length == 44
    waiting = msgspec.structs.replace(
        board, sides=tuple(msgspec.structs.replace(side, results=()) for side in board.sides)
    )
    assert task_line(waiting, board.tasks.tasks[0], 44).plain.split()[1:] == ["·", "·"]


async def test_answers_stand_with_their_checks(board: TrialBoard):
    text = answer_text(board, board.tasks.tasks[0]).plain
    assert board.tasks.tasks[0].turns[0].text in text
    assert "One Q4_1 · pass" in text
    assert "fail: " in text


async def test_the_head_says_how_far_it_is_and_what_has_come_of_it(board: TrialBoard, tmp_path: Path):
    assert trials_head(board, None).plain == "tool-calls: 12 tasks · done"
    stopped = msgspec.structs.replace(board, ended="stopped")
    assert "goes on from here" in trials_head(stopped, None).plain
    store = open_store(tmp_path, "another machine")
    run = TrialRun((ONE,), board.tasks, TrialHost(perfect), ready, store)
    store.close()
    assert "Sizing One Q4_1" in trials_head(run.board, run).plain
    assert (fraction_done(run.board), fraction_done(board)) == (0.0, 1.0)
