"""Output of `llmtui compare`: the table with its answers, and the same as JSON."""

from typing import Any

from tui.chat.comparing.comparison import (
    AnswerCell,
    Comparison,
    ModelSide,
    PreparedLoad,
    PromptCase,
    count_marks,
)
from tui.chat.comparing.words import (
    answer_figures,
    check_text,
    no_answer_reasons,
    peak_bytes,
    score_text,
)
from tui.cli.output import print_line, print_table
from tui.engine.reply_metrics import ReplyMetrics
from tui.i18n import _
from tui.sentences import Reason, reason
from tui.services.sentences import json_fields, sentences
from tui.units import UNKNOWN

_RIGHT = frozenset({2, 3, 4})
"""Columns of figures."""
_FIGURE_KEYS = (
    "prompt_tokens",
    "prompt_tps",
    "generated_tokens",
    "generation_tps",
    "ttft_seconds",
    "peak_bytes",
)


def print_comparison(comparison: Comparison) -> None:
    """Every answer's figures and check in one table, then the answers themselves."""
    header = [_("prompt"), _("model"), _("speed"), _("first token"), _("peak memory"), _("check")]
    rows = [header]
    for number, case in enumerate(comparison.cases):
        for side in comparison.sides:
            rows.append(_row(comparison, case, side, side.cells[number]))
    print_table(rows, _RIGHT)
    for side in comparison.sides:
        if score := score_text(side):
            print_line(f"{side.label}: {score}")
    for number, case in enumerate(comparison.cases):
        for side in comparison.sides:
            text = side.cells[number].text.strip()
            if text:
                print_line(f"\n== {case.title} · {side.label}\n{text}")


def _row(comparison: Comparison, case: PromptCase, side: ModelSide, cell: AnswerCell) -> list[str]:
    values = [figure.value for figure in answer_figures(side, cell)[:3]] or [UNKNOWN] * 3
    remarks = [check_text(cell), sentences(no_answer_reasons(comparison, side, cell))]
    return [case.title, side.label, *values, " ".join(remark for remark in remarks if remark)]


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison under the keys that scripts rely on: bytes and seconds as plain numbers."""
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
    plan, loaded, peak = side.prepared, side.loaded, peak_bytes(side)
    failure = side.failure.reason if side.failure else None
    not_loaded = None if loaded else failure or reason("services.not_loaded")
    marks = count_marks(side)
    return {
        "model": side.label,
        "path": str(side.model.path) if side.model.path else None,
        **json_fields("path_reason", None if side.model.on_disk else reason("fit.not_on_disk")),
        "weights_bytes": side.model.weights_bytes,
        "context": loaded.context if loaded else None,
        **json_fields("context_reason", not_loaded),
        "kv_type": plan.settings.kv_type if plan else None,
        **json_fields("kv_type_reason", None if plan else reason("services.not_its_turn")),
        "threads": loaded.threads if loaded else None,
        **json_fields("threads_reason", not_loaded),
        "load_seconds": loaded.seconds if loaded else None,
        **json_fields("load_seconds_reason", not_loaded),
        "predicted_bytes": plan.predicted_bytes if plan else None,
        **json_fields("predicted_bytes_reason", _unpredicted(plan)),
        "peak_bytes": peak,
        **json_fields(
            "peak_bytes_reason", None if peak else not_loaded or reason("services.peak_in_no_answer")
        ),
        "device_bytes": loaded.footprint.device_bytes if loaded else None,
        **json_fields("device_bytes_reason", not_loaded),
        "passed": marks["pass"],
        "failed": marks["fail"],
        "to_look_at": marks["look"],
        "failure": sentences(side.failure.reasons) if side.failure else "",
        "failure_code": failure.code if failure else None,
        "answers": [
            _cell_json(comparison, case, side, cell)
            for case, cell in zip(comparison.cases, side.cells, strict=True)
        ],
    }


def _unpredicted(plan: PreparedLoad | None) -> Reason | None:
    if plan is None:
        return reason("services.not_its_turn")
    return None if plan.predicted_bytes else reason("services.architecture_unsized")


def _cell_json(comparison: Comparison, case: PromptCase, side: ModelSide, cell: AnswerCell) -> dict[str, Any]:
    reasons = no_answer_reasons(comparison, side, cell)
    no_answer = reasons[0] if reasons else reason("services.not_ended")
    fields: dict[str, Any] = {
        "prompt": case.name,
        # What had come when the engine failed is an answer too, though not a whole one.
        "text": cell.text if cell.metrics or cell.text else None,
        **json_fields("text_reason", None if cell.metrics or cell.text else no_answer),
        "thinking": cell.thinking,
        "finish_reason": cell.finish,
        **json_fields("finish_reason_reason", None if cell.finish else no_answer),
        "check": cell.check_result.mark if cell.check_result else None,
        **_check_reason(case, cell, no_answer),
        "failure": sentences(reasons),
        "failure_code": reasons[0].code if reasons else None,
    }
    for key, (value, why) in _figures(cell.metrics).items():
        fields[key] = value
        fields |= json_fields(
            f"{key}_reason", None if value is not None else why if cell.metrics else no_answer
        )
    return fields


def _figures(metrics: ReplyMetrics | None) -> dict[str, tuple[float | None, Reason | None]]:
    """Return the cost of an answer, each figure with the reason for its absence where the answer is there."""
    if metrics is None:
        return dict.fromkeys(_FIGURE_KEYS, (None, None))
    return {
        "prompt_tokens": (metrics.prompt_tokens, None),
        "prompt_tps": (metrics.prompt_tps, reason("services.prompt_cached")),
        "generated_tokens": (metrics.generated_tokens, None),
        "generation_tps": (metrics.generation_tps, reason("services.too_few_tokens")),
        "ttft_seconds": (metrics.first_token_seconds, reason("services.no_token")),
        "peak_bytes": (metrics.peak_bytes, reason("services.peak_not_told")),
    }


def _check_reason(case: PromptCase, cell: AnswerCell, no_answer: Reason) -> dict[str, str | None]:
    """Return why the check says what it says, or why nothing was checked."""
    if cell.check_result is not None:
        return {"check_reason": cell.check_result.reason, "check_reason_code": None}
    return json_fields("check_reason", no_answer if case.task else reason("services.own_prompt_unchecked"))
