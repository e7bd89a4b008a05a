"""Lines of the screens of a comparison: its head, each prompt with the models' marks, an answer's foot."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.chat.comparing.checks import Mark
from tui.chat.comparing.comparison import (
    AnswerCell,
    Comparison,
    ComparisonStep,
    ModelSide,
    PromptCase,
    fraction_done,
    no_answer_reasons,
    seconds_left,
)
from tui.fit.verdict import Fit
from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.services.comparing.words import (
    answer_figures,
    case_title,
    case_title_briefly,
    cell_state_text,
    check_text,
    slowed_down_note,
    step_text,
)
from tui.text import clean_line
from tui.ui.kit.cells import end_cut, middle_cut, pad
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.notice_line import progress_bar
from tui.ui.kit.pieces import Line, Piece, cut
from tui.ui.models.verdicts import VERDICTS
from tui.units import format_bytes, format_duration

MARKS: dict[Mark, Piece] = {
    "pass": Piece("✓", "$fit-fits"),
    "fail": Piece("✗", "$fit-too-big"),
    "look": Piece("?", "$fit-tight"),
}
"""Glyph and colour of each check's result."""
ANSWERED = Piece("·", "$foreground")
ANSWERING = Piece("…", "$accent")
FAILED = Piece("!", "$fit-too-big")
WAITING = Piece(" ", "")

COLUMN = 38
"""Cells that an answer needs, to stand beside another one."""
_BAR = 12


def glyph(cell: AnswerCell) -> Piece:
    """Return the state of a cell in one character."""
    if cell.check_result is not None:
        return MARKS[cell.check_result.mark]
    return {"waiting": WAITING, "answering": ANSWERING, "done": ANSWERED, "failed": FAILED}[cell.state]


def case_line(comparison: Comparison, number: int, width: int) -> Line:
    """Return a prompt's title, and the mark of each model in the order of the columns."""
    glyphs: Line = []
    for side in comparison.sides:
        glyphs += [Piece(" "), glyph(side.cells[number])]
    room = max(0, width - 2 * len(comparison.sides))
    case = comparison.cases[number]
    # All of them short as soon as one has to be.
    title = case_title(case) if case_width(comparison) <= width else case_title_briefly(case)
    return cut([Piece(pad(end_cut(title, room), room)), *glyphs], width)


def case_width(comparison: Comparison, limit: int | None = None) -> int:
    """Return the cells of the longest of those lines; of the short titles where others exceed `limit`."""
    glyphs = 2 * len(comparison.sides)
    width = max(cell_len(case_title(case)) for case in comparison.cases) + glyphs
    if limit is None or width <= limit:
        return width
    return max(cell_len(case_title_briefly(case)) for case in comparison.cases) + glyphs


def head_line(comparison: Comparison, step: ComparisonStep | None, width: int) -> Line:
    """Return the step under way with its progress and the time left; without a step, the outcome."""
    if step is None:
        return cut([Piece(_end_words(comparison))], width)
    text = step_text(comparison, step)
    if seconds := seconds_left(comparison, step):
        text += ", " + _("about {time} left").format(time=format_duration(seconds))
    return cut([Piece(progress_bar(fraction_done(comparison), _BAR) + " ", "$accent"), Piece(text)], width)


def foot_lines(comparison: Comparison, side: ModelSide, cell: AnswerCell) -> list[Line]:
    """Return the lines below an answer: its cost, and the result of its check or why there is none."""
    values = answer_figures(side, cell)
    lines: list[Line] = []
    if values:
        line: Line = []
        for figure in values:
            # The speed's unit says what it is.
            name = "" if figure is values[0] else f"{figure.name} "
            line += [Piece(" · " if line else "", "$dim"), Piece(name, "$dim"), Piece(figure.value)]
        lines.append(line)
    if note := slowed_down_note([cell]):
        lines.append([Piece(note, "$dim")])
    if cell.check_result is not None:
        mark = MARKS[cell.check_result.mark]
        lines.append([Piece(f"{mark.text} {clean_line(check_text(cell))}", mark.role)])
    if missing := sentence_with_keys(*no_answer_reasons(comparison, side, cell)):
        lines.append([Piece(f"{FAILED.text} {clean_line(missing)}", FAILED.role)])
    if not lines:
        lines.append([Piece(cell_state_text(cell), "$dim")])
    return lines


def model_line(model: Model, fit: Fit | None, width: int) -> Line:
    """Return a model that is to be compared, with its verdict and size."""
    if fit is None:
        return [Piece(middle_cut(model.label, width))]
    look = VERDICTS[fit.verdict]
    size = format_bytes(fit.footprint.total_bytes if fit.footprint else None)
    behind = [
        Piece(f"  {look.glyph} {look.word}", f"${look.variable}"),
        Piece(f"  {size}"),
    ]
    room = max(8, width - sum(cell_len(piece.text) for piece in behind))
    return cut([Piece(middle_cut(model.label, room)), *behind], width)


def length_words(models: int, cases: Sequence[PromptCase], fits: Sequence[Fit | None]) -> str:
    """Return the size of a comparison: `2 models, 3 prompts, at most 40 s of writing`."""
    text = ngettext("{count} model", "{count} models", models).format(count=models)
    text += ", " + ngettext("{count} prompt", "{count} prompts", len(cases)).format(count=len(cases))
    speeds = [fit.speed.value if fit is not None and fit.speed is not None else None for fit in fits]
    measured = [speed for speed in speeds if speed]
    if not cases or len(measured) < len(speeds):
        return text
    tokens = sum(case.max_tokens for case in cases)
    longest = sum(tokens / speed for speed in measured)
    return text + ", " + _("at most {time} of writing").format(time=format_duration(longest))


def _end_words(comparison: Comparison) -> str:
    if comparison.ended == "stopped":
        return _("Stopped; what had come is kept, and the memory is given back.")
    return _("Done; every model has given its memory back.")
