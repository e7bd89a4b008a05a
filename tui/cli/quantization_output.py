"""Quantizations of one model side by side, as `llmtui fit MODEL --quants` prints them."""

from typing import Any

from tui.cli.fit_output import fit_json, verdict_colors
from tui.cli.output import UserError, print_json, print_note, print_wrapped
from tui.cli.table import TableColumn, write_table
from tui.fit.quants import QuantRow, QuantTable
from tui.i18n import _
from tui.models.quality_loss import MODEL, SOURCE
from tui.sentences import reason
from tui.services.model_columns import context_word
from tui.services.quantization_columns import COLUMNS, SIZE, VERDICT, QuantColumn
from tui.services.sentences import json_fields, sentence
from tui.services.sizing import JudgedModel


def report_quantizations(table: QuantTable, machine: dict[str, Any] | None) -> None:
    """Print the table and where the figures of quality are from; as JSON when `machine` is given for it.

    Raises:
        UserError: the model cannot be sized at all.
    """
    current = next(row for row in table.rows if row.current)
    unknown = not current.fit.verdict.is_sized
    if machine is not None:
        print_json({"machine": machine} | _as_json(table, current))
    elif not unknown:
        _print(table)
    if unknown:
        raise UserError(f"{current.model.name} {current.quant}".strip() + f": {sentence(current.fit.reason)}")


_MODEL_KEYS = ("name", "path", "path_reason", "path_reason_code", "quant", "context", "kv_type")


def _as_json(table: QuantTable, current: QuantRow) -> dict[str, Any]:
    model = fit_json(JudgedModel(current.model, current.fit))
    return {
        "model": {key: model[key] for key in _MODEL_KEYS},
        "quants": [_row_json(row) for row in table.rows],
        **json_fields("quants_reason", table.reason),
    }


def _print(table: QuantTable) -> None:
    write_table(
        [
            TableColumn(
                _heading(column, table),
                [column.text(row) for row in table.rows],
                column.short_heading if column.name != SIZE else "",
                column.right,
                column.rank,
                colors=verdict_colors(table.rows) if column.name == VERDICT else (),
            )
            for column in COLUMNS
        ]
    )
    if table.reason:
        print_note(sentence(table.reason))
    print_wrapped(
        _("Quality lost: KL divergence from F16, measured with {model}; smaller models lose more.").format(
            model=MODEL
        )
    )
    print_wrapped(_("Source: {source}.").format(source=SOURCE))


def _heading(column: QuantColumn, table: QuantTable) -> str:
    """Return the heading; that of the sizes says for which context they are."""
    if column.name != SIZE or not table.rows:
        return column.heading
    context = context_word(table.rows[0].fit.context)
    return _("{needs} at {context}").format(needs=column.heading, context=context)


def _row_json(row: QuantRow) -> dict[str, Any]:
    lost = row.quality
    not_measured = lost.reason or reason("services.not_measured")
    bits, guided = row.bits_per_weight, row.quality.imatrix_kl_divergence
    return fit_json(JudgedModel(row.model, row.fit)) | {
        "current": row.current,
        "on_disk": row.on_disk,
        "published": row.published,
        "bits_per_weight": bits,
        **json_fields("bits_per_weight_reason", None if bits is not None else reason("services.no_tensors")),
        "weights_bytes": row.model.weights_bytes,
        "quality": {
            "lost": lost.word,
            **json_fields("lost_reason", None if lost.word else not_measured),
            "kl_divergence": lost.kl_divergence,
            **json_fields("kl_divergence_reason", not_measured if lost.kl_divergence is None else None),
            "perplexity_change": lost.perplexity_change,
            **json_fields(
                "perplexity_change_reason", not_measured if lost.perplexity_change is None else None
            ),
            "imatrix": lost.imatrix,
            "imatrix_kl_divergence": guided,
            **json_fields(
                "imatrix_kl_divergence_reason",
                None if guided is not None else reason("services.not_measured"),
            ),
            "model": MODEL,
            "source": SOURCE,
        },
    }
