"""A run of tasks as a Markdown document: the ranking, the tasks, and every answer with its checks."""

import time
from pathlib import Path

from tui.chat.storage.document import write_new
from tui.chat.trials.result import ModelTrials, TrialBoard, TrialResult
from tui.chat.trials.task import TrialTask
from tui.i18n import _
from tui.services.comparing.markdown import code_block, markdown_table, plain_line
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
from tui.settings.app_folders import data_folder


def trials_to_markdown(board: TrialBoard) -> str:
    """Return the whole run; what models wrote stands in code blocks, which nothing in it can end."""
    parts = [f"# {plain_line(board_title(board))}", markdown_table(ranking_rows(board))]
    parts += [plain_line(note) for note in (chance_note(board), kept_note(board)) if note]
    parts.append(markdown_table(task_rows(board)))
    for task in board.tasks.tasks:
        parts.append(f"## {plain_line(task.name)}")
        parts += _task(task)
        for side in board.sides:
            for result in side.of_task(task.name):
                parts += _result(task, side, result)
    return "\n\n".join(parts) + "\n"


def save_trials(board: TrialBoard) -> Path:
    """Write a run of tasks as Markdown beside the comparisons in the user's data folder, and return its path.

    Raises:
        OSError: it cannot be written there.
    """
    folder = data_folder() / "comparisons"
    folder.mkdir(parents=True, exist_ok=True)
    return write_new(folder, time.strftime("tasks-%Y-%m-%d-%H%M"), "md", trials_to_markdown(board))


def _task(task: TrialTask) -> list[str]:
    parts: list[str] = []
    if task.system:
        parts += [_("System prompt:"), code_block(task.system)]
    parts += [code_block(turn.text) for turn in task.turns if turn.kind == "prompt"]
    return parts


def _result(task: TrialTask, side: ModelTrials, result: TrialResult) -> list[str]:
    parts = [f"### {plain_line(result_title(task, side, result))}"]
    for answer in result.answers:
        parts += [f"- {plain_line(line)}" for line in check_lines(answer)]
        if text := answer.display_text:
            parts.append(code_block(text))
    if missing := missing_text(result):
        parts.append(plain_line(missing))
    return parts
