"""`llmtui compare --tasks FILE`: tasks of the user's own, asked, checked, ranked and kept."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from tui.chat.trials.result import TrialBoard
from tui.chat.trials.task import TaskSet
from tui.chat.trials.task_file import (
    BUILT_IN,
    TaskFileError,
    built_in_set,
    example_text,
    read_task_file,
    with_repeat,
)
from tui.cli.interrupt import INTERRUPTED, stop_on_interrupt
from tui.cli.options import Arguments
from tui.cli.output import UserError, print_json, print_note, write
from tui.cli.trials_output import print_trials, trials_json
from tui.hardware.detect import detect_machine
from tui.i18n import _
from tui.models.model import Model
from tui.services.comparing.comparison_run import Prepare
from tui.services.host import EngineHost
from tui.services.measuring import remember_reply
from tui.services.sentences import sentence, sentences
from tui.services.trials.markdown import trials_to_markdown
from tui.services.trials.run import TrialRun, kept_board
from tui.services.trials.store import TrialStore, open_trial_store
from tui.services.trials.words import trial_step_text
from tui.system_errors import system_error
from tui.text import clean_line, full_path
from tui.units import format_duration


def write_example(name: str) -> int:
    """Write the example of a task file to a new file, or for `-` to stdout.

    Raises:
        UserError: the file cannot be written, or is there already.
    """
    if name == "-":
        write(example_text())
        return 0
    path = full_path(Path(name))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(example_text())
    except FileExistsError:
        raise UserError(
            _("{file} is there already and stays as it is.").format(file=clean_line(name)),
            _("Choose another name."),
        ) from None
    except OSError as error:
        why = sentence(system_error(error))
        raise UserError(
            _("{file} cannot be written: {why}.").format(file=clean_line(name), why=why)
        ) from None
    print_note(
        _("Wrote {file}. Change it, then: llmtui compare MODEL --tasks {file}").format(file=clean_line(name))
    )
    return 0


def read_task_set(file: Path, repeat: int | None) -> TaskSet:
    """Return the tasks of a file, or those of the name of the built-in ones.

    Raises:
        UserError: it cannot be read or has mistakes; all of them are on stderr then.
    """
    try:
        tasks = built_in_set() if str(file) == BUILT_IN else read_task_file(file)
    except TaskFileError as error:
        for mistake in error.mistakes:
            print_note(sentence(mistake))
        raise UserError(sentence(error.reason)) from None
    return with_repeat(tasks, repeat) if repeat else tasks


def run_trials(arguments: Arguments, models: Sequence[Model], tasks: TaskSet, prepare: Prepare) -> int:
    """Ask the models, or show what is kept, and print the result; Ctrl+C leaves what is done.

    Raises:
        UserError: no model gave an answer, or nothing is kept.
    """
    with contextlib.closing(open_trial_store(detect_machine())) as store:
        if arguments.kept:
            board = kept_board(models, tasks, store)
        else:
            board = asyncio.run(_ask(models, tasks, prepare, store, resume=arguments.resume))
        problem = store.problem
    if problem is not None:
        print_note(sentence(problem))
    _print(arguments, board)
    has_results = any(side.results for side in board.sides)
    if board.ended == "stopped":
        notes = [_("Stopped: not every task was asked.")]
        if problem is None:
            notes.append(_("The same command with --resume goes on from here."))
        print_note(" ".join(notes))
        return INTERRUPTED
    if not has_results:
        raise _no_answer(arguments, board)
    return 0


def _print(arguments: Arguments, board: TrialBoard) -> None:
    if arguments.json:
        print_json(trials_json(board))
    elif arguments.markdown:
        write(trials_to_markdown(board))
    else:
        print_trials(board)


async def _ask(
    models: Sequence[Model], tasks: TaskSet, prepare: Prepare, store: TrialStore, *, resume: bool
) -> TrialBoard:
    printed = ""

    def print_progress() -> None:
        nonlocal printed
        text = trial_step_text(run.board, run.step)
        if text != printed:
            seconds = run.seconds_left
            timed = _("{step}, about {time} left").format(step=text, time=format_duration(seconds))
            print_note(timed if seconds else text)
        printed = text

    run = TrialRun(
        models,
        tasks,
        EngineHost(),
        prepare,
        store,
        resume=resume,
        on_change=print_progress,
        on_reply=remember_reply,
    )
    if run.unfinished:
        print_note(_("An earlier run of these tasks was not completed. With --resume it goes on from there."))
    with stop_on_interrupt(run.stop):
        return await run.run()


def _no_answer(arguments: Arguments, board: TrialBoard) -> UserError:
    if arguments.kept:
        return UserError(
            _("No results of these tasks and models are kept on this machine."),
            _("Leave --kept out to ask the models."),
        )
    failure = next((side.failure for side in board.sides if side.failure is not None), None)
    return UserError(_("No model gave an answer."), sentences(failure.reasons) if failure else "")
