"""Words of a comparison for every front end: its prompts, its step, the figures of an answer, its check."""

from collections.abc import Iterable
from typing import NamedTuple

from tui.chat.comparing.checks import Mark
from tui.chat.comparing.comparison import (
    AnswerCell,
    Comparison,
    ComparisonStep,
    ModelSide,
    PromptCase,
    count_marks,
)
from tui.i18n import _, ngettext
from tui.services.sentences import sentence
from tui.units import format_bytes, format_duration, format_rate

SLOWED_DOWN = "*"
"""Sign behind a speed that is too low, since other programs were at work."""


class Figure(NamedTuple):
    """A measured value and what it is."""

    name: str
    value: str


def case_title(case: PromptCase) -> str:
    """Return the title of a prompt: `Summary, English`."""
    return sentence(case.title)


def case_title_briefly(case: PromptCase) -> str:
    """Return the title of a prompt in a few cells: `Summary en`."""
    return sentence(case.brief)


def cell_state_text(cell: AnswerCell) -> str:
    """Return the state of a cell while the comparison goes on."""
    return {
        "waiting": _("waiting"),
        "answering": _("answering"),
        "done": _("done"),
        "failed": _("no answer"),
    }[cell.state]


def mark_word(mark: Mark) -> str:
    """Return a result in words."""
    return {"pass": _("pass"), "fail": _("fail"), "look": _("look for yourself")}[mark]


def check_text(cell: AnswerCell) -> str:
    """Return the result of the check: `pass: 399 is right`; empty where there is none."""
    if cell.check_result is None:
        return ""
    return f"{mark_word(cell.check_result.mark)}: {sentence(cell.check_result.reason)}"


def answer_figures(side: ModelSide, cell: AnswerCell) -> tuple[Figure, ...]:
    """Return speed, time to the first token and peak memory of an answer; none before it has ended."""
    metrics = cell.metrics
    if metrics is None:
        return ()
    mark = f" {SLOWED_DOWN}" if cell.slowed_down else ""
    figures = [
        Figure(_("speed"), format_rate(metrics.generation_tps) + mark),
        Figure(_("first token"), format_duration(metrics.first_token_seconds)),
        Figure(_("peak"), format_bytes(metrics.peak_bytes)),
    ]
    if side.device_bytes is not None:
        figures.append(Figure(_("on the GPU"), format_bytes(side.device_bytes)))
    return tuple(figures)


def slowed_down_note(cells: Iterable[AnswerCell]) -> str:
    """Return what the sign behind a speed means; empty where none of the answers has it."""
    if not any(cell.slowed_down for cell in cells):
        return ""
    return _("{sign} Other programs took the processor from the engine: alone it is faster.").format(
        sign=SLOWED_DOWN
    )


def score_text(side: ModelSide) -> str:
    """Return the count of passed answers: `3 of 8 passed, 1 to look at`; empty where none was checked."""
    marks = count_marks(side)
    total = sum(marks.values())
    if not total:
        return ""
    text = _("{passed} of {total} passed").format(passed=marks["pass"], total=total)
    if marks["look"]:
        text = _("{score}, {count} to look at").format(score=text, count=marks["look"])
    return text


def step_text(comparison: Comparison, step: ComparisonStep) -> str:
    """Return the step of a comparison: `X: Summary, English (2 of 12)`."""
    side = comparison.sides[step.side]
    place = _("{number} of {total}").format(number=step.side + 1, total=len(comparison.sides))
    match step.phase:
        case "preparing":
            return _("Sizing {model} ({place})").format(model=side.label, place=place)
        case "loading":
            return _("Loading {model} ({place})").format(model=side.label, place=place)
        case "answering":
            case = comparison.cases[step.case]
            number = _("{number} of {total}").format(number=step.case + 1, total=len(comparison.cases))
            return f"{side.label}: {case_title(case)} ({number})"
        case "ended":
            return _("Stopped") if comparison.ended == "stopped" else _("Done")


def comparison_title(comparison: Comparison) -> str:
    """Return the size of a comparison: `2 models, 12 prompts`."""
    models, prompts = len(comparison.sides), len(comparison.cases)
    return _("{models}, {prompts}").format(
        models=ngettext("{count} model", "{count} models", models).format(count=models),
        prompts=ngettext("{count} prompt", "{count} prompts", prompts).format(count=prompts),
    )
