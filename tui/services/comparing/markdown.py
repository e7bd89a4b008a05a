"""A comparison as a Markdown document: the table of figures, and every answer."""

import re
from collections.abc import Iterable

from tui.chat.comparing.comparison import (
    AnswerCell,
    Comparison,
    ModelSide,
    no_answer_reasons,
    peak_bytes,
)
from tui.i18n import _
from tui.services.comparing.words import (
    SLOWED_DOWN,
    answer_figures,
    case_title,
    check_text,
    comparison_title,
    score_text,
    slowed_down_note,
)
from tui.services.sentences import sentence, sentences
from tui.text import clean, clean_line
from tui.units import format_bytes, format_duration, format_rate


def comparison_to_markdown(comparison: Comparison) -> str:
    """Return the whole comparison; what models wrote stands in code blocks, which nothing in it can end."""
    parts = [
        "# " + _("Comparison: {what}").format(what=comparison_title(comparison)),
        _how(comparison),
        markdown_table(_models(comparison)),
        markdown_table(_results(comparison)),
    ]
    if note := slowed_down_note(cell for side in comparison.sides for cell in side.cells):
        parts.append(plain_line(note))
    for number, case in enumerate(comparison.cases):
        parts.append(f"## {plain_line(case_title(case))}")
        parts.append(code_block(case.prompt))
        for side in comparison.sides:
            parts += _answer(comparison, side, side.cells[number])
    return "\n\n".join(parts) + "\n"


def markdown_table(rows: Iterable[list[str]]) -> str:
    """Return rows as a Markdown table, the first one as its header."""
    header, *body = [[_cell(text) for text in row] for row in rows]
    lines = [header, ["---"] * len(header), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code_block(text: str) -> str:
    """Return a text in a code block whose fence is longer than any in the text."""
    text = clean(text).strip("\n")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _models(comparison: Comparison) -> list[list[str]]:
    rows = [
        [
            _("model"),
            _("context"),
            _("tok/s"),
            _("load"),
            _("predicted"),
            _("peak memory"),
            _("on the GPU"),
            _("checked"),
        ]
    ]
    for side in comparison.sides:
        plan, loaded = side.prepared, side.loaded
        rows.append(
            [
                side.label,
                str(loaded.context) if loaded else "",
                format_rate(side.tokens_per_second).removesuffix(" tok/s")
                + (f" {SLOWED_DOWN}" if side.slowed_down else ""),
                format_duration(loaded.seconds if loaded else None),
                format_bytes(plan.predicted_bytes if plan else None),
                format_bytes(peak_bytes(side)),
                _on_gpu(side),
                score_text(side) or (sentence(side.failure.reason) if side.failure else ""),
            ]
        )
    return rows


def _on_gpu(side: ModelSide) -> str:
    return _("nothing") if side.loaded and side.device_bytes is None else format_bytes(side.device_bytes)


def _results(comparison: Comparison) -> list[list[str]]:
    rows = [["", *(side.label for side in comparison.sides)]]
    for number, case in enumerate(comparison.cases):
        rows.append([case_title(case), *(_result(comparison, side, number) for side in comparison.sides)])
    return rows


def _result(comparison: Comparison, side: ModelSide, number: int) -> str:
    cell = side.cells[number]
    parts = [check_text(cell), ", ".join(figure.value for figure in answer_figures(side, cell))]
    return ". ".join(part for part in parts if part) or _missing(comparison, side, cell)


def _answer(comparison: Comparison, side: ModelSide, cell: AnswerCell) -> list[str]:
    figures = [f"{figure.name} {figure.value}" for figure in answer_figures(side, cell)]
    remarks = [", ".join(figures), check_text(cell), _missing(comparison, side, cell)]
    parts = [f"### {plain_line(side.label)}"]
    parts += [f"*{plain_line(remark)}*" for remark in remarks if remark]
    if cell.text.strip():
        parts.append(code_block(cell.text))
    return parts


def _missing(comparison: Comparison, side: ModelSide, cell: AnswerCell) -> str:
    """Return why there is no whole answer, and what to do; empty where there is nothing to explain."""
    return sentences(no_answer_reasons(comparison, side, cell))


def _how(comparison: Comparison) -> str:
    seeds = ", ".join(sorted({str(case.sampling.seed) for case in comparison.cases}))
    return _("One after another on the same machine, temperature 0, seed {seed}.").format(seed=seeds)


def _cell(text: str) -> str:
    return plain_line(text).replace("|", "\\|")


def plain_line(text: str) -> str:
    """Return one line in which a model's words mark nothing up."""
    return re.sub(r"([\\`*_<>\[\]#])", r"\\\1", clean_line(text))
