"""Verdicts as `llmtui fit` prints them: a table, sentences, and JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from tui.cli.change_output import print_offer
from tui.cli.output import print_wrapped
from tui.cli.table import TableColumn, write_table
from tui.fit.changes.offer import Offer
from tui.fit.quants import QuantRow
from tui.fit.speed_words import prompt_sentence
from tui.fit.verdict import Fit, Speed, Verdict
from tui.i18n import _
from tui.models.model import Model, RecommendedSampling
from tui.models.published_sampling import sampling_of_entry
from tui.sentences import Reason, reason
from tui.services.last_uses import LastUses, last_use
from tui.services.model_columns import NAME, PRINTED, SIZE, VERDICT, ModelColumn, context_word
from tui.services.sentences import json_fields, sentence
from tui.services.sizing import JudgedModel

_COLORS = {
    Verdict.FITS: "32",
    Verdict.TIGHT: "33",
    Verdict.SPLIT: "36",
    Verdict.ELSEWHERE: "34",
    Verdict.TOO_BIG: "31",
    Verdict.NO_CHAT: "2",
    Verdict.UNKNOWN: "2",
}
"""Codes of the colours of verdicts: those of the terminal's own theme."""


def is_unknown(item: JudgedModel) -> bool:
    """True when the model cannot be sized, or is none that chats."""
    return not item.fit.verdict.is_sized


def print_verdicts(judged: Sequence[JudgedModel], context: int) -> None:
    """Print a row for each model, sized for a context in tokens; nothing for none."""
    write_table([_table_column(column, judged, context) for column in PRINTED])


def _table_column(column: ModelColumn, judged: Sequence[JudgedModel], context: int) -> TableColumn:
    title = _(column.title)
    if column.name == SIZE:
        title = _("{needs} at {context}").format(needs=title, context=context_word(context))
    return TableColumn(
        title,
        [_cell(column, item, context) for item in judged],
        _(column.short_title) if column.short_title else "",
        column.right,
        column.extra_rank,
        is_extra=column.extra_rank > 0,
        wraps=column.name == NAME,
        colors=verdict_colors(judged) if column.name == VERDICT else (),
    )


def _cell(column: ModelColumn, item: JudgedModel, context: int) -> str:
    """Return a cell; a size at another context than the heading's says at which."""
    text = column.print_text(item.model, item.fit)
    if column.name == SIZE and item.fit.footprint is not None and item.fit.context != context:
        return f"{context_word(item.fit.context)} {text}"
    return text


def verdict_colors(rows: Sequence[JudgedModel] | Sequence[QuantRow]) -> list[str]:
    """Return the codes of the colours of the verdicts, for a terminal."""
    return verdict_color_codes([row.fit.verdict for row in rows])


