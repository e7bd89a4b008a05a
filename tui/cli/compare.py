"""`llmtui compare`: the same prompt or tasks to several models, one after another."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tui.chat.comparing.comparison import (
    Comparison,
    PreparedLoad,
    PromptCase,
    own_case,
    seconds_left,
    task_case,
)
from tui.chat.comparing.tasks import UnknownTaskError, task_names, tasks_named
from tui.chat.trials.task_file import MOST_SEEDS
from tui.cli.answer_end import cut_note
from tui.cli.arguments import wrong_usage
from tui.cli.compare_output import as_json, print_comparison
from tui.cli.compare_trials import read_task_set, run_trials, write_example
from tui.cli.interrupt import INTERRUPTED, stop_on_interrupt
from tui.cli.options import Arguments, load_settings_of
from tui.cli.output import UserError, print_json, print_note, repetition_limit, write
from tui.cli.prompt_input import InputTooLongError, piped_text, read_prompt
from tui.cli.scanning import model_on_disk
from tui.engine.options import LoadSettings
from tui.hardware.detect import detect_machine
from tui.i18n import _
from tui.models.model import Model
from tui.services.comparing.comparison_run import ComparisonRun, prepare_on_this_machine
from tui.services.comparing.markdown import comparison_to_markdown
from tui.services.comparing.words import step_text
from tui.services.host import EngineHost
from tui.services.measuring import remember_reply
from tui.services.prompt_size import check_prompt, longest_prompt, too_long
from tui.services.sentences import sentences
from tui.settings.settings import Settings
from tui.units import format_duration


def run(arguments: Arguments, settings: Settings) -> int:
    """Compare, and print the table; Ctrl+C ends it early and prints what there is.

    Raises:
        UserError: a model is not here, or none gave an answer.
        PromptSizeError: the prompt cannot go into the context of any model.
    """
    if arguments.example_tasks is not None:
        return write_example(arguments.example_tasks)
    task_file = _task_file(arguments)
    if not arguments.models:
        wrong_usage("compare", _("the following arguments are required: MODEL"))
    if len(arguments.models) < 2 and task_file is None:
        wrong_usage("compare", _("two or more models are needed"))
    if arguments.json and arguments.markdown:
        wrong_usage("compare", _("--json and --markdown exclude each other"))
    if task_file is not None:
        return _run_task_file(arguments, settings, task_file)
    names = _task_names(arguments)
    models = [model_on_disk(name, settings) for name in arguments.models]
    load = load_settings_of(arguments, settings, detect_machine())
    cases = _cases(arguments, settings, names, models, load)
    comparison = asyncio.run(_compare(models, cases, load))
    if arguments.json:
        print_json(as_json(comparison))
    elif arguments.markdown:
        write(comparison_to_markdown(comparison))
    else:
        print_comparison(comparison)
    _note_cut_answers(comparison)
    if comparison.ended == "stopped":
        print_note(_("Stopped: the comparison is not complete."))
        return INTERRUPTED
    if not comparison.answered:
        raise _no_answer(comparison)
    return 0


def _task_file(arguments: Arguments) -> Path | None:
    """Return the file of the user's own tasks; wrong usage beside what does not go with one."""
    files = [task for task in arguments.tasks if isinstance(task, Path)]
    if not files:
        for option in ("repeat", "resume", "kept"):
            if getattr(arguments, option):
                wrong_usage("compare", _("--{option} goes with a file of tasks").format(option=option))
        return None
    if arguments.repeat and arguments.repeat > MOST_SEEDS:
        wrong_usage("compare", _("--repeat takes at most {most}").format(most=MOST_SEEDS))
    if len(arguments.tasks) > 1 or arguments.prompt is not None or arguments.max_tokens:
        wrong_usage("compare", _("a file of tasks is asked alone, without another task or prompt"))
    if arguments.resume and arguments.kept:
        wrong_usage("compare", _("--resume and --kept exclude each other"))
    return files[0]


def _run_task_file(arguments: Arguments, settings: Settings, file: Path) -> int:
    tasks = read_task_set(file, arguments.repeat)
    models = [model_on_disk(name, settings) for name in arguments.models]
    load = load_settings_of(arguments, settings, detect_machine())

    async def prepare(model: Model) -> PreparedLoad:
        return await prepare_on_this_machine(model, load)

    return run_trials(arguments, models, tasks, prepare)


def _task_names(arguments: Arguments) -> Sequence[str]:
    """Return the tasks that were named; wrong usage where there is none of a name."""
    names = [task for task in arguments.tasks if isinstance(task, str)]
    try:
        tasks_named(names)
    except UnknownTaskError as error:
        message = _("there is no task {name}; known: {known}")
        wrong_usage("compare", message.format(name=error, known=", ".join(task_names())))
    return names


def _cases(
    arguments: Arguments,
    settings: Settings,
    names: Sequence[str],
    models: Sequence[Model],
    load: LoadSettings,
) -> tuple[PromptCase, ...]:
    """Return the user's prompt, if there is one, and the tasks; without either, every task."""
    prompt = _prompt(arguments, models, load)
    cases = [own_case(prompt, arguments.max_tokens or settings.max_tokens or None)] if prompt else []
    return (*cases, *(task_case(task) for task in tasks_named(names or ([] if cases else ["all"]))))


def _prompt(arguments: Arguments, models: Sequence[Model], load: LoadSettings) -> str:
    """Return the prompt with the text on standard input; without --prompt and tasks, that text alone."""
    # The model with the longest context decides: the others say themselves that it is too long for them.
    roomiest = max(models, key=lambda model: longest_prompt(model, load))
    longest = longest_prompt(roomiest, load)
    try:
        if arguments.prompt is None:
            prompt = "" if arguments.tasks else piped_text(longest)
        else:
            prompt = read_prompt(arguments.prompt, longest)
    except InputTooLongError:
        raise too_long(roomiest, load) from None
    check_prompt(prompt, roomiest, load)
    return prompt if prompt.strip() else ""


async def _compare(models: Sequence[Model], cases: Sequence[PromptCase], load: LoadSettings) -> Comparison:
    printed = ""

    def print_progress() -> None:
        nonlocal printed
        text = step_text(run.comparison, run.step)
        if text != printed:
            seconds = seconds_left(run.comparison, run.step)
            timed = _("{step}, about {time} left").format(step=text, time=format_duration(seconds))
            print_note(timed if seconds else text)
        printed = text

    async def prepare(model: Model) -> PreparedLoad:
        return await prepare_on_this_machine(model, load)

    run = ComparisonRun(
        models,
        cases,
        EngineHost(),
        prepare,
        on_change=print_progress,
        on_reply=remember_reply,
        repetition_tokens=repetition_limit(),
    )
    with stop_on_interrupt(run.stop):
        return await run.run()


def _note_cut_answers(comparison: Comparison) -> None:
    """Say which answers to the user's own prompt are cut off; the check of a task says so itself."""
    for side in comparison.sides:
        for case, cell in zip(comparison.cases, side.cells, strict=True):
            if case.task is not None or cell.metrics is None or cell.finish in (None, "stopped"):
                continue
            context = side.loaded.context if side.loaded else cell.metrics.context
            if note := cut_note(cell.finish, cell.metrics.generated_tokens, context, side.model):
                print_note(f"{side.label}: {note}")


def _no_answer(comparison: Comparison) -> UserError:
    failures = [side.failure or side.cells[0].failure for side in comparison.sides]
    failed = next((failure for failure in failures if failure is not None), None)
    if failed is None:
        return UserError(_("No model gave an answer."))
    return UserError(_("No model gave an answer."), sentences(failed.reasons))
