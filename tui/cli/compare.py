"""`llmtui compare`: the same prompt or tasks to several models, one after another."""

import asyncio
import os
import sys
from collections.abc import Sequence

from tui.chat.comparing.comparison import (
    Comparison,
    PreparedLoad,
    PromptCase,
    own_case,
    seconds_left,
    task_case,
)
from tui.chat.comparing.tasks import UnknownTaskError, task_names, tasks_named
from tui.cli.arguments import wrong_usage
from tui.cli.compare_output import as_json, print_comparison
from tui.cli.interrupt import stop_on_interrupt
from tui.cli.options import Arguments, load_settings_of
from tui.cli.output import UserError, print_json, print_note, write
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
from tui.services.sentences import sentences
from tui.settings.settings import Settings
from tui.units import format_duration


def run(arguments: Arguments, settings: Settings) -> int:
    """Compare, and print the table; Ctrl+C ends it early and prints what there is.

    Raises:
        UserError: a model is not here, or none gave an answer.
    """
    if len(arguments.models) < 2:
        wrong_usage("compare", _("two or more models are needed"))
    if arguments.json and arguments.markdown:
        wrong_usage("compare", _("--json and --markdown exclude each other"))
    cases = _cases(arguments, settings)
    models = [model_on_disk(name, settings) for name in arguments.models]
    load = load_settings_of(arguments, settings, detect_machine())
    comparison = asyncio.run(_compare(models, cases, load))
    if arguments.json:
        print_json(as_json(comparison))
    elif arguments.markdown:
        write(comparison_to_markdown(comparison))
    else:
        print_comparison(comparison)
    if not comparison.answered:
        raise _no_answer(comparison)
    return 0


def _cases(arguments: Arguments, settings: Settings) -> tuple[PromptCase, ...]:
    cases: list[PromptCase] = []
    if arguments.prompt is not None:
        prompt = arguments.prompt if arguments.prompt != "-" else _from_stdin()
        # A terminal may send what its locale cannot say; the engine takes UTF-8 only.
        prompt = os.fsencode(prompt).decode("utf-8", "replace")
        if not prompt.strip():
            raise UserError(_("The prompt is empty."), _("Write something to ask."))
        cases.append(own_case(prompt, arguments.max_tokens or settings.max_tokens or None))
    names = arguments.tasks or ([] if cases else ["all"])
    try:
        cases += [task_case(task) for task in tasks_named(names)]
    except UnknownTaskError as error:
        message = _("there is no task {name}; known: {known}")
        wrong_usage("compare", message.format(name=error, known=", ".join(task_names())))
    return tuple(cases)


def _from_stdin() -> str:
    return sys.stdin.buffer.read().decode("utf-8", "replace")


async def _compare(models: Sequence[Model], cases: Sequence[PromptCase], load: LoadSettings) -> Comparison:
    printed = ""

    def print_progress() -> None:
        nonlocal printed
        text = step_text(run.comparison, run.step)
        if text != printed and sys.stderr.isatty():
            seconds = seconds_left(run.comparison, run.step)
            about = _(", about {time} left").format(time=format_duration(seconds)) if seconds else ""
            print_note(text + about)
        printed = text

    async def prepare(model: Model) -> PreparedLoad:
        return await prepare_on_this_machine(model, load)

    run = ComparisonRun(
        models, cases, EngineHost(), prepare, on_change=print_progress, on_reply=remember_reply
    )
    with stop_on_interrupt(run.stop):
        return await run.run()


def _no_answer(comparison: Comparison) -> UserError:
    failures = [side.failure or side.cells[0].failure for side in comparison.sides]
    failed = next((failure for failure in failures if failure is not None), None)
    if failed is None:
        return UserError(_("The comparison was stopped before the first answer."))
    return UserError(_("No model gave an answer."), sentences(failed.reasons))
