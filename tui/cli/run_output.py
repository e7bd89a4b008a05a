"""Figures of a loaded model and its reply as the JSON of `run` and `bench`."""

from typing import Any

from tui.engine.reply_metrics import ReplyMetrics
from tui.sentences import reason
from tui.services.loading import OpenModel
from tui.services.sentences import json_fields


def run_json(opened: OpenModel, metrics: ReplyMetrics, text: str | None) -> dict[str, Any]:
    """Return the figures under the keys that scripts rely on: bytes, seconds and tokens per second."""
    model, loaded = opened.model, opened.loaded
    return {
        "model": model.label,
        "path": str(model.path) if model.path else None,
        **json_fields(
            "path_reason", None if model.path else reason("services.not_on_disk", model=model.label)
        ),
        "context": loaded.context,
        "threads": loaded.threads,
        **_unknown("threads", loaded.threads, "services.place_not_told"),
        "predicted_bytes": opened.predicted_bytes,
        **_unknown("predicted_bytes", opened.predicted_bytes, "services.architecture_unsized"),
        "measured_bytes": metrics.peak_bytes,
        **_unknown("measured_bytes", metrics.peak_bytes, "services.peak_not_told"),
        "prompt_tokens": metrics.prompt_tokens,
        "prompt_tps": metrics.prompt_tps,
        **_unknown("prompt_tps", metrics.prompt_tps, "services.prompt_not_timed"),
        "generated_tokens": metrics.generated_tokens,
        "generation_tps": metrics.generation_tps,
        **_unknown("generation_tps", metrics.generation_tps, "services.too_few_tokens"),
        "ttft_seconds": metrics.first_token_seconds,
        **_unknown("ttft_seconds", metrics.first_token_seconds, "services.no_token"),
        "load_seconds": loaded.seconds,
        "text": text,
        **_unknown("text", text, "services.no_text_kept"),
    }


def _unknown(key: str, value: object, code: str) -> dict[str, str | None]:
    """Return the fields that say why a figure is not known: empty ones where it is."""
    return json_fields(f"{key}_reason", reason(code) if value is None else None)