def verdict_color_codes(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the codes of the colours of these verdicts, for a terminal."""
    return [_COLORS[verdict] for verdict in verdicts]


def explain_verdicts(judged: Sequence[JudgedModel], offers: Sequence[Offer], requested_context: int) -> None:
    """Print why each model has its verdict, how fast it reads, and what would make it fit."""
    for item, offer in zip(judged, offers, strict=True):
        if is_unknown(item):
            continue
        label = item.model.label
        print_wrapped(f"{label}: {sentence(item.fit.reason)}")
        if item.fit.prompt_speed is not None and item.fit.prompt_speed.value is not None:
            print_wrapped(f"{label}: {prompt_sentence(item.fit.prompt_speed)}")
        if item.fit.context < requested_context:
            print_wrapped(
                _("{model}: at a context of {context}, the longest it was trained for").format(
                    model=label, context=item.fit.context
                )
            )
        if item.model.purpose_reason is not None:
            print_wrapped(f"{label}: {sentence(item.model.purpose_reason)}.")
        print_offer(offer)


def fit_json(item: JudgedModel, last_uses: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Return a model with its verdict under the keys that scripts rely on.

    `last_uses` are the times at which models were loaded last; None reads them.
    """
    model, fit = item.model, item.fit
    footprint = fit.footprint
    return {
        "name": model.name,
        "path": str(model.path) if model.path else None,
        **json_fields("path_reason", None if model.path else reason("fit.not_on_disk")),
        "quant": model.quant,
        **_file_json(model, LastUses().read() if last_uses is None else last_uses),
        **_about_json(model),
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
        **json_fields("max_context_reason", None if fit.max_context else why_no_context(fit)),
        "measured_bytes": fit.measured_bytes,
        **json_fields("measured_bytes_reason", None if fit.measured_bytes else reason("fit.never_ran")),
        "tokens_per_second": speed_json(fit.speed),
        "prompt_tokens_per_second": speed_json(fit.prompt_speed),
    }


def _file_json(model: Model, last_uses: Mapping[str, float]) -> dict[str, Any]:
    """Return the origin of a model's file, and where else on this disk its content is."""
    file = model.file
    absent = None if file else reason("fit.not_on_disk")
    used = last_use(file, last_uses) if file else None
    return {
        "origin": file.found_in if file else None,
        **json_fields("origin_reason", absent),
        "stored_as": file.stored_as or None if file else None,
        **json_fields(
            "stored_as_reason",
            absent or (None if file and file.stored_as else reason("services.stored_without_name")),
        ),
        "sha256": file.sha256 or None if file else None,
        **json_fields(
            "sha256_reason", absent or (None if file and file.sha256 else reason("services.hash_unknown"))
        ),
        "disk_bytes": file.size_bytes if file else None,
        **json_fields("disk_bytes_reason", absent),
        "last_loaded": used,
        **json_fields(
            "last_loaded_reason", absent or (reason("services.never_loaded") if used is None else None)
        ),
        "own_download": file.is_own_download if file else False,
        "elsewhere": [
            {"path": str(place.path), "origin": place.found_in, "stored_as": place.stored_as}
            for place in (file.elsewhere if file else ())
        ],
    }


def _about_json(model: Model) -> dict[str, Any]:
    """Return what the catalogue and the file say about a model."""
    entry, shape = model.entry, model.shape
    not_listed = None if entry else reason("fit.not_in_catalogue")
    parameters = shape.parameters if shape else None
    uncounted = model.file.shape_reason if model.file else None
    return {
        "parameters": parameters,
        **json_fields(
            "parameters_reason", None if parameters else uncounted or reason("fit.parameters_unknown")
        ),
        "publisher": entry.publisher if entry else None,
        **json_fields("publisher_reason", not_listed),
        "use": entry.use if entry else None,
        **json_fields("use_reason", not_listed),
        "license": entry.license if entry else None,
        **json_fields("license_reason", not_listed),
        "repository": entry.repository if entry else None,
        **json_fields("repository_reason", not_listed),
        **_choice_json(model),
    }


def _choice_json(model: Model) -> dict[str, Any]:
    """Return what helps to choose a model, each value with the reason for its lack."""
    entry = model.entry
    active = model.shape.active_parameters if model.shape else None
    all_work = (
        "fit.all_parameters_active" if model.shape and model.shape.parameters else "fit.parameters_unknown"
    )
    values: dict[str, Any] = {
        "languages": list(entry.languages) or None if entry else None,
        "released": entry.released if entry else None,
        "uses": list(entry.uses) or None if entry else None,
        "chosen_for": list(entry.chosen_for) if entry else None,
        "thinking": entry.thinking if entry else None,
        "tools": entry.tools if entry else None,
        "commercial_use": entry.commercial if entry else None,
        "superseded_by": entry.superseded_by if entry else None,
        "sampling": [
            _sampling_json(recommended) for recommended in (sampling_of_entry(entry) if entry else ())
        ]
        or None,
        "repositories": [
            {"name": repository.name, "files": repository.files, "quants": list(repository.quants)}
            for repository in entry.repositories
        ]
        if entry
        else None,
    }
    fields: dict[str, Any] = {
        "active_parameters": active,
        **json_fields("active_parameters_reason", None if active else reason(all_work)),
    }
    for key, value in values.items():
        lacks = "fit.not_superseded" if key == "superseded_by" else "fit.not_in_entry"
        why = reason(lacks if entry else "fit.not_in_catalogue")
        fields |= {key: value, **json_fields(f"{key}_reason", why if value is None else None)}
    return fields


def _sampling_json(recommended: RecommendedSampling) -> dict[str, Any]:
    return {
        "mode": {True: "thinking", False: "no thinking", None: "any"}[recommended.thinking],
        "source": recommended.source,
        "values": [{"name": name, "value": value} for name, value in recommended.values.items()],
    }


def _no_layers(fit: Fit) -> Reason:
    if fit.verdict in (Verdict.FITS, Verdict.TIGHT):
        return reason("fit.not_split")
    return reason("fit.split_unknown") if fit.verdict is Verdict.SPLIT else fit.reason


def why_no_context(fit: Fit) -> Reason:
    """Return why no longest context is known."""
    if fit.pool is not None and not fit.pool.free_known:
        return reason("fit.free_unknown")
    code = "fit.no_context_fits_idle" if fit.on_idle_machine else "fit.no_context_fits"
    return reason(code) if fit.footprint else fit.reason


def speed_json(speed: Speed | None) -> dict[str, Any]:
    """Return a speed with its range under the keys that scripts rely on."""
    speed = speed or Speed(None, None, reason=reason("fit.speed_unmeasured"))
    figures: dict[str, Any] = {}
    for key in ("value", "source", "low", "high"):
        figures[key] = getattr(speed, key)
        why = speed.reason or reason("fit.speed_unmeasured")
        figures |= json_fields(f"{key}_reason", None if figures[key] is not None else why)
    return figures
