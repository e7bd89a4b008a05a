"""Lines of a model's published figures, by task. No widget here."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.content import Content

from tui.i18n import N_, _
from tui.models.evidence.evidence import Mode, PublishedFigure
from tui.services.picks.ladders import OF_LANGUAGE, ladder, maker_ladder
from tui.services.picks.wish import TASKS
from tui.services.picks.words import published_score
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.ui.kit.cells import middle_cut, pad
from tui.ui.picks.pick_lines import TASK_WORDS
from tui.units import format_iso_date

_NAME_CELLS, _SCORE_CELLS, _MODE_CELLS, _DATE_CELLS = 30, 12, 13, 11
_SOURCE_INDENT = 4
MODE_WORDS: dict[Mode, str] = {
    "thinking": N_("thinking"),
    "thinking (low)": N_("thinking (low)"),
    "thinking (medium)": N_("thinking (medium)"),
    "thinking (high)": N_("thinking (high)"),
    "non-thinking": N_("non-thinking"),
}
"""Modes in which models are measured, but for `any`, which says nothing. Untranslated."""


def figure_lines(figures: Sequence[PublishedFigure], width: int) -> list[Content]:
    """Return a heading for each task with its figures below, then those of no task.

    A source that does not fit `width` cells stands in a line of its own.
    """
    lines: list[Content] = []
    unused = list(figures)
    for task in TASKS:
        steps = [step.benchmark for language in OF_LANGUAGE for step in ladder(task, language)]
        ranks = {name: rank for rank, name in enumerate(dict.fromkeys((*steps, *maker_ladder(task))))}
        of_task = [figure for figure in figures if figure.benchmark.id in ranks]
        of_task.sort(key=lambda figure: (ranks[figure.benchmark.id], figure.mode))
        lines += _section(_(TASK_WORDS[task]), of_task, width)
        unused = [figure for figure in unused if figure not in of_task]
    return lines + _section(_("also measured"), unused, width)


def _section(title: str, figures: Iterable[PublishedFigure], width: int) -> list[Content]:
    rows = [line for figure in figures for line in _lines(figure, width)]
    return [Content.styled(title, "bold $primary"), *rows, Content("")] if rows else []


def _lines(figure: PublishedFigure, width: int) -> list[Content]:
    score = sentence(published_score(figure.score, figure.benchmark))
    mode = middle_cut(_(MODE_WORDS[figure.mode]), _MODE_CELLS - 1) if figure.mode in MODE_WORDS else ""
    template = _("{source} (in part estimated)") if figure.estimated else "{source}"
    source = clean_line(template.format(source=_(figure.source.name)))
    line = Content.assemble(
        "  ",
        pad(middle_cut(clean_line(_(figure.benchmark.name)), _NAME_CELLS), _NAME_CELLS),
        " ",
        (pad(score, _SCORE_CELLS), "bold"),
        (pad(mode, _MODE_CELLS), "$dim"),
        (pad(format_iso_date(figure.source.date), _DATE_CELLS), "$dim"),
    )
    if line.cell_length + cell_len(source) <= width:
        return [line + Content.styled(source, "$dim")]
    return [line, Content.assemble(" " * _SOURCE_INDENT, (source, "$dim"))]


def head_text(figures: Sequence[PublishedFigure]) -> str:
    """Return what the figures are of, or that there are none."""
    if not figures:
        return _("No published figure of this model comes with the program.")
    return _("Of the weights as they were published, not of a quantization. Only what its source permits.")
