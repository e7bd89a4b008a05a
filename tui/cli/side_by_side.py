"""Several machines side by side, as `llmtui fit` prints them: a table, and JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from tui.cli.fit_output import fit_json, speed_json, verdict_color_codes, why_no_context
from tui.cli.output import print_note
from tui.cli.table import TableColumn, write_table
from tui.i18n import _
from tui.models.model import Model
from tui.services.model_columns import SIZE_TITLE, context_word, footprint_word
from tui.services.sentences import json_fields, sentence
from tui.services.side_by_side import MACHINE_COLUMNS, ModelOnMachines, NamedMachine, why_no_speed
from tui.services.sizing import JudgedModel
from tui.text import clean_line


def print_side_by_side(
    rows: Sequence[ModelOnMachines], machines: Sequence[NamedMachine], context: int
) -> None:
    """Print a row for each model, with a group of columns for each machine."""
    needs = _("{needs} at {context}").format(needs=_(SIZE_TITLE), context=context_word(context))
    columns = [
        TableColumn(_("model"), [clean_line(row.model.name) for row in rows], wraps=True),
        TableColumn(_("quant"), [row.model.quant for row in rows], rank=2),
        TableColumn(
            needs,
            [footprint_word(row.fits[0]) for row in rows],
            _(SIZE_TITLE),
            right=True,
            rank=1,
        ),
    ]
    for place, named in enumerate(machines):
        fits = [row.fits[place] for row in rows]
        colors = verdict_color_codes([fit.verdict for fit in fits])
        columns += [
            TableColumn(
                _(column.title),
                [column.text(fit) for fit in fits],
                right=column.right,
                colors=colors if column.has_verdict_color else (),
                group=named.name,
            )
            for column in MACHINE_COLUMNS
        ]
    write_table(columns)
    for place, named in enumerate(machines):
        why = why_no_speed(rows, place)
        if why is not None:
            print_note(_("{machine}: no speeds: {reason}").format(machine=named.name, reason=sentence(why)))


def side_by_side_json(
    row: ModelOnMachines, machines: Sequence[NamedMachine], last_uses: Mapping[str, float]
) -> dict[str, Any]:
    """Return a model with its verdict on the first machine, and below `machines` on each."""
    return fit_json(JudgedModel(row.model, row.fits[0]), last_uses) | {
        "machines": [
            {
                "machine": named.name,
                "verdict": fit.verdict.value,
                **json_fields("reason", fit.reason),
                "context": fit.context,
                "max_context": fit.max_context,
                **json_fields("max_context_reason", None if fit.max_context else why_no_context(fit)),
                "tokens_per_second": speed_json(fit.speed),
                "prompt_tokens_per_second": speed_json(fit.prompt_speed),
            }
            for named, fit in zip(machines, row.fits, strict=True)
        ]
    }


def explain_side_by_side(rows: Sequence[ModelOnMachines], machines: Sequence[NamedMachine]) -> list[str]:
    """Return why each model has its verdict on each machine, a line each."""
    return [
        _("{model} on {machine}: {reason}").format(
            model=_label(row.model), machine=named.name, reason=sentence(fit.reason)
        )
        for row in rows
        for named, fit in zip(machines, row.fits, strict=True)
    ]


def _label(model: Model) -> str:
    return clean_line(model.label)
