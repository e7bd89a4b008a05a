"""Figures of a loaded model and its reply as the JSON of `run` and `bench`."""

from typing import Any

from tui.engine.reply_metrics import ReplyMetrics
from tui.services.loading import OpenModel


def run_json(opened: OpenModel, metrics: ReplyMetrics, text: str | None) -> dict[str, Any]:
    """Return the figures under the keys that scripts rely on: bytes, seconds and tokens per second."""
    cached = None if metrics.prompt_tps is not None else "the whole prompt was cached"
    short = None if metrics.generation_tps is not None else "fewer than two tokens were generated"
    model, loaded = opened.model, opened.loaded
    return {
        "model": model.label,
        "path": str(model.path) if model.path else None,
        "context": loaded.context,
        "threads": loaded.threads,
        "predicted_bytes": opened.predicted_bytes,
        "predicted_bytes_reason": None if opened.predicted_bytes else "its architecture cannot be sized",
        "measured_bytes": metrics.peak_bytes,
        "measured_bytes_reason": None if metrics.peak_bytes else "this system does not tell it",
        "prompt_tokens": metrics.prompt_tokens,
        "prompt_tps": metrics.prompt_tps,
        "prompt_tps_reason": cached,
        "generated_tokens": metrics.generated_tokens,
        "generation_tps": metrics.generation_tps,
        "generation_tps_reason": short,
        "ttft_seconds": metrics.first_token_seconds,
        "ttft_seconds_reason": None if metrics.first_token_seconds is not None else "no token was generated",
        "load_seconds": loaded.seconds,
        "text": text,
        "text_reason": None if text is not None else "a benchmark keeps no text",
    }
