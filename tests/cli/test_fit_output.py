"""Verdicts in plain output: rows, the sentences under them, and JSON without a null that has no reason."""

from typing import Any

import msgspec
import pytest

from tests.cli.command_results import FIT_KEYS, unexplained
from tests.reasons import reason_with_text
from tests.ui.model_samples import POOL, fit, model
from tui.cli.fit_output import explain_verdicts, fit_json, is_unknown, print_verdicts
from tui.fit.changes.offer import Offer
from tui.fit.verdict import Fit, Speed, Verdict
from tui.models.model import Model
from tui.sentences import reason
from tui.services.sizing import JudgedModel

Captured = pytest.CaptureFixture[str]

HERE, AWAY = model("Here-3B", is_local=True), model("Away-3B")
BROKEN = model("Broken-3B", error=reason_with_text("This is not a GGUF file."))
UNSIZED = Fit(Verdict.UNKNOWN, reason_with_text("This is not a GGUF file."), None, None, None, 8192, "f16")
TOO_BIG = msgspec.structs.replace(
    fit(Verdict.TOO_BIG, total=9.0, max_context=None, why=reason_with_text("needs 9.00 GiB")), pool=None
)


def judged(model: Model = HERE, verdict: Fit | None = None) -> JudgedModel:
    return JudgedModel(model, verdict or fit())


def document(model: Model = HERE, verdict: Fit | None = None) -> dict[str, Any]:
    """The JSON of a model, after a look at what all of it has in common."""
    value = fit_json(judged(model, verdict))
    assert set(value) == FIT_KEYS
    assert list(unexplained(value)) == []
    return value


# JSON


def test_a_model_that_fits_has_its_figures_in_plain_numbers():
    value = document()
    parts = value["footprint"]
    assert (value["name"], value["quant"], value["verdict"]) == ("Here-3B", "Q4_K_M", "fits")
    assert (value["path"], value["path_reason"]) == ("/models/Here-3B-Q4_K_M.gguf", None)
    assert (value["context"], value["kv_type"], value["max_context"]) == (8192, "f16", 24576)
    assert parts["source"] == "engine"
    assert parts["total_bytes"] == sum(
        parts[part] for part in ("weights_bytes", "kv_bytes", "compute_bytes", "process_bytes")
    )
    assert value["pool"] == "unified memory"
    assert value["reason_code"] == "fit.fits"
    assert value["footprint_reason"] is None


def test_facts_of_the_catalogue_are_included_and_unlisted_files_have_a_reason():
    value = document()
    assert value["repository"]
    assert value["languages"]
    assert value["parameters"] > 0
    unlisted = document(msgspec.structs.replace(HERE, entry=None))
    assert (unlisted["use"], unlisted["use_reason_code"]) == (None, "fit.not_in_catalogue")


def test_missing_figures_of_a_download_and_of_a_too_big_model_have_reasons():
    value = document(AWAY, TOO_BIG)
    assert value["path_reason_code"] == "fit.not_on_disk"
    assert value["pool_reason"] == "needs 9.00 GiB"
    assert value["max_context_reason_code"] == "fit.no_context_fits"
    assert value["measured_bytes_reason_code"] == "fit.never_ran"


def test_unsized_model_has_a_reason_for_every_figure():
    value = document(BROKEN, UNSIZED)
    assert (value["verdict"], value["footprint"]) == ("unknown", None)
    for key in ("reason", "footprint_reason", "pool_reason", "max_context_reason"):
        assert value[key] == "This is not a GGUF file."


def test_longest_context_is_unknown_without_the_free_memory():
    pool = msgspec.structs.replace(POOL, free_known=False)
    value = document(verdict=msgspec.structs.replace(fit(max_context=None), pool=pool))
    assert value["max_context_reason_code"] == "fit.free_unknown"


@pytest.mark.parametrize(
    ("speed", "value", "codes"),
    [
        (None, None, {"fit.speed_unmeasured"}),
        (Speed(None, None, reason=reason("fit.speed_unmeasured")), None, {"fit.speed_unmeasured"}),
        (Speed(10.0, "measured", 10.0, 10.0), 10.0, {None}),
        (Speed(10.0, "estimated", 8.0, 12.0, reason("fit.speed_unmeasured")), 10.0, {None}),
    ],
    ids=["not asked for", "unknown", "measured", "estimated"],
)
def test_a_speed_is_a_value_with_its_range_or_a_reason(
    speed: Speed | None, value: float | None, codes: set[str | None]
):
    verdict = msgspec.structs.replace(fit(), speed=speed, prompt_speed=speed)
    for figures in (
        document(verdict=verdict)[key] for key in ("tokens_per_second", "prompt_tokens_per_second")
    ):
        assert figures["value"] == value
        assert {figures[f"{key}_reason_code"] for key in ("value", "source", "low", "high")} == codes


# Text


def test_row_begins_with_the_verdict_and_marks_models_on_this_disk(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "80")
    print_verdicts([judged(), judged(AWAY, TOO_BIG), judged(BROKEN, UNSIZED)], 8192)
    header, local_row, remote_row, broken_row = capsys.readouterr().out.splitlines()
    assert header.split() == [
        "verdict",
        "model",
        "quant",
        "needs",
        "at",
        "8k",
        "tok/s",
        "longest",
        "context",
        "on",
        "disk",
    ]
    assert local_row.split()[:3] == ["fits", "Here-3B", "Q4_K_M"]
    assert local_row.split()[-2:] == ["24576", "yes"]
    assert remote_row.startswith("too big  Away-3B ")
    assert remote_row.split()[-2:] == ["-", "no"]
    assert broken_row.startswith("unknown  Broken-3B ")


def test_no_table_is_printed_without_models(capsys: Captured):
    print_verdicts([], 8192)
    assert capsys.readouterr().out == ""


def test_a_named_model_is_explained_with_its_speed_and_its_shorter_context(capsys: Captured):
    speed = Speed(100.0, "measured", 100.0, 100.0)
    verdict = msgspec.structs.replace(fit(context=2048), prompt_speed=speed)
    items = [judged(BROKEN, UNSIZED), judged(HERE, verdict)]
    explain_verdicts(items, [Offer(item.model, item.fit, ()) for item in items], 8192)
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "Here-3B Q4_K_M: needs 3.00 GiB; 5.00 GiB of unified memory is free now"
    assert second.startswith("Here-3B Q4_K_M: ")
    assert "100" in second
    assert third == "Here-3B Q4_K_M: at a context of 2048, the longest it was trained for"


def test_model_that_fits_as_requested_takes_one_line(capsys: Captured):
    explain_verdicts([judged()], [Offer(HERE, fit(), ())], 8192)
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_a_model_without_a_size_is_unknown(verdict: Verdict):
    assert is_unknown(judged(verdict=fit(verdict))) is (not verdict.is_sized)
