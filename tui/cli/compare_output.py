"""What `llmtui compare` prints: the table with its answers, and the same as JSON."""

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
from tui.services.sentences import sentences
from tui.units import UNKNOWN

_RIGHT = frozenset({2, 3, 4})
"""Columns of figures."""


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
    told = [check_text(cell), sentences(no_answer_reasons(comparison, side, cell))]
    return [case.title, side.label, *values, " ".join(part for part in told if part)]


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
        "kind_reason": None if case.task else "a prompt of the user's own",
        "prompt": case.prompt,
        "temperature": case.sampling.temperature,
        "seed": case.sampling.seed,
        "max_tokens": case.max_tokens,
    }


def _side_json(comparison: Comparison, side: ModelSide) -> dict[str, Any]:
    plan, loaded, peak = side.prepared, side.loaded, peak_bytes(side)
    failure = sentences(side.failure.reasons) if side.failure else None
    not_loaded = failure or "it was not loaded"
    marks = count_marks(side)
    return {
        "model": side.label,
        "path": str(side.model.path) if side.model.path else None,
        "path_reason": None if side.model.on_disk else "it is not on this disk",
        "weights_bytes": side.model.weights_bytes,
        "context": loaded.context if loaded else None,
        "context_reason": None if loaded else not_loaded,
        "kv_type": plan.settings.kv_type if plan else None,
        "kv_type_reason": None if plan else "it was not its turn",
        "threads": loaded.threads if loaded else None,
        "threads_reason": None if loaded else not_loaded,
        "load_seconds": loaded.seconds if loaded else None,
        "load_seconds_reason": None if loaded else not_loaded,
        "predicted_bytes": plan.predicted_bytes if plan else None,
        "predicted_bytes_reason": _unpredicted(plan),
        "peak_bytes": peak,
        "peak_bytes_reason": None if peak else "no answer told it" if loaded else not_loaded,
        "device_bytes": loaded.footprint.device_bytes if loaded else None,
        "device_bytes_reason": None if loaded else not_loaded,
        "passed": marks["pass"],
        "failed": marks["fail"],
        "to_look_at": marks["look"],
        "failure": failure or "",
        "failure_code": side.failure.reason.code if side.failure else None,
        "answers": [
            _cell_json(comparison, case, side, cell)
            for case, cell in zip(comparison.cases, side.cells, strict=True)
        ],
    }


def _unpredicted(plan: PreparedLoad | None) -> str | None:
    if plan is None:
        return "it was not its turn"
    return None if plan.predicted_bytes else "its architecture cannot be sized"


def _cell_json(comparison: Comparison, case: PromptCase, side: ModelSide, cell: AnswerCell) -> dict[str, Any]:
    reasons = no_answer_reasons(comparison, side, cell)
    missing = sentences(reasons) or "it has not ended"
    found: dict[str, Any] = {
        "prompt": case.name,
        # What had come when the engine failed is an answer too, though not a whole one.
        "text": cell.text if cell.metrics or cell.text else None,
        "text_reason": None if cell.metrics or cell.text else missing,
        "thinking": cell.thinking,
        "finish_reason": cell.finish,
        "finish_reason_reason": None if cell.finish else missing,
        "check": cell.check_result.mark if cell.check_result else None,
        "check_reason": cell.check_result.reason if cell.check_result else _unchecked(case, missing),
        "failure": sentences(reasons),
        "failure_code": reasons[0].code if reasons else None,
    }
    for key, (value, reason) in _figures(cell.metrics).items():
        found[key] = value
        found[f"{key}_reason"] = None if value is not None else reason if cell.metrics else missing
    return found


def _figures(metrics: ReplyMetrics | None) -> dict[str, tuple[float | None, str]]:
    """What an answer cost, each with the reason for its absence where the answer is there."""
    told = metrics is not None
    return {
        "prompt_tokens": (metrics.prompt_tokens if told else None, ""),
        "prompt_tps": (metrics.prompt_tps if told else None, "the whole prompt was cached"),
        "generated_tokens": (metrics.generated_tokens if told else None, ""),
        "generation_tps": (
            metrics.generation_tps if told else None,
            "fewer than two tokens were generated",
        ),
        "ttft_seconds": (metrics.first_token_seconds if told else None, "no token was generated"),
        "peak_bytes": (metrics.peak_bytes if told else None, "this system does not tell it"),
    }


def _unchecked(case: PromptCase, missing: str) -> str:
    return missing if case.task else "a prompt of the user's own is not checked"
