"""`llmtui fit MODEL --quants`: every quantization of one model side by side."""

import asyncio
import contextlib
from typing import Any

import msgspec

from tui.cli.fit import as_json, needs
from tui.cli.library import listed_models
from tui.cli.output import UserError, print_json, print_line, print_note, print_table
from tui.cli.sizing import Judged, judge_models
from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.quants import QuantRow, QuantTable, needs_tensors, quant_rows
from tui.fit.verdict import Speed, Verdict
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.models.gguf.header import GgufError
from tui.models.model import Model
from tui.models.model_file import file_tensors
from tui.models.quality_loss import MODEL, SOURCE
from tui.sentences import reason
from tui.services.sentences import json_fields, sentence
from tui.settings.settings import Settings
from tui.units import UNKNOWN, format_bytes, format_rate


def quants_of(
    model: Model, settings: Settings, load: LoadSettings, machine: Machine, reading: Reading | None
) -> QuantTable:
    """The quantizations of a model, each sized and judged as `fit` does it for a model alone."""
    own = None
    if needs_tensors(model) and model.file is not None:
        # A file that cannot be read now has a row without figures, which says why.
        with contextlib.suppress(GgufError):
            own = file_tensors(model.file)
    table = quant_rows(
        model, lambda _model: judge.unknown(reason("fit.parts_unknown"), load), listed_models(settings), own
    )
    # In one go, since the engine is started once for all of them.
    judged = asyncio.run(judge_models([row.model for row in table.rows], load, machine, reading))
    rows = (msgspec.structs.replace(row, fit=one.fit) for row, one in zip(table.rows, judged, strict=True))
    return msgspec.structs.replace(table, rows=tuple(rows))


def report_quants(table: QuantTable, machine: dict[str, Any] | None) -> None:
    """Print the table and where the figures of quality are from; as JSON when `machine` is given for it.

    Raises:
        UserError: the model cannot be sized at all.
    """
    current = next(row for row in table.rows if row.current)
    unknown = current.fit.verdict is Verdict.UNKNOWN
    if machine is not None:
        print_json({"machine": machine} | _as_json(table, current))
    elif not unknown:
        _print(table)
    if unknown:
        raise UserError(f"{current.model.label}: {sentence(current.fit.reason)}")


def _as_json(table: QuantTable, current: QuantRow) -> dict[str, Any]:
    model = as_json(Judged(current.model, current.fit))
    return {
        "model": {key: model[key] for key in ("name", "path", "path_reason", "quant", "context", "kv_type")},
        "quants": [_row_json(row) for row in table.rows],
        **json_fields("quants_reason", table.reason),
    }


def _print(table: QuantTable) -> None:
    head = [_("verdict"), _("quant"), _("bits"), _("weights"), _("needs"), _("tok/s"), _("quality lost")]
    rows = [["", *head, _("KL divergence"), _("file")]]
    rows += [
        [
            "*" if row.current else "",
            row.fit.verdict.value,
            row.quant,
            UNKNOWN if row.bits_per_weight is None else f"{row.bits_per_weight:.1f}",
            format_bytes(row.model.weights_bytes),
            needs(row.fit),
            _speed(row.fit.speed),
            row.quality.word or UNKNOWN,
            UNKNOWN if row.quality.kl_divergence is None else f"{row.quality.kl_divergence:.4f}",
            _("on disk") if row.on_disk else _("published") if row.published else "",
        ]
        for row in table.rows
    ]
    print_table(rows, right=frozenset({3, 4, 5, 6, 8}))
    if table.reason:
        print_note(sentence(table.reason))
    print_line(
        _("Quality lost: KL divergence from F16, measured with {model}; smaller models lose more.").format(
            model=MODEL
        )
    )
    print_line(_("Source: {source}.").format(source=SOURCE))


def _speed(speed: Speed | None) -> str:
    if speed is None or speed.value is None:
        return UNKNOWN
    return ("~" if speed.source == "estimated" else "") + format_rate(speed.value).partition(" ")[0]


def _row_json(row: QuantRow) -> dict[str, Any]:
    lost = row.quality
    why = sentence(lost.reason) if lost.reason else None
    bits, guided = row.bits_per_weight, row.quality.imatrix_kl_divergence
    return as_json(Judged(row.model, row.fit)) | {
        "current": row.current,
        "on_disk": row.on_disk,
        "published": row.published,
        "bits_per_weight": bits,
        "bits_per_weight_reason": None if bits is not None else _("its tensors are not known"),
        "weights_bytes": row.model.weights_bytes,
        "quality": {
            "lost": lost.word,
            "lost_reason": None if lost.word else why,
            "kl_divergence": lost.kl_divergence,
            "kl_divergence_reason": why,
            "kl_divergence_reason_code": lost.reason.code if lost.reason else None,
            "perplexity_change": lost.perplexity_change,
            "perplexity_change_reason": why,
            "imatrix": lost.imatrix,
            "imatrix_kl_divergence": guided,
            "imatrix_kl_divergence_reason": None if guided is not None else _("not measured"),
            "model": MODEL,
            "source": SOURCE,
        },
    }
