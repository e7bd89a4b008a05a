"""Lines of the screen of tasks: its head, the ranking, each task with its scores, and the answers to one."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from tui.chat.comparing.checks import Mark
from tui.chat.trials.result import ModelTrials, TrialBoard, TrialResult
from tui.chat.trials.task import TrialTask
from tui.i18n import _
from tui.services.trials.run import TrialRun
from tui.services.trials.words import (
    board_title,
    chance_note,
    check_lines,
    kept_note,
    missing_text,
    ranking_rows,
    result_title,
    trial_step_text,
)
from tui.text import clean, clean_line
from tui.ui.compare.lines import MARKS
from tui.ui.kit.cells import end_cut, middle_cut, pad
from tui.ui.kit.notice_line import progress_bar
from tui.units import format_duration

_BAR = 12
_GAP = 2
_NAME_COLUMN = 1
"""Column of the ranking that gives way where there is little room."""
_LEAST_NAME = 12


def trials_head(board: TrialBoard, run: TrialRun | None) -> Content:
    """Return the step under way with its progress and the time left; without a run, what has come of it."""
    if run is None:
        return Content.styled(" · ".join([board_title(board), _end_text(board)]), "bold")
    text = trial_step_text(board, run.step)
    if seconds := run.seconds_left:
        text += ", " + _("about {time} left").format(time=format_duration(seconds))
    return Content.assemble((progress_bar(fraction_done(board), _BAR) + " ", "$accent"), clean_line(text))


def fraction_done(board: TrialBoard) -> float:
    """Return the share of all trials of all models that have ended, 0 to 1."""
    total = len(board.tasks.trials) * len(board.sides)
    return sum(len(side.results) for side in board.sides) / total if total else 0.0


def _end_text(board: TrialBoard) -> str:
    if board.ended == "stopped":
        return _("stopped: the next start goes on from here")
    return _("done")


def trials_notes(board: TrialBoard) -> str:
    """Return how sure the first place is, and how many results are of an earlier run; empty for neither."""
    return " ".join(note for note in (chance_note(board), kept_note(board)) if note)


def ranking_lines(board: TrialBoard, width: int) -> list[Content]:
    """Return the ranking in lines of so many cells, its header first."""
    rows = [[clean_line(cell) for cell in row] for row in ranking_rows(board)]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    if excess > 0:
        widths[_NAME_COLUMN] = max(_LEAST_NAME, widths[_NAME_COLUMN] - excess)
    lines: list[Content] = []
    for number, row in enumerate(rows):
        cells = [pad(middle_cut(cell, room), room) for cell, room in zip(row, widths, strict=True)]
        line = end_cut((" " * _GAP).join(cells).rstrip(), width)
        lines.append(Content.styled(line, "$dim" if number == 0 else ""))
    return lines


def task_line(board: TrialBoard, task: TrialTask, width: int) -> Content:
    """Return a task with the score of each model, in the order in which they are asked."""
    pieces: list[Content] = []
    for side in board.sides:
        results = side.of_task(task.name)
        passed = sum(result.mark == "pass" for result in results)
        score = f"{passed}/{len(results)}" if results else "·"
        pieces.append(Content.styled(f" {score:>5}", _score_color(passed, len(results))))
    scores = Content.assemble(*pieces)
    room = max(_LEAST_NAME, width - scores.cell_length)
    return Content.assemble(pad(middle_cut(clean_line(task.name), room), room), scores)


def _score_color(passed: int, total: int) -> str:
    if not total:
        return "$dim"
    mark: Mark = "pass" if passed == total else "look" if passed else "fail"
    return MARKS[mark].role


def answer_text(board: TrialBoard, task: TrialTask) -> Content:
    """Return every answer to a task, model by model, each with the results of its checks."""
    lines = [Content.styled(clean_line(turn.text), "$dim") for turn in task.turns if turn.kind == "prompt"]
    for side in board.sides:
        for result in side.of_task(task.name):
            lines += ["", *_result_lines(task, side, result)]
    return Content("\n").join(Content(line) if isinstance(line, str) else line for line in lines)


def _result_lines(task: TrialTask, side: ModelTrials, result: TrialResult) -> Sequence[Content]:
    lines = [Content.styled(clean_line(result_title(task, side, result)), f"bold {MARKS[result.mark].role}")]
    for answer in result.answers:
        if text := clean(answer.display_text):
            lines.append(Content(text))
        outcomes = zip(answer.outcomes, check_lines(answer), strict=True)
        lines += [Content.styled(clean_line(line), MARKS[outcome.mark].role) for outcome, line in outcomes]
    if missing := missing_text(result):
        lines.append(Content.styled(clean_line(missing), MARKS["fail"].role))
    return lines
