"""Verdicts as `llmtui fit` prints them: a table, sentences, and JSON."""

from collections.abc import Sequence
from typing import Any

from tui.cli.change_output import print_offer
from tui.cli.output import print_line, print_table
from tui.fit.changes.offer import Offer
from tui.fit.speed_words import prompt_sentence
from tui.fit.verdict import Fit, Speed, Verdict
from tui.i18n import _
from tui.sentences import Reason, reason
from tui.services.model_columns import PRINTED
from tui.services.sentences import json_fields, sentence
from tui.services.sizing import JudgedModel


def is_unknown(item: JudgedModel) -> bool:
    """True when the model cannot be sized, or is none that chats."""
    return not item.fit.verdict.is_sized


def print_verdicts(judged: Sequence[JudgedModel]) -> None:
    """Print a row for each model; nothing for none."""
    if not judged:
        return
    rows = [[_(column.title) for column in PRINTED]]
    rows += [[column.print_text(item.model, item.fit) for column in PRINTED] for item in judged]
    print_table(rows, right=frozenset(index for index, column in enumerate(PRINTED) if column.right))


def explain_verdicts(judged: Sequence[JudgedModel], offers: Sequence[Offer], requested_context: int) -> None:
    """Print why each model has its verdict, how fast it reads, and what would make it fit."""
    for item, offer in zip(judged, offers, strict=True):
        if is_unknown(item):
            continue
        label = item.model.label
        print_line(f"{label}: {sentence(item.fit.reason)}")
        if item.fit.prompt_speed is not None and item.fit.prompt_speed.value is not None:
            print_line(f"{label}: {prompt_sentence(item.fit.prompt_speed)}")
        if item.fit.context < requested_context:
            print_line(
                _("{model}: at a context of {context}, the longest it was trained for").format(
                    model=label, context=item.fit.context
                )
            )
        if item.model.purpose_reason is not None:
            print_line(f"{label}: {sentence(item.model.purpose_reason)}.")
        print_offer(offer)


def fit_json(item: JudgedModel) -> dict[str, Any]:
    """Return a model with its verdict under the keys that scripts rely on."""
    model, fit = item.model, item.fit
    footprint = fit.footprint
    return {
        "name": model.name,
        "path": str(model.path) if model.path else None,
        **json_fields("path_reason", None if model.path else reason("fit.not_on_disk")),
        "quant": model.quant,
        "context": fit.context,
        "kv_type": fit.kv_type,
        "verdict": fit.verdict.value,
        **json_fields("reason", fit.reason),
        "purpose": model.purpose,
        **json_fields("purpose_reason", model.purpose_reason),
        "footprint": footprint
        and {
            "weights_bytes": footprint.weights_bytes,
            "kv_bytes": footprint.kv_bytes,
            "compute_bytes": footprint.compute_bytes,
            "process_bytes": footprint.process_bytes,
            "total_bytes": footprint.total_bytes,
            "source": footprint.source,
        },
        **json_fields("footprint_reason", None if footprint else fit.reason),
        "pool": sentence(fit.pool.name) if fit.pool else None,
        **json_fields("pool_reason", None if fit.pool else fit.reason),
        "gpu_layers": fit.gpu_layers,
        **json_fields("gpu_layers_reason", None if fit.gpu_layers is not None else _no_layers(fit)),
        "cpu_experts": fit.cpu_experts,
        "device_bytes": fit.device_bytes,
        "host_bytes": fit.host_bytes,
        "max_context": fit.max_context,
        **json_fields("max_context_reason", None if fit.max_context else _no_context(fit)),
        "measured_bytes": fit.measured_bytes,
        **json_fields("measured_bytes_reason", None if fit.measured_bytes else reason("fit.never_ran")),
        "tokens_per_second": _speed_json(fit.speed),
        "prompt_tokens_per_second": _speed_json(fit.prompt_speed),
    }


def _no_layers(fit: Fit) -> Reason:
    if fit.verdict in (Verdict.FITS, Verdict.TIGHT):
        return reason("fit.not_split")
    return reason("fit.split_unknown") if fit.verdict is Verdict.SPLIT else fit.reason


def _no_context(fit: Fit) -> Reason:
    if fit.pool is not None and not fit.pool.free_known:
        return reason("fit.free_unknown")
    code = "fit.no_context_fits_idle" if fit.on_idle_machine else "fit.no_context_fits"
    return reason(code) if fit.footprint else fit.reason


def _speed_json(speed: Speed | None) -> dict[str, Any]:
    speed = speed or Speed(None, None, reason=reason("fit.speed_unmeasured"))
    figures: dict[str, Any] = {}
    for key in ("value", "source", "low", "high"):
        figures[key] = getattr(speed, key)
        why = speed.reason or reason("fit.speed_unmeasured")
        figures |= json_fields(f"{key}_reason", None if figures[key] is not None else why)
    return figures
