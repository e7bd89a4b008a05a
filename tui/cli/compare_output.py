"""Comparisons as `llmtui compare` prints them: a table with its answers, and JSON."""

from collections.abc import Sequence
from typing import Any

from tui.chat.comparing.comparison import (
    AnswerCell,
    Comparison,
    ModelSide,
    PromptCase,
    count_marks,
    no_answer_reasons,
    peak_bytes,
)
from tui.cli.output import print_line, print_table
from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _
from tui.sentences import Reason, reason
from tui.services.comparing.words import (
    answer_figures,
    case_title,
    check_text,
    score_text,
    slowed_down_note,
)
from tui.services.sentences import json_fields, sentences
from tui.units import UNKNOWN

_RIGHT = frozenset({2, 3, 4})
"""Columns of figures."""


def print_comparison(comparison: Comparison) -> None:
    """Print every answer's figures and check in one table, then the answers themselves."""
    header = [_("prompt"), _("model"), _("speed"), _("first token"), _("peak memory"), _("check")]
    rows = [header]
    for number, case in enumerate(comparison.cases):
        for side in comparison.sides:
            rows.append(_row(comparison, case, side, side.cells[number]))
    print_table(rows, _RIGHT)
    if note := slowed_down_note(cell for side in comparison.sides for cell in side.cells):
        print_line(note)
    for side in comparison.sides:
        if score := score_text(side):
            print_line(f"{side.label}: {score}")
    for number, case in enumerate(comparison.cases):
        for side in comparison.sides:
            text = side.cells[number].text.strip()
            if text:
                print_line(f"\n== {case_title(case)} · {side.label}\n{text}")


def _row(comparison: Comparison, case: PromptCase, side: ModelSide, cell: AnswerCell) -> list[str]:
    values = [figure.value for figure in answer_figures(side, cell)[:3]] or [UNKNOWN] * 3
    remarks = [check_text(cell), sentences(no_answer_reasons(comparison, side, cell))]
    return [case_title(case), side.label, *values, " ".join(remark for remark in remarks if remark)]


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison under the keys that scripts rely on: bytes and seconds as plain numbers."""
    return {
        "prompts": [_case_json(case) for case in comparison.cases],
        "models": [_side_json(comparison, side) for side in comparison.sides],
        "stopped": comparison.ended == "stopped",
    }


def _case_json(case: PromptCase) -> dict[str, Any]:
    return {
        "name": case.name,
        "kind": case.task.kind if case.task else None,
        **json_fields("kind_reason", None if case.task else reason("services.own_prompt")),
        "prompt": case.prompt,
        "temperature": case.sampling.temperature,
        "seed": case.sampling.seed,
        "max_tokens": case.max_tokens,
    }


def _side_json(comparison: Comparison, side: ModelSide) -> dict[str, Any]:
    load, loaded, peak = side.prepared, side.loaded, peak_bytes(side)
    failure = side.failure
    not_loaded = failure.reasons if failure else (reason("services.not_loaded"),)
    not_told = (reason("services.place_not_told"),)
    footprint = loaded.footprint if loaded else None
    not_its_turn = (reason("services.not_its_turn"),)
    marks = count_marks(side)
    predicted = load.predicted_bytes if load else None
    return {
        "model": side.label,
        "path": str(side.model.path) if side.model.path else None,
        **_unknown("path", side.model.path, (reason("services.not_on_disk", model=side.model.label),)),
        "weights_bytes": side.model.weights_bytes,
        "context": loaded.context if loaded else None,
        **_unknown("context", loaded, not_loaded),
        "kv_type": load.settings.kv_type if load else None,
        **_unknown("kv_type", load, not_its_turn),
        "threads": loaded.threads if loaded else None,
        **_unknown("threads", loaded and loaded.threads, not_told if loaded else not_loaded),
        "load_seconds": loaded.seconds if loaded else None,
        **_unknown("load_seconds", loaded, not_loaded),
        "predicted_bytes": predicted,
        **_unknown(
            "predicted_bytes", predicted, (reason("services.architecture_unsized"),) if load else not_its_turn
        ),
        "peak_bytes": peak,
        **_unknown("peak_bytes", peak, _no_peak(comparison, side) if loaded else not_loaded),
        "device_bytes": footprint.device_bytes if footprint else None,
        **_unknown("device_bytes", footprint, not_told if loaded else not_loaded),
        "passed": marks["pass"],
        "failed": marks["fail"],
        "to_look_at": marks["look"],
        "failure": sentences(failure.reasons) if failure else "",
        "failure_code": failure.reason.code if failure else None,
        "answers": [
            _cell_json(comparison, case, side, cell)
            for case, cell in zip(comparison.cases, side.cells, strict=True)
        ],
    }


def _no_peak(comparison: Comparison, side: ModelSide) -> Sequence[Reason]:
    """Return why the peak of a loaded model is not known: it comes with the end of an answer."""
    if any(cell.metrics for cell in side.cells):
        return (reason("services.peak_not_told"),)
    return no_answer_reasons(comparison, side, side.cells[0]) or (reason("services.answer_not_ended"),)


def _cell_json(comparison: Comparison, case: PromptCase, side: ModelSide, cell: AnswerCell) -> dict[str, Any]:
    reasons = no_answer_reasons(comparison, side, cell)
    missing = reasons or (reason("services.answer_not_ended"),)
    unchecked = missing if case.task else (reason("services.own_prompt_unchecked"),)
    # The text before a failure is an answer too, though not a complete one.
    text = cell.text if cell.metrics or cell.text else None
    result = cell.check_result
    return {
        "prompt": case.name,
        "text": text,
        **_unknown("text", text, missing),
        "thinking": cell.thinking,
        "finish_reason": cell.finish,
        **_unknown("finish_reason", cell.finish, missing),
        "check": result.mark if result else None,
        **(json_fields("check_reason", result.reason) if result else _unknown("check", None, unchecked)),
        "failure": sentences(reasons),
        "failure_code": reasons[0].code if reasons else None,
        **_figures(cell.metrics, missing),
        "disturbed": cell.slowed_down,
    }


def _figures(metrics: ReplyMetrics | None, missing: Sequence[Reason]) -> dict[str, Any]:
    """Return the cost of an answer; `missing` says why there is no answer."""
    figures = {
        "prompt_tokens": (metrics.prompt_tokens if metrics else None, "services.no_token"),
        "prompt_tps": (metrics.prompt_tps if metrics else None, "services.prompt_not_timed"),
        "generated_tokens": (metrics.generated_tokens if metrics else None, "services.no_token"),
        "generation_tps": (metrics.generation_tps if metrics else None, "services.too_few_tokens"),
        "ttft_seconds": (metrics.first_token_seconds if metrics else None, "services.no_token"),
        "peak_bytes": (metrics.peak_bytes if metrics else None, "services.peak_not_told"),
    }
    fields: dict[str, Any] = {}
    for key, (value, code) in figures.items():
        fields[key] = value
        fields |= _unknown(key, value, (reason(code),) if metrics else missing)
    return fields


def _unknown(key: str, value: object, why: Sequence[Reason]) -> dict[str, str | None]:
    """Return the fields that say why a value is not known; empty ones where it is."""
    is_known = value is not None
    return {
        f"{key}_reason": None if is_known else sentences(why),
        f"{key}_reason_code": None if is_known else why[0].code,
    }
