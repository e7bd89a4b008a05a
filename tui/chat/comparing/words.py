"""A comparison in words: what it is doing, what an answer cost, what its check says, why there is none."""

from typing import NamedTuple

from tui.chat.comparing.checks import mark_word
from tui.chat.comparing.comparison import AnswerCell, Comparison, ComparisonStep, ModelSide, count_marks
from tui.i18n import _, ngettext
from tui.sentences import Reason, reason
from tui.units import format_bytes, format_duration, format_rate


class Figure(NamedTuple):
    """A measured value and what it is."""

    name: str
    value: str


def no_answer_reasons(comparison: Comparison, side: ModelSide, cell: AnswerCell) -> tuple[Reason, ...]:
    """Return why a cell has no whole answer, and what to do.

    Empty while the answer may still come, and when it is there.
    """
    if cell.failure is not None:
        return cell.failure.reasons
    if cell.state == "waiting" and comparison.ended == "stopped":
        return (reason("chat.not_asked_stopped"),)
    if cell.state == "answering" and comparison.ended != "running":
        return (reason("chat.comparison_stopped"),)
    if cell.finish == "stopped":
        return (reason("chat.answer_stopped"),)
    return ()


def cell_state_text(cell: AnswerCell) -> str:
    """Where a cell is, while the comparison goes on."""
    return {
        "waiting": _("waiting"),
        "answering": _("answering"),
        "done": _("done"),
        "failed": _("no answer"),
    }[cell.state]


def check_text(cell: AnswerCell) -> str:
    """What the check says: `pass: 399 is right`; empty where there is no check."""
    if cell.check_result is None:
        return ""
    return f"{mark_word(cell.check_result.mark)}: {cell.check_result.reason}"


def answer_figures(side: ModelSide, cell: AnswerCell) -> tuple[Figure, ...]:
    """Speed, time to the first token and peak memory of an answer; none before it has ended."""
    metrics = cell.metrics
    if metrics is None:
        return ()
    found = [
        Figure(_("speed"), format_rate(metrics.generation_tps)),
        Figure(_("first token"), format_duration(metrics.first_token_seconds)),
        Figure(_("peak"), format_bytes(metrics.peak_bytes)),
    ]
    if side.device_bytes is not None:
        found.append(Figure(_("on the GPU"), format_bytes(side.device_bytes)))
    return tuple(found)


def peak_bytes(side: ModelSide) -> int | None:
    """The largest size of its engine's process; None where nobody could tell."""
    seen = [cell.metrics.peak_bytes for cell in side.cells if cell.metrics and cell.metrics.peak_bytes]
    return max(seen, default=None)


def score_text(side: ModelSide) -> str:
    """How many of its checked answers passed: `3 of 8 passed, 1 to look at`; empty without any."""
    marks = count_marks(side)
    total = sum(marks.values())
    if not total:
        return ""
    told = _("{passed} of {total} passed").format(passed=marks["pass"], total=total)
    if marks["look"]:
        told += ", " + _("{count} to look at").format(count=marks["look"])
    return told


def step_text(comparison: Comparison, step: ComparisonStep) -> str:
    """What a comparison is doing: `Answering with X: Summary, English (2 of 12)`."""
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
            return f"{side.label}: {case.title} ({number})"
        case "ended":
            return _("Stopped") if comparison.ended == "stopped" else _("Done")


def fraction_done(comparison: Comparison) -> float:
    """How many of the answers are there or will not come, 0 to 1."""
    cells = [cell for side in comparison.sides for cell in side.cells]
    over = sum(cell.state in ("done", "failed") for cell in cells)
    return over / len(cells) if cells else 1.0


def comparison_title(comparison: Comparison) -> str:
    """What is compared: `2 models, 12 prompts`."""
    models, prompts = len(comparison.sides), len(comparison.cases)
    told = ngettext("{count} model", "{count} models", models).format(count=models)
    return told + ", " + ngettext("{count} prompt", "{count} prompts", prompts).format(count=prompts)
