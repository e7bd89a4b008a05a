"""JSON of `run` and `bench`: the same keys always, and a reason with its code for a missing figure."""

from typing import Any

import msgspec
import pytest

from tests.chat.scripted_comparison import MIB, SETTINGS, metrics, model
from tests.cli.command_results import RUN_KEYS, unexplained
from tui.cli.run_output import run_json
from tui.engine.footprint import Footprint
from tui.engine.protocol import Loaded
from tui.engine.reply_metrics import ReplyMetrics
from tui.services.host import EngineHost
from tui.services.loading import OpenModel

WHOLE = metrics()


def opened(predicted_bytes: int | None = 140 * MIB) -> OpenModel:
    parts = Footprint(100 * MIB, 10 * MIB, 10 * MIB, 20 * MIB, "engine")
    loaded = Loaded(1, parts, None, 512, 0.25, 2, "model")
    return OpenModel(model("One"), EngineHost(), loaded, SETTINGS, predicted_bytes)


def figures(reply: ReplyMetrics = WHOLE, text: str | None = "Hello.", **more: Any) -> dict[str, Any]:
    document = run_json(opened(**more), reply, text)
    assert set(document) == RUN_KEYS
    assert list(unexplained(document)) == []
    return document


def test_every_figure_is_a_plain_number_under_its_key():
    document = figures()
    assert {key: value for key, value in document.items() if not key.endswith(("_reason", "_code"))} == {
        "model": "One Q4_1",
        "path": "/models/One.gguf",
        "context": 512,
        "threads": 2,
        "predicted_bytes": 140 * MIB,
        "measured_bytes": 150 * MIB,
        "prompt_tokens": 20,
        "prompt_tps": 40.0,
        "generated_tokens": 11,
        "generation_tps": 10.0,
        "ttft_seconds": 0.6,
        "load_seconds": 0.25,
        "text": "Hello.",
    }
    assert all(value is None for key, value in document.items() if key.endswith(("_reason", "_code")))


@pytest.mark.parametrize(
    ("reply", "key", "code"),
    [
        (metrics(peak=None), "measured_bytes", "services.peak_not_told"),
        (metrics(tokens=1), "generation_tps", "services.too_few_tokens"),
        (msgspec.structs.replace(WHOLE, cached_tokens=20), "prompt_tps", "services.prompt_not_timed"),
        (msgspec.structs.replace(WHOLE, first_token_seconds=None), "ttft_seconds", "services.no_token"),
    ],
)
def test_missing_figure_has_its_reason(reply: ReplyMetrics, key: str, code: str):
    document = figures(reply)
    assert document[key] is None
    assert document[f"{key}_reason_code"] == code
    assert [name for name, value in document.items() if name.endswith("_code") and value] == [
        f"{key}_reason_code"
    ]


def test_unsized_model_and_benchmark_have_reasons_too():
    document = figures(text=None, predicted_bytes=None)
    assert document["predicted_bytes_reason"] == "its architecture cannot be sized"
    assert document["text_reason"] == "a benchmark keeps no text"
    # An answer without a word is an answer.
    assert figures(text="")["text"] == ""
    assert figures(text="")["text_reason"] is None
